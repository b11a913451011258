import assert from "node:assert/strict";
import fc from "fast-check";
import { meshTenantRules } from "../../components/tenancy/mesh/rules";
import { topologyRules } from "../../components/topology";
import type { TenantDescription, TopologyDescription } from "../../components/topology";
import { planOf } from "../cli/support";
import type { Graph } from "../support/graph";
import { runDescription } from "../support/program";
import { type Claim, said, testEveryRule, testRules } from "../support/rules";
import { factsOf, patterns } from "../support/topologies";

const good = patterns["05-tenancy-mesh"]!;
const role = (tenant: string) => `arn:aws:iam::123456789012:role/${tenant}`;

const claims: Claim[] = [
  [
    "tenant-mesh-own",
    "one mesh of two tenants",
    ({ tenants }) => (tenants!.of["team-c"] = { mesh: "mesh-a" }),
    'tenants.of.team-c.mesh: got "mesh-a"; allowed: a mesh of its own: tenant team-a has mesh-a; fix: describe one for it under meshes, or share this one with model namespace or cluster',
  ],
  [
    "tenant-mesh-cluster",
    "an istiod of another mesh in a tenant's cluster",
    ({ meshes }) =>
      (meshes["mesh-b"]!.controlPlane = { mode: "external", runsIn: ["a"], configCluster: "b" }),
    'meshes.mesh-b.controlPlane.runsIn[0]: got "a", a cluster of tenant team-a; allowed: clusters of mesh mesh-b, or of no mesh; fix: run these istiods elsewhere: who administers the cluster would hold their keys',
  ],
  [
    "tenant-mesh-network",
    "two meshes on one network",
    (description) => {
      delete description.federation;
      description.clusters.b!.network = "net-a";
      delete description.networks["net-b"];
      delete description.tenants!.of["team-b"];
    },
    "tenants.of.team-a.mesh: got mesh mesh-a on network net-a, that of mesh mesh-b too; allowed: networks that no other mesh is on; fix: put the clusters of one of the two on a network of their own: who is let in from a network is let in with all that is on it",
  ],
  [
    "tenant-mesh-trust-domain",
    "the domain of everybody, and that of another mesh",
    (description) => {
      delete description.federation;
      delete description.meshes["mesh-a"]!.trustDomain;
      delete description.tenants!.of["team-b"];
      description.networks["net-c"] = { cidr: "10.30.0.0/16" };
      description.clusters.c = { network: "net-c" };
      description.meshes["mesh-c"] = {
        trustDomain: "team-b.example",
        clusters: { c: {} },
        trust: {},
      };
      description.tenants!.of["team-c"] = { mesh: "mesh-c" };
    },
    'meshes.mesh-a.trustDomain: got "cluster.local"; allowed: one that no other mesh has, and not cluster.local; fix: say one, such as mesh-a.example',
    'meshes.mesh-c.trustDomain: got "team-b.example", that of mesh mesh-b too; allowed: one that no other mesh has, and not cluster.local; fix: say one, such as mesh-c.example',
  ],
  [
    "tenant-mesh-roots",
    "a root in common",
    (description) => {
      delete description.federation;
      for (const mesh of Object.values(description.meshes)) delete mesh.trust;
    },
    "meshes.mesh-a.trust: got a root of mesh mesh-b; allowed: roots that no other mesh has; fix: set meshes.mesh-a.trust to {} for one that is generated: an istiod below a shared root could sign for both",
    "meshes.mesh-b.trust: got a root of mesh mesh-a; allowed: roots that no other mesh has; fix: set meshes.mesh-b.trust to {} for one that is generated: an istiod below a shared root could sign for both",
  ],
  [
    "tenant-mesh-fields",
    "parts of a mesh that is all the tenant's",
    ({ tenants }) => {
      const shares = { "web.web.svc.cluster.local": { to: ["team-b"], pods: {}, ports: [] } };
      const hosts = { "a.example": { ingress: "web", certificate: "web/tls" } };
      const parts = { namespaces: ["web"], clusters: ["a"], hosts, shares };
      Object.assign(tenants!.of["team-a"]!, parts);
      const limits: Partial<TenantDescription> = { quota: {}, limits: {}, egress: "open" };
      Object.assign(tenants!.of["team-b"]!, limits);
    },
    'tenants.of.team-a.namespaces: got ["web"]; allowed: nothing with model mesh: all namespaces of its clusters are the tenant\'s; fix: remove it',
    'tenants.of.team-a.clusters: got ["a"]; allowed: nothing with model mesh: its clusters are those of its mesh; fix: remove it',
    "tenants.of.team-a.hosts: got a map of a.example; allowed: nothing with model mesh: its people route at ingress gateways of its mesh; fix: remove it",
    "tenants.of.team-a.shares: got a map of web.web.svc.cluster.local; allowed: nothing with model mesh: meshes offer services to each other by `federation.exports`; fix: remove it",
    "tenants.of.team-b.quota: got {}; allowed: nothing with model mesh: nobody else uses its clusters; fix: remove it",
    "tenants.of.team-b.limits: got {}; allowed: nothing with model mesh: nobody else uses its clusters; fix: remove it",
    'tenants.of.team-b.egress: got "open"; allowed: nothing with model mesh: what its pods call is the tenant\'s to say; fix: remove it',
  ],
  [
    "tenant-mesh-brought",
    "admins of a cluster of yours",
    ({ clusters }) => {
      clusters.a = {
        network: "net-a",
        existing: {
          ...{ kubeconfig: { secret: "a" }, kubernetesVersion: "1.35" },
          ...{ podCidrs: ["10.10.0.0/16"], endpoint: "https://a.example" },
          ...{ certificateAuthority: "Q0E=", securityGroupId: "sg-1", loadBalancers: "controller" },
        },
      };
    },
    "tenants.of.team-a.admins: got 1 for a, which is brought along; allowed: none where a cluster of the mesh is yours: it says itself who administers it; fix: remove them, and give them their rights where you made the cluster",
  ],
];

describe("rules about tenants that have a mesh each", () => {
  testRules(meshTenantRules, good, claims);
  testEveryRule(meshTenantRules, claims);

  it("know a tenant's admins as people of its clusters", () => {
    const description = structuredClone(good);
    description.tenants!.of["team-a"]!.admins = ["team-a", role("team-b")];
    description.access = { admins: [role("team-b")] };
    delete description.tenants!.of["team-b"]!.admins;
    assert.match(
      said(topologyRules, "access-principal", description).join(),
      /^tenants.of.team-a.admins\[0\]: got "team-a"; allowed: the ARN of an IAM role or user/,
    );
    assert.match(
      said(topologyRules, "access-twice", description).join(),
      /^tenants.of.team-a.admins\[1\]: got "[^"]+"; allowed: somebody else: access.admins\[0\] is the same; fix/,
    );
  });
});

/** So many tenants with a mesh of one cluster each, of which the first offers a service to all others; no two ranges are neighbours. */
function crowd(count: number): TopologyDescription {
  const all = Array.from({ length: count }, (_, index) => index);
  const each = <T>(make: (index: number) => [string, T]) => Object.fromEntries(all.map(make));
  const others = all.slice(1).map((index) => `m${index}`);
  return {
    ...{ name: "demo", istio: { version: "1.31.4" }, links: { via: "transit-gateway" } },
    api: { allowFrom: ["203.0.113.7/32"] },
    networks: each((index) => [`n${index}`, { cidr: `10.${2 * index}.0.0/16` }]),
    clusters: each((index) => [`c${index}`, { network: `n${index}` }]),
    meshes: each((index) => [
      `m${index}`,
      { trustDomain: `m${index}.example`, trust: {}, clusters: { [`c${index}`]: {} } },
    ]),
    tenants: {
      model: "mesh",
      of: each((index) => [`t${index}`, { mesh: `m${index}`, admins: [role(`t${index}`)] }]),
    },
    federation: {
      gateways: { m0: { clusters: ["c0"] } },
      exports: {
        audit: {
          ...{ from: "m0", to: others },
          services: {
            "audit.audit.svc.cluster.local": {
              ...{ ports: { http: 8080 }, serviceAccounts: ["audit"] },
              allow: others.map((mesh) => `${mesh}/web`),
            },
          },
        },
      },
    },
  };
}

describe("tenants that have a mesh each", () => {
  let graph: Graph;
  before(async () => {
    graph = await runDescription(good);
  });

  it("administer the clusters of their mesh, and no other", () => {
    const entries = graph.ofType("aws:eks/accessPolicyAssociation:AccessPolicyAssociation");
    const admins = entries
      .filter(({ inputs }) => String(inputs.policyArn).endsWith("/AmazonEKSClusterAdminPolicy"))
      .map(({ inputs }) => `${inputs.principalArn} ${inputs.clusterName}`);
    assert.deepEqual(
      admins.filter((one) => one.includes("role/team")).sort(),
      ["a", "b"].map((name) => `${role(`team-${name}`)} dev-${name}`),
    );
    assert.equal(graph.ofType("istio-patterns:index:NamespaceTenant").length, 0);
  });

  it("are watched by no istiod of another mesh", () => {
    const { access } = factsOf(good);
    assert.deepEqual(Object.keys(access.readers), []);
    assert.deepEqual(Object.keys(access.watchers), []);
  });

  it("are in the plan", async () => {
    const { report } = await planOf(good);
    assert.deepEqual(report.tenants, [
      {
        name: "team-a",
        mesh: "mesh-a",
        namespaces: [],
        admins: [role("team-a")],
        hosts: {},
        shares: {},
      },
      {
        name: "team-b",
        mesh: "mesh-b",
        namespaces: [],
        admins: [role("team-b")],
        hosts: {},
        shares: {},
      },
    ]);
  });

  it("add the same number of resources each, however many there are", async () => {
    const sizes = [];
    for (const count of [2, 3, 4, 8])
      sizes.push((await runDescription(crowd(count))).resources.length);
    const [two, three, four, eight] = sizes as [number, number, number, number];
    assert.equal(four - three, three - two);
    assert.equal(eight - four, 4 * (three - two));
  });

  it("are refused each what is for another", () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 6 }), (count) => {
        const { configurations } = factsOf(crowd(count)).federation;
        const { peers } = configurations["m0/c0"]!;
        for (const [domain, { mesh, services }] of Object.entries(peers)) {
          assert.equal(domain, `${mesh}.example`);
          assert.deepEqual(services["audit.audit.svc.cluster.local"]!.namespaces, ["web"]);
        }
        const others = Object.keys(configurations).filter((key) => key !== "m0/c0");
        for (const key of others)
          assert.deepEqual(Object.keys(configurations[key]!.peers), ["m0.example"]);
      }),
    );
  });
});
