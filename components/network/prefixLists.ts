/** One managed prefix list per mesh, region and account, so that rules and routes name addresses once. */
import { LinkVia, logicalName } from "../topology";
import type { Mesh, Topology } from "../topology";
import { cidrsOf, providerOf, reachOf, vpcsOfMesh } from "./membership";
import type { PrefixListPlan } from "./plan";

const SMALLEST = 10;

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-prefix-lists */
const LARGEST = 1000;

/** Key of a mesh's list in one region and account. */
export function prefixListKey(mesh: string, provider: string): string {
  return `${mesh}/${provider}`;
}

/**
 * Lists of the meshes that go beyond one VPC. Only with transit gateways: peering joins at most four VPCs, whose plain
 * CIDRs cost fewer rules of the quota than a list's reserved entries.
 */
export function planPrefixLists(topology: Topology): Record<string, PrefixListPlan> {
  if (topology.linkVia !== LinkVia.TransitGateway) return {};
  const lists = Object.values(topology.meshes)
    .filter((mesh) => reachOf(topology, mesh).length > 1)
    .flatMap((mesh) => listsOf(topology, mesh));
  return Object.fromEntries(lists.map((list) => [prefixListKey(list.mesh, list.provider), list]));
}

/** A list of another region or account cannot be referred to, so each has its own with the same entries. */
function listsOf(topology: Topology, mesh: Mesh): PrefixListPlan[] {
  const cidrs = cidrsOf(topology, reachOf(topology, mesh));
  const vpcs = vpcsOfMesh(topology, mesh).map((vpc) => topology.vpcs[vpc]);
  return [...new Set(vpcs.map(providerOf))].map((provider) => ({
    name: logicalName(topology.name, mesh.name),
    provider,
    mesh: mesh.name,
    cidrs,
    maxEntries: maxEntries(cidrs.length),
  }));
}

/** Doubled, never fitted: each reference counts all of it against a quota, and a resize touches every reference. */
export function maxEntries(entries: number): number {
  let size = SMALLEST;
  while (size < entries) size *= 2;
  return Math.min(size, LARGEST);
}
