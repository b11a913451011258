/** Cross-room facts about addresses: which VPCs, how they are joined, which ports open between which CIDRs and why. */
import type { ExistingVpcArgs, NatMode } from "../topology";

/** One AWS provider per account and region; the key is what options are asked by. */
export interface AwsProviderPlan {
  key: string;
  region: string;
  /** Role to assume, or "" for the program's own credentials. */
  account: string;
}

export interface NetworkPlan {
  providers: Record<string, AwsProviderPlan>;
  vpcs: Record<string, VpcPlan>;
  /** Pairs of VPCs, with `via: peering`. */
  peerings: Record<string, PeeringPlan>;
  /** One per region, with `via: transit-gateway`. */
  transitGateways: Record<string, TransitGatewayPlan>;
  /** Pairs of regions. */
  transitGatewayPeerings: Record<string, TransitGatewayPeeringPlan>;
  /** One per mesh, region and account, with `via: transit-gateway`. */
  prefixLists: Record<string, PrefixListPlan>;
  /** Rules on the security group of a cluster's nodes and pods, by cluster. */
  clusterRules: Record<string, RulePlan[]>;
  /** Security groups of gateways' load balancers, by gateway key. */
  gatewayGroups: Record<string, GatewayGroupPlan>;
}

export interface VpcPlan {
  id: string;
  network: string;
  provider: string;
  region: string;
  cidrs: string[];
  zones: number;
  nat: NatMode;
  flowLogs: boolean;
  endpoints: string[];
  /** Number of route tables that get the routes of links. */
  routeTables: number;
  existing?: ExistingVpcArgs;
}

export interface PeeringPlan {
  requester: string;
  accepter: string;
}

export interface TransitGatewayPlan {
  provider: string;
  region: string;
  /** VPC ids attached to it. */
  vpcs: string[];
  /** Other accounts' provider keys that it is shared with. */
  sharedWith: string[];
  /** Prefix lists that VPC routes refer to, by VPC id. */
  prefixLists: Record<string, string[]>;
}

export interface TransitGatewayPeeringPlan {
  requester: string;
  accepter: string;
  /** CIDRs behind each side, merged: the static routes of the other side. */
  requesterCidrs: string[];
  accepterCidrs: string[];
}

export interface PrefixListPlan {
  name: string;
  provider: string;
  mesh: string;
  cidrs: string[];
  /** 10, 20, 40, ...: stepped so that growth rarely resizes it. */
  maxEntries: number;
}

/** One security-group rule. Exactly one source. */
export interface RulePlan {
  /** Unique in its group and stable: part of the logical name. */
  name: string;
  cidr?: string;
  prefixList?: string;
  /** Gateway key whose load balancer's group is the source. */
  gateway?: string;
  fromPort: number;
  toPort: number;
  /** Why the port is open; becomes the rule's description (AWS: at most 255 characters, no apostrophes). */
  reason: string;
}

export interface GatewayGroupPlan {
  cluster: string;
  vpc: string;
  provider: string;
  /** What the load balancer lets in. */
  ingress: RulePlan[];
  /** What the cluster's nodes and pods let in from the load balancer. */
  toCluster: RulePlan[];
}
