/** How VPCs are joined. */
import type { AccountDescription } from "./networks";

/** How VPCs that need routes to each other are joined. */
export const LinkVia = { Peering: "peering", TransitGateway: "transit-gateway" } as const;
export type LinkVia = (typeof LinkVia)[keyof typeof LinkVia];

/** How VPCs are joined. */
export interface LinksDescription {
  /**
   * How VPCs are joined.
   *
   * @default peering
   */
  via?: LinkVia;
  /**
   * Account that transit gateways belong to; other accounts attach to them through a share.
   *
   * @default the account of the program's own credentials
   */
  owner?: AccountDescription;
}
