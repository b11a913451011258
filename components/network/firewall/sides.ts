/** From places to the other sides of rules. */
import { providerKey } from "../../topology";
import type { ClusterRelation, Outside, Vpc } from "../../topology";
import { isCidr, merge, sameAddresses } from "../../topology/cidr";
import type { PrefixListPlan } from "../facts";
import { prefixListKey } from "../links/prefixLists";
import { cidrsOf } from "../ranges";
import type { Side } from "./facts";
import {
  balancerGroup,
  balancerLabel,
  clusterGroup,
  knowsGroup,
  outsideGroup,
  outsideLabel,
  outsideSideName,
  vpcOf,
} from "./groups";
import type { Balancer, Source, Target } from "./openings";

/** Every IPv4 address. */
export const EVERYWHERE = "0.0.0.0/0";

/** The other side of a rule, and what it is called in the rule's name. */
export interface NamedSide {
  side: Side;
  name: string;
  /** What it is called where a person opens the group. */
  label: string;
  /** Every address that may be behind it; absent where that cannot be said. */
  addresses?: string[];
}

/** Where a rule stands: a group can name others of its VPC, and prefix lists of its account and region. */
export interface Standpoint {
  vpc: Vpc;
  lists: PrefixListPlan[];
  /** Addresses that a list may have besides: a cluster's own VPC's, since a list of its mesh always has them. */
  besides: string[];
}

/** What the group of a place can name. */
export function standpoint(place: Target, lists: PrefixListPlan[]): Standpoint {
  const vpc = vpcOf(place);
  const provider = providerKey(vpc);
  return {
    vpc,
    lists: lists.filter((list) => list.provider === provider),
    besides: place.kind === "balancer" ? [] : vpc.cidrs,
  };
}

/**
 * The sides of some sources as seen from a group: groups of the same VPC by name, since one of another VPC can be named
 * neither in another region nor over a transit gateway that does not allow it
 * (https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html); workloads elsewhere by the prefix list of a mesh
 * that says their addresses; everything else by addresses.
 */
export function sidesOf(sources: readonly Source[], from: Standpoint): NamedSide[] {
  const seen = sources.map((source) => ({ source, side: namedSide(source, from) }));
  const named = seen.flatMap(({ side }) => side ?? []);
  const rest = seen.flatMap(({ source, side }) => (side ? [] : [source]));
  const far = rest.filter(isFar);
  const list = listOf(far, from);
  // Each VPC by itself: a neighbour that comes would otherwise widen the rule of another, which then has a new name.
  const workloads = list ? [list] : far.flatMap((source) => merge(rangesOf(source)).map(rangeSide));
  const others = merge(rest.filter((source) => !isFar(source)).flatMap(rangesOf)).map(rangeSide);
  return distinct([...named, ...workloads, ...others]);
}

/** The group of a cluster's nodes and pods, which have addresses of its VPC. */
export function clusterSide(at: ClusterRelation): NamedSide {
  const side: Side = { kind: "group", group: clusterGroup(at) };
  const { name } = at.cluster;
  return { side, name, label: `cluster ${name}`, addresses: at.vpc.cidrs };
}

/** The group of some machines or tasks. */
function outsideSide(of: Outside): NamedSide {
  const side: Side = { kind: "group", group: outsideGroup(of) };
  const label = outsideLabel(of);
  return { side, name: outsideSideName(of), label, addresses: of.vpc.cidrs };
}

/** A place as what goes out to it sees it: by its group where it is in the same VPC, else by the addresses of its own. */
export function sidesTo(place: Target, vpc: Vpc): NamedSide[] {
  const there = vpcOf(place);
  if (there !== vpc) return there.cidrs.map(rangeSide);
  if (place.kind === "balancer") return [balancerSide(place.of)];
  if (place.kind === "outside") return [outsideSide(place.of)];
  return knowsGroup(place.of) ? [clusterSide(place.of)] : there.cidrs.map(rangeSide);
}

/** The group of a load balancer, behind which are the addresses of its clients where it keeps them. */
export function balancerSide(balancer: Balancer): NamedSide {
  const side: Side = { kind: "group", group: balancerGroup(balancer) };
  return { side, name: balancer.name, label: balancerLabel(balancer) };
}

export function rangeSide(cidr: string): NamedSide {
  const side: Side = { kind: "cidr", cidr };
  return { side, name: cidr.replace("/", "-"), label: cidr, addresses: [cidr] };
}

function listSide({ mesh, provider, cidrs }: PrefixListPlan): NamedSide {
  const side: Side = { kind: "list", list: prefixListKey(mesh, provider) };
  // With a dot: a cluster may have the mesh's name, but none with a dot in it.
  return { side, name: `${mesh}.list`, label: `prefix list of mesh ${mesh}`, addresses: cidrs };
}

/** What is behind an id of the user's is not known. */
function givenSide({ kind, id }: Extract<Source, { id: string }>): NamedSide {
  return { side: { kind, id }, name: id, label: id };
}

/** What stands for a source as a whole: the group of pods, machines or tasks nearby, or the list of a mesh. */
function namedSide(source: Source, { vpc, lists }: Standpoint): NamedSide | undefined {
  if (source.kind === "pods") {
    const isNear = source.of.vpc === vpc && knowsGroup(source.of);
    return isNear ? clusterSide(source.of) : undefined;
  }
  if (source.kind === "outside") return source.of.vpc === vpc ? outsideSide(source.of) : undefined;
  if (source.kind === "given-group" || source.kind === "given-list") return givenSide(source);
  if (source.kind !== "mesh") return undefined;
  const list = lists.find(({ mesh }) => mesh === source.of.mesh.name);
  return list && listSide(list);
}

export type Far = Extract<Source, { kind: "pods" | "outside" }>;

/** Workloads that are somewhere in a VPC. */
export function isFar(source: Source): source is Far {
  return source.kind === "pods" || source.kind === "outside";
}

function rangesOf(source: Source): string[] {
  switch (source.kind) {
    case "pods":
    case "outside":
      return source.of.vpc.cidrs;
    case "mesh":
      return cidrsOf(source.of.memberReach);
    case "addresses":
      return source.cidrs.filter(isCidr);
    case "given-group":
    case "given-list":
      return [];
    case "anyone":
      return [EVERYWHERE];
  }
}

/** The list of a mesh that all of some workloads are in, where it says their addresses: it grows with them, and the rule stays. */
function listOf(workloads: Far[], { lists, besides }: Standpoint): NamedSide | undefined {
  const [first, ...others] = workloads.map(meshesOf);
  if (!first) return undefined;
  const shared = first.filter((mesh) => others.every((meshes) => meshes.includes(mesh)));
  const ranges = workloads.flatMap(rangesOf);
  const list = lists
    .filter(({ mesh }) => shared.includes(mesh))
    .find(
      ({ cidrs }) => sameAddresses(cidrs, ranges) || sameAddresses(cidrs, [...ranges, ...besides]),
    );
  return list && listSide(list);
}

/** Names of the meshes that some workloads are in, or whose istiods run beside them. */
function meshesOf(source: Far): string[] {
  const relations =
    source.kind === "pods"
      ? [
          ...source.of.members.map((member) => member.in),
          ...source.of.controlPlanes.map(({ of }) => of),
        ]
      : [source.of.controlledBy.in];
  return relations.map(({ mesh }) => mesh.name);
}

/** Two sources may be one, such as a cluster that two istiods run in. */
function distinct(sides: NamedSide[]): NamedSide[] {
  return [...new Map(sides.map((side) => [side.name, side])).values()];
}
