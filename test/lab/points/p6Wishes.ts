import * as assert from "node:assert/strict";
import type { Json } from "../machine/kube";
import { until } from "../machine/processes";
import type { MeshDescription } from "../../../components/topology/description";
import { only, type Check } from "../run/check";
import { failure } from "../run/cli";
import { plain } from "../run/connection";
import type { Session } from "../run/session";
import { echoPod, namespace } from "../run/workload";
import { listenersFor } from "../run/xds";

const inOne = only("01-single-cluster");

/** What a mesh may say as a whole, while it runs. */
const wishes: Partial<MeshDescription> = {
  injection: "cni",
  observability: {
    accessLogs: true,
    tracing: { address: "otel.obs.svc:4317", sampling: 12.5 },
    metrics: { from: ["198.51.100.32/28"] },
  },
};

/** Makes the mesh say more than it did; with nothing, what it said at first. */
export async function wish(
  { cli, file, mesh }: Session,
  more: Partial<MeshDescription>,
): Promise<void> {
  const { original } = file;
  const meshes = { ...original.meshes, [mesh.name]: { ...original.meshes[mesh.name], ...more } };
  file.write({ ...original, meshes });
  const outcome = await cli.operate("up");
  assert.equal(outcome.code, 0, `\`up\` ended with ${failure(outcome)}`);
}

const wished: Check = {
  key: "wishes",
  point: 6,
  title: "a mesh that runs takes istio-cni, access logs, traces and scrapers",
  skip: inOne,
  run: (session) => wish(session, wishes),
};

const took: Check = {
  key: "no-wishes",
  point: 6,
  title: "and goes back",
  skip: inOne,
  run: (session) => wish(session, {}),
};

/** What the Pod Security Standard `restricted` asks of a pod itself (https://kubernetes.io/docs/concepts/security/pod-security-standards/). */
const unprivileged = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};

const restricted: Check = {
  key: "restricted",
  point: 5,
  title: "with istio-cni a namespace that enforces `restricted` takes a pod with a sidecar",
  skip: inOne,
  async run(session) {
    const [name] = session.members;
    const { kube } = session.cluster(name);
    const enforce = { "pod-security.kubernetes.io/enforce": "restricted" };
    const metadata = {
      name: "restricted",
      labels: { "istio-injection": "enabled", ...enforce },
    };
    const path = "/api/v1/namespaces/restricted";
    await kube.apply(path, { apiVersion: "v1", kind: "Namespace", metadata });
    await until(`${name}: a service account`, 30, () =>
      kube.find(`${path}/serviceaccounts/default`),
    );
    const container = { name: "one", image: "registry.invalid/one:1" };
    const containers = [{ ...container, securityContext: unprivileged }];
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "one" }, spec: { containers } };
    // istiod reads its injection template again some seconds after the release has changed it.
    await until(`${name}: a pod that the agent redirects`, 60, async () => {
      const { spec } = await kube.request("POST", `${path}/pods?dryRun=All`, pod).catch(refused);
      const names = spec.initContainers.map((one: Json) => one.name);
      return names.join() === "istio-validation,istio-proxy";
    });
    await kube.delete(path);
  },
};

/** As protobuf has a number with a fraction. */
function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

const told: Check = {
  key: "told",
  point: 6,
  title:
    "sidecars log as JSON and send the wanted share of spans to the collector, and pods say where metrics are",
  skip: inOne,
  async run(session) {
    const [name] = session.members;
    const { kube } = session.cluster(name);
    const path = "/api/v1/namespaces/obs";
    await kube.apply(path, { apiVersion: "v1", kind: "Namespace", metadata: { name: "obs" } });
    const ports = [{ name: "grpc-otlp", port: 4317 }];
    const otel = { apiVersion: "v1", kind: "Service", metadata: { name: "otel" }, spec: { ports } };
    await kube.apply(`${path}/services/otel`, otel);
    const proxy = { cluster: name, network: session.networkOf(name), namespace };
    const signs = {
      collector: Buffer.from("outbound|4317||otel.obs.svc.cluster.local"),
      share: double(wishes.observability!.tracing!.sampling!),
      file: Buffer.from("/dev/stdout"),
      json: Buffer.from("upstream_transport_failure_reason"),
    };
    let missing: string[] = [];
    await until(`${name}: listeners that tell`, 60, async () => {
      const connection = plain((await session.istiods[0].pod()).status.podIP);
      const all = Buffer.concat(await listenersFor(connection, { ...proxy, kind: "sidecar" }));
      missing = Object.entries(signs).flatMap(([sign, bytes]) => (all.includes(bytes) ? [] : sign));
      return missing.length === 0;
    }).catch((error: Error) => {
      throw new Error(`${error.message}; they lack ${missing.join(", ")}`);
    });
    const { annotations } = (await echoPod(session.cluster(name))).metadata;
    assert.equal(annotations["prometheus.io/port"], "15020", `${name}: where to scrape`);
    assert.equal(annotations["prometheus.io/path"], "/stats/prometheus");
    await kube.delete(path);
  },
};

const scraped: Check = {
  key: "scraped",
  point: 8,
  title: "scrapers outside reach metrics' ports of pods, and no other",
  skip: inOne,
  run({ machine }) {
    const rules = machine.store.outputs("vpc.SecurityGroupIngressRule");
    const theirs = rules.filter(({ cidrIpv4 }) => cidrIpv4 === "198.51.100.32/28");
    const ports = theirs.map(({ fromPort, toPort }) => `${fromPort}-${toPort}`).sort();
    assert.deepEqual(ports, ["15014-15014", "15020-15020"]);
    return Promise.resolve();
  },
};

/** As long as istiod gives pods a container with privileges, this is what admission says. */
function refused(error: Error): Json {
  assert.match(error.message, /violates PodSecurity "restricted/);
  return { spec: { initContainers: [] } };
}

export const wishChecks = [
  wished,
  restricted,
  told,
  scraped,
  took,
] as const satisfies readonly Check[];
