import type { Topology } from "../topology";

/** One control plane that reads services and endpoints from one other cluster's API server. */
export interface Watch {
  mesh: string;
  /** Cluster that runs istiod. */
  watcher: string;
  watched: string;
}

/**
 * Who watches whom: every control plane of a mesh watches every other member, and nothing outside its mesh
 * (https://istio.io/latest/docs/setup/install/multicluster/).
 */
export function watchRelation(topology: Topology): Watch[] {
  return Object.values(topology.meshes).flatMap((mesh) =>
    mesh.runsIn.flatMap((watcher) =>
      Object.keys(mesh.members)
        .filter((watched) => watched !== watcher)
        .map((watched) => ({ mesh: mesh.name, watcher, watched })),
    ),
  );
}
