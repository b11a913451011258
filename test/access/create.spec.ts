import assert from "node:assert/strict";
import type { TopologyDescription } from "../../components/topology";
import {
  assertDependsOn,
  assertIndependent,
  assertSecret,
  floorOf,
  resourceSet,
} from "../support/graph";
import { transitGateways } from "../support/variants";
import {
  ASSOCIATION,
  BINDING,
  CLUSTER_ROLE,
  CONFIG_MAP,
  ENDPOINT,
  ENTRY,
  kubeconfigs,
  NAMESPACE,
  NODES,
  ROLE,
  ROLE_POLICY,
  run,
  SECRET,
  STAND_IN,
} from "./surroundings";

const pair: TopologyDescription = {
  name: "demo",
  istio: { version: "1.31.3" },
  networks: { shared: { cidr: "10.10.0.0/16" } },
  clusters: { east: { network: "shared" }, west: { network: "shared" } },
  meshes: { prod: { clusters: { east: {}, west: {} } } },
};
const byToken: TopologyDescription = {
  ...pair,
  clusters: {
    east: { network: "shared" },
    west: { network: "shared", remoteAccess: "service-account-token" },
  },
};

describe("access by EKS identity", () => {
  it("makes one access entry, role and binding in each watched cluster", async () => {
    const graph = await run(pair);
    floorOf(graph, ENTRY, 2);
    const { inputs } = graph.one(ENTRY, "demo-prod-west-reader");
    assert.deepEqual(inputs, {
      clusterName: "demo-west",
      principalArn: "arn:aws:iam::123456789012:role/demo-istio-reader-prod-3854672c",
      kubernetesGroups: ["istio-reader-prod"],
      type: "STANDARD",
    });
    const role = graph.one(CLUSTER_ROLE, "demo-prod-west-reader-role");
    assert.equal(role.inputs.metadata.name, "istio-reader-prod");
    const binding = graph.one(BINDING, "demo-prod-west-reader-binding").inputs;
    assert.deepEqual(binding.roleRef.name, "istio-reader-prod");
    assert.deepEqual(binding.subjects, [
      { apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "istio-reader-prod" },
    ]);
  });

  it("only lets readers read, but for the two reviews and the service exports of istiod", async () => {
    const graph = await run(pair);
    floorOf(graph, CLUSTER_ROLE, 2);
    for (const { inputs } of graph.ofType(CLUSTER_ROLE)) {
      const writes = inputs.rules.filter(({ verbs }: { verbs: string[] }) =>
        verbs.some((verb) => !["get", "list", "watch"].includes(verb)),
      );
      assert.deepEqual(
        writes.map(({ resources }: { resources: string[] }) => resources),
        [["serviceexports"], ["tokenreviews"], ["subjectaccessreviews"]],
      );
    }
  });

  it("gives the mesh one role without rights, for its own account's istiods", async () => {
    const graph = await run(pair);
    floorOf(graph, ROLE, 1);
    const { inputs } = graph.one(ROLE);
    assert.equal(inputs.name, "demo-istio-reader-prod-3854672c");
    const { Statement } = JSON.parse(inputs.assumeRolePolicy);
    assert.deepEqual(Statement.length, 1);
    assert.deepEqual(Statement[0].Condition.StringEquals, {
      "aws:SourceAccount": "123456789012",
      "aws:RequestTag/kubernetes-namespace": "istio-system",
    });
    assert.equal(graph.ofType(ROLE_POLICY).length, 0);
  });

  it("associates istiod's service account and lists the clusters for its refresher", async () => {
    const graph = await run(pair);
    floorOf(graph, ASSOCIATION, 2);
    assert.deepEqual(graph.one(ASSOCIATION, "demo-prod-east-token-refresher-istiod").inputs, {
      clusterName: "demo-east",
      namespace: "istio-system",
      serviceAccount: "istiod",
      roleArn: "arn:aws:iam::123456789012:role/demo-istio-reader-prod-3854672c",
    });
    const { metadata, data } = graph.one(CONFIG_MAP, "demo-prod-east-token-refresher").inputs;
    assert.deepEqual(metadata, { name: "istio-token-refresher", namespace: "istio-system" });
    assert.deepEqual(data, { clusters: "west demo-west eu-west-1 -\n" });
  });

  it("gives istiod its role as soon as there is a cluster: pods that come too soon have none for life", async () => {
    const graph = await run(pair);
    const association = graph.one(ASSOCIATION, "demo-prod-east-token-refresher-istiod");
    assertDependsOn(graph, association, graph.one(ENDPOINT, "east"));
    for (const type of [NODES, NAMESPACE])
      for (const one of graph.ofType(type)) assertIndependent(graph, association, one);
    assertDependsOn(graph, graph.one(STAND_IN, "istiod prod/east"), association);
  });

  it("gives each watching control plane one labelled Secret with a kubeconfig per cluster", async () => {
    const graph = await run({
      ...pair,
      clusters: { ...pair.clusters, north: { network: "shared" } },
      meshes: { prod: { clusters: { east: {}, west: {}, north: {} } } },
    });
    floorOf(graph, SECRET, 3);
    const secret = graph.one(SECRET, "demo-prod-east-remote-clusters");
    assert.deepEqual(secret.inputs.metadata, {
      name: "istio-remote-clusters",
      namespace: "istio-system",
      labels: { "istio/multiCluster": "true" },
    });
    assertSecret(secret, "data");
    const remotes = kubeconfigs(secret);
    assert.deepEqual(Object.keys(remotes).sort(), ["north", "west"]);
    assert.deepEqual(Object.keys(remotes.west.users[0].user).sort(), ["token", "tokenFile"]);
    assert.match(remotes.west.clusters[0].cluster.server, /^https:/);
  });

  it("lets istiod wait for its identity and list, and no cluster for another", async () => {
    const graph = await run(pair);
    floorOf(graph, ASSOCIATION, 2);
    const istiod = graph.one("kubernetes:core/v1:ServiceAccount", "istiod prod/east");
    assertDependsOn(graph, istiod, graph.one(ASSOCIATION, "demo-prod-east-token-refresher-istiod"));
    assertDependsOn(graph, istiod, graph.one(CONFIG_MAP, "demo-prod-east-token-refresher"));
    assertIndependent(graph, istiod, graph.one(SECRET, "demo-prod-east-remote-clusters"));
    for (const other of [...graph.ofType(ENDPOINT), ...graph.ofType(NODES)]) {
      if (other.name === "west") assertIndependent(graph, istiod, other);
    }
  });

  it("puts everything into the cluster that it is about", async () => {
    const graph = await run(pair);
    floorOf(graph, ENTRY, 2);
    for (const name of ["east", "west"]) {
      const objects = [
        graph.one(CLUSTER_ROLE, `demo-prod-${name}-reader-role`),
        graph.one(BINDING, `demo-prod-${name}-reader-binding`),
        graph.one(CONFIG_MAP, `demo-prod-${name}-token-refresher`),
        graph.one(SECRET, `demo-prod-${name}-remote-clusters`),
      ];
      for (const object of objects) {
        assert.equal(graph.providerOf(object)?.name, name, object.name);
        assertDependsOn(graph, object, graph.one(NODES, name));
      }
    }
  });

  it("makes the same resources whether outputs are known or not", async () => {
    assert.deepEqual(resourceSet(await run(pair, true)), resourceSet(await run(pair)));
  });
});

describe("access between accounts", () => {
  it("lets each account's role become the other's, and nothing else", async () => {
    const graph = await run({ ...transitGateways, name: "demo" });
    floorOf(graph, ROLE, 2);
    const other = graph.one(ROLE, "demo-prod-210987654321-reader");
    const arn = (account: string) => `arn:aws:iam::${account}:role/demo-istio-reader-prod-3854672c`;
    const { Statement } = JSON.parse(other.inputs.assumeRolePolicy);
    assert.deepEqual(Statement[0].Condition.StringEquals["aws:SourceAccount"], "210987654321");
    assert.deepEqual(Statement[1].Principal, { AWS: ["arn:aws:iam::123456789012:root"] });
    assert.deepEqual(Statement[1].Condition, {
      ArnEquals: { "aws:PrincipalArn": [arn("123456789012")] },
    });
    const rights = JSON.parse(graph.one(ROLE_POLICY, "demo-prod-reader-assume").inputs.policy);
    assert.deepEqual(rights.Statement[0].Resource, [arn("210987654321")]);
    floorOf(graph, ROLE_POLICY, 2);
  });

  it("makes each account's role in the region of IAM, where no cluster needs to be", async () => {
    const graph = await run({ ...transitGateways, name: "demo" });
    const homeOf = (name: string) => graph.providerOf(graph.one(ROLE, name))?.name;
    assert.equal(homeOf("demo-prod-reader"), "us-east-1");
    assert.equal(homeOf("demo-prod-210987654321-reader"), "210987654321/us-east-1");
  });

  it("asks AWS only for the id of the program's own account", async () => {
    const graph = await run({ ...transitGateways, name: "demo" });
    const asked = graph.calls.filter(({ token }) => token.endsWith(":getCallerIdentity"));
    assert.equal(asked.length, 1);
  });

  it("tells the refresher which role to take first", async () => {
    const graph = await run({ ...transitGateways, name: "demo" });
    const { clusters } = graph.one(CONFIG_MAP, "demo-prod-a-token-refresher").inputs.data;
    const [b, c] = clusters.trimEnd().split("\n");
    assert.equal(b, "b demo-b us-east-1 -");
    assert.match(c, /^c demo-c eu-west-1 arn:aws:iam::\d+:role\/demo-istio-reader-prod-3854672c$/);
  });
});

describe("access by service-account token", () => {
  it("makes an account whose token goes into the watchers' Secret, as a secret", async () => {
    const graph = await run(byToken);
    const secret = graph.one(SECRET, "demo-prod-west-reader-token");
    assert.equal(secret.inputs.type, "kubernetes.io/service-account-token");
    assert.deepEqual(secret.inputs.metadata.annotations, {
      "kubernetes.io/service-account.name": "istio-reader-prod",
    });
    assert.deepEqual(graph.one(BINDING, "demo-prod-west-reader-binding").inputs.subjects, [
      { kind: "ServiceAccount", name: "istio-reader-prod", namespace: "istio-system" },
    ]);
    const remotes = graph.one(SECRET, "demo-prod-east-remote-clusters");
    assertSecret(remotes, "data");
    const { user } = kubeconfigs(remotes).west.users[0];
    assert.deepEqual(Object.keys(user), ["token"]);
    assert.match(user.token, /^token urn:/);
    assertDependsOn(graph, secret, graph.one("kubernetes:core/v1:Namespace", "west-system"));
  });

  it("needs neither entry nor identity for what is read so", async () => {
    const graph = await run(byToken);
    floorOf(graph, ENTRY, 1);
    floorOf(graph, ASSOCIATION, 1);
    assert.equal(graph.one(ENTRY).inputs.clusterName, "demo-east");
    assert.equal(graph.one(ASSOCIATION).inputs.clusterName, "demo-west");
  });
});
