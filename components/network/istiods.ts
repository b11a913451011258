/** Where istiods that serve other clusters are reached: addresses and names that are chosen before anything exists. */
import { parseCidr } from "cidr-tools";
import { serveRelation } from "../access/relation";
import type { Serving } from "../access/relation";
import { eksName } from "../cluster/planClusters";
import { mapValues } from "../records";
import { Compute, istiodKey, istiodName, logicalName, shortened, SubnetTier } from "../topology";
import type { Mesh, Topology, Vpc } from "../topology";
import { formatAddress, prefixLength } from "./addresses";
import { providerOf, vpcsOfMesh } from "./membership";
import type { IstiodAddressPlan, PrivateZonePlan } from "./plan";
import { planSubnets, VPC_PREFIXES } from "./subnets";

/**
 * AWS allows a load balancer 32 characters and no "internal-" at the start; its target groups have the same name and a
 * port (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html).
 */
const LONGEST_NAME = 26;

/** AWS keeps the first four addresses of a subnet and the last (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html). */
const KEPT_FIRST = 4n;
const KEPT_LAST = 1n;

/** Where one istiod stands in the description, each position from 0. */
interface Position {
  mesh: number;
  /** Among the istiods of the mesh in the VPC. */
  istiod: number;
  /** Absent for the default one. */
  revision?: number;
}

/** Every istiod that serves another cluster, by its key. */
export function planIstiods(topology: Topology): Record<string, IstiodAddressPlan> {
  const serving = serveRelation(topology).map((one): [string, Serving] => [
    istiodKey(one.mesh, one.server, one.revision),
    one,
  ]);
  // Planned once, however many it serves.
  return mapValues(Object.fromEntries(serving), ({ mesh, server, revision }) =>
    planIstiod(topology, topology.meshes[mesh], server, revision),
  );
}

/** Zones of the meshes that have such istiods. */
export function planPrivateZones(topology: Topology): Record<string, PrivateZonePlan> {
  const istiods = Object.values(planIstiods(topology));
  const served = Object.values(topology.meshes).filter(({ name }) =>
    istiods.some(({ mesh }) => mesh === name),
  );
  return Object.fromEntries(
    served.map((mesh) => {
      const own = istiods.filter((istiod) => istiod.mesh === mesh.name);
      return [mesh.name, planPrivateZone(topology, mesh, own)];
    }),
  );
}

/** The load-balancer subnets of a VPC: ranges only, in the order of their ids. */
export function loadBalancerRanges({ cidrs, zones, existing }: Vpc): string[] {
  if (!existing && !VPC_PREFIXES.includes(prefixLength(cidrs[0]))) return [];
  const subnets = existing ? Object.values(existing.subnets) : planSubnets(cidrs[0], zones);
  return subnets.filter(({ tier }) => tier === SubnetTier.LoadBalancer).map(({ cidr }) => cidr);
}

/** Whether AWS leaves an address of a subnet to others. */
export function isUsable(range: string, address: string): boolean {
  const { start, end } = parseCidr(range);
  const at = parseCidr(address).start;
  return at >= start + KEPT_FIRST && at <= end - KEPT_LAST;
}

function planIstiod(
  topology: Topology,
  mesh: Mesh,
  cluster: string,
  revision: string,
): IstiodAddressPlan {
  const { compute, vpc: id } = topology.clusters[cluster];
  const vpc = topology.vpcs[id];
  const position = positionOf(topology, mesh, cluster, revision);
  const name = logicalName("istiod", topology.name, mesh.name, cluster, revision);
  return {
    mesh: mesh.name,
    cluster,
    revision,
    vpc: id,
    provider: providerOf(vpc),
    loadBalancerName: shortened(name, LONGEST_NAME),
    host: [istiodName(revision), cluster, zoneName(topology, mesh)].join("."),
    addresses: loadBalancerRanges(vpc).map((range) => addressIn(range, position)),
    ...(compute === Compute.AutoMode && {
      autoModeCluster: eksName(topology, topology.clusters[cluster]),
    }),
  };
}

/** The account of the first istiod owns the zone: another VPC of the mesh then moves nothing. */
function planPrivateZone(
  topology: Topology,
  mesh: Mesh,
  istiods: IstiodAddressPlan[],
): PrivateZonePlan {
  const vpcs = new Set([topology.clusters[mesh.runsIn[0]].vpc, ...vpcsOfMesh(topology, mesh)]);
  return {
    name: zoneName(topology, mesh),
    vpcs: [...vpcs].map((vpc) => ({ vpc, provider: providerOf(topology.vpcs[vpc]) })),
    records: Object.fromEntries(istiods.map(({ host, addresses }) => [host, addresses])),
  };
}

/** `internal` is a top-level domain that will never be public (https://www.icann.org/en/board-activities-and-meetings/materials/approved-resolutions-special-meeting-of-the-icann-board-29-07-2024-en). */
function zoneName({ name }: Topology, mesh: Mesh): string {
  return `${mesh.name}.${name}.internal`;
}

/** Counted over all that the description has, whether it serves others or not: a further remote then moves nothing. */
function positionOf(
  { meshes, clusters, istio }: Topology,
  mesh: Mesh,
  cluster: string,
  revision: string,
): Position {
  const there = mesh.runsIn.filter((other) => clusters[other].vpc === clusters[cluster].vpc);
  return {
    mesh: Object.keys(meshes).indexOf(mesh.name),
    istiod: there.indexOf(cluster),
    revision: revision === "" ? undefined : Object.keys(istio.revisions).indexOf(revision),
  };
}

/** Default istiods count up from the first free address, revisions down from the last. */
function addressIn(range: string, { mesh, istiod, revision }: Position): string {
  const { start, end } = parseCidr(range);
  return formatAddress(
    revision === undefined
      ? start + KEPT_FIRST + rank([mesh, istiod])
      : end - KEPT_LAST - rank([mesh, istiod, revision]),
  );
}

/**
 * A number of their own for some positions, from 0 and whatever else there is, so that a further mesh, istiod or revision
 * moves no address. Smaller products come first: many of one kind and a few of each are then both near.
 */
function rank(positions: number[]): bigint {
  const own = positions.map((position) => position + 1);
  const size = product(own);
  const before = combinations(size, own.length).filter(
    (other) => product(other) < size || (product(other) === size && isGreater(other, own)),
  );
  return BigInt(before.length);
}

/** Every list of so many whole numbers from 1 whose product is at most `most`. */
function combinations(most: number, length: number): number[][] {
  if (length === 0) return [[]];
  return Array.from({ length: most }, (_, index) => index + 1).flatMap((first) =>
    combinations(Math.floor(most / first), length - 1).map((rest) => [first, ...rest]),
  );
}

function product(numbers: number[]): number {
  return numbers.reduce((all, number) => all * number, 1);
}

/** By the first number in which two lists differ. */
function isGreater(a: number[], b: number[]): boolean {
  const first = a.findIndex((number, index) => number !== b[index]);
  return first >= 0 && a[first] > b[first];
}
