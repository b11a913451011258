import assert from "node:assert/strict";
import fc from "fast-check";
import {
  formatProblem,
  formatProblems,
  parse,
  type Problem,
  type TopologyDescription,
} from "../../components/topology";
import { CONTEXT, patterns } from "../support/topologies";

const smallest: TopologyDescription = patterns["01-single-cluster"];

const group = {
  mesh: "dev",
  controlledBy: "main",
  network: "main",
  namespace: "old",
  serviceAccount: "old",
};

/** The problems of a description that is the smallest one with something changed. */
function problemsOf(change: Record<string, unknown>): string[] {
  return parse({ ...smallest, ...change }, CONTEXT).problems.map(formatProblem);
}

/** Whether nothing but unknown keys was found. */
const areKeys = (problems: Problem[]) => problems.every(({ got }) => got === "an unknown key");

describe("a description's shape", () => {
  const cases: Record<string, [change: Record<string, unknown>, ...problems: string[]]> = {
    "misses a required key": [
      { networks: undefined },
      "networks: got nothing; allowed: a map; fix: add it, such as { main: { cidr: 10.10.0.0/16 } }",
    ],
    "has an unknown key": [
      { clusters: { main: { network: "main", noodes: {} } } },
      'clusters.main.noodes: got an unknown key; allowed: network, vpc, nodes, kubernetesVersion, api, access, gatewayApi, remoteAccess, upgradePolicy, zonalShift, logs, existing; fix: did you mean "nodes"?',
    ],
    "has an unknown key that resembles none": [
      { links: { through: "peering" } },
      "links.through: got an unknown key; allowed: via, owner, transitGateways, reachable; fix: remove it",
    ],
    "has a value outside a closed set": [
      { networks: { main: { cidr: "10.10.0.0/16", nat: "per-zones" } } },
      'networks.main.nat: got "per-zones"; allowed: single, per-zone; fix: did you mean "per-zone"?',
    ],
    "has a value that resembles none of a closed set": [
      { links: { via: "vpn" } },
      'links.via: got "vpn"; allowed: peering, transit-gateway, existing; fix: choose one of these',
    ],
    "has a number in a closed set": [
      { links: { via: 4 } },
      "links.via: got 4; allowed: peering, transit-gateway, existing; fix: choose one of these",
    ],
    "has a version that YAML read as a number": [
      { istio: { version: 1.3 } },
      'istio.version: got 1.3; allowed: text; fix: write it in quotes, such as "1.30": YAML reads 1.30 as the number 1.3',
    ],
    "has a Kubernetes version that YAML read as a number": [
      { clusters: { main: { network: "main", kubernetesVersion: 1.35 } } },
      'clusters.main.kubernetesVersion: got 1.35; allowed: text; fix: write it in quotes, such as "1.30": YAML reads 1.30 as the number 1.3',
    ],
    "has a number where text belongs": [
      { tags: { cost: 42 } },
      'tags.cost: got 42; allowed: text; fix: write it in quotes: "42"',
    ],
    "has text where true or false belongs": [
      { protect: "yes" },
      'protect: got "yes"; allowed: true or false; fix: write true or false, without quotes',
    ],
    "has text where a number belongs": [
      { quotas: { vpcs: "20" } },
      'quotas.vpcs: got "20"; allowed: a number; fix: write a number, without quotes',
    ],
    "has a fraction where a whole number belongs": [
      { quotas: { vpcs: 1.5 } },
      "quotas.vpcs: got 1.5; allowed: a whole number; fix: write a whole number, without quotes",
    ],
    "has a number that is too small": [
      { networks: { main: { cidr: "10.10.0.0/16", zones: 0 } } },
      "networks.main.zones: got 0; allowed: at least 1; fix: choose at least 1",
    ],
    "has a number that is too large": [
      { virtualMachines: { old: { ...group, ports: { http: 65536 } } } },
      "virtualMachines.old.ports.http: got 65536; allowed: at most 65535; fix: choose at most 65535",
    ],
    "has empty text": [
      { name: "" },
      'name: got ""; allowed: text that is not empty; fix: fill it in, or remove it',
    ],
    "has nothing where a map belongs": [
      { meshes: { dev: { clusters: { main: null } } } },
      "meshes.dev.clusters.main: got null; allowed: a map; fix: write {} where nothing is to be said",
    ],
    "has text where a map belongs": [
      { meshes: { dev: { clusters: "main" } } },
      'meshes.dev.clusters: got "main"; allowed: a map; fix: write a map: { main: {} }',
    ],
    "has text where a list belongs": [
      { api: { allowFrom: "192.0.2.1/32" } },
      'api.allowFrom: got "192.0.2.1/32"; allowed: a list; fix: write a list: ["192.0.2.1/32"]',
    ],
    "has a list with something else in it": [
      { api: { allowFrom: ["192.0.2.1/32", { cidr: "192.0.2.2/32", who: "ci" }] } },
      "api.allowFrom[1]: got a map of cidr, who; allowed: text; fix: write text",
    ],
    "has a list where a map belongs": [
      { clusters: [{ network: "main" }] },
      "clusters: got [a map of network]; allowed: a map; fix: write a map, such as { east: { network: main } }",
    ],
    "has a list where a map of known fields belongs": [
      { links: ["peering"] },
      'links: got ["peering"]; allowed: a map; fix: write a map, such as { via: peering }',
    ],
    "has nothing where networks belong": [
      { networks: null },
      "networks: got null; allowed: a map; fix: write a map, such as { main: { cidr: 10.10.0.0/16 } }",
    ],
    "misses the members of a mesh": [
      {
        clusters: {
          main: { network: "main" },
          east: { network: "main" },
          west: { network: "main" },
        },
        meshes: { dev: { clusters: { main: {} } }, two: {} },
      },
      "meshes.two.clusters: got nothing; allowed: a map; fix: add it, such as { east: {}, west: {} }",
    ],
    "misses the members of the only mesh": [
      { meshes: { dev: {} } },
      "meshes.dev.clusters: got nothing; allowed: a map; fix: add it, such as { main: {} }",
    ],
    "misses every mesh": [
      { meshes: undefined },
      "meshes: got nothing; allowed: a map; fix: add it, such as { prod: { clusters: { main: {} } } }",
    ],
    "has null where a name belongs": [
      { clusters: { main: { network: null } } },
      "clusters.main.network: got null; allowed: main; fix: name one of these",
    ],
    "has a number where a name belongs": [
      { clusters: { main: { network: 7 } } },
      "clusters.main.network: got 7; allowed: main; fix: name one of these",
    ],
    "has a number that is a name without its quotes": [
      { networks: { 7: { cidr: "10.10.0.0/16" } }, clusters: { main: { network: 7 } } },
      'clusters.main.network: got 7; allowed: 7; fix: write it in quotes: "7"',
    ],
    "misses a map of maps": [
      { federation: { exports: { f: { from: "a", to: ["b"] } } } },
      "federation.exports.f.services: got nothing; allowed: a map; fix: add it, such as { <name>: { ports: { http: 8080 }, serviceAccounts: [<serviceAccounts>], allow: [<allow>] } }",
    ],
    "has an unknown key under one that is mended": [
      { meshes: undefined, meshs: { dev: { clusters: { main: {} }, dataplane: "ambient" } } },
      'meshs: got an unknown key; allowed: name, tags, protect, quotas, istio, api, access, iam, encryption, loadBalancers, trust, networks, links, clusters, meshes, virtualMachines, ecsClusters, ecsServices, tenants, federation; fix: did you mean "meshes"?',
      'meshes.dev.dataplane: got an unknown key; allowed: dataPlane, trustDomain, mtls, locality, injection, observability, controlPlane, clusters, istio, revision, agentRevision, trust, experimental, ingress, values; fix: did you mean "dataPlane"?',
    ],
    "has a secret": [
      { trust: { roots: { own: { secret: { secure: "v1:abc" } } } } },
      "trust.roots.own.secret: got a secret; allowed: secrets of trust.roots and existing.kubeconfig name config keys; everything else is plain; fix: keep it under a key of its own with `pulumi config set --secret istio-patterns:<key> <value>` and name that key here",
    ],
    "has a secret where any value may stand": [
      {
        meshes: { dev: { clusters: { main: {} }, values: { istiod: { env: { secure: "v1" } } } } },
      },
      "meshes.dev.values.istiod.env: got a secret; allowed: secrets of trust.roots and existing.kubeconfig name config keys; everything else is plain; fix: keep it under a key of its own with `pulumi config set --secret istio-patterns:<key> <value>` and name that key here",
    ],
    "has a key that no JavaScript map can hold": [
      { networks: JSON.parse('{ "main": { "cidr": "10.10.0.0/16" }, "__proto__": {} }') },
      "networks.__proto__: got this name; allowed: any other name; fix: choose another name",
    ],
    "has names with dots": [
      {
        federation: {
          exports: { f: { from: "a", to: ["b"], services: { "a.b": { ports: { http: 0 } } } } },
        },
      },
      'federation.exports.f.services["a.b"].ports.http: got 0; allowed: at least 1; fix: choose at least 1',
      'federation.exports.f.services["a.b"].serviceAccounts: got nothing; allowed: a list; fix: add it',
      'federation.exports.f.services["a.b"].allow: got nothing; allowed: a list; fix: add it',
    ],
  };
  for (const [claim, [change, ...problems]] of Object.entries(cases)) {
    it(claim, () => assert.deepEqual(problemsOf(change), problems));
  }

  it("is no map at all", () => {
    const secret =
      "got a secret; allowed: secrets of trust.roots and existing.kubeconfig name config keys; everything else is plain; fix: keep it under a key of its own with `pulumi config set --secret istio-patterns:<key> <value>` and name that key here";
    const lines = [undefined, "x", [], { secure: "v1:abc" }].map((value) =>
      formatProblems(parse(value, CONTEXT).problems),
    );
    assert.deepEqual(lines, [
      "istio-patterns:topology has 1 problem:\n  istio-patterns:topology: got nothing; allowed: a map; fix: add it",
      'istio-patterns:topology has 1 problem:\n  istio-patterns:topology: got "x"; allowed: a map; fix: write a map',
      "istio-patterns:topology has 1 problem:\n  istio-patterns:topology: got []; allowed: a map; fix: write a map",
      `istio-patterns:topology has 1 problem:\n  istio-patterns:topology: ${secret}`,
    ]);
  });

  it("is refused with every problem at once", () => {
    const { topology, problems } = parse(
      { netwroks: {}, clusters: { main: { network: 7 } }, meshes: { dev: { dataplane: "x" } } },
      CONTEXT,
    );
    assert.equal(topology, undefined);
    assert.deepEqual(
      problems.map(({ path }) => path),
      [
        "clusters.main.network",
        "meshes.dev.dataPlane",
        "meshes.dev.clusters",
        "meshes.dev.dataplane",
        "netwroks",
      ],
    );
  });

  it("is read with its unknown keys mended where all else is right", () => {
    const { topology, problems } = parse(
      { ...smallest, netwroks: {}, clusters: { main: { netwrok: "main", colour: "red" } } },
      CONTEXT,
    );
    assert.equal(topology?.clusters.main?.network, "main");
    assert.deepEqual(
      problems.map(({ path, fix }) => `${path}: ${fix}`),
      [
        "clusters.main.colour: remove it",
        'clusters.main.netwrok: did you mean "network"?',
        'netwroks: did you mean "networks"?',
      ],
    );
  });

  it("shows no more of a value than helps to find it", () => {
    const [line] = problemsOf({ links: { via: "k".repeat(500) } });
    assert.equal(
      line,
      `links.via: got "${"k".repeat(79)}...; allowed: peering, transit-gateway, existing; fix: choose one of these`,
    );
  });

  it("never ends in an exception", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const { topology, problems } = parse(value, CONTEXT);
        assert.ok(topology === undefined ? problems.length > 0 : areKeys(problems));
      }),
      { numRuns: 500 },
    );
  });

  it("never ends in an exception where a part is any JSON value", () => {
    const part = fc.tuple(
      fc.constantFrom(...Object.keys(smallest), "tenants", "istio"),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(part, fc.constantFrom("", "main", "__proto__"), ([key, value], inner) => {
        const changed = { ...smallest, [key]: inner ? { [inner]: value } : value };
        const { topology, problems } = parse(changed, CONTEXT);
        assert.ok(topology === undefined ? problems.length > 0 : areKeys(problems));
      }),
      { numRuns: 500 },
    );
  });

  it("may be nested deeper than any stack", () => {
    let deep: unknown = "bottom";
    for (let level = 0; level < 100_000; level++) deep = { deeper: deep };
    assert.deepEqual(problemsOf({ links: { via: deep } }), [
      "links.via: got a map of deeper; allowed: peering, transit-gateway, existing; fix: choose one of these",
    ]);
  });
});
