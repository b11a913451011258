/** How the VPCs that need routes to each other are joined. */
import { find, keyed } from "../../records";
import { LinkVia, pairs, providerKey } from "../../topology";
import type { Relations, Topology, Vpc, VpcPair } from "../../topology";
import { cidrsOf } from "../ranges";
import type {
  PeeringPlan,
  TransitGatewayOrigin,
  TransitGatewayPeeringPlan,
  TransitGatewayPlan,
} from "../facts";

export interface LinksPlan {
  peerings: Record<string, PeeringPlan>;
  transitGateways: Record<string, TransitGatewayPlan>;
  transitGatewayPeerings: Record<string, TransitGatewayPeeringPlan>;
}

/** VPCs that need a route: to another, or to places behind transit gateways. */
export function linkedVpcs({ topology, links }: Pick<Relations, "topology" | "links">): Vpc[] {
  const all = Object.values(topology.vpcs);
  if (reachableRanges(topology).length > 0) return all;
  const linked = new Set(links.flatMap(({ a, b }) => [a, b]));
  return all.filter((vpc) => linked.has(vpc));
}

/** Addresses of all places behind transit gateways. */
export function reachableRanges({ links }: Topology): string[] {
  return Object.values(links.reachable).flat();
}

export function planLinks(relations: Relations): LinksPlan {
  const none = { peerings: {}, transitGateways: {}, transitGatewayPeerings: {} };
  switch (relations.topology.links.via) {
    case LinkVia.Peering:
      return { ...none, peerings: planPeerings(relations) };
    case LinkVia.TransitGateway:
      return {
        ...none,
        transitGateways: planTransitGateways(relations),
        transitGatewayPeerings: planTransitGatewayPeerings(relations),
      };
    case LinkVia.Existing:
      return none;
  }
}

function planPeerings({ links }: Relations): Record<string, PeeringPlan> {
  const peerings = links.map(({ a, b }) => ({ requester: a.id, accepter: b.id }));
  return keyed(peerings, pairKey);
}

function pairKey({ requester, accepter }: PeeringPlan): string {
  return `${requester}/${accepter}`;
}

function planTransitGateways(relations: Relations): Record<string, TransitGatewayPlan> {
  const vpcs = linkedVpcs(relations);
  const gateways = regionsOf(vpcs).map((region) =>
    planTransitGateway(
      relations,
      region,
      vpcs.filter((vpc) => vpc.region === region),
    ),
  );
  return keyed(gateways, ({ region }) => region);
}

function planTransitGateway(
  { topology }: Relations,
  region: string,
  vpcs: Vpc[],
): TransitGatewayPlan {
  const id = find(topology.links.transitGateways, region);
  return {
    region,
    vpcs: vpcs.map((vpc) => vpc.id),
    from: id === undefined ? madeIn(topology, region, vpcs) : { kind: "existing", id },
  };
}

/** The owner is said once for all regions, so that no VPC that comes or goes moves a gateway; other accounts attach by a share. */
function madeIn({ links }: Topology, region: string, vpcs: Vpc[]): TransitGatewayOrigin {
  const provider = providerKey({ account: links.owner, region });
  const attached = new Set(vpcs.map(providerKey));
  attached.delete(provider);
  return { kind: "made", provider, sharedWith: [...attached] };
}

function planTransitGatewayPeerings(
  relations: Relations,
): Record<string, TransitGatewayPeeringPlan> {
  const { transitGateways } = relations.topology.links;
  const made = regionsOf(linkedVpcs(relations)).filter((region) => !(region in transitGateways));
  const regions = pairs(made, (region) => region);
  const peerings = regions.flatMap(([requester, accepter]) => {
    const across = relations.links.filter((pair) => joins(pair, requester, accepter));
    const vpcs = [...new Set(across.flatMap(({ a, b }) => [a, b]))];
    const cidrsIn = (region: string) => cidrsOf(vpcs.filter((vpc) => vpc.region === region));
    const peering = {
      requester,
      accepter,
      requesterCidrs: cidrsIn(requester),
      accepterCidrs: cidrsIn(accepter),
    };
    return across.length > 0 ? [peering] : [];
  });
  return keyed(peerings, pairKey);
}

/** Whether a pair of VPCs has one in each of two regions. */
function joins({ a, b }: VpcPair, region: string, other: string): boolean {
  const regions = [a.region, b.region];
  return regions.includes(region) && regions.includes(other);
}

function regionsOf(vpcs: Vpc[]): string[] {
  return [...new Set(vpcs.map(({ region }) => region))];
}
