/** Cross-room facts about addresses: which VPCs, how they are joined, which ports open and why. */
import type { AwsProviderPlan, ExistingVpcDescription, VpcSettings } from "../topology";
import type { FirewallPlan } from "./firewall/facts";

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
  /** Security groups and their rules. */
  firewall: FirewallPlan;
}

export interface VpcPlan {
  id: string;
  network: string;
  provider: string;
  region: string;
  cidrs: string[];
  /** How it is made, where it is made here. */
  settings: VpcSettings;
  /** Names of the route tables that get the routes of links, in the order of their ids: numbers where they are made here. */
  routeTables: string[];
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
