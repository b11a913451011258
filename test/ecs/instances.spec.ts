import assert from "node:assert/strict";
import { runDescription } from "../support/program";
import type { Graph } from "../support/graph";
import { factsOf } from "../support/topologies";
import { onInstances } from "./good";

const own = (graph: Graph, type: string) => {
  const found = graph.ofType(type).filter(({ urn }) => urn.includes("EcsMeshCluster"));
  assert.equal(found.length, 1, type);
  return found[0]!;
};

describe("instances of an ECS cluster", () => {
  let graph: Graph;
  before(async () => (graph = await runDescription(onInstances())));

  it("boot ECS's image for their processors, and join their own cluster", () => {
    const { inputs } = own(graph, "aws:ec2/launchTemplate:LaunchTemplate");
    assert.deepEqual(
      [inputs.imageId, inputs.instanceType],
      [
        "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id",
        "c7g.large",
      ],
    );
    const { name } = factsOf(onInstances()).tasks.ecsClusters["apps.ecs"]!;
    const said = Buffer.from(inputs.userData, "base64").toString("utf8");
    assert.deepEqual(said.split("\n"), [
      ...["#!/bin/sh", "cat >> /etc/ecs/ecs.config <<'END'", `ECS_CLUSTER=${name}`],
      ...["ECS_AWSVPC_BLOCK_IMDS=true", "ECS_ENABLE_SPOT_INSTANCE_DRAINING=true"],
      ...["ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE=true", "END", ""],
    ]);
    const { httpTokens, httpPutResponseHopLimit } = inputs.metadataOptions;
    assert.deepEqual([httpTokens, httpPutResponseHopLimit], ["required", 1]);
    assert.equal(inputs.blockDeviceMappings[0].ebs.encrypted, "true");
  });

  it("are called by nobody, and call by HTTPS alone", () => {
    const group = own(graph, "aws:ec2/securityGroup:SecurityGroup");
    const { inputs: rule } = own(graph, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule");
    assert.deepEqual(
      [rule.securityGroupId, rule.fromPort, rule.toPort, rule.ipProtocol],
      [group.computed.id, 443, 443, "tcp"],
    );
    const into = graph
      .ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
      .filter(({ inputs }) => inputs.securityGroupId === group.computed.id);
    assert.deepEqual(into, []);
  });

  it("are as many as tasks need, and lose their tasks before they end", () => {
    const { inputs } = own(graph, "aws:ecs/capacityProvider:CapacityProvider");
    const { managedDraining, managedScaling } = inputs.autoScalingGroupProvider;
    assert.deepEqual([managedDraining, managedScaling.status], ["ENABLED", "ENABLED"]);
    const group = own(graph, "aws:autoscaling/group:Group").inputs;
    assert.deepEqual([group.minSize, group.maxSize, group.forceDelete], [1, 4, true]);
    assert.ok(group.tags.some(({ key }: { key: string }) => key === "AmazonECSManaged"));
  });

  it("run the tasks of services that name their cluster, and these alone", () => {
    const provider = own(graph, "aws:ecs/capacityProvider:CapacityProvider");
    const { inputs } = graph.one("aws:ecs/service:Service");
    assert.deepEqual(inputs.capacityProviderStrategies, [
      { capacityProvider: provider.computed.name, weight: 1 },
    ]);
    assert.deepEqual(inputs.orderedPlacementStrategies, [
      { type: "spread", field: "attribute:ecs.availability-zone" },
      { type: "binpack", field: "memory" },
    ]);
    assert.equal(graph.ofType("aws:ecs/cluster:Cluster").length, 1);
    const definition = graph.one("aws:ecs/taskDefinition:TaskDefinition").inputs;
    assert.deepEqual(definition.requiresCompatibilities, ["EC2"]);
    assert.equal(definition.runtimePlatform.cpuArchitecture, "ARM64");
  });

  it("end before their cluster is deleted", () => {
    const cluster = own(graph, "aws:ecs/cluster:Cluster");
    assert.ok(graph.dependsOn(own(graph, "aws:autoscaling/group:Group"), cluster));
  });

  it("are ten AWS resources beside rules at most", () => {
    const made = graph.resources.filter(
      ({ type, urn, custom }) =>
        custom && type.startsWith("aws:") && !/Rule$/.test(type) && urn.includes("EcsMeshCluster"),
    );
    assert.ok(made.length >= 8 && made.length <= 10, `${made.length}`);
  });

  it("may be those of an ECS cluster that exists, where nothing is made", async () => {
    const clusterArn = "arn:aws:ecs:eu-west-1:111122223333:cluster/yours";
    const brought = onInstances();
    const existing = { clusterArn, capacityProvider: "theirs" };
    brought.ecsClusters!.apps = { mesh: "prod", controlledBy: "east", existing };
    const theirs = await runDescription(brought);
    const { inputs } = theirs.one("aws:ecs/service:Service");
    assert.equal(inputs.cluster, clusterArn);
    assert.deepEqual(inputs.capacityProviderStrategies, [
      { capacityProvider: "theirs", weight: 1 },
    ]);
    assert.equal(theirs.ofType("aws:ecs/cluster:Cluster").length, 0);
    assert.equal(theirs.ofType("aws:autoscaling/group:Group").length, 0);
  });
});
