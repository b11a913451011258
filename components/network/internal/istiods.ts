/** Where istiods that serve other clusters are reached: addresses and names that are chosen before anything exists. */
import { createHash } from "node:crypto";
import { find, keyed } from "../../records";
import {
  DEFAULT_REVISION,
  istiodKey,
  istiodName,
  LoadBalancers,
  logicalName,
  providerKey,
  shortened,
  SubnetTier,
} from "../../topology";
import type { Istiod, MeshRelation, Relations, Vpc } from "../../topology";
import { bounds, formatAddress, prefixLength } from "../../topology/cidr";
import type { IstiodAddressPlan, PrivateZonePlan } from "../facts";
import { planSubnets, VPC_PREFIXES } from "../vpc/subnets";

/**
 * AWS allows a load balancer 32 characters and no "internal-" at the start; its target groups have the same name and a
 * port (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html).
 */
const LONGEST_NAME = 26;

/** AWS keeps the first four addresses of a subnet and the last (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html). */
const KEPT_FIRST = 4n;
const KEPT_LAST = 1n;

/** Every istiod that serves other clusters, by its key. */
export function planIstiods(relations: Relations): Record<string, IstiodAddressPlan> {
  const istiods = servingIstiods(relations).map((istiod) => planIstiod(relations, istiod));
  return keyed(istiods, ({ mesh, cluster, revision }) => istiodKey(mesh, cluster, revision));
}

/** istiods that serve something outside their own cluster, and so stand behind a load balancer. */
export function servingIstiods({ meshes }: Relations): Istiod[] {
  return meshes
    .flatMap(({ controlPlanes }) => controlPlanes)
    .flatMap(({ istiods }) => istiods)
    .filter(({ serves }) => serves.length > 0);
}

/** Zones of the meshes that have such istiods. */
export function planPrivateZones(
  relations: Relations,
  istiods: Record<string, IstiodAddressPlan>,
): Record<string, PrivateZonePlan> {
  const zones = relations.meshes.flatMap((mesh): [string, PrivateZonePlan][] => {
    const own = Object.values(istiods).filter((istiod) => istiod.mesh === mesh.mesh.name);
    return own.length > 0 ? [[mesh.mesh.name, planPrivateZone(relations, mesh, own)]] : [];
  });
  return Object.fromEntries(zones);
}

/** The load-balancer subnets of a VPC: ranges only, in the order of their ids. */
export function loadBalancerRanges({ cidrs, zones, existing }: Vpc): string[] {
  const [cidr] = cidrs;
  if (!existing && !(cidr && VPC_PREFIXES.includes(prefixLength(cidr)))) return [];
  const subnets = existing ? Object.values(existing.subnets) : planSubnets(cidr!, zones);
  return subnets
    .filter(({ tier }) => tier === SubnetTier.LoadBalancer)
    .map((subnet) => subnet.cidr);
}

/** How many addresses AWS leaves to others in the narrowest of some subnets: numbers below it are an address in each. */
export function usableAddresses(ranges: readonly string[]): number {
  const sizes = ranges.map(bounds).map(({ start, end }) => Number(end - start + 1n));
  const narrowest = sizes.length === 0 ? 0 : Math.min(...sizes);
  return Math.max(0, narrowest - Number(KEPT_FIRST + KEPT_LAST));
}

/**
 * Number of an istiod's address among those that may be used, from 0. It follows from its own names alone, so that nothing
 * that comes or goes beside it moves it; two that meet are told apart by a number that the description says.
 */
export function addressNumber({ of, revision: { name } }: Istiod, ranges: string[]): number {
  const { mesh } = of.of;
  const names = [mesh.name, of.at.cluster.name, name ?? DEFAULT_REVISION] as const;
  const said = find(find(mesh.addressNumbers, names[1]) ?? {}, names[2]);
  const digest = createHash("sha256").update(JSON.stringify(names)).digest();
  return said ?? digest.readUInt32BE() % Math.max(1, usableAddresses(ranges));
}

function planIstiod({ topology }: Relations, istiod: Istiod): IstiodAddressPlan {
  const { of, revision } = istiod;
  const { at } = of;
  const { cluster, vpc, eksName } = at;
  const { mesh } = of.of;
  const ranges = loadBalancerRanges(vpc);
  const number = addressNumber(istiod, ranges);
  const key = istiodKey(mesh.name, cluster.name, revision.name);
  return {
    mesh: mesh.name,
    cluster: cluster.name,
    revision: revision.name,
    vpc: vpc.id,
    provider: providerKey(vpc),
    // Like the key: what a rule keeps apart there is apart here. AWS refuses names that start with "internal-".
    loadBalancerName: shortened(logicalName("mesh", topology.name, key), LONGEST_NAME),
    host: [istiodName(revision.name), cluster.name, zoneName(topology.name, of.of)].join("."),
    addresses: ranges.map((range) =>
      formatAddress(bounds(range).start + KEPT_FIRST + BigInt(number)),
    ),
    autoModeCluster: cluster.loadBalancers === LoadBalancers.AutoMode ? eksName : undefined,
  };
}

/** The account of the first of `runsIn` owns the zone: another VPC of the mesh then moves nothing. */
function planPrivateZone(
  { topology }: Relations,
  mesh: MeshRelation,
  istiods: IstiodAddressPlan[],
): PrivateZonePlan {
  const vpcs = new Set([...mesh.controlPlanes.slice(0, 1).map(({ at }) => at.vpc), ...mesh.vpcs]);
  return {
    name: zoneName(topology.name, mesh),
    vpcs: [...vpcs].map((vpc) => ({ vpc: vpc.id, provider: providerKey(vpc) })),
    records: Object.fromEntries(istiods.map(({ host, addresses }) => [host, addresses])),
  };
}

/** `internal` is a top-level domain that will never be public (https://www.icann.org/en/board-activities-and-meetings/materials/approved-resolutions-special-meeting-of-the-icann-board-29-07-2024-en). */
function zoneName(topology: string, { mesh }: MeshRelation): string {
  return `${mesh.name}.${topology}.internal`;
}
