/** Cross-room facts about addresses: which VPCs, how they are joined, which ports open between which CIDRs and why. */
import type { AwsProviderPlan, ExistingVpcDescription, NatMode } from "../topology";

export interface NetworkPlan {
  providers: Record<string, AwsProviderPlan>;
  vpcs: Record<string, VpcPlan>;
  /** Pairs of VPCs by `<requester>/<accepter>`, the first in the alphabet asking, with `via: peering`. */
  peerings: Record<string, PeeringPlan>;
  /** One per region, by region, with `via: transit-gateway`. */
  transitGateways: Record<string, TransitGatewayPlan>;
  /** Pairs of regions by `<requester>/<accepter>`, likewise. */
  transitGatewayPeerings: Record<string, TransitGatewayPeeringPlan>;
  /** One per mesh, region and account, by `<mesh>/<provider>`, with `via: transit-gateway`. */
  prefixLists: Record<string, PrefixListPlan>;
  /** Rules on the security group of a cluster's nodes and pods, by cluster. */
  clusterRules: Record<string, ClusterRulesPlan>;
  /** Security groups of the load balancers of gateways and istiods, by gateway key and by istiod key. */
  gatewayGroups: Record<string, GatewayGroupPlan>;
  /** istiods that serve other clusters, by istiod key (mesh, cluster and `istiod` or `istiod-<revision>`). */
  istiods: Record<string, IstiodAddressPlan>;
  /** One per mesh that has such istiods, by mesh. */
  privateZones: Record<string, PrivateZonePlan>;
}

/** Where an istiod that serves other clusters is reached: chosen, so that nothing has to be read back. */
export interface IstiodAddressPlan {
  mesh: string;
  /** Cluster that it runs in. */
  cluster: string;
  /** Absent: the default one. */
  revision?: string;
  vpc: string;
  provider: string;
  /** Physical name of the load balancer. */
  loadBalancerName: string;
  /** Private DNS name. */
  host: string;
  /** Private address of the load balancer in each load-balancer subnet, in the subnets' order. */
  addresses: string[];
  /** Name of the cluster that EKS Auto Mode registers targets for; absent where it does not. */
  autoModeCluster?: string;
}

/** The private names of a mesh's istiods. */
export interface PrivateZonePlan {
  /** Name of the zone. */
  name: string;
  /** VPCs that resolve it; the first belongs to the account that owns the zone. */
  vpcs: { vpc: string; provider: string }[];
  /** Addresses by full name. */
  records: Record<string, string[]>;
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
  existing?: ExistingVpcDescription;
}

export interface PeeringPlan {
  requester: string;
  accepter: string;
}

export interface TransitGatewayPlan {
  /** Of the account that owns it, whoever's VPCs are attached. */
  provider: string;
  region: string;
  /** VPC ids attached to it. */
  vpcs: string[];
  /** Other accounts' provider keys that it is shared with. */
  sharedWith: string[];
  /** Keys of the prefix lists that VPC routes refer to, by VPC id. */
  prefixLists: Record<string, string[]>;
}

export interface TransitGatewayPeeringPlan {
  requester: string;
  accepter: string;
  /** Merged CIDRs behind the requester: the accepter's static routes; and the other way round. */
  requesterCidrs: string[];
  accepterCidrs: string[];
}

export interface PrefixListPlan {
  /** Physical name. */
  name: string;
  provider: string;
  mesh: string;
  cidrs: string[];
  /** 10, 20, 40, ...: stepped so that growth rarely resizes it. */
  maxEntries: number;
}

export interface ClusterRulesPlan {
  vpc: string;
  provider: string;
  rules: RulePlan[];
}

/** One security-group rule. Exactly one other side: source of what comes in, destination of what goes out. */
export interface RulePlan {
  /** Unique in its group and stable: part of the logical name. */
  name: string;
  cidr?: string;
  /** Key of `prefixLists`. */
  prefixList?: string;
  /** Gateway or istiod key whose load balancer's group is the other side. */
  gateway?: string;
  /** Cluster whose security group is the other side. */
  cluster?: string;
  fromPort: number;
  toPort: number;
  /** Why the port is open; becomes the rule's description (AWS: at most 255 characters, no apostrophes). */
  reason: string;
}

export interface GatewayGroupPlan {
  cluster: string;
  /** The group's description in AWS. */
  description: string;
  vpc: string;
  provider: string;
  /** What the load balancer lets in. */
  ingress: RulePlan[];
  /** What the load balancer sends on. */
  egress: RulePlan[];
  /** What the cluster's nodes and pods let in from it; empty where the cluster's security group is not known. */
  toCluster: RulePlan[];
}
