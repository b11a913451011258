import assert from "node:assert/strict";
import type { NodesDescription, TopologyDescription } from "../../../components/topology";
import { assertDependsOn, assertIndependent, floorOf } from "../../support/graph";
import type { Graph } from "../../support/graph";
import { eksAddons } from "../../../components/versions/addons";
import { expandedCluster } from "../../lab/providers/testing/expanded";
import { managedNodes as managed } from "../../support/variants";
import { AFTER, CLUSTER, routed, run, single } from "../support";

const ADDON = "aws:eks/addon:Addon";
const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const NODES = "istio-patterns:index:AutoModeNodes";
const ROLE = "aws:iam/role:Role";
const RIGHTS = "aws:iam/rolePolicy:RolePolicy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const ENTRY = "aws:eks/accessEntry:AccessEntry";
const POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation";
const EC2 = "ec2.amazonaws.com";
const NODE_CLASS = "kubernetes:eks.amazonaws.com/v1:NodeClass";
const NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool";

const managedNodes: TopologyDescription = { ...managed, name: "demo" };

const withNodes = (nodes: NodesDescription): TopologyDescription => ({
  ...single,
  clusters: { main: { ...single.clusters.main, nodes } },
});

/** Values of what a pool's nodes must be, by label. */
function requirementsOf(graph: Graph): Record<string, string[]> {
  const { requirements } = graph.one(NODE_POOL).inputs.spec.template.spec;
  return Object.fromEntries(
    requirements.map(({ key, values }: { key: string; values: string[] }) => [key, values]),
  );
}

describe("Auto Mode", () => {
  it("has no built-in pool, whose nodes would outlive the cluster, and so no role for one", async () => {
    const { inputs } = (await run(single)).one(CLUSTER);
    assert.deepEqual(inputs.autoMode, {
      ...{ enabled: true, createNodeRole: false, computeConfig: { nodePools: [] } },
    });
    const expanded = await expandedCluster("demo-main", inputs);
    const { computeConfig } = expanded.one("aws:eks/cluster:Cluster").inputs;
    assert.deepEqual(computeConfig, { enabled: true, nodePools: [] });
    assert.deepEqual(
      expanded.ofType(ROLE).map(({ name }) => name),
      ["demo-main-eksRole-role"],
    );
  });

  it("has a role, its admission, a class and a pool of its own, and nothing else", async () => {
    const graph = await run(single);
    const nodes = graph.one(NODES, "demo-main-nodes");
    assert.deepEqual(
      graph
        .childrenOf(nodes)
        .map(({ type, name }) => [type, name])
        .sort(),
      [
        [ENTRY, "demo-main-nodes"],
        [POLICY, "demo-main-nodes"],
        [ADDON, "demo-main-nodes-metrics-server"],
        [ROLE, "demo-main-nodes-role"],
        [RIGHTS, "demo-main-nodes-rights"],
        [ATTACHMENT, "demo-main-nodes-AmazonEC2ContainerRegistryPullOnly"],
        [ATTACHMENT, "demo-main-nodes-AmazonEKSWorkerNodeMinimalPolicy"],
        [NODE_CLASS, "demo-main-nodes-class"],
        [NODE_POOL, "demo-main-nodes"],
      ],
    );
  });

  it("admits its nodes' role as nodes, which EKS does for built-in pools only", async () => {
    const graph = await run(single);
    const role = graph.one(ROLE, "demo-main-nodes-role");
    const entry = graph.one(ENTRY, "demo-main-nodes").inputs;
    assert.match(entry.principalArn, /:role\/demo-main-nodes-role/);
    assert.deepEqual(entry, {
      ...{ clusterName: "demo-main", principalArn: entry.principalArn, type: "EC2" },
    });
    assert.deepEqual(graph.one(POLICY, "demo-main-nodes").inputs, {
      clusterName: "demo-main",
      principalArn: entry.principalArn,
      policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy",
      accessScope: { type: "cluster" },
    });
    assert.equal(JSON.parse(role.inputs.assumeRolePolicy).Statement[0].Principal.Service, EC2);
    assert.match(graph.one(NODE_CLASS).inputs.spec.role, /^demo-main-nodes-role/);
  });

  it("puts nodes into all private subnets and the cluster's group, with SNAT off", async () => {
    const { inputs } = (await run(single)).one(NODE_CLASS, "demo-main-nodes-class");
    const { role, securityGroupSelectorTerms: groups, ...spec } = inputs.spec;
    assert.equal(typeof role, "string");
    assert.match(groups[0].id, /^sg-/);
    assert.equal(groups.length, 1);
    assert.deepEqual(spec, {
      subnetSelectorTerms: ["a", "b", "c"].map((zone) => ({ id: `subnet-main-${zone}` })),
      snatPolicy: "Disabled",
      tags: { "istio-patterns": "demo" },
    });
  });

  it("has one pool, which ends at a limit and waits half an hour for its nodes to go", async () => {
    const graph = await run(single);
    const pool = graph.one(NODE_POOL, "demo-main-nodes");
    const { spec, metadata } = pool.inputs;
    const nodeClassRef = { group: "eks.amazonaws.com", kind: "NodeClass", name: "workloads" };
    const requirements = [
      ["karpenter.sh/capacity-type", "In", ["on-demand"]],
      ["kubernetes.io/arch", "In", ["amd64"]],
      ["kubernetes.io/os", "In", ["linux"]],
      ["eks.amazonaws.com/instance-category", "In", ["c", "m", "r"]],
      ["eks.amazonaws.com/instance-generation", "Gt", ["4"]],
    ].map(([key, operator, values]) => ({ key, operator, values }));
    const lifetime = { expireAfter: "336h", terminationGracePeriod: "24h" };
    assert.deepEqual(spec, {
      limits: { cpu: "1000", memory: "1000Gi" },
      template: { spec: { nodeClassRef, requirements, ...lifetime } },
      disruption: {
        consolidationPolicy: "WhenEmptyOrUnderutilized",
        consolidateAfter: "30s",
        budgets: [{ nodes: "10%" }],
      },
    });
    assert.equal(metadata.name, "workloads");
    assert.equal(graph.one(NODE_CLASS).inputs.metadata.name, "workloads");
    assert.equal("taints" in spec.template.spec, false);
    assert.equal(pool.timeouts.delete, "30m");
  });

  it("has the pool after what lets nodes in, and before anything else in the cluster", async () => {
    const graph = await run(routed);
    floorOf(graph, NODE_POOL, 2);
    const pool = graph.one(NODE_POOL, "demo-east-nodes");
    const nodeClass = graph.one(NODE_CLASS, "demo-east-nodes-class");
    assertDependsOn(graph, graph.one(AFTER, "after east"), pool);
    assertDependsOn(graph, pool, nodeClass);
    assertDependsOn(graph, nodeClass, graph.one(POLICY, "demo-east-nodes"));
    assertDependsOn(
      graph,
      graph.one(POLICY, "demo-east-nodes"),
      graph.one(ENTRY, "demo-east-nodes"),
    );
    for (const attachment of graph.ofType(ATTACHMENT)) {
      if (attachment.name.startsWith("demo-east")) assertDependsOn(graph, nodeClass, attachment);
    }
    assertDependsOn(graph, pool, graph.one(CLUSTER, "demo-east"));
    assert.equal(graph.providerOf(pool)?.name, "demo-east");
    assertIndependent(graph, pool, graph.one(CLUSTER, "demo-west"));
  });

  it("has the same nodes when a second VPC joins its network", async () => {
    const { us } = routed.networks.shared.vpcs!;
    const alone: TopologyDescription = {
      ...{ name: "demo", api: routed.api, istio: routed.istio },
      networks: { shared: { vpcs: { us } } },
      clusters: { east: { network: "shared" } },
      meshes: { prod: { clusters: { east: {} } } },
    };
    const specs = [await run(alone), await run(routed)].map((graph) => [
      graph.one(NODE_CLASS, "demo-east-nodes-class").inputs,
      graph.one(NODE_POOL, "demo-east-nodes").inputs,
    ]);
    const [before, after] = specs.map(([{ metadata, spec }, pool]) => [
      ...[metadata, spec.snatPolicy, pool],
    ]);
    assert.deepEqual(after, before);
  });

  it("takes the nodes that the description wants", async () => {
    const nodes = {
      ...{ architectures: ["arm64", "x86"] as const, capacity: "spot" as const, diskGiB: 120 },
      limits: { cpu: 64, memoryGiB: 256 },
    };
    const graph = await run(withNodes({ ...nodes, architectures: [...nodes.architectures] }));
    const { spec } = graph.one(NODE_POOL).inputs;
    assert.deepEqual(spec.limits, { cpu: "64", memory: "256Gi" });
    const values = requirementsOf(graph);
    assert.deepEqual(values["kubernetes.io/arch"], ["arm64", "amd64"]);
    assert.deepEqual(values["karpenter.sh/capacity-type"], ["spot"]);
    const { ephemeralStorage } = graph.one(NODE_CLASS).inputs.spec;
    assert.deepEqual(ephemeralStorage, { size: "120Gi" });
  });

  it("takes the instance types that are named, and no category besides", async () => {
    const graph = await run(withNodes({ instanceTypes: ["m7g.large", "c7g.xlarge"] }));
    assert.deepEqual(requirementsOf(graph), {
      "karpenter.sh/capacity-type": ["on-demand"],
      "kubernetes.io/arch": ["arm64"],
      "kubernetes.io/os": ["linux"],
      "node.kubernetes.io/instance-type": ["m7g.large", "c7g.xlarge"],
    });
  });

  it("has one add-on, once there can be nodes: they bring DNS, network and pods' roles", async () => {
    const graph = await run(single);
    floorOf(graph, CLUSTER, 1);
    const expanded = await expandedCluster("demo-main", graph.one(CLUSTER).inputs);
    floorOf(expanded, "aws:eks/cluster:Cluster", 1);
    const [metrics, ...others] = [...graph.ofType(ADDON), ...expanded.ofType(ADDON)];
    assert.deepEqual([metrics.inputs.addonName, others], ["metrics-server", []]);
    assert.equal(metrics.inputs.addonVersion, eksAddons["1.35"]["metrics-server"]);
    assertDependsOn(graph, metrics, graph.one(NODE_POOL, "demo-main-nodes"));
    assertDependsOn(graph, graph.one(AFTER, "after main"), metrics);
    assert.deepEqual(expanded.calls, []);
  });
});

describe("managed nodes", () => {
  it("take only IMDSv2 within one hop, encrypt their disks, and bear the tags of the description", async () => {
    const graph = await run({ ...managedNodes, tags: { team: "mesh" } });
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
    assert.deepEqual(
      rest.tagSpecifications,
      ["instance", "volume", "network-interface"].map((resourceType) => ({
        resourceType,
        tags: { team: "mesh", "istio-patterns": "demo", Name: "demo-east" },
      })),
    );
    assert.equal("vpcSecurityGroupIds" in rest, false);
  });

  it("are two or more in the private subnets of several zones", async () => {
    const graph = await run(managedNodes);
    floorOf(graph, NODE_GROUP, 2);
    const group = graph.one(NODE_GROUP, "demo-east-nodes");
    assert.deepEqual(group.inputs.scalingConfig, { minSize: 2, desiredSize: 2, maxSize: 6 });
    assert.deepEqual(group.inputs.subnetIds, ["subnet-one-a", "subnet-one-b", "subnet-one-c"]);
    assert.equal(typeof group.inputs.launchTemplate.version, "string");
    assert.deepEqual(group.ignoreChanges, ["scalingConfig.desiredSize"]);
    assertDependsOn(graph, group, graph.one(CLUSTER, "demo-east"));
    for (const attachment of graph.ofType(ATTACHMENT)) {
      if (attachment.name.startsWith("demo-east")) assertDependsOn(graph, group, attachment);
    }
  });

  it("are of the type, image, number and disk that the description wants", async () => {
    const wanted = { kind: "managed", diskGiB: 200, count: { min: 3, max: 9 } } as const;
    const groups = [
      { ...wanted, architectures: ["arm64" as const], capacity: "spot" as const },
      { ...wanted, instanceTypes: ["c7g.2xlarge", "m7g.2xlarge"] },
      wanted,
    ].map(async (nodes) => {
      const graph = await run(withNodes(nodes));
      const { scalingConfig, amiType, capacityType, instanceTypes } = graph.one(NODE_GROUP).inputs;
      assert.deepEqual(scalingConfig, { minSize: 3, desiredSize: 3, maxSize: 9 });
      assert.equal(graph.one(TEMPLATE).inputs.blockDeviceMappings[0].ebs.volumeSize, 200);
      return [amiType, capacityType, ...instanceTypes];
    });
    assert.deepEqual(await Promise.all(groups), [
      ["AL2023_ARM_64_STANDARD", "SPOT", "m7g.large"],
      ["AL2023_ARM_64_STANDARD", "ON_DEMAND", "c7g.2xlarge", "m7g.2xlarge"],
      ["AL2023_x86_64_STANDARD", "ON_DEMAND", "m6i.large"],
    ]);
  });

  it("leave Auto Mode off, and keep pods' addresses by the VPC CNI", async () => {
    const { inputs } = (await run(managedNodes)).one(CLUSTER, "demo-east");
    assert.equal("autoMode" in inputs, false);
    assert.equal(inputs.vpcCniOptions.cniExternalSnat, true);
  });

  it("get DNS, metrics and EKS's agent for pods' roles, once there are nodes", async () => {
    const graph = await run(managedNodes);
    for (const suffix of ["coredns", "metrics-server", "pod-identity"]) {
      const addon = graph.one(ADDON, `demo-east-nodes-${suffix}`);
      assert.equal(addon.inputs.resolveConflictsOnCreate, "OVERWRITE");
      assert.equal(addon.inputs.resolveConflictsOnUpdate, "OVERWRITE");
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
    assert.equal(addons.length, 5);
    assert.deepEqual(
      Object.fromEntries(addons.map(({ addonName, addonVersion }) => [addonName, addonVersion])),
      eksAddons[inputs.version],
    );
  });
});
