/** Which VPCs need routes to each other. */
import type { Vpc } from "../topology";
import type { MeshRelation, VpcPair } from "./types";

/**
 * Meshed VPCs of one network, whose pods call each other directly, and VPCs of one mesh or of two that exchange services,
 * whose gateways and API servers are called. Nothing else is joined.
 */
export function linksOf(meshes: MeshRelation[], meshed: Vpc[]): VpcPair[] {
  const near = meshes.map((mesh) => ({ own: new Set(mesh.vpcs), others: federatedVpcs(mesh) }));
  const together = (a: Vpc, b: Vpc) =>
    near.some(({ own, others }) => own.has(a) && (own.has(b) || others.has(b)));
  return pairs(meshed, ({ id }) => id)
    .filter(([a, b]) => a.network === b.network || together(a, b) || together(b, a))
    .map(([a, b]) => ({ a, b }));
}

/** VPCs that one of them needs routes to. */
export function joinedWith(vpc: Vpc, links: readonly VpcPair[]): Vpc[] {
  return links.flatMap(({ a, b }) => (a === vpc ? [b] : b === vpc ? [a] : []));
}

/** Every pair of some things, each once and ordered by the names of the two alone. */
export function pairs<T>(things: readonly T[], nameOf: (thing: T) => string): [T, T][] {
  const ordered = [...things].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return ordered.flatMap((a, index) => ordered.slice(index + 1).map((b): [T, T] => [a, b]));
}

function federatedVpcs({ federatedWith }: MeshRelation): Set<Vpc> {
  return new Set(federatedWith.flatMap((other) => (other.kind === "mesh" ? other.mesh.vpcs : [])));
}
