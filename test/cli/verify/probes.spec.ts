import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { ExitCode } from "../../../cli/command";
import type { Thing } from "../../../cli/verify/access";
import { selectorText } from "../../../cli/verify/probes/isolation";
import type { ApiServer } from "./apiServer";
import { debugPages, folder, gateway, kubeconfig, pki, pod, primaries, verify } from "./clusters";
import type { Pki } from "./clusters";
import { headersFrom, World } from "./world";

const directory = folder();
let mesh: Pki;
let east: ApiServer;
let west: ApiServer;
let world: World;

function ask(...more: string[]) {
  const config = kubeconfig(directory, { east: east.url, west: west.url });
  return verify("--kubeconfig", config, "--timeout", "1", ...more);
}

/** The lines of cells, each in one. */
async function cells(...more: string[]) {
  const { stdout, code, stderr } = await ask(...more);
  assert.equal(stderr, "");
  const [, section = ""] = stdout.split(" WHO REACHES WHOM\n");
  const rows = section
    .split("\n TOTAL")[0]
    .replace(/\n {4,}/g, " ")
    .split("\n");
  return {
    code,
    stdout,
    rows: rows.map((row) => row.trim().replace(/ {2,}/g, " ")).filter(Boolean),
  };
}

const one = ["--cell", "prod/east:prod/west"];

const policy = (namespace: string, spec: Thing): Thing => ({
  ...{ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
  ...{ metadata: { name: "deny", namespace }, spec },
});

describe("istio-patterns verify", function () {
  this.timeout(60_000);
  before(async () => {
    mesh = await pki("mesh");
  });
  beforeEach(async () => {
    [east, west] = await primaries(mesh);
    world = new World({ east, west });
  });
  afterEach(async () => {
    const left = [east, west].flatMap((server) =>
      [...server.objects.keys()].filter((key) => key.includes("istio-patterns-verify")),
    );
    await Promise.all([east.stop(), west.stop()]);
    if (world.namespace !== "left") assert.deepEqual(left, [], "something was left");
  });
  after(() => rmSync(directory, { recursive: true }));

  it("asks every pair of places, says that all is as planned with 0, and leaves nothing", async () => {
    const { code, stdout, rows } = await cells();
    assert.equal(code, ExitCode.Done, stdout);
    assert.match(
      stdout,
      /^ demo {3}looked at 2 clusters, asked 16 pairs of places, nothing left\n/,
    );
    assert.equal(rows.length, 16);
    assert.deepEqual(rows.slice(0, 4), [
      "✓ prod/east → prod/east directly as spiffe://cluster.local/ns/*/sa/*",
      "✓ prod/east → east directly in plain text",
      "✓ prod/east → prod/west through prod/west/east-west as spiffe://cluster.local/ns/*/sa/*",
      "✓ prod/east → west not at all: no security group lets it in",
    ]);
    assert.match(stdout, / TOTAL\n {3}30 as planned\n$/);
    assert.ok(east.changes.length > 0 && west.changes.length > 0);
  });

  it("asks what is not to work last: before, it could be what only has not come up yet", async () => {
    await cells();
    const calls = [...new Set(world.called)];
    const isOpen = (call: string) => / to-|^(\w+)\/\S+ \1\/out-of-mesh$/.test(call);
    assert.equal(calls.length, 16);
    assert.deepEqual(calls.slice(0, 8), calls.filter(isOpen));
  });

  it("makes only what the pairs that are named need, and prints them as JSON too", async () => {
    const { rows } = await cells("--cell", "east:east", ...one);
    assert.equal(rows.length, 2);
    const names = west.changes.filter((line) => line.endsWith("/pods"));
    assert.equal(names.length, 1);
    const { stdout } = await ask(...one, "--json");
    const { asked } = JSON.parse(stdout);
    assert.deepEqual(asked.left, []);
    const [{ cell, answer, asPlanned }] = asked.verdicts;
    assert.deepEqual([cell.from, cell.to, asPlanned], ["prod/east", "prod/west", true]);
    assert.match(
      answer.identity,
      /^spiffe:\/\/cluster\.local\/ns\/istio-patterns-verify-[0-9a-f]{6}\/sa\/at-east$/,
    );
  });

  it("says what differs, what was planned and what it needs where nothing that stands is wrong", async () => {
    east.listen("istio-system", "istiod-1", 8080, known(["west"]));
    const error = "dial tcp 10.1.0.1:8080: i/o timeout";
    world.changed.set("east/in-mesh to-west", { error });
    const { code, rows, stdout } = await cells(...one);
    assert.equal(code, ExitCode.Differs);
    assert.deepEqual(rows, [
      `✗ prod/east → prod/west not answered: ${error}; planned through prod/west/east-west as ` +
        "spiffe://cluster.local/ns/*/sa/*; likely no packet comes back; it needs routes net-east ⇄ net-west; " +
        "rule mtls-10.10.0.0-16 into group balancer/prod/west/east-west; rule mtls-west out of group " +
        "balancer/prod/west/east-west; rule mtls-prod-west-istio-eastwestgateway into group cluster/west",
    ]);
    assert.match(stdout, / TOTAL\n {3}14 as planned, 1 not as planned\n$/);
  });

  it("names an istiod that knows no endpoint, and a policy that denies", async () => {
    east.listen("istio-system", "istiod-1", 8080, known(["east"]));
    world.changed.set("east/in-mesh to-west", { body: "no healthy upstream" });
    const first = await cells(...one);
    assert.match(
      first.rows.join(),
      /not answered: no healthy upstream; planned .*; likely istiod of east knows no endpoint of to-west\.istio-patterns-verify-[0-9a-f]{6}\.svc\.cluster\.local in west$/,
    );
    east.listen("istio-system", "istiod-1", 8080, known(["west"]));
    west.put({
      ...{ apiVersion: "security.istio.io/v1", kind: "AuthorizationPolicy" },
      metadata: { name: "nobody", namespace: "istio-system" },
      spec: { action: "DENY", rules: [{}] },
    });
    world.changed.set("east/in-mesh to-west", { body: "RBAC: access denied" });
    const second = await cells(...one);
    assert.match(second.rows.join(), /; likely a policy denies it: istio-system\/nobody in west$/);
  });

  it("names a NetworkPolicy that isolates a gateway, or who is called", async () => {
    east.listen("istio-system", "istiod-1", 8080, known(["west"]));
    world.changed.set("east/in-mesh to-west", { error: "dial tcp 10.1.0.1:8080: i/o timeout" });
    const selector = { istio: "eastwestgateway" };
    west.put(
      { ...gateway("west"), spec: { selector } },
      pod("istio-system", "gateway-1", selector, "auto"),
      policy("istio-system", { podSelector: { matchLabels: { app: "istiod" } } }),
    );
    const first = await cells(...one);
    assert.match(first.rows.join(), /; likely no packet comes back; /);
    west.put(policy("istio-system", { podSelector: {}, egress: [] }));
    const second = await cells(...one);
    assert.match(
      second.rows.join(),
      /; likely NetworkPolicy istio-system\/deny in west isolates prod\/west\/east-west$/,
    );
    west.objects.delete("/apis/networking.k8s.io/v1/namespaces/istio-system/networkpolicies/deny");
    const made = west.onCreate;
    west.onCreate = (object) => {
      made(object);
      if (object.kind === "Namespace")
        west.put(policy(object.metadata.name, { podSelector: {}, policyTypes: ["Ingress"] }));
    };
    const third = await cells(...one);
    assert.match(
      third.rows.join(),
      /; likely NetworkPolicy istio-patterns-verify-[0-9a-f]{6}\/deny in west isolates prod\/west$/,
    );
  });

  it("asks for pods as their selectors have them", () => {
    const matchExpressions = [
      { key: "tier", operator: "In", values: ["a", "b"] },
      { key: "app", operator: "NotIn", values: ["istiod"] },
      { key: "istio", operator: "Exists" },
      { key: "old", operator: "DoesNotExist" },
    ];
    assert.equal(
      selectorText({ matchLabels: { app: "web", v: "1" }, matchExpressions }),
      "app=web,v=1,tier in (a,b),app notin (istiod),istio,!old",
    );
    assert.equal(selectorText({}), "");
  });

  it("names what stands wrong on the way", async () => {
    world.changed.set("east/in-mesh to-west", { body: "upstream connect error" });
    const timeout = [{ id: "west", secretName: "istio-system/x", syncStatus: "timeout" }];
    east.listen(
      "istio-system",
      "istiod-1",
      8080,
      debugPages("east", [], { "/debug/clusterz": timeout }),
    );
    const { rows } = await cells(...one);
    assert.match(
      rows.join(),
      /; likely istiod of prod, istiod-1 in east: does not see west: timeout$/,
    );
  });

  it("finds plain text that is let in, and packets where nothing leads", async () => {
    const inEast = { apiVersion: "security.istio.io/v1", kind: "PeerAuthentication" };
    world.changed.set("east/out-of-mesh east/in-mesh", { body: "{}" });
    const first = await cells("--cell", "east:prod/east");
    assert.deepEqual(first.rows, [
      "✗ east → prod/east answered in plain text; planned not at all: mutual TLS is strict; " +
        "likely no PeerAuthentication in east makes mutual TLS strict in mesh prod",
    ]);
    const metadata = { name: "default", namespace: "istio-system" };
    east.put({ ...inEast, metadata, spec: { mtls: { mode: "PERMISSIVE" } } });
    const second = await cells("--cell", "east:prod/east");
    assert.match(
      second.rows.join(),
      /; likely the PeerAuthentication of mesh prod in east says PERMISSIVE$/,
    );
    world.changed.set("east/out-of-mesh west/out-of-mesh", { body: "{}" });
    const third = await cells("--cell", "east:west");
    assert.match(third.rows.join(), /; likely a route or a rule that is not planned lets it in$/);
  });

  it("finds a server that sees somebody else", async () => {
    const other = "spiffe://other.example/ns/a/sa/b";
    world.changed.set("east/in-mesh to-west", { body: headersFrom(other) });
    const { rows } = await cells(...one);
    assert.match(
      rows.join(),
      /^✗ prod\/east → prod\/west answered as spiffe:\/\/other\.example\/ns\/a\/sa\/b; planned .*; likely the server sees somebody else than the caller$/,
    );
  });

  it("waits for what is planned, and says of pods that do not start why, and goes on", async () => {
    const make = east.onCreate;
    east.onCreate = (object) => {
      make(object);
      if (object.metadata.name !== "in-mesh") return;
      const waiting = { reason: "ImagePullBackOff", message: "no such image\nat all" };
      object.status = { containerStatuses: [{ state: { waiting } }] };
    };
    const { rows, code, stdout } = await cells();
    assert.equal(code, ExitCode.Differs);
    const unasked = rows.filter((row) => row.startsWith("?"));
    assert.equal(unasked.length, 7);
    assert.match(
      unasked[0],
      /^\? prod\/east → prod\/east not asked: east: not ready within 1 s: ImagePullBackOff, no such image; planned /,
    );
    assert.match(stdout, /23 as planned, 7 not asked\n$/);
  });

  it("says in one line what it may not make, what it cannot reach, and goes on", async () => {
    const message = 'namespaces is forbidden: User "me" cannot create';
    east.refusals.set("POST /api/v1/namespaces", { code: 403, message });
    await west.stop();
    const { rows } = await cells("--cell", "east:east", "--cell", "west:west");
    const [made, reached] = rows;
    assert.match(
      made,
      /^\? east → east not asked: east: Namespace istio-patterns-verify-\w+ cannot be made: it does not allow it \(403\): namespaces is forbidden: User "me" cannot create; planned directly in plain text$/,
    );
    assert.equal(
      reached,
      "? west → west not asked: west: nothing leads to it; planned directly in plain text",
    );
  });

  it("says what it could not remove", async () => {
    east.refusals.set("DELETE /api/v1/namespaces", { code: 403, message: "no" });
    const { stdout } = await cells("--cell", "east:east");
    assert.match(stdout, /asked 1 pair of places, not all removed\n/);
    assert.match(
      stdout,
      /\n {3}! cluster east: namespace istio-patterns-verify-\w+ is left: it does not allow it \(403\): no\n/,
    );
    east.refusals.clear();
    for (const key of [...east.objects.keys()])
      if (key.includes("istio-patterns-verify")) east.objects.delete(key);
  });

  it("removes what it made when it is interrupted, and exits with 130", async () => {
    const make = east.onCreate;
    east.onCreate = (object) => {
      make(object);
      if (object.kind !== "Pod") return;
      object.status = {};
      setImmediate(() => process.emit("SIGINT"));
    };
    const listening = process.listenerCount("SIGINT");
    const { code, stdout, stderr } = await ask("--timeout", "30");
    assert.deepEqual([code, stdout], [ExitCode.Interrupted, ""]);
    assert.equal(stderr, "interrupted; what was made is removed\n");
    assert.equal(process.listenerCount("SIGINT"), listening);
  });

  it("refuses pairs that no place makes, and time-outs that are none, before it looks at anything", async () => {
    const { code, stderr } = await ask("--cell", "prod/east:nowhere");
    assert.equal(code, ExitCode.Refused);
    assert.equal(
      stderr,
      "--cell: got prod/east:nowhere; allowed: <from>:<to> of prod/east, east, prod/west, west; " +
        "fix: see `plan --reach`; nobody calls clients of a gateway\n",
    );
    const wrong = await ask("--timeout", "soon");
    assert.equal(wrong.code, ExitCode.Refused);
    assert.match(wrong.stderr, /Say a number of seconds, 1 to 9999\.\n/);
    assert.deepEqual([...east.changes, ...west.changes], []);
  });
});

/** istiod of east knows the probe of west in some clusters. */
function known(clusters: string[]) {
  const shards = Object.fromEntries(clusters.map((name) => [`Kubernetes/${name}`, [{}]]));
  const pages = debugPages("east", ["west"]);
  return (path: string) => {
    if (path !== "/debug/endpointShardz") return pages(path);
    const host = `to-west.${world.namespace}.svc.cluster.local`;
    return { body: JSON.stringify({ [host]: { [world.namespace]: { Shards: shards } } }) };
  };
}
