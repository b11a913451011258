/** How VPCs are joined. */
import type { AccountDescription } from "./networks";

/** How VPCs that need routes to each other are joined. */
export const LinkVia = {
  Peering: "peering",
  TransitGateway: "transit-gateway",
  /** Somebody else routes between them: no link and no route is made here. */
  Existing: "existing",
} as const;
export type LinkVia = (typeof LinkVia)[keyof typeof LinkVia];

/** How VPCs are joined. */
export interface LinksDescription {
  /**
   * How VPCs are joined: by peering, for up to four; by a transit gateway in each region; or not by this package, where routes
   * between them are somebody else's. Security groups are opened either way.
   *
   * @default peering
   */
  via?: LinkVia;
  /**
   * Account that transit gateways belong to; other accounts attach to them through a share. Excludes `transitGateways`.
   *
   * @default the account of the program's own credentials
   */
  owner?: AccountDescription;
  /**
   * Transit gateways of yours by region. Where one is named all are: routes between them, and the associations, propagations
   * and acceptance of attachments, are their owner's. VPCs are attached to them and get routes.
   *
   * @default one is made in each region that VPCs are joined in
   */
  transitGateways?: Record<string, TransitGatewayDescription>;
  /**
   * Places behind transit gateways by name, such as an office or the runners of Pulumi. Every VPC of the description is attached
   * and gets routes there; nothing is opened to them. The way on from the transit gateway, and back, is yours.
   *
   * @default none
   */
  reachable?: Record<string, ReachableDescription>;
}

/** A transit gateway that exists. */
export interface TransitGatewayDescription {
  /**
   * Its id. It is of the VPCs' accounts, or shared with them through AWS RAM; where it accepts no attachments by itself, `up`
   * ends at the routes, and goes on once its owner has accepted them.
   */
  existing: string;
}

/** A place behind transit gateways. */
export interface ReachableDescription {
  /** Its addresses, as CIDRs, which no VPC has. */
  cidrs: string[];
}
