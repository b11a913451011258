import { ControlPlaneMode } from "../topology";
import type { Member, Mesh, Topology } from "../topology";

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

/** One istiod that injects, configures and certifies the pods of one other cluster. */
export interface Serving {
  mesh: string;
  /** Cluster that runs istiod. */
  server: string;
  /** Cluster without an istiod of its own. */
  remote: string;
  /** Revision of the istiod, or "" for the default one. */
  revision: string;
}

/** Who serves whom, by server, revision and remote. Empty where every member runs istiod. */
export function serveRelation(topology: Topology): Serving[] {
  return Object.values(topology.meshes).flatMap((mesh) =>
    mesh.runsIn.flatMap((server) =>
      Object.entries(mesh.members)
        .filter(([, { servedBy }]) => servedBy.includes(server))
        .flatMap(([remote, member]) =>
          revisionsOf(member).map((revision) => ({ mesh: mesh.name, server, remote, revision })),
        ),
    ),
  );
}

/** Revisions that serve a member: the default one always, so that pods move to a revision one restart at a time. */
export function revisionsOf({ revision }: Member): string[] {
  return revision === "" ? [""] : ["", revision];
}

/** Revisions of a mesh that run in one of its clusters: those of its own proxies and of the clusters that it serves. */
export function revisionsIn({ members }: Mesh, cluster: string): string[] {
  const served = Object.entries(members)
    .filter(([member, { servedBy }]) => member === cluster || servedBy.includes(cluster))
    .flatMap(([, member]) => revisionsOf(member));
  return [...new Set(["", ...served])].sort();
}

/** Istio's cluster id of an istiod: the cluster that it reads its configuration from, which an external one does not run in. */
export function clusterIdOf(mesh: Mesh, cluster: string): string {
  return mesh.mode === ControlPlaneMode.External ? mesh.configCluster! : cluster;
}

/** Clusters whose API servers hold the Istio configuration of a mesh. */
export function configClustersOf(mesh: Mesh): string[] {
  return [...new Set(mesh.runsIn.map((cluster) => clusterIdOf(mesh, cluster)))];
}
