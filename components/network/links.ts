/** Which VPCs are joined, and how. */
import { LinkVia } from "../topology";
import type { Topology } from "../topology";
import { cidrsOf, meshedVpcs, providerOf, reachOf, vpcsOfMesh } from "./membership";
import type { PeeringPlan, TransitGatewayPeeringPlan, TransitGatewayPlan } from "./plan";
import { prefixListKey } from "./prefixLists";

/** Two VPCs, or two regions, in the description's order. */
export type Pair = [string, string];

export interface LinksPlan {
  peerings: Record<string, PeeringPlan>;
  transitGateways: Record<string, TransitGatewayPlan>;
  transitGatewayPeerings: Record<string, TransitGatewayPeeringPlan>;
}

/**
 * Pairs of VPCs that need routes: meshed VPCs of one network, whose pods call each other directly, and VPCs of one mesh,
 * whose gateways and API servers are called. Nothing else is joined.
 */
export function linkedPairs(topology: Topology): Pair[] {
  const meshes = Object.values(topology.meshes).map((mesh) => vpcsOfMesh(topology, mesh));
  const inOneMesh = (a: string, b: string) =>
    meshes.some((vpcs) => vpcs.includes(a) && vpcs.includes(b));
  const inOneNetwork = (a: string, b: string) =>
    topology.vpcs[a].network === topology.vpcs[b].network;
  return pairs(meshedVpcs(topology)).filter(([a, b]) => inOneNetwork(a, b) || inOneMesh(a, b));
}

/** VPCs that need a route to another, in the description's order. */
export function linkedVpcs(topology: Topology): string[] {
  const linked = new Set(linkedPairs(topology).flat());
  return Object.keys(topology.vpcs).filter((vpc) => linked.has(vpc));
}

/** Every pair of some names, each once. */
export function pairs(names: string[]): Pair[] {
  return names.flatMap((a, index) => names.slice(index + 1).map((b): Pair => [a, b]));
}

export function planLinks(topology: Topology): LinksPlan {
  const linked = linkedPairs(topology);
  return topology.linkVia === LinkVia.TransitGateway
    ? {
        peerings: {},
        transitGateways: planTransitGateways(topology),
        transitGatewayPeerings: planTransitGatewayPeerings(topology, linked),
      }
    : { peerings: planPeerings(linked), transitGateways: {}, transitGatewayPeerings: {} };
}

function planPeerings(linked: Pair[]): Record<string, PeeringPlan> {
  return Object.fromEntries(
    linked.map(([requester, accepter]) => [`${requester}/${accepter}`, { requester, accepter }]),
  );
}

function planTransitGateways(topology: Topology): Record<string, TransitGatewayPlan> {
  const vpcs = linkedVpcs(topology);
  return Object.fromEntries(
    regionsOf(topology, vpcs).map((region) => {
      const attached = vpcs.filter((vpc) => topology.vpcs[vpc].region === region);
      return [region, planTransitGateway(topology, region, attached)];
    }),
  );
}

/** The gateway belongs to the account of the region's first VPC; other accounts attach to it through a share. */
function planTransitGateway(
  topology: Topology,
  region: string,
  vpcs: string[],
): TransitGatewayPlan {
  const [provider, ...others] = new Set(vpcs.map((vpc) => providerOf(topology.vpcs[vpc])));
  return {
    provider,
    region,
    vpcs,
    sharedWith: others,
    prefixLists: Object.fromEntries(vpcs.map((vpc) => [vpc, prefixListsOf(topology, vpc)])),
  };
}

/** One list per mesh that has a cluster in the VPC and goes beyond it. */
function prefixListsOf(topology: Topology, vpc: string): string[] {
  return Object.values(topology.meshes)
    .filter((mesh) => vpcsOfMesh(topology, mesh).includes(vpc))
    .filter((mesh) => reachOf(topology, mesh).length > 1)
    .map((mesh) => prefixListKey(mesh.name, providerOf(topology.vpcs[vpc])));
}

function planTransitGatewayPeerings(
  topology: Topology,
  linked: Pair[],
): Record<string, TransitGatewayPeeringPlan> {
  return Object.fromEntries(
    pairs(regionsOf(topology, linkedVpcs(topology))).flatMap(([requester, accepter]) => {
      const across = linked.filter((pair) => joins(topology, pair, requester, accepter)).flat();
      const cidrsIn = (region: string) =>
        cidrsOf(
          topology,
          [...new Set(across)].filter((vpc) => topology.vpcs[vpc].region === region),
        );
      const peering = {
        requester,
        accepter,
        requesterCidrs: cidrsIn(requester),
        accepterCidrs: cidrsIn(accepter),
      };
      return across.length > 0 ? [[`${requester}/${accepter}`, peering]] : [];
    }),
  );
}

/** Whether a pair of VPCs has one in each of two regions. */
function joins(topology: Topology, [a, b]: Pair, region: string, other: string): boolean {
  const regions = [topology.vpcs[a].region, topology.vpcs[b].region];
  return regions.includes(region) && regions.includes(other);
}

/** Regions in the order of the VPCs. */
function regionsOf(topology: Topology, vpcs: string[]): string[] {
  return [...new Set(vpcs.map((vpc) => topology.vpcs[vpc].region))];
}
