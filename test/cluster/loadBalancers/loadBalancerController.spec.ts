import assert from "node:assert/strict";
import type { TopologyDescription } from "../../../components/topology";
import { assertDependsOn, assertIndependent, release, valuesOf } from "../../support/graph";
import { managedNodes as managed } from "../../support/variants";
import { AFTER, CLUSTER, run } from "../support";

const ADDON = "aws:eks/addon:Addon";
const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
const ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation";

const managedNodes: TopologyDescription = { ...managed, name: "demo", tags: { team: "mesh" } };

describe("the load-balancer controller", () => {
  const NAME = "demo-east-load-balancer-controller";

  it("is told cluster, region and VPC, since one hop hides the metadata service from it", async () => {
    const graph = await run(managedNodes);
    const { inputs } = release(graph, NAME);
    assert.equal(inputs.name, "aws-load-balancer-controller");
    assert.equal(inputs.namespace, "kube-system");
    assert.equal(inputs.timeout, 600);
    assert.match(inputs.version, /^\d+\.\d+\.\d+$/);
    assert.deepEqual(valuesOf(graph, NAME), {
      clusterName: "demo-east",
      region: "eu-west-1",
      vpcId: "vpc-one",
      defaultTags: { team: "mesh", "istio-patterns": "demo" },
      replicaCount: 2,
      podDisruptionBudget: { maxUnavailable: 1 },
      serviceAccount: { name: "aws-load-balancer-controller" },
      enableShield: false,
      enableWaf: false,
      enableWafv2: false,
      createIngressClassResource: false,
      ingressClassParams: { create: false },
      controllerConfig: { featureGates: { ALBGatewayAPI: false, NLBGatewayAPI: false } },
    });
  });

  it("has its rights and identity before its pods, as soon as there is a cluster, and nodes too", async () => {
    const graph = await run(managedNodes);
    const controller = release(graph, NAME);
    const identity = graph.one(ASSOCIATION, `${NAME}-identity`);
    assert.equal(identity.inputs.serviceAccount, "aws-load-balancer-controller");
    assertDependsOn(graph, controller, identity);
    assertDependsOn(graph, identity, graph.one(CLUSTER, "demo-east"));
    assertIndependent(graph, identity, graph.one(NODE_GROUP, "demo-east-nodes"));
    assertDependsOn(
      graph,
      controller,
      graph.one("aws:iam/rolePolicy:RolePolicy", `${NAME}-policy`),
    );
    assertDependsOn(graph, controller, graph.one(NODE_GROUP, "demo-east-nodes"));
    assertDependsOn(graph, controller, graph.one(ADDON, "demo-east-nodes-pod-identity"));
  });

  it("is there before any other chart, whose Services its webhook would refuse", async () => {
    const graph = await run(managedNodes);
    assertDependsOn(graph, graph.one(AFTER, "after east"), release(graph, NAME));
    assertIndependent(graph, graph.one(AFTER, "after west"), release(graph, NAME));
  });
});
