import assert from "node:assert";
import type { Props } from "../base/values";
import { Cloud } from "../testing/cloud";
import type { Client } from "./client";
import { chartArguments, chartProblem, valuesOf } from "./helm";
import { parseKubeconfig } from "./kubeconfig";
import { ObjectResource } from "./object";
import { project, readable, sameObject } from "./objects";
import { KubernetesProvider } from "./provider";
import { notReadyBecause } from "./readiness";

const SETTINGS = { namespace: "", upsert: false, mutable: { configMaps: false, secrets: false } };

/** An API server of one namespace that merges what is applied. */
class FakeServer {
  readonly objects = new Map<string, Props>();
  readonly managers: string[] = [];
  /** Whether someone else owns fields of every object. */
  isTaken = false;

  async get(kind: { kind: string }, _namespace: string, name: string) {
    return this.objects.get(`${kind.kind}/${name}`);
  }

  async list() {
    return [];
  }

  async isNamespaced() {
    return true;
  }

  async apply(object: Props, manager: string, options: { dryRun?: boolean; force?: boolean } = {}) {
    if (this.isTaken && !options.force) throw new Error("Apply failed with 1 conflict");
    const { name } = object.metadata as { name: string };
    const key = `${String(object.kind)}/${name}`;
    const merged = { ...this.objects.get(key), ...object };
    this.managers.push(manager);
    if (!options.dryRun) this.objects.set(key, merged);
    return merged;
  }
}

const object = (kind: string, more: Props = {}): Props => ({
  ...{ apiVersion: "v1", kind, metadata: { name: "it", namespace: "ns" } },
  ...more,
});

function call(inputs: Props, old: Props = {}) {
  const type = `kubernetes:core/v1:${String(inputs.kind)}`;
  const urn = `urn:pulumi:dev::lab::${type}::it`;
  const call = { urn, type, name: "it", id: "ns/it", preview: false, timeout: 1 };
  return { ...call, inputs, oldInputs: old, oldOutputs: old, suffix: "abcdef01" };
}

describe("kubernetes stand-in", () => {
  let server: FakeServer;
  let objects: ObjectResource;
  beforeEach(() => {
    server = new FakeServer();
    objects = new ObjectResource(() => server as unknown as Client, SETTINGS);
  });

  it("names what has no name, keeps that name, and says so", () => {
    const unnamed = { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "ns" } };
    const first = objects.check(call(unnamed)).inputs;
    assert.strictEqual((first.metadata as Props).name, "it-abcdef01");
    const again = objects.check({ ...call(unnamed, first), suffix: "99999999" }).inputs;
    assert.deepStrictEqual(again, first);
  });

  it("refuses to create what is there already", async () => {
    await objects.create(call(object("ConfigMap")));
    await assert.rejects(objects.create(call(object("ConfigMap"))), /"it" already exists/);
  });

  it("replaces a ConfigMap for its data, deleting first where the name is chosen", () => {
    const [before, after] = ["1", "2"].map((a) => object("ConfigMap", { data: { a } }));
    const diff = objects.diff(call(after, before));
    assert.deepStrictEqual(diff.replaces, ["data.a"]);
    assert.strictEqual(diff.deleteBeforeReplace, true);
    const mutable = { configMaps: true, secrets: true };
    const other = new ObjectResource(() => server as unknown as Client, { ...SETTINGS, mutable });
    assert.deepStrictEqual(other.diff(call(after, before)).replaces, []);
  });

  it("reads inputs back unchanged where applying them would change nothing", async () => {
    const inputs = object("ConfigMap", { data: { a: "1" } });
    await objects.create(call(inputs));
    server.objects.set("ConfigMap/it", { ...inputs, status: { phase: "new" } });
    const live = await objects.read(call(inputs, inputs));
    assert.deepStrictEqual(live?.inputs, inputs);
    const given = { ...inputs, status: { phase: "" } };
    assert.deepStrictEqual((await objects.read(call(given, given)))?.inputs, given);
  });

  it("refuses a field of another's in the preview already, and takes it by force", async () => {
    const inputs = object("Service");
    await objects.create(call(inputs));
    server.isTaken = true;
    const changed = object("Service", { spec: { type: "NodePort" } });
    const planned = { ...call(changed, inputs), preview: true };
    await assert.rejects(objects.update(planned), /conflict/);
    await assert.rejects(objects.update({ ...planned, preview: false }), /conflict/);
    const metadata = {
      ...(changed.metadata as Props),
      annotations: { "pulumi.com/patchForce": "true" },
    };
    const forced = { ...call({ ...changed, metadata }, inputs), preview: true };
    await objects.update(forced);
    assert.deepStrictEqual(server.objects.get("Service/it"), inputs);
  });

  it("shows a field that someone changed, and an object that someone deleted", async () => {
    const inputs = object("ConfigMap", { data: { a: "1" } });
    await objects.create(call(inputs));
    server.objects.set("ConfigMap/it", { ...inputs, data: { a: "changed" } });
    const live = await objects.read(call(inputs, inputs));
    assert.deepStrictEqual(live?.inputs?.data, { a: "changed" });
    server.objects.clear();
    assert.strictEqual(await objects.read(call(inputs, inputs)), undefined);
  });

  it("says what an object that did not become ready waits for, and keeps it", async () => {
    const service = object("Service", { spec: { type: "LoadBalancer" } });
    await assert.rejects(objects.create(call(service)), /did not become ready: no load balancer/);
    assert.ok(server.objects.has("Service/it"));
  });

  it("waits for replicas of this generation only", async () => {
    const client = server as unknown as Client;
    const deployment = (status: Props) => ({
      ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { generation: 2 } },
      ...{ spec: { replicas: 1 }, status },
    });
    const ready = { updatedReplicas: 1, availableReplicas: 1 };
    const old = deployment({ ...ready, observedGeneration: 1 });
    assert.match((await notReadyBecause(old, client)) ?? "", /generation/);
    const now = deployment({ ...ready, observedGeneration: 2 });
    assert.strictEqual(await notReadyBecause(now, client), undefined);
  });

  it("waits for the token in a Secret that a controller fills in, and for nothing in others", async () => {
    const client = server as unknown as Client;
    const secret = (more: Props) => ({ apiVersion: "v1", kind: "Secret", metadata: {}, ...more });
    const type = "kubernetes.io/service-account-token";
    assert.strictEqual(await notReadyBecause(secret({ type }), client), "no token");
    const filled = secret({ type, data: { token: "dG9rZW4=" } });
    assert.strictEqual(await notReadyBecause(filled, client), undefined);
    assert.strictEqual(await notReadyBecause(secret({ type: "Opaque" }), client), undefined);
  });

  it("waits for the condition that an annotation names, and refuses what it cannot wait for", async () => {
    const client = server as unknown as Client;
    const gateway = (waitFor: string, status: string) => ({
      ...{ apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway" },
      metadata: { name: "it", annotations: { "pulumi.com/waitFor": waitFor } },
      status: { conditions: [{ type: "Programmed", status, message: "address pending" }] },
    });
    const waiting = await notReadyBecause(gateway("condition=Programmed", "False"), client);
    assert.strictEqual(waiting, "condition Programmed is not True: address pending");
    const ready = gateway("condition=Programmed", "True");
    assert.strictEqual(await notReadyBecause(ready, client), undefined);
    await assert.rejects(
      notReadyBecause(gateway("jsonpath={.status}", "True"), client),
      /^Error: pulumi.com\/waitFor: cannot wait for jsonpath=\{.status\}$/,
    );
  });

  it("marks the data of Secrets as secret, and of nothing else", () => {
    assert.deepStrictEqual(objects.secrets(object("Secret")), [["data"], ["stringData"]]);
    assert.deepStrictEqual(objects.secrets(object("ConfigMap")), []);
  });

  it("compares objects without the API server's bookkeeping", () => {
    const one = object("ConfigMap", { metadata: { name: "it", resourceVersion: "1" } });
    const two = object("ConfigMap", { metadata: { name: "it", resourceVersion: "2" } });
    assert.ok(sameObject(one, two));
    const secret = object("Secret", { data: { key: Buffer.from("v").toString("base64") } });
    const shape = object("Secret", { stringData: { key: "old" } });
    const seen = project(shape, readable(secret, shape)) as Props;
    assert.deepStrictEqual(seen.stringData, { key: "v" });
  });

  it("serves no other resources, and reaches no cluster of the caller's", async () => {
    const provider = new KubernetesProvider("4.0.0");
    provider.configure({});
    const config = { ...call(object("ConfigMap")), type: "kubernetes:yaml/v2:ConfigFile" };
    assert.throws(() => provider.create(config), /no resource type/);
    await assert.rejects(provider.create(call(object("ConfigMap"))), /has no kubeconfig/);
  });

  it("replaces its objects for another API server, not for another token", () => {
    const provider = new KubernetesProvider("4.0.0");
    const kubeconfig = (host: string, token: string) => ({ kubeconfig: config(host, token) });
    const before = kubeconfig("https://a", "1");
    assert.deepStrictEqual(provider.configReplaces(before, kubeconfig("https://a", "2")), []);
    const other = provider.configReplaces(before, kubeconfig("https://b", "1"));
    assert.deepStrictEqual(other, ["kubeconfig"]);
  });
});

const config = (server: string, token: string) =>
  JSON.stringify({
    "current-context": "c",
    clusters: [{ name: "k", cluster: { server, "certificate-authority-data": "Q0E=" } }],
    contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
    users: [{ name: "u", user: { token } }],
  });

describe("kubernetes stand-in: a private API server", () => {
  let cloud: Cloud;
  beforeEach(() => (cloud = new Cloud()));
  afterEach(() => cloud.remove());

  const server = "https://127.0.0.1:1";
  const put = (type: string, id: string, inputs: Props, outputs: Props = inputs) =>
    cloud.store.put({ type, id, account: "1", region: "eu-central-1", inputs, outputs });
  const isPrivate = (endpointPublicAccess?: boolean) =>
    put(
      "eks.Cluster",
      "it",
      { vpcConfig: { endpointPublicAccess } },
      { endpoint: server, vpcConfig: { clusterSecurityGroupId: "sg-1" } },
    );
  const rule = (more: Props) =>
    put("vpc.SecurityGroupIngressRule", "sgr-1", {
      ...{ securityGroupId: "sg-1", ipProtocol: "tcp", fromPort: 443, toPort: 443 },
      ...more,
    });
  const ask = () => {
    const provider = new KubernetesProvider("4.0.0", cloud.store);
    provider.configure({ kubeconfig: config(server, "t") });
    return provider.create(call(object("ConfigMap")));
  };
  const isSilent = () =>
    assert.rejects(ask(), /cluster is unreachable: .*: dial tcp: i\/o timeout/);
  const isAsked = () => assert.rejects(ask(), /ECONNREFUSED/);

  it("answers only while a rule of its group lets in where Pulumi runs", async () => {
    isPrivate(false);
    await isSilent();
    rule({ cidrIpv4: "192.168.9.0/24" });
    await isAsked();
    for (const other of [
      { cidrIpv4: "192.168.8.0/24" },
      { cidrIpv4: "192.168.9.0/24", securityGroupId: "sg-2" },
      { cidrIpv4: "192.168.9.0/24", fromPort: 80, toPort: 80 },
      { referencedSecurityGroupId: "sg-1" },
      { prefixListId: "pl-1" },
    ]) {
      rule(other);
      await isSilent();
    }
    put("ec2.ManagedPrefixList", "pl-1", { entries: [{ cidr: "192.168.9.7/32" }] });
    await isAsked();
  });

  it("is none that has a public endpoint, or that nobody has made here", async () => {
    await isAsked();
    for (const open of [undefined, true]) {
      isPrivate(open);
      await isAsked();
    }
  });
});

describe("kubernetes stand-in: kubeconfigs and charts", () => {
  it("reads server, CA and token of the chosen context", () => {
    const { server, ca, token } = parseKubeconfig(config("https://a", "t"));
    assert.deepStrictEqual({ server, ca, token }, { server: "https://a", ca: "CA", token: "t" });
  });

  it("gives helm a version only where a repository has several", () => {
    const version = "1.2.3";
    const local = chartArguments({ chart: "/charts/base", version });
    assert.deepStrictEqual(local, ["/charts/base"]);
    const remote = chartArguments({
      chart: "base",
      version,
      repositoryOpts: { repo: "https://r" },
    });
    assert.deepStrictEqual(remote, ["base", "--repo", "https://r", "--version", version]);
    const oci = chartArguments({ chart: "oci://r/base", version });
    assert.deepStrictEqual(oci, ["oci://r/base", "--version", version]);
  });

  it("puts values after value files", () => {
    const values = valuesOf({ values: { a: 1 }, valueYamlFiles: [{ text: "a: 0" }] });
    assert.deepStrictEqual(values, ["a: 0", '{"a":1}']);
  });

  it("finds out about a missing chart directory before there is a cluster", () => {
    assert.match(chartProblem({ chart: "/nowhere/base" }) ?? "", /Chart.yaml does not exist/);
    assert.strictEqual(chartProblem({ chart: "base", repositoryOpts: { repo: "x" } }), undefined);
  });
});
