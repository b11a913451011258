/** What several rules say in the same words. */
import type {
  IstioDescription,
  MeshDescription,
  TopologyDescription,
  TrustDescription,
  VpcDescription,
} from "../description";
import { DEFAULT_ROOT } from "../names";
import { runsInOf } from "../normalise";
import { below, pathOf } from "../path";
import { type Problem, written } from "../problem";
import { oneOf, suggest } from "../suggest";
import type { Mesh, Topology } from "../topology";

/** A problem where a condition holds. */
export function when(condition: boolean, problem: Problem): Problem[] {
  return condition ? [problem] : [];
}

/** Ids that EC2 gives, by what they begin with: 17 hexadecimal digits, or the 8 of old ones. */
export function idPattern(prefix: string): RegExp {
  return new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`);
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
export function meshesOf(description: TopologyDescription): [string, MeshDescription][] {
  return Object.entries(description.meshes);
}

/** Every trust as written: everyone's, which may be left out, and those that meshes have of their own. */
export function trustsOf({
  trust = {},
  meshes,
}: TopologyDescription): { path: string; trust: TrustDescription; mesh?: string }[] {
  const own = Object.entries(meshes).flatMap(([mesh, { trust: theirs }]) =>
    theirs ? [{ path: pathOf("meshes", mesh, "trust"), trust: theirs, mesh }] : [],
  );
  return [{ path: "trust", trust }, ...own];
}

/** An `istio` as written, and where. */
export interface WrittenIstio {
  path: string;
  istio: IstioDescription;
}

/** Every `istio` as written: the stack's, which may be left out, and those that meshes have of their own. */
export function writtenIstios({ istio = {}, meshes }: TopologyDescription): WrittenIstio[] {
  const own = Object.entries(meshes).flatMap(([mesh, { istio: theirs }]) =>
    theirs ? [{ path: pathOf("meshes", mesh, "istio"), istio: theirs }] : [],
  );
  return [{ path: "istio", istio }, ...own];
}

/** Names of the roots of a trust: where none is written, that of the one that is generated. */
export function rootNamesOf({ roots = {} }: TrustDescription): string[] {
  const named = Object.keys(roots);
  return named.length === 0 ? [DEFAULT_ROOT] : named;
}

/** VPCs as written, with their paths. */
export function vpcsOf(description: TopologyDescription): { path: string; vpc: VpcDescription }[] {
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
export function perMesh(check: (mesh: MeshDescription, path: string) => Problem[]) {
  return ({ description }: Topology) =>
    meshesOf(description).flatMap(([name, mesh]) => check(mesh, pathOf("meshes", name)));
}

/** Whether a mesh has members and istiods, all in clusters that are described: until it has, nothing else of them can be told. */
export function hasPlaces(mesh: MeshDescription, { clusters }: TopologyDescription): boolean {
  return [Object.keys(mesh.clusters), runsInOf(mesh)].every(
    (names) => names.length > 0 && names.every((name) => Object.hasOwn(clusters, name)),
  );
}

/** One problem list per mesh as written whose clusters are all there. */
export function perPlacedMesh(check: (mesh: MeshDescription, path: string) => Problem[]) {
  return ({ description }: Topology) =>
    meshesOf(description).flatMap(([name, mesh]) =>
      hasPlaces(mesh, description) ? check(mesh, pathOf("meshes", name)) : [],
    );
}

/** One problem list per normalised mesh. */
export function perPlannedMesh(check: (mesh: Mesh, path: string, topology: Topology) => Problem[]) {
  return (topology: Topology) =>
    Object.values(topology.meshes).flatMap((mesh) =>
      check(mesh, pathOf("meshes", mesh.name), topology),
    );
}
