import type { Json } from "../machine/kube";
import type { Cluster } from "../machine/machine";
import { until } from "../machine/processes";
import { isReady } from "./istiod";

export const namespace = "echo";
export const host = `echo.${namespace}.svc.cluster.local`;
export const port = 8080;

const labels = { app: "echo" };

/** A service with one pod, as someone in the mesh would deploy it. */
export async function deployEcho({ kube }: Cluster, dataPlane: string): Promise<void> {
  const joins =
    dataPlane === "ambient"
      ? { "istio.io/dataplane-mode": "ambient" }
      : { "istio-injection": "enabled" };
  await kube.apply(`/api/v1/namespaces/${namespace}`, {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace, labels: joins },
  });
  const inNamespace = `/namespaces/${namespace}`;
  await kube.apply(`/api/v1${inNamespace}/services/echo`, {
    apiVersion: "v1",
    kind: "Service",
    // Ambient calls other networks only for services that say so; sidecars do not mind the label.
    metadata: { name: "echo", labels: { ...labels, "istio.io/global": "true" } },
    spec: { selector: labels, ports: [{ name: "http", port, targetPort: port }] },
  });
  const container = {
    name: "echo",
    image: "registry.invalid/echo:1",
    ports: [{ containerPort: port }],
  };
  const deployment = deploymentOf("echo", { containers: [container] });
  await kube.apply(`/apis/apps/v1${inNamespace}/deployments/echo`, deployment);
}

/** One pod, which carries the name as its label `app`. */
export function deploymentOf(name: string, spec: Json): Json {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec },
    },
  };
}

const pods = `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3Decho`;

/** What Kubernetes says of a pod that does not come: refused by admission, or waiting for something. */
async function obstacles({ kube }: Cluster): Promise<string> {
  const deployment = await kube.get(`/apis/apps/v1/namespaces/${namespace}/deployments/echo`);
  const statuses = (await kube.list(pods)).flatMap(({ status }) => [
    ...(status.initContainerStatuses ?? []),
    ...(status.containerStatuses ?? []),
  ]);
  const waiting = statuses.map(({ state }) => state?.waiting?.message);
  const refused = (deployment.status.conditions ?? [])
    .filter(({ type }: Json) => type === "ReplicaFailure")
    .map(({ message }: Json) => message);
  return [...new Set([...waiting, ...refused].filter(Boolean))].join("; ");
}

/** The pod of the service in one cluster, once it is Ready. */
export async function echoPod(cluster: Cluster): Promise<Json> {
  const ready = async () => (await cluster.kube.list(pods)).find(isReady);
  return until(`${cluster.name}: the echo pod Ready`, 60, ready).catch(async (error: Error) => {
    throw new Error(`${error.message}: ${await obstacles(cluster)}`);
  });
}

/** All pods of the service in one cluster, once there are so many and every one is Ready. */
export async function echoPods({ kube, name }: Cluster, count: number): Promise<Json[]> {
  return until(`${name}: ${count} echo pods Ready`, 60, async () => {
    const found = (await kube.list(pods)).filter(({ metadata }) => !metadata.deletionTimestamp);
    return found.length === count && found.every(isReady) && found;
  });
}

/** Deletes the pod of the service; the one that comes after has another address. */
export async function replaceEcho(cluster: Cluster): Promise<void> {
  const { metadata } = await echoPod(cluster);
  await cluster.kube.delete(`/api/v1/namespaces/${namespace}/pods/${metadata.name}`);
  await until(`${cluster.name}: another echo pod`, 60, async () => {
    return (await echoPod(cluster)).metadata.uid !== metadata.uid;
  });
}

export async function scaleEcho({ kube }: Cluster, replicas: number): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/echo`;
  await kube.patch(path, { spec: { replicas } });
}

export const removeEcho = (cluster: Cluster): Promise<void> => removeNamespace(cluster, namespace);

/** Deletes a namespace and waits until all that was in it is gone. */
export async function removeNamespace({ kube, name }: Cluster, which: string): Promise<void> {
  const path = `/api/v1/namespaces/${which}`;
  await kube.delete(path);
  await until(`${name}: namespace ${which} gone`, 60, async () => !(await kube.find(path)));
}
