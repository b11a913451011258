import * as http from "node:http";
import * as net from "node:net";
import type { Json } from "../machine/kube";
import type { Cluster } from "../machine/machine";
import { until } from "../machine/processes";
import { isReady } from "./istiod";
import { deploymentOf, removeNamespace } from "./workload";

/** Namespace of probes that have joined the mesh, and of those that have not. */
export const namespaces = { inside: "probe", outside: "probe-outside" } as const;
export type Where = keyof typeof namespaces;

/** Where a probe runs: its service account and its Service are called after its cluster. */
export interface Place {
  readonly cluster: string;
  readonly where: Where;
}

/** The probe of a cluster that has joined the mesh. */
export const inside = (cluster: string): Place => ({ cluster, where: "inside" });

const image = "registry.k8s.io/e2e-test-images/agnhost:2.63.0";
export const probePort = 8080;

export const nameOf = (cluster: string): string => `at-${cluster}`;
export const hostOf = ({ cluster, where }: Place): string =>
  `${nameOf(cluster)}.${namespaces[where]}.svc.cluster.local`;

const joined = {
  sidecar: { "istio-injection": "enabled" },
  ambient: { "istio.io/dataplane-mode": "ambient" },
} as const;

function namespaceObject(where: Where, dataPlane: keyof typeof joined): Json {
  const labels = where === "inside" ? joined[dataPlane] : {};
  return { apiVersion: "v1", kind: "Namespace", metadata: { name: namespaces[where], labels } };
}

/** A Service stands in every cluster, also where none of its pods do: callers know it by its name there. */
function serviceObject(cluster: string): Json {
  const selector = { app: nameOf(cluster) };
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: nameOf(cluster), labels: { "istio.io/global": "true" } },
    spec: { selector, ports: [{ name: "http", port: probePort, targetPort: probePort }] },
  };
}

function deploymentObject(cluster: string): Json {
  const container = {
    name: "agnhost",
    image,
    args: ["netexec", `--http-port=${probePort}`],
    ports: [{ containerPort: probePort }],
    readinessProbe: { httpGet: { path: "/readyz", port: probePort } },
    securityContext: { runAsUser: 65532 },
  };
  const name = nameOf(cluster);
  return deploymentOf(name, { serviceAccountName: name, containers: [container] });
}

/** A probe in and out of the mesh in one cluster, and the Services of all. */
export async function deployProbes(
  { kube }: Cluster,
  name: string,
  all: readonly string[],
  dataPlane: keyof typeof joined,
): Promise<void> {
  for (const where of ["inside", "outside"] as const) {
    const namespace = namespaces[where];
    const core = `/api/v1/namespaces/${namespace}`;
    await kube.apply(core, namespaceObject(where, dataPlane));
    const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: nameOf(name) } };
    await kube.apply(`${core}/serviceaccounts/${nameOf(name)}`, account);
    for (const one of all) {
      await kube.apply(`${core}/services/${nameOf(one)}`, serviceObject(one));
    }
    const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    await kube.apply(`${deployments}/${nameOf(name)}`, deploymentObject(name));
  }
}

export async function removeProbes(cluster: Cluster): Promise<void> {
  await Promise.all(Object.values(namespaces).map((one) => removeNamespace(cluster, one)));
}

/** The pod of a probe, once it is Ready. */
export async function probePod(cluster: Cluster, { cluster: name, where }: Place): Promise<Json> {
  const path = `/api/v1/namespaces/${namespaces[where]}/pods?labelSelector=app%3D${nameOf(name)}`;
  return until(`${name}: the probe ${where} the mesh Ready`, 90, async () =>
    (await cluster.kube.list(path)).find((pod) => isReady(pod) && !pod.metadata.deletionTimestamp),
  );
}

/** Asks what listens on the loopback of a pod. */
export function askInside(door: string, port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const createConnection = () => {
      const socket = net.connect(door);
      socket.write(`${port}\n`);
      return socket;
    };
    const request = http.get({ path, createConnection }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk) => (body += chunk));
      response.on("end", () => resolve(body)).on("error", reject);
    });
    request.setTimeout(10_000, () => request.destroy(new Error("no answer of the probe itself")));
    request.on("error", reject);
  });
}

/** What a probe got from another address: the answer's body, or why there is none. */
export interface Call {
  readonly body?: string;
  readonly error?: string;
}

/** Has a probe ask an address of another; agnhost makes a new connection for it. */
export async function callFrom(
  cluster: Cluster,
  pod: Json,
  host: string,
  request: string,
  port = probePort,
): Promise<Call> {
  return callThrough(doorOf(cluster, pod), host, request, port);
}

/** Where the loopback of a probe is asked. */
export function doorOf({ kubelet }: Cluster, pod: Json): string {
  return kubelet.processOf(pod).door;
}

export async function callThrough(
  door: string,
  host: string,
  request: string,
  port = probePort,
): Promise<Call> {
  const query = new URLSearchParams({ host, port: `${port}`, protocol: "http", request });
  const answer = await askInside(door, probePort, `/dial?${query.toString()}`);
  if (!answer.startsWith("{")) return { error: answer };
  const { responses = [], errors = [] } = JSON.parse(answer) as Record<string, string[]>;
  return responses.length > 0 ? { body: responses[0] } : { error: errors.join("; ") };
}
