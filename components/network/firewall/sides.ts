/** From places to the other sides of rules. */
import { providerKey } from "../../topology";
import type { ClusterRelation, Vpc } from "../../topology";
import { isCidr, merge, sameAddresses } from "../../topology/cidr";
import type { PrefixListPlan } from "../facts";
import { prefixListKey } from "../links/prefixLists";
import { cidrsOf } from "../ranges";
import type { Side } from "./facts";
import { balancerGroup, clusterGroup, knowsGroup } from "./groups";
import type { Balancer, Source } from "./openings";

const EVERYWHERE = "0.0.0.0/0";

/** The other side of a rule, and what it is called in the rule's name. */
export interface NamedSide {
  side: Side;
  name: string;
  /** Every address that may be behind it; absent where that cannot be said. */
  addresses?: string[];
}

/** Where a rule stands: a group can name others of its VPC, and prefix lists of its account and region. */
export interface Standpoint {
  vpc: Vpc;
  lists: PrefixListPlan[];
}

/** The prefix lists that groups of a VPC can name. */
export function standpoint({ vpc }: ClusterRelation, lists: PrefixListPlan[]): Standpoint {
  const provider = providerKey(vpc);
  return { vpc, lists: lists.filter((list) => list.provider === provider) };
}

/**
 * The sides of some sources as seen from a group: groups of the same VPC by name, since one of another VPC cannot be named
 * everywhere (not over a transit gateway, not across regions); everything else by addresses, for which a prefix list with
 * the same ones stands.
 */
export function sidesOf(sources: readonly Source[], from: Standpoint): NamedSide[] {
  const named = sources.flatMap((source) => namedSide(source, from) ?? []);
  const rest = sources.filter((source) => namedSide(source, from) === undefined);
  const ranges = merge(rest.flatMap(rangesOf));
  return [...distinct(named), ...(sameList(ranges, from) ?? ranges.map(rangeSide))];
}

/** The group of a cluster's nodes and pods, which have addresses of its VPC. */
export function clusterSide(at: ClusterRelation): NamedSide {
  const side: Side = { kind: "group", group: clusterGroup(at) };
  return { side, name: at.cluster.name, addresses: at.vpc.cidrs };
}

/** The group of a load balancer, behind which are the addresses of its clients where it keeps them. */
export function balancerSide(balancer: Balancer): NamedSide {
  return { side: { kind: "group", group: balancerGroup(balancer) }, name: balancer.key };
}

export function rangeSide(cidr: string): NamedSide {
  return { side: { kind: "cidr", cidr }, name: cidr.replace("/", "-"), addresses: [cidr] };
}

function listSide({ mesh, provider, cidrs }: PrefixListPlan): NamedSide {
  const side: Side = { kind: "list", list: prefixListKey(mesh, provider) };
  return { side, name: mesh, addresses: cidrs };
}

/** What stands for a source as a whole: the group of pods nearby, or the list of a mesh. */
function namedSide(source: Source, { vpc, lists }: Standpoint): NamedSide | undefined {
  if (source.kind === "pods") {
    const isNear = source.of.vpc === vpc && knowsGroup(source.of);
    return isNear ? clusterSide(source.of) : undefined;
  }
  if (source.kind !== "mesh") return undefined;
  const list = lists.find(({ mesh }) => mesh === source.of.mesh.name);
  return list && listSide(list);
}

function rangesOf(source: Source): string[] {
  switch (source.kind) {
    case "pods":
    case "outside":
      return (source.kind === "pods" ? source.of.vpc : source.of.vpc).cidrs;
    case "mesh":
      return cidrsOf(source.of.memberReach);
    case "addresses":
      return source.cidrs.filter(isCidr);
    case "anyone":
      return [EVERYWHERE];
  }
}

/** A mesh's list that says these addresses, with or without those of the group's own VPC: growth then leaves the rule alone. */
function sameList(ranges: string[], { vpc, lists }: Standpoint): NamedSide[] | undefined {
  if (ranges.length === 0) return undefined;
  const list = lists.find(
    ({ cidrs }) => sameAddresses(cidrs, ranges) || sameAddresses(cidrs, [...ranges, ...vpc.cidrs]),
  );
  return list && [listSide(list)];
}

/** Two meshes in one cluster have the same pods. */
function distinct(sides: NamedSide[]): NamedSide[] {
  return [...new Map(sides.map((side) => [side.name, side])).values()];
}
