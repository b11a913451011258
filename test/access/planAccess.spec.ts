import assert from "node:assert/strict";
import fc from "fast-check";
import { planAccess, readerRoleName, watchRelation } from "../../components/access";
import { planIstio } from "../../components/istio/planIstio";
import { accountId, memberKey, RemoteAccess } from "../../components/topology";
import type { Topology, TopologyDescription } from "../../components/topology";
import { descriptions } from "../support/descriptions";
import { topologyOf } from "../support/topologies";
import { transitGateways } from "../support/variants";

const pair: TopologyDescription = {
  name: "demo",
  networks: { shared: { cidr: "10.10.0.0/16" } },
  clusters: { east: { network: "shared" }, west: { network: "shared" } },
  meshes: { prod: { clusters: { east: {}, west: {} } } },
};

describe("the plan of access", () => {
  it("is empty where a mesh has one cluster", () => {
    const plan = planAccess(
      relationsOf({
        networks: { main: { cidr: "10.10.0.0/16" } },
        clusters: { main: { network: "main" } },
        meshes: { dev: { clusters: { main: {} } } },
      }),
    );
    assert.deepEqual(plan, { roles: {}, readers: {}, watchers: {} });
  });

  it("lets two primaries of one account watch each other as one role", () => {
    const plan = planAccess(relationsOf(pair));
    assert.deepEqual(plan.roles, {
      prod: {
        roleName: "demo-istio-reader-prod",
        provider: "eu-west-1",
        partition: "aws",
        account: "",
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
      revisions: [""],
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
        istio: { revisions: { canary: { version: "1.31.3" }, idle: { version: "1.31.3" } } },
        meshes: { prod: { clusters: { east: {}, west: { revision: "canary" } } } },
      }),
    );
    assert.deepEqual(plan.watchers["prod/east"].serviceAccounts, ["istiod"]);
    assert.deepEqual(plan.watchers["prod/west"].serviceAccounts, ["istiod", "istiod-canary"]);
  });

  it("knows the partitions of China and of the US government", () => {
    const partition = (region: string) =>
      planAccess(relationsOf({ ...pair, networks: { shared: { cidr: "10.10.0.0/16", region } } }))
        .roles.prod.partition;
    assert.equal(partition("cn-north-1"), "aws-cn");
    assert.equal(partition("us-gov-west-1"), "aws-us-gov");
  });
});

describe("the name of a reader's role", () => {
  const named = (name: string) => topologyOf({ ...pair, name });

  it("is plain where it is short", () => {
    assert.equal(readerRoleName(named("demo"), "prod"), "demo-istio-reader-prod");
  });

  it("ends in a digest where IAM would refuse it, and stays different", () => {
    const long = "m".repeat(62);
    const names = [`${long}a`, `${long}b`].map((mesh) => readerRoleName(named("demo"), mesh));
    assert.deepEqual(
      names.map((name) => name.length),
      [64, 64],
    );
    assert.notEqual(names[0], names[1]);
    assert.equal(names[0].startsWith("demo-istio-reader-mmm"), true);
  });
});

/** Properties of whatever a valid description is planned to. */
function property(claim: (topology: Topology) => void): void {
  const built = descriptions.map((description) => topologyOf(description));
  fc.assert(fc.property(built, claim), { numRuns: 200 });
}

describe("every plan of access", () => {
  it("watches from each control plane each other member of its mesh, and nothing else", () => {
    property((topology) => {
      const watches = watchRelation(topology).map(
        ({ mesh, watcher, watched }) => `${mesh} ${watcher} ${watched}`,
      );
      const expected = Object.values(topology.meshes).flatMap(({ name, runsIn, members }) =>
        runsIn.flatMap((watcher) =>
          Object.keys(members)
            .filter((watched) => watched !== watcher)
            .map((watched) => `${name} ${watcher} ${watched}`),
        ),
      );
      assert.deepEqual(watches.sort(), expected.sort());
      assert.equal(new Set(watches).size, watches.length);
    });
  });

  it("has a reader for what is watched, and a watcher for who watches", () => {
    property((topology) => {
      const plan = planAccess(topology);
      const relation = watchRelation(topology);
      const watched = new Set(relation.map((one) => memberKey(one.mesh, one.watched)));
      const watching = new Set(relation.map((one) => memberKey(one.mesh, one.watcher)));
      assert.deepEqual(new Set(Object.keys(plan.readers)), watched);
      assert.deepEqual(new Set(Object.keys(plan.watchers)), watching);
      const total = Object.values(plan.watchers).flatMap(({ watches }) => watches).length;
      assert.equal(total, relation.length);
    });
  });

  it("names roles that exist, in the account where they are used, and assumes only as trusted", () => {
    property((topology) => {
      const { roles, readers, watchers } = planAccess(topology);
      const accountOf = (cluster: string) =>
        accountId(topology.vpcs[topology.clusters[cluster].vpc].account);
      for (const { role, cluster, kind } of Object.values(readers)) {
        assert.equal(role !== undefined, kind === RemoteAccess.EksIdentity);
        if (role) assert.equal(roles[role].account, accountOf(cluster));
      }
      for (const { role, cluster, watches } of Object.values(watchers)) {
        if (role) assert.equal(roles[role].account, accountOf(cluster));
        for (const { assume } of watches) {
          if (assume) assert.ok(roles[assume].assumedBy.includes(role!));
        }
      }
    });
  });

  it("has role names that IAM takes, one per mesh and account", () => {
    property((topology) => {
      const roles = Object.values(planAccess(topology).roles);
      const places = roles.map(({ roleName, account }) => `${account} ${roleName}`);
      assert.equal(new Set(places).size, places.length);
      for (const { roleName } of roles) assert.match(roleName, /^[\w+=,.@-]{1,64}$/);
    });
  });

  it("refreshes tokens exactly where istiod has the refresher beside it", () => {
    property((topology) => {
      const { watchers } = planAccess(topology);
      for (const [key, { refreshesTokens, istiods }] of Object.entries(
        planIstio(topology).controlPlanes,
      )) {
        assert.equal(watchers[key]?.role !== undefined, refreshesTokens);
        if (!watchers[key]) continue;
        assert.equal(watchers[key].serviceAccounts.length, istiods.length);
      }
    });
  });

  it("is the same each time", () => {
    property((topology) => assert.deepEqual(planAccess(topology), planAccess(topology)));
  });
});
