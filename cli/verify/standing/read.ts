/** Reads what stands in a cluster. Makes nothing. */
import * as semver from "semver";
import { failureText } from "../failures";
import type { Access, PodName, Thing } from "../access";
import { debugOf } from "./debug";
import { readExchange } from "./exchange";
import type {
  ExpectedCluster,
  ExpectedControlPlane,
  ExpectedGateway,
  ExpectedMember,
} from "./expected";
import type {
  ObservedCluster,
  ObservedControlPlane,
  ObservedGateway,
  ObservedIstiod,
  ObservedMember,
  ObservedService,
  Reading,
} from "./observed";

/** Port of istiod's debug pages (istio, pilot/pkg/bootstrap/server.go). */
const DEBUG_PORT = 8080;

/** Seconds that a debug page may take: that of all proxies of a large mesh is long. */
const DEBUG_SECONDS = 30;

/** What stands in a cluster; what cannot be read says so, and the rest goes on. */
export async function readCluster(
  access: Access,
  { name, controlPlanes, members, exchanges }: ExpectedCluster,
): Promise<ObservedCluster> {
  const first = await reading(() => access.read("v1", "Namespace", "kube-system"));
  const nothing = { controlPlanes: [], members: [], exchanges: [] };
  if ("failed" in first) return { name, ...nothing, unreachable: first.failed };
  return {
    name,
    controlPlanes: await Promise.all(controlPlanes.map((one) => readControlPlane(access, one))),
    members: await Promise.all(members.map((one) => readMember(access, one))),
    exchanges: await Promise.all(exchanges.map((one) => readExchange(access, one, reading))),
  };
}

export async function reading<T>(read: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    return { failed: failureText(error) };
  }
}

async function readControlPlane(
  access: Access,
  { mesh, namespace }: ExpectedControlPlane,
): Promise<ObservedControlPlane> {
  return {
    mesh,
    pods: await reading(async () => {
      const pods = await access.list("v1", "Pod", { namespace, labels: "app=istiod" });
      const there = pods.filter(({ metadata }) => !metadata.deletionTimestamp);
      return Promise.all(there.map((pod) => readIstiod(access, pod)));
    }),
    signing: await reading(async () => {
      const secret = await access.read("v1", "Secret", "cacerts", namespace);
      if (!secret) return undefined;
      const file = (name: string) => Buffer.from(secret.data?.[name] ?? "", "base64").toString();
      return { certificate: file("ca-cert.pem"), roots: file("root-cert.pem") };
    }),
  };
}

async function readIstiod(access: Access, pod: Thing): Promise<ObservedIstiod> {
  const { name, namespace, labels = {} } = pod.metadata;
  const own = pod.spec.containers.find((one: Thing) => one.name === "discovery");
  const version = versionOf(own?.image ?? "");
  const ready = isReady(pod);
  const about = {
    name,
    revision: labels["istio.io/rev"] ?? "default",
    ...(version !== undefined && { version }),
    ready,
  };
  if (!ready) return about;
  const debug = await reading(async () => {
    const clusters = await page(access, { namespace, name }, "/debug/clusterz");
    const proxies = await page(access, { namespace, name }, "/debug/syncz");
    return debugOf(clusters, proxies);
  });
  return { ...about, debug };
}

/** A debug page of an istiod, from its own loopback address, where it asks for no credentials. */
export async function page(access: Access, pod: PodName, path: string): Promise<Thing> {
  const { status, body } = await access.get(pod, DEBUG_PORT, path, DEBUG_SECONDS);
  if (status !== 200) throw new Error(`${path} answers ${status}: ${body.slice(0, 200)}`);
  return JSON.parse(body);
}

/** `1.31.3` of `docker.io/istio/pilot:1.31.3-distroless`; other tags, and digests, say none. */
function versionOf(image: string): string | undefined {
  const tag = /:([^/@:]+)(?:@.*)?$/.exec(image)?.[1];
  const version = semver.parse(tag);
  return version ? [version.major, version.minor, version.patch].join(".") : undefined;
}

export function isReady({ status }: Thing): boolean {
  const conditions: Thing[] = status?.conditions ?? [];
  return conditions.some((one) => one.type === "Ready" && one.status === "True");
}

async function readMember(
  access: Access,
  { mesh, namespace, gateways }: ExpectedMember,
): Promise<ObservedMember> {
  return {
    mesh,
    network: await reading(async () => {
      const found = await access.read("v1", "Namespace", namespace);
      return found?.metadata.labels?.["topology.istio.io/network"];
    }),
    roots: await reading(async () => {
      const found = await access.read("v1", "ConfigMap", "istio-ca-root-cert", namespace);
      return found?.data?.["root-cert.pem"];
    }),
    gateways: await Promise.all(gateways.map((gateway) => readGateway(access, gateway))),
  };
}

async function readGateway(access: Access, gateway: ExpectedGateway): Promise<ObservedGateway> {
  const service = await reading(async () => {
    const found = await findService(access, gateway);
    return found && readService(access, found);
  });
  return { key: gateway.key, service };
}

/** The Service before a gateway; undefined where there is none. */
export async function findService(
  access: Access,
  { namespace, service }: ExpectedGateway,
): Promise<Thing | undefined> {
  if ("name" in service) return access.read("v1", "Service", service.name, namespace);
  const [first] = await access.list("v1", "Service", { namespace, labels: service.labels });
  return first;
}

async function readService(access: Access, { metadata, status }: Thing): Promise<ObservedService> {
  const { name, namespace } = metadata;
  const ingress: Thing[] = status?.loadBalancer?.ingress ?? [];
  const slices = await access.list("discovery.k8s.io/v1", "EndpointSlice", {
    namespace,
    labels: `kubernetes.io/service-name=${name}`,
  });
  const endpoints = slices.flatMap((slice) => slice.endpoints ?? []);
  return {
    name,
    addresses: ingress.map(({ hostname, ip }) => hostname ?? ip),
    ready: endpoints.filter(({ conditions }) => conditions?.ready !== false).length,
  };
}
