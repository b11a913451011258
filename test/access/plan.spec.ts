import assert from "node:assert/strict";
import { planAccess, readerRoleName } from "../../components/access";
import { RemoteAccess } from "../../components/topology";
import type { TopologyDescription } from "../../components/topology";
import { relationsOf } from "../support/topologies";
import { transitGateways } from "../support/variants";

const pair: TopologyDescription = {
  name: "demo",
  istio: { version: "1.31.3" },
  networks: { shared: { cidr: "10.10.0.0/16" } },
  clusters: { east: { network: "shared" }, west: { network: "shared" } },
  meshes: { prod: { clusters: { east: {}, west: {} } } },
};

describe("the plan of access", () => {
  it("is empty where a mesh has one cluster", () => {
    const plan = planAccess(
      relationsOf({
        istio: { version: "1.31.3" },
        networks: { main: { cidr: "10.10.0.0/16" } },
        clusters: { main: { network: "main" } },
        meshes: { dev: { clusters: { main: {} } } },
      }),
    );
    assert.deepEqual(plan, { providers: {}, roles: {}, readers: {}, watchers: {} });
  });

  it("lets two primaries of one account watch each other as one role", () => {
    const plan = planAccess(relationsOf(pair));
    assert.deepEqual(plan.roles, {
      prod: {
        roleName: "demo-istio-reader-prod-3854672c",
        provider: "us-east-1",
        partition: "aws",
        account: undefined,
        iam: {},
        mesh: "prod",
        namespace: "istio-system",
        assumedBy: [],
      },
    });
    assert.deepEqual(plan.readers["prod/west"], {
      mesh: "prod",
      cluster: "west",
      namespace: "istio-system",
      kind: "eks-identity",
      role: "prod",
      groupName: "istio-reader-prod",
      rights: "read",
      istiods: ["istiod"],
    });
    assert.deepEqual(plan.watchers["prod/east"], {
      mesh: "prod",
      cluster: "east",
      namespace: "istio-system",
      serviceAccounts: ["istiod"],
      role: "prod",
      watches: [
        {
          cluster: "west",
          kind: "eks-identity",
          rights: "read",
          eksName: "demo-west",
          region: "eu-west-1",
          assume: undefined,
        },
      ],
    });
  });

  it("has one role per account, and each may become the other", () => {
    const { roles, watchers } = planAccess(relationsOf(transitGateways));
    assert.deepEqual(Object.keys(roles).sort(), ["prod", "prod/210987654321"]);
    assert.deepEqual(roles.prod.assumedBy, ["prod/210987654321"]);
    assert.deepEqual(roles["prod/210987654321"].assumedBy, ["prod"]);
    assert.equal(roles["prod/210987654321"].account, "210987654321");
    const assumed = (key: string) => watchers[key].watches.map(({ assume }) => assume);
    assert.deepEqual(assumed("prod/a"), [undefined, "prod/210987654321"]);
    assert.deepEqual(assumed("prod/c"), ["prod", "prod"]);
  });

  it("gives a cluster you bring a reader with a token, and a watcher with a role", () => {
    const { roles, readers, watchers } = planAccess(
      relationsOf({
        ...pair,
        clusters: {
          east: { network: "shared" },
          lab: {
            network: "shared",
            existing: {
              kubeconfig: { secret: "labKubeconfig" },
              kubernetesVersion: "1.35",
              podCidrs: ["10.20.0.0/20"],
              eksName: "lab-1",
            },
          },
        },
        meshes: { prod: { clusters: { east: {}, lab: {} } } },
      }),
    );
    assert.equal(readers["prod/lab"].kind, RemoteAccess.ServiceAccountToken);
    assert.equal(readers["prod/lab"].role, undefined);
    assert.equal(watchers["prod/lab"].role, "prod");
    assert.equal(watchers["prod/east"].role, undefined);
    assert.deepEqual(Object.keys(roles), ["prod"]);
  });

  it("names a service account per istiod that runs in the cluster", () => {
    const plan = planAccess(
      relationsOf({
        ...pair,
        istio: { revisions: { canary: { version: "1.31.3" }, stable: { version: "1.31.2" } } },
        meshes: { prod: { revision: "stable", clusters: { east: {}, west: {} } } },
      }),
    );
    for (const key of ["prod/east", "prod/west"])
      assert.deepEqual(plan.watchers[key].serviceAccounts, ["istiod-canary", "istiod-stable"]);
  });
});

describe("the name of a reader's role", () => {
  it("ends in a digest of topology and mesh, which joined would be the same", () => {
    assert.equal(readerRoleName("demo", "prod"), "demo-istio-reader-prod-3854672c");
    assert.notEqual(
      readerRoleName("a", "b-istio-reader-c"),
      readerRoleName("a-istio-reader-b", "c"),
    );
  });

  it("is cut where IAM would refuse it, and stays different", () => {
    const long = "m".repeat(62);
    const names = [`${long}a`, `${long}b`].map((mesh) => readerRoleName("demo", mesh));
    assert.deepEqual(
      names.map((name) => name.length),
      [64, 64],
    );
    assert.notEqual(names[0], names[1]);
    assert.equal(names[0].startsWith("demo-istio-reader-mmm"), true);
  });
});
