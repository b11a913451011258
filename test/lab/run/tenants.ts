/** Pods of namespaces that choose their istiod by a label, and what they were injected with. */
import type { Json } from "../machine/kube";
import type { Cluster } from "../machine/machine";
import { until } from "../machine/processes";
import { isReady } from "./istiod";
import { deploymentOf } from "./workload";

const selector = "labelSelector=app%3Dasked";

/** A namespace with these labels; a label of null is taken away. */
export async function labelNamespace(
  { kube }: Cluster,
  name: string,
  labels: Record<string, string | null>,
): Promise<void> {
  const path = `/api/v1/namespaces/${name}`;
  if (await kube.find(path)) await kube.patch(path, { metadata: { labels } });
  else await kube.apply(path, { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
}

/** One pod that is injected as its namespace asks for. */
export async function deployAsked({ kube }: Cluster, namespace: string): Promise<void> {
  const container = { name: "asked", image: "registry.invalid/asked:1" };
  const deployment = deploymentOf("asked", { containers: [container] });
  await kube.apply(`/apis/apps/v1/namespaces/${namespace}/deployments/asked`, deployment);
}

async function podsOf({ kube }: Cluster, namespace: string, which = selector): Promise<Json[]> {
  const pods = await kube.list(`/api/v1/namespaces/${namespace}/pods?${which}`);
  return pods.filter(({ metadata }) => !metadata.deletionTimestamp);
}

/** Deletes what is there, and waits for what comes after. */
export async function restartAsked(cluster: Cluster, namespace: string): Promise<void> {
  const old = await podsOf(cluster, namespace);
  for (const { metadata } of old)
    await cluster.kube.delete(`/api/v1/namespaces/${namespace}/pods/${metadata.name}`);
  const gone = new Set(old.map(({ metadata }) => metadata.uid));
  await until(`${cluster.name}: other pods in ${namespace}`, 90, async () => {
    const now = await podsOf(cluster, namespace);
    return now.length > 0 && now.every((pod) => isReady(pod) && !gone.has(pod.metadata.uid));
  });
}

/** The istiod that a proxy was injected by and gets its configuration from: `a` where both are that of revision a. */
function istiodOf({ metadata, spec }: Json): string {
  const revision: string = metadata.annotations?.["istio.io/rev"] ?? "none";
  const containers: Json[] = [...(spec.initContainers ?? []), ...spec.containers];
  const proxy = containers.find(({ name }) => name === "istio-proxy");
  const address: string = proxy?.env.find(({ name }: Json) => name === "CA_ADDR")?.value ?? "none";
  return address.startsWith(`istiod-${revision}.`) ? revision : `${revision} at ${address}`;
}

/** Revisions of all proxies of some pods of a namespace, each once. */
export async function revisionsIn(
  cluster: Cluster,
  namespace: string,
  which?: string,
): Promise<string[]> {
  const pods = await until(`${cluster.name}: Ready pods in ${namespace}`, 90, async () => {
    const found = await podsOf(cluster, namespace, which);
    return found.length > 0 && found.every(isReady) ? found : undefined;
  });
  return [...new Set(pods.map(istiodOf))].sort();
}
