/** How the VPCs that need routes to each other are joined. */
import { keyed } from "../../records";
import { LinkVia, pairs, providerKey } from "../../topology";
import type { Relations, Vpc, VpcPair } from "../../topology";
import { cidrsOf } from "../ranges";
import type { PeeringPlan, TransitGatewayPeeringPlan, TransitGatewayPlan } from "../facts";
import { isListed, prefixListKey } from "./prefixLists";

export interface LinksPlan {
  peerings: Record<string, PeeringPlan>;
  transitGateways: Record<string, TransitGatewayPlan>;
  transitGatewayPeerings: Record<string, TransitGatewayPeeringPlan>;
}

/** VPCs that need a route to another. */
export function linkedVpcs({ topology, links }: Pick<Relations, "topology" | "links">): Vpc[] {
  const linked = new Set(links.flatMap(({ a, b }) => [a, b]));
  return Object.values(topology.vpcs).filter((vpc) => linked.has(vpc));
}

export function planLinks(relations: Relations): LinksPlan {
  return relations.topology.links.via === LinkVia.TransitGateway
    ? {
        peerings: {},
        transitGateways: planTransitGateways(relations),
        transitGatewayPeerings: planTransitGatewayPeerings(relations),
      }
    : { peerings: planPeerings(relations), transitGateways: {}, transitGatewayPeerings: {} };
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

/** The owner is said once for all regions, so that no VPC that comes or goes moves a gateway; other accounts attach by a share. */
function planTransitGateway(relations: Relations, region: string, vpcs: Vpc[]): TransitGatewayPlan {
  const provider = providerKey({ account: relations.topology.links.owner, region });
  const attached = new Set(vpcs.map(providerKey));
  attached.delete(provider);
  return {
    provider,
    region,
    vpcs: vpcs.map(({ id }) => id),
    sharedWith: [...attached],
    prefixLists: Object.fromEntries(vpcs.map((vpc) => [vpc.id, prefixListsOf(relations, vpc)])),
  };
}

/** One list per mesh that has a cluster in the VPC and goes beyond it. */
function prefixListsOf(relations: Relations, vpc: Vpc): string[] {
  return relations.meshes
    .filter((mesh) => isListed(relations, mesh) && mesh.vpcs.includes(vpc))
    .map(({ mesh }) => prefixListKey(mesh.name, providerKey(vpc)));
}

function planTransitGatewayPeerings(
  relations: Relations,
): Record<string, TransitGatewayPeeringPlan> {
  const regions = pairs(regionsOf(linkedVpcs(relations)), (region) => region);
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
