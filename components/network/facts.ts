/** Cross-room facts about addresses: which VPCs, how they are joined, which ports open and why. */
import type { AwsProviderPlan, ExistingVpcDescription, RolePlan, VpcSettings } from "../topology";
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
  /** One per mesh, region and account, by `<mesh>/<provider>`, unless VPCs are peered: what rules of security groups name. */
  prefixLists: Record<string, PrefixListPlan>;
  /** What the routes of a VPC lead to over its transit gateway, by VPC id. */
  routeLists: Record<string, ListPlan>;
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
  /** ARN of the user's KMS key in its region; absent: there is none. */
  encryptionKey?: string;
  /** How its roles are made. */
  iam: RolePlan;
  /** Names of the route tables that get the routes of links, in the order of their ids: numbers where they are made here. */
  routeTables: string[];
  existing?: ExistingVpcDescription;
}

export interface PeeringPlan {
  requester: string;
  accepter: string;
}

export interface TransitGatewayPlan {
  region: string;
  /** VPC ids attached to it. */
  vpcs: string[];
  /** Where it comes from. */
  from: TransitGatewayOrigin;
}

export type TransitGatewayOrigin =
  | { kind: "existing"; id: string }
  | {
      kind: "made";
      /** Of the account that owns it, whoever's VPCs are attached. */
      provider: string;
      /** Other accounts' provider keys that it is shared with. */
      sharedWith: string[];
    };

export interface TransitGatewayPeeringPlan {
  requester: string;
  accepter: string;
  /** Merged CIDRs behind the requester: the accepter's static routes; and the other way round. */
  requesterCidrs: string[];
  accepterCidrs: string[];
}

/** A managed prefix list. */
export interface ListPlan {
  /** Physical name. */
  name: string;
  provider: string;
  cidrs: string[];
  /** 10, 20, 40, ...: stepped so that growth rarely resizes it. */
  maxEntries: number;
}

export interface PrefixListPlan extends ListPlan {
  mesh: string;
}
