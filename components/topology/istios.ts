/** Which Istio each mesh has: the stack's, or one of its own. */
import type { ClusterRelation, MeshRelation, Revision } from "./relations";
import type { IstioSettings, Topology } from "./topology";

/** Versions of Istio that one place of the description says, each once. */
export function versionsOf({ version, revisions }: IstioSettings): string[] {
  const named = Object.values(revisions).map((revision) => revision.version);
  return [...new Set(version === undefined ? named : [version, ...named])];
}

/** Every Istio of a topology that something uses or says: the stack's, then those that meshes have of their own. */
export function istiosOf({ istio, meshes }: Pick<Topology, "istio" | "meshes">): IstioSettings[] {
  const used = Object.values(meshes).map((mesh) => mesh.istio);
  const stacks = used.includes(istio) || versionsOf(istio).length > 0 ? [istio] : [];
  return [...new Set([...stacks, ...used])];
}

/** Istio of what stands in a cluster: that of its mesh, of the mesh whose istiod is there, or the stack's. */
export function istioAt(relation: ClusterRelation, { istio }: Topology): IstioSettings {
  return meshesAt(relation)[0]?.mesh.istio ?? istio;
}

/** Revisions that run in a cluster or serve it from elsewhere. */
export function revisionsAt(relation: ClusterRelation): Revision[] {
  return meshesAt(relation).flatMap(({ revisions }) => revisions);
}

/** Meshes that a cluster is a member of, then those whose istiods are there; each once. */
function meshesAt({ members, controlPlanes }: ClusterRelation): MeshRelation[] {
  return [
    ...new Set([...members.map((member) => member.in), ...controlPlanes.map(({ of }) => of)]),
  ];
}
