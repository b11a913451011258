import { revisionsAt, versionsOf } from "../topology";
import type { ClusterRelation, Topology } from "../topology";
import { newestOf, newestVersion } from "./istio";

/** Newest Istio version that runs in a cluster or serves it, or would: what comes with Istio there goes with that one. */
export function versionAt(relation: ClusterRelation, { istio }: Topology): string {
  const running = revisionsAt(relation).map(({ version }) => version);
  return newestOf(running) ?? newestOf(versionsOf(istio)) ?? newestVersion();
}
