import assert from "node:assert/strict";
import fc from "fast-check";
import { formatProblem, formatProblems, parse, type TopologyArgs } from "../../components/topology";
import { descriptions } from "../support/descriptions";
import { CONTEXT, patterns, topologyOf } from "../support/topologies";

const smallest: TopologyArgs = patterns["01-single-cluster"];

/** The problems of a description that is the smallest one with something changed. */
function problemsOf(change: Record<string, unknown>): string[] {
  return parse({ ...smallest, ...change }, CONTEXT).problems.map(formatProblem);
}

describe("a description's shape", () => {
  const cases: Record<string, [change: Record<string, unknown>, ...problems: string[]]> = {
    "misses a required key": [
      { networks: undefined },
      "networks: got nothing; allowed: a map; fix: add it",
    ],
    "has an unknown key": [
      { clusters: { main: { network: "main", computee: "auto-mode" } } },
      'clusters.main.computee: got an unknown key; allowed: network, vpc, compute, kubernetesVersion, api, gatewayApi, remoteAccess, existing; fix: did you mean "compute"?',
    ],
    "has an unknown key that resembles none": [
      { links: { through: "peering" } },
      "links.through: got an unknown key; allowed: via; fix: remove it",
    ],
    "has a value outside a closed set": [
      { networks: { main: { cidr: "10.10.0.0/16", nat: "per-zones" } } },
      'networks.main.nat: got "per-zones"; allowed: single, per-zone; fix: did you mean "per-zone"?',
    ],
    "has a value that resembles none of a closed set": [
      { links: { via: "vpn" } },
      'links.via: got "vpn"; allowed: peering, transit-gateway; fix: choose one of these',
    ],
    "has a number in a closed set": [
      { links: { via: 4 } },
      "links.via: got 4; allowed: peering, transit-gateway; fix: choose one of these",
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
      { networks: { main: { cidr: "10.10.0.0/16", zones: 1 } } },
      "networks.main.zones: got 1; allowed: at least 2; fix: choose at least 2",
    ],
    "has a number that is too large": [
      { networks: { main: { cidr: "10.10.0.0/16", zones: 9 } } },
      "networks.main.zones: got 9; allowed: at most 6; fix: choose at most 6",
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
      'meshes.dev.clusters: got "main"; allowed: a map; fix: write a map',
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
      "clusters: got [a map of network]; allowed: a map; fix: write a map",
    ],
    "has a secret": [
      { trust: { root: "provided", secret: { secure: "v1:abc" } } },
      "trust.secret: got a secret; allowed: trust.secret and existing.kubeconfig.secret name config keys; everything else is plain; fix: keep it under a key of its own with `pulumi config set --secret <key> <value>` and name that key here",
    ],
    "has a secret where any value may stand": [
      {
        meshes: { dev: { clusters: { main: {} }, values: { istiod: { env: { secure: "v1" } } } } },
      },
      "meshes.dev.values.istiod.env: got a secret; allowed: trust.secret and existing.kubeconfig.secret name config keys; everything else is plain; fix: keep it under a key of its own with `pulumi config set --secret <key> <value>` and name that key here",
    ],
    "has a key that no JavaScript map can hold": [
      { networks: JSON.parse('{ "main": { "cidr": "10.10.0.0/16" }, "__proto__": {} }') },
      "networks.__proto__: got this name; allowed: any other name; fix: choose another name",
    ],
    "has names with dots": [
      { federation: { f: { from: "a", to: ["b"], services: { "a.b": { ports: { http: 0 } } } } } },
      'federation.f.services["a.b"].ports.http: got 0; allowed: at least 1; fix: choose at least 1',
      'federation.f.services["a.b"].serviceAccounts: got nothing; allowed: a list; fix: add it',
      'federation.f.services["a.b"].allow: got nothing; allowed: a list; fix: add it',
    ],
  };
  for (const [claim, [change, ...problems]] of Object.entries(cases)) {
    it(claim, () => assert.deepEqual(problemsOf(change), problems));
  }

  it("is no map at all", () => {
    const lines = [undefined, "x", []].map((value) =>
      formatProblems(parse(value, CONTEXT).problems),
    );
    assert.deepEqual(lines, [
      "istio-patterns:topology has 1 problem:\n  istio-patterns:topology: got nothing; allowed: a map; fix: add it",
      'istio-patterns:topology has 1 problem:\n  istio-patterns:topology: got "x"; allowed: a map; fix: write a map',
      "istio-patterns:topology has 1 problem:\n  istio-patterns:topology: got []; allowed: a map; fix: write a map",
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
        "networks",
        "clusters.main.network",
        "meshes.dev.clusters",
        "meshes.dev.dataplane",
        "netwroks",
      ],
    );
  });

  it("shows no more of a value than helps to find it", () => {
    const [line] = problemsOf({ links: { via: "k".repeat(500) } });
    assert.equal(
      line,
      `links.via: got "${"k".repeat(79)}...; allowed: peering, transit-gateway; fix: choose one of these`,
    );
  });

  it("never ends in an exception", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const { topology, problems } = parse(value, CONTEXT);
        assert.equal(topology === undefined, problems.length > 0);
      }),
      { seed: 7, numRuns: 500 },
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
        assert.equal(topology === undefined, problems.length > 0);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it("may be nested deeper than any stack", () => {
    let deep: unknown = "bottom";
    for (let level = 0; level < 100_000; level++) deep = { deeper: deep };
    assert.deepEqual(problemsOf({ links: { via: deep } }), [
      "links.via: got a map of deeper; allowed: peering, transit-gateway; fix: choose one of these",
    ]);
  });
});

describe("a normalised topology", () => {
  it("has every default of the smallest description", () => {
    const { description, ...topology } = topologyOf(smallest);
    assert.equal(description, smallest);
    assert.deepEqual(JSON.parse(JSON.stringify(topology)), {
      name: "test",
      tags: {},
      protect: true,
      quotas: {},
      istio: {
        version: CONTEXT.defaults.istioVersion,
        revisions: {},
        charts: { source: "repository" },
      },
      api: { allowFrom: ["192.0.2.1/32"], private: false },
      trust: { root: "generated" },
      linkVia: "peering",
      networks: { main: { vpcs: ["main"] } },
      vpcs: {
        main: {
          id: "main",
          network: "main",
          path: "networks.main",
          cidrs: ["10.10.0.0/16"],
          region: "eu-west-1",
          zones: 3,
          nat: "single",
          account: "",
          flowLogs: false,
          endpoints: [],
        },
      },
      clusters: {
        main: {
          name: "main",
          network: "main",
          vpc: "main",
          compute: "auto-mode",
          kubernetesVersion: CONTEXT.defaults.kubernetesVersion(CONTEXT.defaults.istioVersion),
          gatewayApi: "installed",
          remoteAccess: "eks-identity",
        },
      },
      meshes: {
        dev: {
          name: "dev",
          dataPlane: "sidecar",
          trustDomain: "cluster.local",
          mode: "multi-primary",
          runsIn: ["main"],
          members: { main: { servedBy: [], revision: "" } },
          experimental: false,
          ingress: {},
          values: {},
        },
      },
      virtualMachines: {},
      ecsServices: {},
      federation: {},
    });
  });

  it("is the same for the same description, and plain data", () => {
    fc.assert(
      fc.property(descriptions, (description) => {
        const topology = topologyOf(description);
        assert.deepEqual(topology, topologyOf(structuredClone(description)));
        assert.deepEqual(JSON.parse(JSON.stringify(topology)), plain(topology));
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it("has a VPC by id for each of a network's", () => {
    const { networks, vpcs, clusters } = topologyOf(
      patterns["02-multi-primary-same-network-routed-vpcs"],
    );
    assert.deepEqual(networks, { shared: { vpcs: ["shared-eu", "shared-us"] } });
    assert.deepEqual(
      Object.values(vpcs).map(({ id, path, region }) => [id, path, region]),
      [
        ["shared-eu", "networks.shared.vpcs.eu", "eu-west-1"],
        ["shared-us", "networks.shared.vpcs.us", "us-east-1"],
      ],
    );
    assert.deepEqual(
      Object.values(clusters).map(({ name, vpc }) => [name, vpc]),
      [
        ["east", "shared-us"],
        ["west", "shared-eu"],
      ],
    );
  });

  it("takes what a cluster of yours says of itself", () => {
    const { clusters } = topologyOf({
      ...smallest,
      clusters: {
        main: {
          network: "main",
          existing: {
            kubeconfig: { secret: "main-kubeconfig" },
            kubernetesVersion: "1.33",
            podCidrs: ["10.10.0.0/16"],
            loadBalancers: "managed-nodes",
          },
        },
      },
    });
    const { compute, kubernetesVersion, remoteAccess } = clusters.main;
    assert.deepEqual(
      { compute, kubernetesVersion, remoteAccess },
      {
        compute: "managed-nodes",
        kubernetesVersion: "1.33",
        remoteAccess: "service-account-token",
      },
    );
  });

  it("serves a remote from every cluster that runs istiod, in that order", () => {
    const { meshes } = topologyOf({
      ...smallest,
      clusters: { a: { network: "main" }, b: { network: "main" }, c: { network: "main" } },
      meshes: { dev: { controlPlane: { runsIn: ["c", "a"] }, clusters: { a: {}, b: {}, c: {} } } },
    });
    const { mode, members } = meshes.dev;
    assert.equal(mode, "primary-remote");
    assert.deepEqual(
      Object.entries(members).map(([cluster, { servedBy }]) => [cluster, servedBy]),
      [
        ["a", []],
        ["b", ["c", "a"]],
        ["c", []],
      ],
    );
  });

  it("gives a member its own revision before the mesh's", () => {
    const { meshes } = topologyOf({
      ...smallest,
      istio: { revisions: { canary: { version: "1.31.3" }, next: { version: "1.31.3" } } },
      clusters: { a: { network: "main" }, b: { network: "main" } },
      meshes: { dev: { revision: "canary", clusters: { a: {}, b: { revision: "next" } } } },
    });
    assert.deepEqual(
      Object.values(meshes.dev.members).map(({ revision }) => revision),
      ["canary", "next"],
    );
  });

  it("runs Kubernetes that every Istio version of the stack supports", () => {
    const kubernetes: Record<string, string> = { "1.31.3": "1.36", "1.30.7": "1.35" };
    const { topology } = parse(
      { ...smallest, istio: { version: "1.31.3", revisions: { old: { version: "1.30.7" } } } },
      {
        ...CONTEXT,
        defaults: { istioVersion: "1.31.3", kubernetesVersion: (version) => kubernetes[version] },
      },
    );
    assert.equal(topology?.clusters.main.kubernetesVersion, "1.35");
  });
});

/** Without keys that hold nothing, as JSON leaves them out. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, plain(inner)]),
  );
}
