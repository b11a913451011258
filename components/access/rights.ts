/** How far a mesh's istiods may go in a cluster that they watch. */
import type { Mesh } from "../topology";
import { configClustersOf } from "./relation";

/** What the istiods of a mesh may do in a cluster that they watch. */
export const ReaderRights = {
  /** Services and endpoints are read: the cluster runs an istiod of its own. */
  Read: "read",
  /** Webhooks are kept, and root certificates written, besides: the cluster runs no istiod. */
  Serve: "serve",
  /** The mesh's Istio configuration is kept here, for an istiod that runs elsewhere. */
  Configure: "configure",
} as const;
export type ReaderRights = (typeof ReaderRights)[keyof typeof ReaderRights];

/** What the istiods of a mesh in other clusters may do in one of its members. */
export function rightsIn(mesh: Mesh, cluster: string): ReaderRights {
  if (mesh.runsIn.includes(cluster)) return ReaderRights.Read;
  return configClustersOf(mesh).includes(cluster) ? ReaderRights.Configure : ReaderRights.Serve;
}
