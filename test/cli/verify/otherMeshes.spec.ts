import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { ExitCode, run } from "../../../cli/command";
import type { Verdict } from "../../../cli/verify/probes/answers";
import { objectsIn } from "../../../cli/verify/probes/objects";
import type { TopologyDescription } from "../../../components/topology";
import { patterns, relationsOf } from "../../support/topologies";
import { made } from "../../mesh/reach/support";
import type { ApiServer } from "./apiServer";
import { folder, kubeconfig, pki, primaries } from "./clusters";
import type { Pki } from "./clusters";
import { AmbientWorld, headersFrom, World } from "./world";

const directory = folder();
let mesh: Pki;
let east: ApiServer;
let west: ApiServer;

/** What is found of a description by two clusters on networks of their own. */
async function verdicts(topology: TopologyDescription, ...more: string[]) {
  const file = join(directory, "stack.yaml");
  const config = { "aws:region": "eu-west-1", "istio-patterns:topology": topology };
  writeFileSync(file, JSON.stringify({ config }));
  const kube = kubeconfig(directory, { east: east.url, west: west.url });
  let [stdout, stderr] = ["", ""];
  const words = ["verify", file, "--kubeconfig", kube, "--timeout", "1", "--json", ...more];
  const code = await run(words, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  assert.ok(code === ExitCode.Done || code === ExitCode.Differs, stderr);
  const all: Verdict[] = JSON.parse(stdout).asked.verdicts;
  return Object.fromEntries(all.map((one) => [`${one.cell.from}:${one.cell.to}`, one]));
}

const off = (found: Record<string, Verdict>) =>
  Object.values(found)
    .filter(({ asPlanned }) => !asPlanned)
    .map(({ cell, answer }) => [`${cell.from}:${cell.to}`, answer]);

describe("istio-patterns verify, of other meshes", function () {
  this.timeout(60_000);
  before(async () => {
    mesh = await pki("mesh");
  });
  beforeEach(async () => {
    [east, west] = await primaries(mesh);
  });
  afterEach(() => Promise.all([east.stop(), west.stop()]));
  after(() => rmSync(directory, { recursive: true }));

  const ambient = patterns["02-multi-primary-different-networks-ambient"];

  it("knows a caller in ambient by the port that it alone is let in on", async () => {
    new AmbientWorld({ east, west });
    const found = await verdicts(ambient);
    assert.deepEqual(off(found), []);
    assert.equal(Object.keys(found).length, 16);
  });

  it("finds a caller in ambient that is let in as whoever", async () => {
    const world = new (class extends AmbientWorld {
      protected override byName(cluster: string, to: string, port: number) {
        return port === 9000 ? { body: "east" } : super.byName(cluster, to, port);
      }
    })({ east, west });
    const found = await verdicts(ambient, "--cell", "prod/west:prod/east");
    const identity = `spiffe://cluster.local/ns/${world.namespace}/sa/any`;
    assert.deepEqual(off(found), [["prod/west:prod/east", { kind: "answered", identity }]]);
  });

  it("finds an answer in ambient that is another's", async () => {
    const world = new AmbientWorld({ east, west });
    world.changed.set("east/in-mesh to-west", { body: "no healthy upstream" });
    const found = await verdicts(ambient, "--cell", "prod/east:prod/west");
    const answer = { kind: "refused", detail: "no healthy upstream" };
    assert.deepEqual(off(found), [["prod/east:prod/west", answer]]);
  });

  const withIngress = (
    exposure: "internal" | "internet",
    ports?: Record<string, number>,
  ): TopologyDescription => ({
    ...patterns["02-multi-primary-different-networks"],
    meshes: {
      prod: {
        clusters: { east: {}, west: {} },
        ingress: { public: { clusters: ["east"], exposure, ports } },
      },
    },
  });
  const identity = "spiffe://cluster.local/ns/istio-ingress-public/sa/istio-ingress-public";
  const clients = ["--cell", "prod/east/public:prod/west"];
  const service = (ingress: object[]) => ({
    ...{ apiVersion: "v1", kind: "Service", status: { loadBalancer: { ingress } } },
    metadata: { name: "istio-ingress-public", namespace: "istio-ingress-public" },
  });

  it("comes to an internal gateway from the probe outside the mesh beside it", async () => {
    const world = new World({ east, west });
    east.put(service([{ hostname: "public.elb.test" }]));
    let asked = "";
    world.shell = (cmd) => {
      asked = cmd;
      return { body: JSON.stringify({ output: headersFrom("spiffe://x/ns/a/sa/b", identity) }) };
    };
    assert.deepEqual(off(await verdicts(withIngress("internal"), ...clients)), []);
    const host = `to-west.public.${world.namespace}.test`;
    assert.equal(asked, `curl -s -m 5 -H "Host: ${host}" http://public.elb.test/header`);
    world.shell = () => ({ body: JSON.stringify({ error: "exit status 28" }) });
    const refused = off(await verdicts(withIngress("internal"), ...clients));
    assert.deepEqual(refused, [
      ["prod/east/public:prod/west", { kind: "refused", detail: "exit status 28" }],
    ]);
  });

  it("comes to one for the internet from this machine", async () => {
    new World({ east, west });
    const hosts: (string | undefined)[] = [];
    const gateway = createServer((request, response) => {
      hosts.push(request.headers.host);
      response.end(headersFrom(identity));
    });
    await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
    const { port } = gateway.address() as AddressInfo;
    // A load balancer answers on 80, which only some may listen on here.
    east.put(service([{ hostname: `127.0.0.1:${port}` }]));
    try {
      assert.deepEqual(off(await verdicts(withIngress("internet"), ...clients)), []);
      assert.match(hosts[0]!, /^to-west\.public\.istio-patterns-verify-[0-9a-f]{6}\.test$/);
    } finally {
      await new Promise((resolve) => gateway.close(resolve));
    }
    const [[, answer]] = off(await verdicts(withIngress("internet"), ...clients));
    assert.deepEqual(answer, {
      ...{ kind: "refused", detail: "nothing listens at its address (ECONNREFUSED)" },
    });
  });

  it("knows an ambient gateway by the port that it alone is let in on", async () => {
    const world = new World({ east, west });
    east.put(service([{ hostname: "public.elb.test" }]));
    world.shell = () => ({ body: JSON.stringify({ output: "public" }) });
    const inAmbient = withIngress("internal");
    Object.assign(inAmbient.meshes.prod, { dataPlane: "ambient" });
    assert.deepEqual(off(await verdicts(inAmbient, ...clients)), []);
    world.shell = () => ({ body: JSON.stringify({ output: "upstream connect error" }) });
    const [[, answer]] = off(await verdicts(inAmbient, ...clients));
    assert.deepEqual(answer, { kind: "refused", detail: "upstream connect error" });

    const { places } = made(inAmbient).reach;
    const options = { namespace: "x", image: "y" };
    const objects = objectsIn(relationsOf(inAmbient), places, "east", options);
    const named = (name: string) => objects.find(({ metadata }) => metadata.name === name)!;
    const portOf = (route: string) => named(route).spec.http[0].route[0].destination.port.number;
    // 9000 and 9001 are those of the two clusters.
    assert.deepEqual([portOf("public-to-west"), portOf("public-plain-west")], [9002, 8080]);
    assert.deepEqual(named("callers").spec.rules[2], {
      from: [{ source: { principals: [identity.replace("spiffe://", "")] } }],
      to: [{ operation: { ports: ["9002"] } }],
    });
    const [, porter] = named("in-mesh").spec.containers;
    assert.deepEqual(porter.env[2], { name: "SERVE_PORT_9002", value: "public" });
    assert.equal(named("to-west").spec.ports[3].port, 9002);
  });

  it("comes by the port for plain HTTP, and asks nothing where there is none", async () => {
    const world = new World({ east, west });
    east.put(service([{ hostname: "public.elb.test" }]));
    let asked = "";
    world.shell = (cmd) => {
      asked = cmd;
      return { body: JSON.stringify({ output: headersFrom(identity) }) };
    };
    const ported = withIngress("internal", { http: 8080, https: 443 });
    assert.deepEqual(off(await verdicts(ported, ...clients)), []);
    assert.match(asked, / http:\/\/public\.elb\.test:8080\/header$/);
    const objects = (description: TopologyDescription) =>
      objectsIn(relationsOf(description), made(description).reach.places, "east", {
        ...{ namespace: "x", image: "y" },
      }).filter(({ kind }) => kind === "Gateway" || kind === "VirtualService");
    assert.equal(objects(ported)[0].spec.servers[0].port.number, 8080);
    const encrypted = withIngress("internal", { https: 443 });
    assert.deepEqual(objects(encrypted), []);
    const [[, answer]] = off(await verdicts(encrypted, ...clients));
    const why = "no port of gateway prod/east/public is 80 or called http, for plain HTTP";
    assert.deepEqual(answer, { kind: "unasked", why });
  });

  it("puts Gateways where a mesh takes them alone, and removes them", async () => {
    const shared = patterns["05-tenancy-namespace"];
    const { places } = made(shared).reach;
    const all = objectsIn(relationsOf(shared), places, "main", { namespace: "x", image: "y" });
    const [gateway] = all.filter(({ kind }) => kind === "Gateway");
    const [route] = all.filter(({ kind }) => kind === "VirtualService");
    const { name, namespace } = gateway.metadata;
    assert.deepEqual({ name, namespace }, { name: "x", namespace: "istio-ingress-shared" });
    assert.equal(route.metadata.namespace, "x");
    assert.deepEqual(route.spec.gateways, ["istio-ingress-shared/x"]);
    assert.deepEqual(route.spec.exportTo, ["istio-ingress-shared"]);

    const world = new World({ east, west });
    east.put(service([{ hostname: "public.elb.test" }]));
    const scoped = withIngress("internal");
    const admins = ["arn:aws:iam::123456789012:role/a"];
    scoped.tenants = { model: "namespace", of: { a: { mesh: "prod", namespaces: ["a"], admins } } };
    await verdicts(scoped, ...clients);
    const path = "/apis/networking.istio.io/v1/namespaces/istio-ingress-public/gateways";
    const changes = east.changes.filter((change) => change.includes(path));
    assert.deepEqual(changes, [`POST ${path}`, `DELETE ${path}/${world.namespace}`]);
    assert.deepEqual(
      [...east.objects.keys()].filter((key) => key.includes(world.namespace)),
      [],
    );
  });

  it("asks no gateway that has no address", async () => {
    new World({ east, west });
    east.put(service([]));
    const [[, answer]] = off(await verdicts(withIngress("internal"), ...clients));
    assert.deepEqual(answer, { kind: "unasked", why: "gateway prod/east/public has no address" });
  });

  it("puts routes where the istiod that serves a gateway reads its configuration", () => {
    const external: TopologyDescription = {
      ...patterns["03-external-istiod-kubernetes"],
      meshes: {
        prod: {
          ...patterns["03-external-istiod-kubernetes"].meshes.prod,
          ingress: { public: { clusters: ["west"] } },
        },
      },
    };
    const { places } = made(external).reach;
    const kinds = (cluster: string) =>
      objectsIn(relationsOf(external), places, cluster, { namespace: "x", image: "y" }).map(
        ({ kind, metadata }) => `${kind} ${metadata.name}`,
      );
    assert.deepEqual(kinds("mgmt"), ["Namespace x", "Pod out-of-mesh"]);
    assert.deepEqual(
      kinds("east"),
      [
        ...["Namespace x", "ServiceAccount at-east"],
        ...["Service to-east", "Service plain-east", "Service to-west", "Service plain-west"],
        "Gateway public",
        ...["to-east", "plain-east", "plain-mgmt", "to-west", "plain-west"].map(
          (service) => `VirtualService public-${service}`,
        ),
        ...["Pod in-mesh", "Pod out-of-mesh"],
      ].sort((a, b) => order(a) - order(b)),
    );
    assert.ok(!kinds("west").includes("Gateway public"));
  });
});

/** Of kinds, as they are made. */
function order(object: string): number {
  const kinds = ["Namespace", "ServiceAccount", "Service", "Gateway", "VirtualService", "Pod"];
  return kinds.indexOf(object.split(" ")[0]);
}
