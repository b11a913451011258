/** What istiod's debug pages say. */
import type { Thing } from "../access";
import type { ObservedDebug, ObservedProxy } from "./observed";

/**
 * Of `/debug/clusterz` (istio, pkg/cluster/debug.go) and `/debug/syncz` (pilot/pkg/xds/debug.go, SyncStatus): what
 * `istioctl remote-clusters` and `istioctl proxy-status` read.
 */
export function debugOf(clusterz: Thing, syncz: Thing): ObservedDebug {
  return {
    clusters: ((clusterz ?? []) as Thing[]).map(({ id, syncStatus }) => ({
      id,
      status: syncStatus,
    })),
    proxies: ((syncz ?? []) as Thing[]).map(proxyOf),
  };
}

/** What is sent and not yet accepted may be on its way: when it was sent goes with it. */
function proxyOf({ proxy, cluster_id: cluster = "", resources }: Thing): ObservedProxy {
  const all = Object.entries((resources ?? {}) as Record<string, Thing>);
  return {
    id: proxy,
    cluster,
    behind: all
      .filter(([, { sent, acked }]) => sent && sent !== acked)
      .map(([type, { sentTime, lastError }]) => ({
        kind: type.split(".").at(-1)!,
        since: sentTime,
        ...(lastError && { refused: lastError }),
      })),
  };
}
