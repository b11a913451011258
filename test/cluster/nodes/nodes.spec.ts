import assert from "node:assert/strict";
import type { TopologyDescription } from "../../../components/topology";
import {
  assertDependsOn,
  assertIndependent,
  floorOf,
  release,
  valuesOf,
} from "../../support/graph";
import { factsOf } from "../../support/topologies";
import { eksAddons } from "../../../components/versions/addons";
import { expandedCluster } from "../../lab/providers/testing/expanded";
import { managedNodes as managed } from "../../support/variants";
import { AFTER, CLUSTER, mapValues, routed, run, single } from "../support";

const ADDON = "aws:eks/addon:Addon";
const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
const NODE_CLASS = "kubernetes:eks.amazonaws.com/v1:NodeClass";
const NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool";

const managedNodes: TopologyDescription = { ...managed, name: "demo" };

describe("Auto Mode whose pods keep their address", () => {
  it("leaves ordinary pods to a pool with SNAT off, on the built-in pools' role", async () => {
    const graph = await run(routed);
    floorOf(graph, NODE_POOL, 2);
    const { east } = factsOf(routed).clusters;
    const cluster = graph.one(CLUSTER, "demo-east").inputs;
    assert.deepEqual(cluster.autoMode, {
      enabled: true,
      createNodeRole: true,
      computeConfig: { nodePools: ["system"] },
    });
    const { spec } = graph.one(NODE_CLASS, "demo-east-pool-class").inputs;
    assert.match(spec.securityGroupSelectorTerms[0].id, /^sg-/);
    assert.deepEqual(
      { ...spec, securityGroupSelectorTerms: undefined },
      {
        role: "demo-east-auto-mode-node",
        subnetSelectorTerms: [{ id: `subnet-${east.vpc}-a` }, { id: `subnet-${east.vpc}-b` }],
        securityGroupSelectorTerms: undefined,
        snatPolicy: "Disabled",
      },
    );
    const pool = graph.one(NODE_POOL, "demo-east-pool").inputs.spec;
    assert.deepEqual(pool.template.spec.nodeClassRef, {
      group: "eks.amazonaws.com",
      kind: "NodeClass",
      name: "keep-pod-addresses",
    });
  });

  it("has its pool before anything else stands in the cluster", async () => {
    const graph = await run(routed);
    const pool = graph.one(NODE_POOL, "demo-east-pool");
    assertDependsOn(graph, graph.one(AFTER, "after east"), pool);
    assertDependsOn(graph, pool, graph.one(NODE_CLASS, "demo-east-pool-class"));
    assert.equal(graph.providerOf(pool)?.name, "demo-east");
  });

  it("needs no pool of its own in a network of one VPC", async () => {
    const graph = await run(single);
    floorOf(graph, CLUSTER, 1);
    assert.equal(graph.ofType(NODE_POOL).length, 0);
    assert.equal(graph.ofType(NODE_CLASS).length, 0);
  });
});

describe("managed nodes", () => {
  it("take only IMDSv2 within one hop, and encrypt their disks", async () => {
    const graph = await run(managedNodes);
    floorOf(graph, TEMPLATE, 2);
    const { metadataOptions, blockDeviceMappings, ...rest } = graph.one(
      TEMPLATE,
      "demo-east-nodes",
    ).inputs;
    assert.deepEqual(metadataOptions, {
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: 1,
    });
    assert.equal(blockDeviceMappings[0].ebs.encrypted, "true");
    assert.equal(blockDeviceMappings[0].ebs.volumeType, "gp3");
    assert.equal("vpcSecurityGroupIds" in rest, false);
  });

  it("are two or more in the private subnets of several zones", async () => {
    const graph = await run(managedNodes);
    floorOf(graph, NODE_GROUP, 2);
    const group = graph.one(NODE_GROUP, "demo-east-nodes");
    assert.deepEqual(group.inputs.scalingConfig, { minSize: 2, desiredSize: 2, maxSize: 6 });
    assert.deepEqual(group.inputs.subnetIds, ["subnet-one-a", "subnet-one-b"]);
    assert.equal(typeof group.inputs.launchTemplate.version, "string");
    assert.deepEqual(group.ignoreChanges, ["scalingConfig.desiredSize"]);
    assertDependsOn(graph, group, graph.one(CLUSTER, "demo-east"));
    for (const attachment of graph.ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment")) {
      if (attachment.name.startsWith("demo-east")) assertDependsOn(graph, group, attachment);
    }
  });

  it("leave Auto Mode off, and keep pods' addresses by the VPC CNI", async () => {
    const wide: TopologyDescription = {
      ...routed,
      clusters: mapValues(routed.clusters, (cluster) => ({
        ...cluster,
        nodes: { kind: "managed" } as const,
      })),
    };
    const { inputs } = (await run(wide)).one(CLUSTER, "demo-east");
    assert.equal("autoMode" in inputs, false);
    assert.equal(inputs.vpcCniOptions.cniExternalSnat, true);
    const plain = (await run(managedNodes)).one(CLUSTER, "demo-east").inputs;
    assert.equal("cniExternalSnat" in plain.vpcCniOptions, false);
  });

  it("get DNS and EKS's agent for pods' roles, once there are nodes", async () => {
    const graph = await run(managedNodes);
    const addons = ["demo-east-nodes-coredns", "demo-east-nodes-pod-identity"];
    for (const name of addons) {
      const addon = graph.one(ADDON, name);
      assert.equal(addon.inputs.resolveConflictsOnCreate, "OVERWRITE");
      assert.equal(
        addon.parent,
        graph.one("istio-patterns:index:ManagedNodes", "demo-east-nodes").urn,
      );
      assertDependsOn(graph, addon, graph.one(NODE_GROUP, "demo-east-nodes"));
      assertDependsOn(graph, graph.one(AFTER, "after east"), addon);
    }
  });

  it("have each add-on once, in the version that goes with Kubernetes", async () => {
    const graph = await run(managedNodes);
    const { inputs } = graph.one(CLUSTER, "demo-east");
    const expanded = await expandedCluster("demo-east", inputs);
    assert.deepEqual(expanded.calls, [], "nothing asks for the newest of the day");
    assert.equal(expanded.one("aws:eks/cluster:Cluster").inputs.bootstrapSelfManagedAddons, false);
    const own = graph.ofType(ADDON).filter(({ name }) => name.startsWith("demo-east-"));
    const addons = [...expanded.ofType(ADDON), ...own].map(({ inputs: addon }) => addon);
    assert.equal(addons.length, 4);
    assert.deepEqual(
      Object.fromEntries(addons.map(({ addonName, addonVersion }) => [addonName, addonVersion])),
      eksAddons[inputs.version],
    );
  });
});

describe("Auto Mode", () => {
  it("has no add-on: its nodes bring DNS, network and pods' roles", async () => {
    const graph = await run(single);
    floorOf(graph, CLUSTER, 1);
    const expanded = await expandedCluster("demo-main", graph.one(CLUSTER).inputs);
    floorOf(expanded, "aws:eks/cluster:Cluster", 1);
    assert.deepEqual([...graph.ofType(ADDON), ...expanded.ofType(ADDON)], []);
    assert.deepEqual(expanded.calls, []);
  });
});

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

  it("has its rights and identity before its pods, and nodes before both", async () => {
    const graph = await run(managedNodes);
    const controller = release(graph, NAME);
    const identity = graph.one(ASSOCIATION, `${NAME}-identity`);
    assert.equal(identity.inputs.serviceAccount, "aws-load-balancer-controller");
    assertDependsOn(graph, controller, identity);
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
