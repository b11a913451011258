/** What several rules say in the same words. */
import type { MeshArgs, TopologyArgs, VpcDescription } from "../description";
import { below, pathOf } from "../path";
import { type Problem, written } from "../problem";
import type { Rule } from "../rule";
import { oneOf, suggest } from "../suggest";
import type { Mesh, Topology } from "../topology";

/** A problem where a condition holds. */
export function when(condition: boolean, problem: Problem): Problem[] {
  return condition ? [problem] : [];
}

/** A name in the description that should be a key of one of its maps. */
export interface Reference {
  path: string;
  name: string;
}

/** A reference for each name of a list. */
export function listed(path: string, list: readonly string[] = []): Reference[] {
  return list.map((name, index) => ({ path: below(path, index), name }));
}

/** A reference for an optional name. */
export function named(path: string, name: string | undefined): Reference[] {
  return name === undefined ? [] : [{ path, name }];
}

/** The references that nothing known answers to. */
export function unknown(
  references: readonly Reference[],
  known: readonly string[],
  otherwise: string,
): Problem[] {
  return references
    .filter(({ name }) => !known.includes(name))
    .map(({ path, name }) => ({
      path,
      got: written(name),
      allowed: oneOf(known),
      fix: suggest(name, known, otherwise),
    }));
}

/** Meshes as written, by name. */
export function meshesOf(description: TopologyArgs): [string, MeshArgs][] {
  return Object.entries(description.meshes);
}

/** VPCs as written, with their paths. */
export function vpcsOf(description: TopologyArgs): { path: string; vpc: VpcDescription }[] {
  return Object.entries(description.networks).flatMap(([name, network]) =>
    network.vpcs === undefined
      ? [{ path: pathOf("networks", name), vpc: network }]
      : Object.entries(network.vpcs).map(([key, vpc]) => ({
          path: pathOf("networks", name, "vpcs", key),
          vpc,
        })),
  );
}

/** One problem list per mesh as written. */
export function perMesh(check: (mesh: MeshArgs, path: string) => Problem[]): Rule["check"] {
  return ({ description }) =>
    meshesOf(description).flatMap(([name, mesh]) => check(mesh, pathOf("meshes", name)));
}

/** One problem list per normalised mesh. */
export function perPlannedMesh(
  check: (mesh: Mesh, path: string, topology: Topology) => Problem[],
): Rule["check"] {
  return (topology) =>
    Object.values(topology.meshes).flatMap((mesh) =>
      check(mesh, pathOf("meshes", mesh.name), topology),
    );
}
