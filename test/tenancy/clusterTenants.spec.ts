import assert from "node:assert/strict";
import fc from "fast-check";
import { clusterTenantRules } from "../../components/tenancy/cluster/rules";
import { guardSpecs } from "../../components/tenancy/namespace/admission";
import { networkPolicies } from "../../components/tenancy/namespace/networkPolicies";
import { tenantKey } from "../../components/topology";
import type { TopologyDescription } from "../../components/topology";
import { planOf } from "../cli/support";
import { cellsOf } from "../mesh/reach/support";
import { runDescription } from "../support/program";
import { type Claim, testEveryRule, testRules } from "../support/rules";
import { factsOf, patterns } from "../support/topologies";

const good = patterns["05-tenancy-cluster"]!;
const HOST = "web.team-b-web.svc.cluster.local";
const role = (tenant: string) => `arn:aws:iam::123456789012:role/${tenant}`;

function changed(change: (description: TopologyDescription) => void): TopologyDescription {
  const description = structuredClone(good);
  change(description);
  return description;
}

const of = ({ tenants }: TopologyDescription, name = "team-a") => tenants!.of[name]!;

const claims: Claim[] = [
  [
    "tenant-cluster-clusters",
    "no cluster, another's, one twice and one of no member",
    (description) => {
      description.networks["net-far"] = { cidr: "10.30.0.0/16" };
      description.clusters.far = { network: "net-far" };
      of(description).clusters = [];
      of(description, "team-b").clusters = ["west", "west", "far"];
      description.tenants!.of["dev"] = {
        ...{ mesh: "prod", namespaces: ["dev-web"], clusters: ["east"] },
      };
      description.tenants!.of["ops"] = {
        ...{ mesh: "prod", namespaces: ["ops-web"], clusters: ["east"] },
      };
    },
    'tenants.of.ops.clusters[0]: got "east"; allowed: a cluster that no tenant has yet: tenant dev has it; fix: remove it here, or separate these tenants with model namespace',
    "tenants.of.team-a.clusters: got none; allowed: clusters of mesh prod: east, west; fix: name those that are the tenant's",
    'tenants.of.team-b.clusters[1]: got "west"; allowed: a cluster that no tenant has yet; fix: remove it here, or separate these tenants with model namespace',
    'tenants.of.team-b.clusters[2]: got "far"; allowed: clusters of mesh prod: east, west; fix: name one of these, or make it a member of the mesh',
  ],
  [
    "tenant-cluster-prefix",
    "a namespace that could be anybody's",
    (description) => (of(description).namespaces = ["web"]),
    'tenants.of.team-a.namespaces[0]: got "web"; allowed: names that begin with team-a-; fix: rename it team-a-web: no other cluster of the mesh takes a namespace that begins so',
  ],
  [
    "tenant-cluster-name",
    "names that begin as others'",
    (description) => {
      const { of: all } = description.tenants!;
      all["team"] = { mesh: "prod", namespaces: ["team-x"], clusters: [] };
      all["kube"] = { mesh: "prod", namespaces: ["kube-x"], clusters: [] };
      all["old"] = { mesh: "prod", namespaces: ["old-x"], clusters: [] };
      description.virtualMachines = {
        legacy: {
          ...{ mesh: "prod", controlledBy: "east", network: "net-east", namespace: "old-legacy" },
          ...{ serviceAccount: "legacy", ports: { http: 8080 } },
        },
      };
    },
    'tenants.of.kube: got "kube", whose namespaces begin with kube-; allowed: a name that goes with kube- of Kubernetes, AWS, Istio or this package: neither begins with the other; fix: rename one of the two',
    'tenants.of.old: got "old", whose namespaces begin with old-; allowed: a name that goes with old-legacy of machines legacy: neither begins with the other; fix: rename one of the two',
    'tenants.of.team-a: got "team-a", whose namespaces begin with team-a-; allowed: a name that goes with team- of tenant team: neither begins with the other; fix: rename one of the two',
    'tenants.of.team-b: got "team-b", whose namespaces begin with team-b-; allowed: a name that goes with team- of tenant team: neither begins with the other; fix: rename one of the two',
  ],
  [
    "tenant-cluster-admin",
    "a tenant that administers its cluster",
    ({ clusters }) => (clusters.east!.access = { admins: [role("team-a")] }),
    `tenants.of.team-a.admins[0]: got "${role("team-a")}", who administers all of cluster east; allowed: nobody who administers a cluster of mesh prod: identities hold no cluster, so who may make any namespace in one is every tenant in all; fix: use mesh tenants (model mesh, a mesh for each), or name a role that only the tenant takes and take it off \`access\``,
  ],
  [
    "tenant-cluster-ambient",
    "a mesh without sidecars",
    ({ meshes }) => (meshes.prod!.dataPlane = "ambient"),
    "meshes.prod.dataPlane: got ambient, in a mesh whose clusters are tenants'; allowed: sidecar: in ambient a label that its tenant writes makes a Service known in all clusters; fix: say sidecar, or give each tenant a mesh of its own (model mesh)",
  ],
  [
    "tenant-cluster-host",
    "a host at the gateway of another's cluster",
    (description) => {
      description.meshes.prod!.ingress = { public: { clusters: ["east"] } };
      for (const name of ["team-a", "team-b"])
        of(description, name).hosts = {
          [`${name}.example`]: { ingress: "public", certificate: `${name}-web/tls` },
        };
    },
    'tenants.of.team-b.hosts["team-b.example"].ingress: got "public", which stands in east; allowed: a gateway in a cluster of tenant team-b: west; fix: choose one, or let this one stand there too',
  ],
];

describe("rules about tenants that have clusters of a mesh", () => {
  testRules(clusterTenantRules, good, claims);
  testEveryRule(clusterTenantRules, claims);
});

const { tenancy } = factsOf(good);
const keyOf = (cluster: string, tenant: string) => tenantKey("prod", cluster, tenant);
const meshConfigOf = (facts: ReturnType<typeof factsOf>, key: string) =>
  facts.istio.controlPlanes[key]!.istiods[0]!.neededValues?.meshConfig as Record<string, unknown>;

describe("tenants that have clusters of a mesh", () => {
  it("stand in their own alone, and are administered there alone", () => {
    assert.deepEqual(Object.keys(tenancy.tenants), [
      keyOf("east", "team-a"),
      keyOf("west", "team-b"),
    ]);
    assert.deepEqual(tenancy.admins, {
      east: { cluster: "east", admins: { [role("team-a")]: ["istio-patterns-tenant-team-a"] } },
      west: { cluster: "west", admins: { [role("team-b")]: ["istio-patterns-tenant-team-b"] } },
    });
  });

  it("keep Services to their own cluster, but for those that are shared and those of several clusters", () => {
    const shared = [
      { settings: { clusterLocal: true }, hosts: ["*"] },
      { settings: { clusterLocal: false }, hosts: [HOST] },
    ];
    for (const key of ["prod/east", "prod/west"])
      assert.deepEqual(meshConfigOf(factsOf(good), key).serviceSettings, shared, key);
    const spread = changed((description) => {
      description.networks["net-far"] = { cidr: "10.30.0.0/16" };
      description.clusters.far = { network: "net-far" };
      description.meshes.prod!.clusters.far = {};
      of(description).clusters = ["east", "far"];
      of(description, "team-b").shares![HOST]!.to = [];
    });
    assert.deepEqual(meshConfigOf(factsOf(spread), "prod/east").serviceSettings, [
      { settings: { clusterLocal: true }, hosts: ["*"] },
      { settings: { clusterLocal: false }, hosts: ["*.team-a-web.svc.cluster.local"] },
    ]);
  });

  it("are no setting of meshes that tenants share by namespaces", () => {
    const description = changed(({ tenants }) => {
      tenants!.model = "namespace";
      for (const tenant of Object.values(tenants!.of)) delete tenant.clusters;
    });
    assert.equal("serviceSettings" in meshConfigOf(factsOf(description), "prod/east"), false);
    assert.equal("namespaces" in guardSpecs(factsOf(description).tenancy.guards.east!), false);
  });

  it("have names that no other cluster takes for a namespace, whoever makes it", () => {
    const spec = guardSpecs(tenancy.guards.east!).namespaces!;
    assert.deepEqual(spec.matchConstraints, {
      resourceRules: [
        {
          ...{ apiGroups: [""], resources: ["namespaces"] },
          ...{ operations: ["CREATE"], apiVersions: ["*"] },
        },
      ],
    });
    assert.deepEqual(spec.validations, [
      {
        expression: "!['team-b-'].exists(prefix, object.metadata.name.startsWith(prefix))",
        message: "name: it begins as those of a tenant that has other clusters of the mesh",
      },
    ]);
    assert.deepEqual(tenancy.guards.west!.foreign, ["team-a-"]);
  });

  it("send packets to gateways of the clusters that they have or are shared with, and to no other", () => {
    const description = changed((changing) => {
      changing.networks["net-far"] = { cidr: "10.30.0.0/16" };
      changing.clusters.far = { network: "net-far" };
      changing.meshes.prod!.clusters.far = {};
      changing.tenants!.of["dev"] = {
        ...{ mesh: "prod", clusters: ["far"], namespaces: ["dev-web"] },
      };
    });
    const { tenants } = factsOf(description).tenancy;
    assert.deepEqual(tenants[keyOf("east", "team-a")]!.network.far, ["10.20.0.0/16"]);
    assert.deepEqual(tenants[keyOf("west", "team-b")]!.network.far, ["10.10.0.0/16"]);
    const alone = tenants[keyOf("far", "dev")]!;
    assert.deepEqual(alone.network.far, []);
    const { tenant } = networkPolicies({ ...alone, namespace: "dev-web" });
    assert.equal(JSON.stringify(tenant).includes("15443"), false);
  });

  it("have their configuration, and no pod, where the istiod that serves them reads it", () => {
    const description = changed(({ meshes }) => {
      meshes.prod!.controlPlane = { mode: "primary-remote", runsIn: ["east"] };
    });
    const facts = factsOf(description).tenancy;
    assert.deepEqual(Object.keys(facts.tenants).sort(), [
      keyOf("east", "team-a"),
      keyOf("east", "team-b"),
      keyOf("west", "team-b"),
    ]);
    const remote = facts.tenants[keyOf("west", "team-b")]!;
    const read = facts.tenants[keyOf("east", "team-b")]!;
    assert.deepEqual([remote.mesh.isConfigured, remote.use.quota.pods], [false, 50]);
    assert.deepEqual([read.mesh.isConfigured, read.use.quota.pods], [true, 0]);
    assert.deepEqual(facts.guards.east!.foreign, []);
    assert.deepEqual(facts.guards.west!.foreign, ["team-a-"]);
    assert.deepEqual(facts.admins.east!.admins, {
      [role("team-a")]: ["istio-patterns-tenant-team-a"],
      [role("team-b")]: ["istio-patterns-tenant-team-b"],
    });
  });

  it("add the same number of resources each, whatever the others", async () => {
    const sizes = [];
    for (const count of [2, 3, 4])
      sizes.push((await runDescription(crowd(count))).resources.length);
    const [two, three, four] = sizes as [number, number, number];
    assert.ok(three > two);
    assert.equal(four - three, three - two);
  });

  it("change nothing of one tenant by another, but for the name that its clusters refuse", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), (count) => {
        const before = factsOf(crowd(5)).tenancy;
        const after = factsOf(crowd(count)).tenancy;
        for (const [key, { network, ...tenant }] of Object.entries(after.tenants)) {
          const { network: was, ...same } = before.tenants[key]!;
          assert.deepEqual(tenant, same);
          assert.deepEqual(network.far, was.far);
        }
        for (const { cluster, foreign } of Object.values(after.guards))
          assert.deepEqual(
            foreign,
            Array.from({ length: count }, (_, index) => index)
              .filter((index) => cluster !== `c${index}`)
              .map((index) => `t${index}-`),
          );
      }),
    );
  });

  it("are in the plan with their clusters", async () => {
    const { report } = await planOf(good);
    assert.deepEqual(
      report.tenants.map(({ name, clusters: own, namespaces }) => [name, own, namespaces]),
      [
        ["team-a", ["east"], ["team-a-web"]],
        ["team-b", ["west"], ["team-b-web", "team-b-db"]],
      ],
    );
  });
});

/** So many tenants of one mesh with a namespace each, all in five clusters: the fifth and later have none. */
function crowd(count: number): TopologyDescription {
  const all = Array.from({ length: 5 }, (_, index) => index);
  const each = <T>(make: (index: number) => [string, T]) => Object.fromEntries(all.map(make));
  return {
    ...{ name: "demo", istio: { version: "1.31.4" }, links: { via: "transit-gateway" } },
    api: { allowFrom: ["203.0.113.7/32"] },
    networks: each((index) => [`n${index}`, { cidr: `10.${2 * index}.0.0/16` }]),
    clusters: each((index) => [`c${index}`, { network: `n${index}` }]),
    meshes: { prod: { trustDomain: "prod.example", clusters: each((index) => [`c${index}`, {}]) } },
    tenants: {
      model: "cluster",
      of: Object.fromEntries(
        all.slice(0, count).map((index) => [
          `t${index}`,
          {
            ...{ mesh: "prod", clusters: [`c${index}`], namespaces: [`t${index}-web`] },
            admins: [role(`t${index}`)],
          },
        ]),
      ),
    },
  };
}

describe("the matrix of tenants that have clusters", () => {
  const cells = cellsOf(good);

  it("has whom a service is shared with through the gateway, as who they are, and no other tenant", () => {
    assert.equal(
      cells[`${keyOf("east", "team-a")} → prod/web.team-b-web`],
      "through prod/west/east-west as spiffe://prod.example/ns/team-a-web/sa/*",
    );
    assert.equal(
      cells[`${keyOf("east", "team-a")} → ${keyOf("west", "team-b")}`],
      "not at all: other-tenant",
    );
    assert.equal(keyOf("east", "team-b") in cells, false);
  });

  it("has clients of a gateway where the tenant is that has a host there, and there alone", () => {
    const description = changed(({ meshes, tenants }) => {
      meshes.prod!.ingress = { public: { clusters: ["east", "west"] } };
      tenants!.of["team-a"]!.hosts = {
        "a.example": { ingress: "public", certificate: "team-a-web/tls" },
      };
    });
    const led = cellsOf(description);
    const to = keyOf("east", "team-a");
    assert.match(led[`prod/east/public → ${to}`]!, /^through prod\/east\/public as/);
    assert.equal(led[`prod/west/public → ${to}`], "not at all: other-tenant");
    assert.equal(led["prod/west/public → prod/east"], "not at all: cluster-local");
    const { tenants } = factsOf(description).tenancy;
    assert.equal(tenants[to]!.ingress.public!.isHere, true);
    assert.deepEqual(tenants[keyOf("west", "team-b")]!.ingress, {});
  });

  it("keeps what is no tenant's to its cluster", () => {
    assert.equal(cells["prod/east → prod/west"], "not at all: cluster-local");
    assert.match(cells["prod/east → prod/east"]!, /^direct/);
  });
});
