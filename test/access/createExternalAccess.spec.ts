import assert from "node:assert/strict";
import type { TopologyDescription } from "../../components/topology";
import {
  assertDependsOn,
  assertIndependent,
  assertSecret,
  floorOf,
  resourceSet,
} from "../support/graph";
import { patterns } from "../support/topologies";
import {
  ASSOCIATION,
  BINDING,
  CONFIG_MAP,
  ENTRY,
  kubeconfigs,
  made,
  NAMESPACE,
  ROLE,
  ROLE_BINDING,
  ROLE_POLICY,
  run,
  SECRET,
  STAND_IN,
} from "./surroundings";

const GROUP = [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "istio-reader-prod" }];
const external: TopologyDescription = {
  ...patterns["03-external-istiod-kubernetes"],
  name: "demo",
};

/** The external pattern, with some of its parts changed. */
const externalWith = (change: Partial<TopologyDescription>): TopologyDescription => ({
  ...external,
  ...change,
});

describe("access of 03-external-istiod-kubernetes", () => {
  it("makes readers in both members, and for mgmt a kubeconfig beside the Secret of remotes", async () => {
    assert.deepEqual(made(await run(external)), [
      "AccessEntry demo-prod-east-reader",
      "AccessEntry demo-prod-west-reader",
      "ClusterRole demo-prod-west-reader-role",
      "ClusterRoleBinding demo-prod-east-reader-istiod-clusterrole",
      "ClusterRoleBinding demo-prod-east-reader-istiod-gateway-controller",
      "ClusterRoleBinding demo-prod-west-reader-binding",
      "ConfigMap demo-prod-mgmt-token-refresher",
      "PodIdentityAssociation demo-prod-mgmt-token-refresher-istiod",
      "Role demo-prod-reader",
      "RoleBinding demo-prod-east-reader-istiod",
      "Secret demo-prod-mgmt-config-cluster",
      "Secret demo-prod-mgmt-remote-clusters",
    ]);
  });

  it("binds istiod in the config cluster to the roles that its chart makes there", async () => {
    const graph = await run(external);
    floorOf(graph, BINDING, 3);
    const bound = (type: string, name: string) =>
      graph.one(type, `demo-prod-east-reader-${name}`).inputs;
    const clusterRole = (name: string) => ({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: `istio-reader-prod-${name}` },
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "ClusterRole",
        name: `${name}-external-istiod-prod`,
      },
      subjects: GROUP,
    });
    for (const name of ["istiod-clusterrole", "istiod-gateway-controller"])
      assert.deepEqual(bound(BINDING, name), clusterRole(name));
    assert.deepEqual(bound(ROLE_BINDING, "istiod"), {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "istio-reader-prod-istiod", namespace: "external-istiod-prod" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "istiod" },
      subjects: GROUP,
    });
    const binding = graph.one(ROLE_BINDING);
    assert.equal(graph.providerOf(binding)?.name, "east");
    assertDependsOn(graph, binding, graph.one(NAMESPACE, "east-system"));
  });

  it("binds it to the roles of every revision that serves the config cluster", async () => {
    const { meshes } = external;
    const graph = await run(
      externalWith({
        istio: { revisions: { canary: { version: "1.31.3" }, stable: { version: "1.31.2" } } },
        meshes: { prod: { ...meshes.prod, revision: "stable" } },
      }),
    );
    assert.deepEqual(
      graph
        .ofType(BINDING)
        .map(({ inputs }) => inputs.roleRef.name)
        .sort(),
      [
        "istio-reader-prod",
        "istiod-clusterrole-canary-external-istiod-prod",
        "istiod-clusterrole-stable-external-istiod-prod",
        "istiod-gateway-controller-canary-external-istiod-prod",
        "istiod-gateway-controller-stable-external-istiod-prod",
      ],
    );
    assert.deepEqual(
      graph
        .ofType(ROLE_BINDING)
        .map(({ inputs }) => inputs.roleRef.name)
        .sort(),
      ["istiod-canary", "istiod-stable"],
    );
    assert.deepEqual(
      graph
        .ofType(ASSOCIATION)
        .map(({ inputs }) => inputs.serviceAccount)
        .sort(),
      ["istiod-canary", "istiod-stable"],
    );
  });

  it("gives istiod its config cluster by a kubeconfig of its own, and the others as remotes", async () => {
    const graph = await run(external);
    floorOf(graph, SECRET, 2);
    const config = graph.one(SECRET, "demo-prod-mgmt-config-cluster");
    assert.deepEqual(config.inputs.metadata, {
      name: "istio-kubeconfig",
      namespace: "external-istiod-prod",
    });
    assertSecret(config, "data");
    const opened = kubeconfigs(config);
    assert.deepEqual(Object.keys(opened), ["config"]);
    assert.equal(opened.config["current-context"], "east");
    assert.deepEqual(opened.config.users[0].user, {
      token: "token-file-not-read-yet",
      tokenFile: "/var/run/secrets/eks-tokens/east",
    });
    const others = graph.one(SECRET, "demo-prod-mgmt-remote-clusters");
    assert.deepEqual(Object.keys(kubeconfigs(others)), ["west"]);
    for (const secret of [config, others]) assert.equal(graph.providerOf(secret)?.name, "mgmt");
  });

  it("keeps istiod waiting for identity, tokens, kubeconfig and rights, and not for remotes", async () => {
    const graph = await run(external);
    const istiod = graph.one(STAND_IN, "istiod prod/mgmt");
    for (const first of [
      graph.one(ASSOCIATION),
      graph.one(CONFIG_MAP),
      graph.one(SECRET, "demo-prod-mgmt-config-cluster"),
      graph.one(ROLE_BINDING),
      graph.one(ENTRY, "demo-prod-east-reader"),
      ...graph.ofType(BINDING).filter(({ name }) => name.startsWith("demo-prod-east-reader")),
    ])
      assertDependsOn(graph, istiod, first);
    assertIndependent(graph, istiod, graph.one(SECRET, "demo-prod-mgmt-remote-clusters"));
    assertIndependent(graph, istiod, graph.one(ENTRY, "demo-prod-west-reader"));
    assertDependsOn(
      graph,
      graph.one(SECRET, "demo-prod-mgmt-remote-clusters"),
      graph.one(NAMESPACE, "west-system"),
    );
  });

  it("lists both members for the refresher, and lets only pods of the mesh's namespace be its role", async () => {
    const graph = await run(external);
    assert.deepEqual(graph.one(CONFIG_MAP).inputs.data, {
      clusters: "east demo-east eu-west-1 -\nwest demo-west eu-west-1 -\n",
    });
    const { Statement } = JSON.parse(graph.one(ROLE).inputs.assumeRolePolicy);
    assert.deepEqual(Statement[0].Condition.StringEquals, {
      "aws:SourceAccount": "123456789012",
      "aws:RequestTag/kubernetes-namespace": "external-istiod-prod",
    });
  });

  it("makes no Secret of remotes where the config cluster is the only member", async () => {
    const { meshes } = external;
    const graph = await run(
      externalWith({ meshes: { prod: { ...meshes.prod, clusters: { east: {} } } } }),
    );
    assert.deepEqual(
      graph.ofType(SECRET).map(({ name }) => name),
      ["demo-prod-mgmt-config-cluster"],
    );
    assert.deepEqual(
      graph.ofType(STAND_IN).map(({ name }) => name),
      ["istiod prod/mgmt"],
    );
  });

  it("takes the role of the members' account first where mgmt is in another one", async () => {
    const account = { roleArn: "arn:aws:iam::210987654321:role/deploy" };
    const { networks } = external;
    const graph = await run(
      externalWith({ networks: { ...networks, mgmt: { ...networks.mgmt, account } } }),
    );
    floorOf(graph, ROLE, 2);
    const arn = (id: string) => `arn:aws:iam::${id}:role/demo-istio-reader-prod-3854672c`;
    const [mgmt, members] = ["demo-prod-210987654321-reader", "demo-prod-reader"].map((name) =>
      graph.one(ROLE, name),
    );
    assert.match(
      graph.one(CONFIG_MAP).inputs.data.clusters,
      /^(\w+ demo-\w+ eu-west-1 arn:aws:iam::\d+:role\/demo-istio-reader-prod-3854672c\n){2}$/,
    );
    assertDependsOn(graph, graph.one(CONFIG_MAP), members);
    assertDependsOn(graph, graph.one(ASSOCIATION), mgmt);
    floorOf(graph, ENTRY, 2);
    for (const entry of graph.ofType(ENTRY)) assertDependsOn(graph, entry, members);
    const policy = JSON.parse(graph.one(ROLE_POLICY).inputs.policy);
    assert.deepEqual(policy.Statement[0].Resource, [arn("123456789012")]);
    const { Statement } = JSON.parse(members.inputs.assumeRolePolicy);
    assert.deepEqual(Statement[1].Condition, {
      ArnEquals: { "aws:PrincipalArn": [arn("210987654321")] },
    });
  });

  it("puts a service account's token into the kubeconfig, as a secret", async () => {
    const { clusters } = external;
    const graph = await run(
      externalWith({
        clusters: {
          ...clusters,
          east: { ...clusters.east, remoteAccess: "service-account-token" },
        },
      }),
    );
    const config = graph.one(SECRET, "demo-prod-mgmt-config-cluster");
    assertSecret(config, "data");
    const [{ user }] = kubeconfigs(config).config.users;
    assert.deepEqual(Object.keys(user), ["token"]);
    assert.match(user.token, /^token urn:/);
    assert.deepEqual(graph.one(ROLE_BINDING).inputs.subjects, [
      { kind: "ServiceAccount", name: "istio-reader-prod", namespace: "external-istiod-prod" },
    ]);
    assert.equal(graph.one(CONFIG_MAP).inputs.data.clusters, "west demo-west eu-west-1 -\n");
  });

  it("keeps the external istiods of several meshes in one cluster apart", async () => {
    const mode = "external";
    const graph = await run(
      externalWith({
        meshes: {
          shop: {
            controlPlane: { mode, runsIn: ["mgmt"], configCluster: "east" },
            clusters: { east: {} },
          },
          bank: {
            controlPlane: { mode, runsIn: ["mgmt"], configCluster: "west" },
            clusters: { west: {} },
          },
        },
      }),
    );
    const places = (type: string) =>
      graph
        .ofType(type)
        .map(({ inputs }) => inputs.metadata?.namespace ?? inputs.namespace)
        .sort();
    const apart = ["external-istiod-bank", "external-istiod-shop"];
    for (const type of [SECRET, CONFIG_MAP, ASSOCIATION]) assert.deepEqual(places(type), apart);
    assert.deepEqual(
      graph
        .ofType(ROLE)
        .map(({ inputs }) => inputs.name)
        .sort(),
      ["demo-istio-reader-bank-85b3787d", "demo-istio-reader-shop-de62200d"],
    );
  });

  it("makes the same resources whether outputs are known or not", async () => {
    assert.deepEqual(resourceSet(await run(external, true)), resourceSet(await run(external)));
  });
});
