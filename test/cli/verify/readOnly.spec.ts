import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { ExitCode, run } from "../../../cli/command";
import type { Finding } from "../../../cli/verify/standing/finding";
import type { ApiServer } from "./apiServer";
import {
  debugPages,
  folder,
  gateway,
  inDays,
  kubeconfig,
  namespace,
  pki,
  pod,
  primaries,
  proxy,
  rootCert,
  slice,
  VERSION,
  verify,
  FILE,
} from "./clusters";
import type { Pki } from "./clusters";

const directory = folder();
let mesh: Pki;
let east: ApiServer;
let west: ApiServer;

async function look(...more: string[]) {
  const config = kubeconfig(directory, { east: east.url, west: west.url });
  return verify("--read-only", "--kubeconfig", config, ...more);
}

/** The lines of one cluster that begin with a mark. */
async function lines(mark: string, cluster = "east") {
  const { stdout, stderr, code } = await look();
  assert.equal(stderr, "");
  const [, own = ""] = stdout.split(`   cluster ${cluster}\n`);
  const [section = ""] = own.split(/^ {3}cluster |^ TOTAL/m);
  const rows = section.split("\n").map((line) => line.trim().replace(/ {2,}/g, "  "));
  return { code, found: rows.filter((row) => row.startsWith(`${mark} `)) };
}

describe("istio-patterns verify --read-only", () => {
  before(async () => {
    mesh = await pki("mesh");
  });
  beforeEach(async () => {
    [east, west] = await primaries(mesh);
  });
  afterEach(async () => {
    await Promise.all([east.stop(), west.stop()]);
    assert.deepEqual([...east.changes, ...west.changes], [], "something was changed");
  });
  after(() => rmSync(directory, { recursive: true }));

  it("says of each cluster what stands, exits with 0 where all is as planned, and makes nothing", async () => {
    const { code, stdout, stderr } = await look();
    assert.deepEqual([code, stderr], [ExitCode.Done, ""], stdout);
    assert.match(
      stdout,
      /^ demo {3}looked at 2 clusters, nothing made\n\n WHAT STANDS\n {3}cluster east\n/,
    );
    const { found } = await lines("✓");
    assert.deepEqual(
      found.map((line) => line.replace(/\d{4}-\d\d-\d\d, [0-9a-f]{12}/, "<day and print>")),
      [
        `✓  istiod of prod, revision default  ${VERSION}, 1 of 1 ready`,
        "✓  istiod of prod, istiod-1  sees west",
        "✓  istiod of prod, istiod-1  1 of 1 proxies in sync",
        "✓  certificate of prod  intermediate ends on <day and print>",
        "✓  root of prod  root ends on <day and print>",
        "✓  network of prod  net-east",
        "✓  gateway prod/east/east-west  east.elb.test, 2 ready pods",
      ],
    );
    assert.match(stdout, / TOTAL\n {3}14 as planned\n$/);
  });

  it("prints the same as JSON", async () => {
    const { code, stdout } = await look("--json");
    assert.equal(code, ExitCode.Done);
    const { name, clusters, findings } = JSON.parse(stdout);
    assert.deepEqual([name, clusters, findings.length], ["demo", ["east", "west"], 14]);
    assert.deepEqual(findings[1], {
      ...{ cluster: "east", what: "istiod of prod, istiod-1" },
      about: { kind: "watch", of: "west" },
      ...{ level: "right", says: "sees west" },
    });
  });

  it("finds an istiod that is not there, is another version, is not ready, or was not planned", async () => {
    const istiod = (revision: string, version: string) =>
      pod(
        "istio-system",
        `istiod-${revision}`,
        { app: "istiod", "istio.io/rev": revision },
        `hub/pilot:${version}-distroless`,
      );
    east.objects.delete("/api/v1/namespaces/istio-system/pods/istiod-1");
    let found = (await lines("✗")).found;
    assert.deepEqual(found, ["✗  istiod of prod, revision default  no pod"]);
    const old = istiod("default", "1.2.3");
    const canary = istiod("canary", VERSION);
    old.status = canary.status = {};
    east.put(old, canary);
    found = (await lines("✗")).found;
    assert.deepEqual(found, [
      `✗  istiod of prod, revision default  runs 1.2.3, planned ${VERSION}; 0 of 1 ready`,
      "✗  istiod of prod, revision canary  not planned",
    ]);
    east.put({ ...istiod("default", VERSION), status: {} });
    east.objects.delete("/api/v1/namespaces/istio-system/pods/istiod-canary");
    east.put(istiod("default", `${VERSION}-mine`));
    assert.deepEqual(
      (await lines("✓")).found[0],
      `✓  istiod of prod, revision default  ${VERSION}, 1 of 1 ready`,
    );
    east.put(istiod("default", "latest"));
    const untold =
      "✓  istiod of prod, revision default  an image that says no version, 1 of 1 ready";
    assert.deepEqual((await lines("✓")).found[0], untold);
    east.put({ ...istiod("default", VERSION), status: {} });
    const third = await lines("✗");
    assert.equal(third.found[0], `✗  istiod of prod, revision default  ${VERSION}, 0 of 1 ready`);
    assert.equal(third.code, ExitCode.Differs);
  });

  it("finds a cluster that an istiod does not see, and why", async () => {
    const clusterz = [{ id: "west", secretName: "istio-system/x", syncStatus: "timeout" }];
    east.listen(
      "istio-system",
      "istiod-1",
      8080,
      debugPages("east", [], { "/debug/clusterz": clusterz }),
    );
    const first = await lines("✗");
    assert.deepEqual(first.found, ["✗  istiod of prod, istiod-1  does not see west: timeout"]);
    east.listen("istio-system", "istiod-1", 8080, debugPages("east", []));
    const second = await lines("✗");
    assert.deepEqual(second.found, [
      "✗  istiod of prod, istiod-1  does not see west: it has no Secret for it",
    ]);
    assert.deepEqual([first.code, second.code], [ExitCode.Differs, ExitCode.Differs]);
  });

  it("finds proxies that refuse or have not accepted what was sent long ago, not what is on its way", async () => {
    const behind = (id: string, more: object) => proxy(id, "east", { acked: "n0", ...more });
    const fresh = behind("a.x", { sentTime: new Date().toISOString() });
    const syncz = (proxies: object[]) =>
      east.listen(
        "istio-system",
        "istiod-1",
        8080,
        debugPages("east", ["west"], { "/debug/syncz": proxies }),
      );
    syncz([fresh]);
    assert.deepEqual((await lines("✗")).found, []);
    syncz([
      fresh,
      behind("b.x", { lastError: "no such cluster" }),
      ...["c", "d", "e"].map((id) => behind(`${id}.x`, {})),
    ]);
    const { stdout } = await look();
    assert.ok(
      stdout
        .replace(/\s+/g, " ")
        .includes(
          "✗ istiod of prod, istiod-1 1 of 5 proxies in sync: b.x lacks Cluster (no such cluster); " +
            "c.x lacks Cluster; d.x lacks Cluster; and 1 more",
        ),
      stdout,
    );
  });

  it("finds certificates that end or have ended, and none", async () => {
    const secret = (files: Partial<Pki>) => {
      const base64 = (text = "") => Buffer.from(text).toString("base64");
      const data = {
        "ca-cert.pem": base64(files.intermediate),
        "root-cert.pem": base64(files.root),
      };
      const metadata = { name: "cacerts", namespace: "istio-system" };
      east.put({ apiVersion: "v1", kind: "Secret", metadata, data });
    };
    secret({ root: mesh.root, intermediate: (await pki("soon", inDays(10))).intermediate });
    const soon = await lines("!");
    assert.equal(soon.code, ExitCode.Done);
    assert.match(
      soon.found.join(),
      /^! {2}certificate of prod {2}intermediate ends on \d{4}-\d\d-\d\d, [0-9a-f]{12}$/,
    );
    secret({
      root: mesh.root,
      intermediate: (await pki("ended", new Date("2020-01-02T00:00:00Z"))).intermediate,
    });
    const ended = await lines("✗");
    assert.match(
      ended.found.join(),
      /^✗ {2}certificate of prod {2}intermediate ended on 2020-01-02, [0-9a-f]{12}$/,
    );
    secret({ root: mesh.root });
    assert.deepEqual((await lines("✗")).found, [
      "✗  certificate of prod  the Secret cacerts holds no certificate",
    ]);
    east.objects.delete("/api/v1/namespaces/istio-system/secrets/cacerts");
    assert.deepEqual((await lines("✗")).found, ["✗  certificate of prod  no Secret cacerts"]);
  });

  it("finds a root of its own in one cluster, and workloads that are told another", async () => {
    west.put(rootCert((await pki("other")).root));
    const { stdout } = await look("--json");
    const wrong = JSON.parse(stdout).findings.filter(({ level }: Finding) => level === "wrong");
    const [{ cluster, what, says }, ...others] = wrong;
    assert.deepEqual([cluster, what, others], ["west", "roots of prod", []]);
    assert.match(says, /^workloads of west has [0-9a-f]{12}, istiod of east [0-9a-f]{12}$/);
  });

  it("finds a network label that is another or none", async () => {
    east.put(namespace("istio-system", { "topology.istio.io/network": "net-west" }));
    // By the label of its own network nothing else is the gateway.
    assert.deepEqual((await lines("✗")).found, [
      "✗  network of prod  label net-west topology.istio.io/network, planned net-east",
    ]);
    east.put(namespace("istio-system", {}));
    assert.deepEqual((await lines("✗")).found, [
      "✗  network of prod  no label topology.istio.io/network, planned net-east",
    ]);
  });

  it("finds gateways without a Service, an address or a ready pod", async () => {
    const without = async (change: () => void) => {
      change();
      return (await lines("✗")).found;
    };
    const what = "✗  gateway prod/east/east-west";
    const none = await without(() => east.put(slice("istio-eastwestgateway", [false])));
    assert.deepEqual(none, [`${what}  has no ready pod behind it`]);
    const address = await without(() => east.put(gateway("east", [])));
    assert.deepEqual(address, [`${what}  has no address`]);
    const service = "/api/v1/namespaces/istio-system/services/istio-eastwestgateway";
    assert.deepEqual(await without(() => east.objects.delete(service)), [
      `${what}  has no Service`,
    ]);
  });

  it("says in one line of a cluster that cannot be reached, and goes on", async () => {
    await west.stop();
    const { code, stdout } = await look();
    assert.equal(code, ExitCode.Differs);
    assert.match(
      stdout,
      / {3}cluster west\n {3}\? {2}API server {2}nothing listens at its address \(ECONNREFUSED\)\n/,
    );
    assert.match(stdout, / {3}7 as planned, 1 not read\n$/);
  });

  it("says in one line what it may not read, and goes on", async () => {
    east.refusals.set("GET /api/v1/namespaces/istio-system/secrets", {
      ...{ code: 403, message: 'secrets "cacerts" is forbidden: User "me" cannot get' },
    });
    east.listeners.clear();
    const { stdout, code } = await look();
    assert.equal(code, ExitCode.Differs);
    const text = stdout.replace(/\s+/g, " ");
    assert.ok(
      text.includes(
        '? certificate of prod it does not allow it (403): secrets "cacerts" is forbidden: User "me" cannot get',
      ),
      stdout,
    );
    assert.ok(
      text.includes("? istiod of prod, istiod-1 error forwarding port 8080: connection refused"),
      stdout,
    );
  });

  it("says how far it is on a terminal alone", async () => {
    const config = kubeconfig(directory, { east: east.url, west: west.url });
    let stderr = "";
    await run(["verify", FILE, "--read-only", "--kubeconfig", config], {
      stdout: { write: () => true },
      stderr: { isTTY: true, write: (text) => (stderr += text) },
    });
    const clear = "\r\u001b[2K";
    const [, ...said] = stderr.split(clear);
    assert.deepEqual(said, [...[0, 1, 2].map((done) => `looking at clusters: ${done} of 2`), ""]);
  });
});
