import assert from "node:assert/strict";
import { ClusterPeople } from "../../../components";
import { assertDependsOn, floorOf, mockRun } from "../../support/graph";
import { managedNodes } from "../../support/variants";
import { CLUSTER, run, single } from "../support";

const PEOPLE = "istio-patterns:index:ClusterPeople";
const ENTRY = "aws:eks/accessEntry:AccessEntry";
const POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation";
const ROLE = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole";
const BINDING = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding";

describe("people of a cluster", () => {
  it("are those of all clusters and its own, each with an entry and a policy on all of it", async () => {
    const graph = await run({ ...managedNodes, name: "demo" });
    floorOf(graph, PEOPLE, 2);
    const peopleOf = (cluster: string) =>
      graph
        .subtree(graph.one(PEOPLE, `demo-${cluster}-people`))
        .filter(({ type }) => type === POLICY)
        .map(({ inputs }) => [inputs.principalArn, inputs.policyArn, inputs.accessScope.type]);
    const policy = (name: string) =>
      `arn:aws:eks::aws:cluster-access-policy/AmazonEKS${name}Policy`;
    const ofAll = [
      ["arn:aws:iam::111122223333:role/people/admin", policy("ClusterAdmin"), "cluster"],
      ["arn:aws:iam::444455556666:role/viewer", policy("View"), "cluster"],
    ];
    assert.deepEqual(peopleOf("west"), ofAll);
    assert.deepEqual(peopleOf("east"), [
      ...ofAll,
      ["arn:aws:iam::111122223333:user/auditor", policy("View"), "cluster"],
    ]);
    for (const entry of graph.ofType(ENTRY))
      if (entry.name.includes("-people-"))
        assertDependsOn(graph, entry, graph.one(CLUSTER, entry.name.split("-people-")[0]));
  });

  it("read Istio's objects and no Secret where they only view", async () => {
    const viewers = ["arn:aws:iam::111122223333:role/viewer"];
    const graph = await mockRun(() => {
      new ClusterPeople("it", { clusterName: "east", region: "cn-north-1", viewers });
    });
    const [{ inputs: entry }] = graph.ofType(ENTRY);
    assert.deepEqual(entry.kubernetesGroups, ["istio-patterns-viewers"]);
    assert.match(graph.one(POLICY).inputs.policyArn, /^arn:aws-cn:eks::aws:/);
    const { rules } = graph.one(ROLE).inputs;
    assert.deepEqual(rules[0].verbs, ["get", "list", "watch"]);
    assert.ok(rules[0].apiGroups.includes("networking.istio.io"));
    assert.equal(rules[0].apiGroups.includes(""), false);
    for (const { apiGroups, resources } of rules)
      assert.deepEqual(
        [...apiGroups, ...resources].filter((name) => /^$|\*/.test(name)),
        [],
      );
    const { subjects, roleRef } = graph.one(BINDING).inputs;
    assert.deepEqual([subjects[0].name, roleRef.name], Array(2).fill("istio-patterns-viewers"));
  });

  it("make nothing in Kubernetes where all administer, and nothing at all where nobody is named", async () => {
    const admins = ["arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:user/a"];
    const graph = await mockRun(() => {
      new ClusterPeople("it", { clusterName: "east", region: "eu-west-1", admins });
    });
    assert.equal(new Set(graph.ofType(ENTRY).map(({ name }) => name)).size, 2);
    assert.deepEqual([...graph.ofType(ROLE), ...graph.ofType(BINDING)], []);
    floorOf(await run(single), PEOPLE, 0);
  });
});
