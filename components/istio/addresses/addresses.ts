/** Where istiods that serve other clusters and gateways for other meshes are reached: at what is chosen before anything exists. */
import { find, keyed, lookUp, mapValues } from "../../records";
import {
  DEFAULT_REVISION,
  distinctName,
  FEDERATION_NAME,
  istiodKey,
  istiodName,
  providerKey,
} from "../../topology";
import type { Istiod, Member, MeshRelation, Relations, Topology, Vpc } from "../../topology";
import { addressesOf, loadBalancerRanges, numberFrom } from "../../network/internal/addresses";
import type { IstiodAddressPlan, PrivateZonePlan } from "../facts";

/**
 * AWS allows a load balancer 32 characters, no "internal-" at the start and each name once in an account and region; its
 * target groups have the same name and a port (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html).
 */
const LONGEST_NAME = 26;

/** Every istiod that serves other clusters, by its key. */
export function planAddresses(relations: Relations): Record<string, IstiodAddressPlan> {
  const istiods = servingIstiods(relations);
  return mapValues(keyed(istiods, keyOf), (istiod) => planAddress(relations, istiod));
}

/** istiods that serve something outside their own cluster, and so stand behind a load balancer. */
export function servingIstiods({ meshes }: Relations): Istiod[] {
  return meshes
    .flatMap(({ controlPlanes }) => controlPlanes)
    .flatMap(({ istiods }) => istiods)
    .filter(({ serves }) => serves.length > 0);
}

/** Those of them that something looks up by name: relays in clusters are told their addresses. */
export function namedIstiods(relations: Relations): Istiod[] {
  return servingIstiods(relations).filter(({ serves }) =>
    serves.some(({ kind }) => kind !== "pods"),
  );
}

/** Key of such an istiod: of its address, its load balancer and what binds the two. */
export function keyOf({ of, revision }: Istiod): string {
  return istiodKey(of.of.mesh.name, of.at.cluster.name, revision.name);
}

/** Zones of the meshes that have istiods which are looked up by name. */
export function planZones(
  relations: Relations,
  istiods: Record<string, IstiodAddressPlan>,
): Record<string, PrivateZonePlan> {
  const named = namedIstiods(relations).map((istiod) => lookUp(istiods, keyOf(istiod)));
  const zones = relations.meshes.flatMap((mesh): [string, PrivateZonePlan][] => {
    const own = named.filter((istiod) => istiod.mesh === mesh.mesh.name);
    return own.length > 0 ? [[mesh.mesh.name, planZone(relations, mesh, own)]] : [];
  });
  return Object.fromEntries(zones);
}

/** Number of an istiod's address, from 0. */
export function addressNumber({ of, revision: { name } }: Istiod, ranges: string[]): number {
  const { mesh } = of.of;
  const names = [mesh.name, of.at.cluster.name, name ?? DEFAULT_REVISION] as const;
  const said = find(find(mesh.addressNumbers, names[1]) ?? {}, names[2]);
  return said ?? numberFrom(names, ranges);
}

/** Number of the address of a gateway for other meshes, likewise. */
export function federationNumber({ federation }: Topology, { in: { mesh }, at }: Member): number {
  const { name } = at.cluster;
  const said = find(find(federation.gateways, mesh.name)?.addressNumbers ?? {}, name);
  return said ?? numberFrom([mesh.name, name, FEDERATION_NAME], loadBalancerRanges(at.vpc));
}

function planAddress({ topology }: Relations, istiod: Istiod): IstiodAddressPlan {
  const { of, revision } = istiod;
  const { at } = of;
  const { cluster, vpc, eksName } = at;
  const { mesh } = of.of;
  const ranges = loadBalancerRanges(vpc);
  return {
    mesh: mesh.name,
    cluster: cluster.name,
    revision: revision.name,
    vpc: vpc.id,
    provider: providerKey(vpc),
    // AWS refuses names that start with "internal-".
    loadBalancerName: distinctName(["mesh", topology.name, keyOf(istiod)], LONGEST_NAME),
    host: [istiodName(revision.name), cluster.name, zoneName(topology.name, of.of)].join("."),
    addresses: addressesOf(ranges, addressNumber(istiod, ranges)),
    targetCluster: eksName,
    deletionProtection: topology.keepLoadBalancers,
  };
}

/** The account of the first of `runsIn` owns the zone: another VPC of the mesh then moves nothing. */
function planZone(
  { topology }: Relations,
  mesh: MeshRelation,
  istiods: IstiodAddressPlan[],
): PrivateZonePlan {
  const { vpc: first } = mesh.controlPlanes[0]!.at;
  const others = mesh.vpcs.filter((vpc) => vpc !== first);
  const place = (vpc: Vpc) => ({ vpc: vpc.id, provider: providerKey(vpc), region: vpc.region });
  return {
    name: zoneName(topology.name, mesh),
    owner: place(first),
    joined: others.map((vpc) => ({ ...place(vpc), isForeign: vpc.account !== first.account })),
    records: Object.fromEntries(istiods.map(({ host, addresses }) => [host, addresses])),
  };
}

/** `internal` is a top-level domain that will never be public (https://www.icann.org/en/board-activities-and-meetings/materials/approved-resolutions-special-meeting-of-the-icann-board-29-07-2024-en). */
function zoneName(topology: string, { mesh }: MeshRelation): string {
  return `${mesh.name}.${topology}.internal`;
}
