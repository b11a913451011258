import assert from "node:assert/strict";
import type { TopologyDescription } from "../../components/topology";
import type { Graph } from "../support/graph";
import { assertDependsOn, floor } from "../support/graph";
import { runDescription } from "../support/program";
import { patterns } from "../support/topologies";
import { managedNodes } from "../support/variants";
import { good } from "./good";

const NAMESPACE = "kubernetes:core/v1:Namespace";
const POLICY = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy";

describe("tenants as resources", () => {
  let graph: Graph;
  before(async () => {
    graph = await runDescription(patterns["05-tenancy-namespace"]!);
    floor(graph, 1);
  });

  it("have namespaces that stand after istiod and what is refused there", () => {
    const namespaces = graph
      .ofType(NAMESPACE)
      .filter(({ inputs }) => inputs.metadata.labels?.["istio-patterns/tenant"]);
    assert.deepEqual(namespaces.map(({ inputs }) => inputs.metadata.name).sort(), [
      ...["a-db", "a-web", "b-web"],
    ]);
    const policies = graph.ofType(POLICY);
    assert.equal(policies.length, 8);
    const istiod = graph.one("kubernetes:helm.sh/v3:Release", "dev-prod-main-istio-istiod");
    for (const namespace of namespaces) {
      assertDependsOn(graph, namespace, istiod);
      for (const policy of policies) assertDependsOn(graph, namespace, policy);
    }
  });

  it("are counted once all of the plan's own is there: Kubernetes takes nothing while it counts", () => {
    const quotas = graph.ofType("kubernetes:core/v1:ResourceQuota");
    assert.equal(quotas.length, 3);
    const policies = graph.ofType("kubernetes:security.istio.io/v1:AuthorizationPolicy");
    for (const quota of quotas) {
      const own = policies.filter(
        ({ inputs }) => inputs.metadata.namespace === quota.inputs.metadata.namespace,
      );
      assert.ok(own.length > 0);
      for (const policy of own) assertDependsOn(graph, quota, policy);
    }
  });

  it("let in whoever administers them last, by groups and no policy of EKS's", () => {
    const entries = graph
      .ofType("aws:eks/accessEntry:AccessEntry")
      .filter(({ inputs }) => inputs.kubernetesGroups !== undefined);
    assert.deepEqual(
      entries.map(({ inputs }) => [inputs.principalArn, inputs.kubernetesGroups]),
      ["a", "b"].map((team) => [
        `arn:aws:iam::123456789012:role/team-${team}`,
        [`istio-patterns-tenant-team-${team}`],
      ]),
    );
    const associated = graph
      .ofType("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
      .map(({ inputs }) => inputs.principalArn);
    for (const { inputs } of entries) assert.equal(associated.includes(inputs.principalArn), false);
    const bindings = graph.ofType("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding");
    for (const entry of entries)
      for (const binding of bindings) assertDependsOn(graph, entry, binding);
  });

  it("have nodes that enforce network policies, of either kind", async () => {
    const [config] = graph
      .ofType("kubernetes:core/v1:ConfigMap")
      .filter(({ inputs }) => inputs.metadata.name === "amazon-vpc-cni");
    assert.deepEqual(config!.inputs.data, { "enable-network-policy-controller": "true" });
    const nodeClass = graph.one("kubernetes:eks.amazonaws.com/v1:NodeClass");
    assert.equal(nodeClass.inputs.spec.networkPolicy, "DefaultAllow");
    assertDependsOn(graph, nodeClass, config!);

    const [mesh] = Object.keys(managedNodes.meshes);
    const tenants: TopologyDescription["tenants"] = {
      ...{ model: "namespace", of: { a: { mesh: mesh!, namespaces: ["a"] } } },
    };
    const managed = await runDescription({ ...managedNodes, tenants });
    for (const [{ inputs }, enforced] of [
      [managed.ofType("eks:index:Cluster")[0]!, true],
      [(await runDescription(managedNodes)).ofType("eks:index:Cluster")[0]!, undefined],
    ] as const)
      assert.equal(inputs.vpcCniOptions.enableNetworkPolicy, enforced);
  });

  it("leave Istio's objects out where nobody reads them", async () => {
    const remote = structuredClone(good);
    remote.meshes.prod!.controlPlane = { runsIn: ["east"] };
    const made = await runDescription(remote);
    floor(made, 1);
    const policies = made
      .ofType("kubernetes:security.istio.io/v1:AuthorizationPolicy")
      .map(({ name }) => name);
    assert.equal(policies.length, 5);
    assert.deepEqual(
      policies.filter((name) => name.includes("-west-")),
      [],
    );
  });
});
