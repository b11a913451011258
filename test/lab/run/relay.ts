import type { Json } from "../machine/kube";
import { isReady } from "./istiod";
import type { Session } from "./session";

/** Pods behind istiod's Service in a cluster. */
export async function behindIstiod(session: Session, cluster: string): Promise<Json[]> {
  const { kube } = session.cluster(cluster);
  const { spec } = await kube.get(
    `/api/v1/namespaces/${session.namespace}/services/${session.istiod}`,
  );
  const labels = Object.entries(spec.selector ?? {}).map(([name, value]) => `${name}=${value}`);
  const selector = encodeURIComponent(labels.join(","));
  const path = `/api/v1/namespaces/${session.namespace}/pods?labelSelector=${selector}`;
  return (await kube.list(path)).filter((pod) => isReady(pod) && !pod.metadata.deletionTimestamp);
}

/** A counter of an Envoy that runs as a process, from its admin page. */
export async function envoyCounter(session: Session, cluster: string, pod: Json, name: string) {
  const running = session.cluster(cluster).kubelet.processOf(pod);
  const query = `filter=^${name.replaceAll(".", "\\.")}$&format=json`;
  const answer = await fetch(`${running.loopback(15000)}/stats?${query}`);
  const { stats } = (await answer.json()) as Json;
  return Number(stats.find((one: Json) => one.name === name)?.value ?? 0);
}
