/** Who reaches whom, in words. */
import { Barrier, PlaceKind } from "../../components/mesh/reach";
import type { Cell, Need, Reach, ReachPlace } from "../../components/mesh/reach";
import { count } from "./count";
import type { Row } from "./count";

/** Pairs of clusters that are written out; more are only counted. */
const MOST_PAIRS = 3;

/** Why nothing gets there. */
export const BARRIERS = {
  [Barrier.NoRoute]: "the VPCs are not joined",
  [Barrier.Closed]: "no security group lets it in",
  [Barrier.RegistryOnly]: "sidecars call only what istiod knows",
  [Barrier.PlainText]: "mutual TLS is strict",
  [Barrier.MutualTlsOnly]: "only mutual TLS goes between networks",
  [Barrier.Unwatched]: "no istiod of the mesh watches that cluster",
  [Barrier.ClientOnly]: "the machines are clients only",
  [Barrier.Elsewhere]: "only the istiod of another cluster knows the tasks",
  [Barrier.NotExported]: "it is not exported to them",
  [Barrier.OtherTenant]: "tenants are closed to all others",
  [Barrier.ClusterLocal]: "Services are called from their own cluster alone",
  [Barrier.NotShared]: "it is not shared with them",
} satisfies Record<Barrier, string>;

type Ends = [from: ReachPlace, to: ReachPlace];

/** One row for each pair of meshes and kind of path. */
export function reachRows({ places, cells }: Reach): Row[] {
  const placeOf = new Map(places.map((place) => [place.key, place]));
  const kinds = new Map<string, Map<string, Ends[]>>();
  for (const cell of cells) {
    const [from, to] = [placeOf.get(cell.from)!, placeOf.get(cell.to)!];
    const pair = pairOf(from, to);
    const ways = kinds.get(pair) ?? new Map<string, Ends[]>();
    const way = kindOf(cell, from, to);
    ways.set(way, [...(ways.get(way) ?? []), [from, to]]);
    kinds.set(pair, ways);
  }
  return [...kinds].flatMap(([pair, ways]) =>
    [...ways].map(([way, ends], index): Row => [
      index === 0 ? pair : "",
      `${way}: ${clustersOf(ends)}`,
    ]),
  );
}

/** One row for each cell: the way, as whom, and what it needs. */
export function cellRows({ cells }: Reach): Row[] {
  return cells.map((cell) => [`${cell.from} → ${cell.to}`, cellText(cell)]);
}

function cellText(cell: Cell): string {
  const needs = cell.needs.map(needText).join("; ");
  return `${wayText(cell)}${needs && `; needs ${needs}`}`;
}

/** The way of a cell, with its gateways by their keys, and as whom. */
export function wayText({ way, identity }: Cell): string {
  const as = identity === undefined ? "in plain text" : `as ${identity}`;
  switch (way.kind) {
    case "direct":
      return `directly ${as}`;
    case "gateways":
      return `through ${way.through.map((hop) => hop.join(" or ")).join(", then ")} ${as}`;
    case "none":
      return `not at all: ${BARRIERS[way.why]}`;
  }
}

export function needText(need: Need): string {
  switch (need.kind) {
    case "route":
      return `routes ${need.between.join(" ⇄ ")}`;
    case "rule":
      return `rule ${need.rule} ${need.way === "in" ? "into" : "out of"} group ${need.group}`;
    case "yours":
      return `ports ${need.ports} of cluster ${need.cluster} from ${need.sources.join(", ")}, yours to open`;
  }
}

/** Tenants are alike but for who is the other: a row for each two of them would be all that one sees. */
function pairOf(from: ReachPlace, to: ReachPlace): string {
  if (from.kind !== PlaceKind.Tenant || to.kind !== PlaceKind.Tenant)
    return `${groupOf(from)} → ${groupOf(to)}`;
  const isSame = from.mesh === to.mesh && from.tenant === to.tenant;
  return `${groupOf(from)} → ${isSame ? "themselves" : "others of them"}`;
}

function groupOf({ kind, mesh, gateway, machines, tasks, service }: ReachPlace): string {
  const groups = {
    [PlaceKind.InMesh]: `${mesh}`,
    [PlaceKind.OutOfMesh]: "no mesh",
    [PlaceKind.Clients]: `clients of ${gateway} of ${mesh}`,
    [PlaceKind.Machines]: `machines ${machines} of ${mesh}`,
    [PlaceKind.Tasks]: `tasks ${tasks} of ${mesh}`,
    [PlaceKind.Exported]: `${service} of ${mesh}`,
    [PlaceKind.Tenant]: `tenants of ${mesh}`,
    [PlaceKind.Shared]: `${service} of ${mesh}`,
  } satisfies Record<PlaceKind, string>;
  return groups[kind];
}

/** The way of a cell, with its gateways by their kind. */
function kindOf({ way, identity }: Cell, from: ReachPlace, to: ReachPlace): string {
  const as = identity === undefined ? "in plain text" : "by mutual TLS";
  if (way.kind === "none") return `not at all, ${BARRIERS[way.why]}`;
  if (way.kind === "direct") return `directly ${as}`;
  if (to.kind === PlaceKind.Exported) return `through the federation gateway ${as}`;
  const isClient = from.kind === PlaceKind.Clients;
  const gateways = way.through.map((_, hop) => (isClient && hop === 0 ? "ingress" : "east-west"));
  return `through the ${gateways.join(" and the ")} gateway ${as}`;
}

/** Machines and tasks are in no cluster. */
function standsIn({ machines, tasks, cluster }: ReachPlace): string {
  return machines ?? tasks ?? cluster;
}

/** What both ends stand in. */
const WITHIN = {
  [PlaceKind.InMesh]: "within a cluster",
  [PlaceKind.OutOfMesh]: "within a cluster",
  [PlaceKind.Clients]: "within a cluster",
  [PlaceKind.Machines]: "within the group",
  [PlaceKind.Tasks]: "within the service",
  [PlaceKind.Exported]: "within a cluster",
  [PlaceKind.Tenant]: "within a cluster",
  [PlaceKind.Shared]: "within a cluster",
} satisfies Record<PlaceKind, string>;

function clustersOf(ends: Ends[]): string {
  if (ends.every(([from, to]) => standsIn(from) === standsIn(to))) return WITHIN[ends[0]![0].kind];
  const pairs = ends.map(([from, to]) => `${standsIn(from)} → ${standsIn(to)}`);
  if (pairs.length <= MOST_PAIRS) return pairs.join(", ");
  return count(pairs.length, "pair of clusters", "pairs of clusters");
}
