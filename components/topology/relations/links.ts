/** Which VPCs need routes to each other. */
import type { Vpc } from "../topology";
import { isPeer } from "./federation";
import type { MeshRelation, VpcPair } from "./types";

/**
 * Meshed VPCs of one network, whose pods call each other directly; VPCs of one mesh, whose gateways and API servers are called; and those
 * of a mesh's workloads with those of the gateways that it imports by. Nothing else is joined.
 */
export function linksOf(meshes: MeshRelation[], meshed: Vpc[]): VpcPair[] {
  const near = [
    ...meshes.map(({ vpcs }) => ({ own: new Set(vpcs), others: new Set(vpcs) })),
    ...meshes.map((mesh) => ({ own: workloadVpcs(mesh), others: importedBy(mesh) })),
  ];
  const together = (a: Vpc, b: Vpc) => near.some(({ own, others }) => own.has(a) && others.has(b));
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

function workloadVpcs({ members, outside }: MeshRelation): Set<Vpc> {
  return new Set([...members.map(({ at }) => at.vpc), ...outside.map(({ vpc }) => vpc)]);
}

function importedBy({ imports }: MeshRelation): Set<Vpc> {
  const gateways = imports.flatMap(({ from }) => (isPeer(from) ? [] : from.federationGateways));
  return new Set(gateways.map(({ at }) => at.vpc));
}
