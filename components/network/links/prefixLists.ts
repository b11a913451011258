/** Managed prefix lists, so that rules and routes name addresses once. */
import { keyed } from "../../records";
import { joinedWith, LinkVia, logicalName, providerKey } from "../../topology";
import type { MeshRelation, Relations } from "../../topology";
import { merge } from "../../topology/cidr";
import type { ListPlan, PrefixListPlan } from "../facts";
import { cidrsOf } from "../ranges";
import { linkedVpcs, reachableRanges } from "./links";

const SMALLEST = 10;

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-prefix-lists */
const LARGEST = 1000;

/** Key of a mesh's list in one region and account. */
export function prefixListKey(mesh: string, provider: string): string {
  return `${mesh}/${provider}`;
}

/**
 * Whether a mesh has lists: where it goes beyond one VPC. Not with peering, which joins at most four VPCs, whose plain CIDRs
 * cost fewer rules of the quota than a list's reserved entries.
 */
function isListed({ topology }: Relations, { reach }: MeshRelation): boolean {
  return topology.links.via !== LinkVia.Peering && reach.length > 1;
}

/** One list per mesh, region and account. */
export function planPrefixLists(relations: Relations): Record<string, PrefixListPlan> {
  const listed = relations.meshes.filter((mesh) => isListed(relations, mesh));
  const lists = listed.flatMap((mesh) => listsOf(relations, mesh));
  return keyed(lists, ({ mesh, provider }) => prefixListKey(mesh, provider));
}

/** A list of another region or account cannot be referred to, so each has its own with the same entries. */
function listsOf({ topology }: Relations, { mesh, vpcs, reach }: MeshRelation): PrefixListPlan[] {
  const cidrs = cidrsOf(reach);
  return [...new Set(vpcs.map(providerKey))].map((provider) => ({
    name: logicalName(topology.name, mesh.name),
    provider,
    mesh: mesh.name,
    cidrs,
    maxEntries: maxEntries(cidrs.length),
  }));
}

/**
 * One list per VPC that is attached to a transit gateway: what it is joined with, and places behind the gateways. Without its
 * own addresses: a route to these may lead to a NAT gateway, a network interface or a load balancer's endpoint, and AWS says
 * nothing of a list that holds them (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html).
 */
export function planRouteLists(relations: Relations): Record<string, ListPlan> {
  const { topology, links } = relations;
  if (topology.links.via !== LinkVia.TransitGateway) return {};
  const lists = linkedVpcs(relations).map((vpc): [string, ListPlan] => {
    const cidrs = merge([...cidrsOf(joinedWith(vpc, links)), ...reachableRanges(topology)]);
    const name = `${logicalName(topology.name, vpc.id)}.routes`;
    return [
      vpc.id,
      { name, provider: providerKey(vpc), cidrs, maxEntries: maxEntries(cidrs.length) },
    ];
  });
  return Object.fromEntries(lists);
}

/** Doubled, never fitted: each reference counts all of it against a quota, and a resize touches every reference. */
export function maxEntries(entries: number): number {
  let size = SMALLEST;
  while (size < entries) size *= 2;
  return Math.min(size, LARGEST);
}
