import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { RunOptions } from "../../../engine";
import { InternalBalancer } from "../../../components/network/internal/internalBalancer";
import type { InternalBalancerArgs } from "../../../components/network/internal/internalBalancer";
import { floorOf, mockRun, resourceSet } from "../../support/graph";
import type { Graph, Registration } from "../../support/graph";

const TYPE = "istio-patterns:index:InternalBalancer";
const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const GROUP = "aws:lb/targetGroup:TargetGroup";
const LISTENER = "aws:lb/listener:Listener";
const BEFORE = "test:index:Before";
const AFTER = "test:index:After";

/** Any resource of another room. */
class Other extends pulumi.CustomResource {}

const args: InternalBalancerArgs = {
  loadBalancerName: "mesh-x",
  vpcId: "vpc-1",
  subnetIds: ["subnet-a", "subnet-b"],
  addresses: ["10.0.0.4", "10.0.1.4"],
  securityGroupId: "sg-1",
  ports: { one: 1001, two: 1002 },
  health: { port: 9000, path: "/well" },
  deregistrationDelay: 30,
};

/** A load balancer, what it waits for, and what waits for one of its target groups. */
function run(more: Partial<InternalBalancerArgs> = {}, options: RunOptions = {}): Promise<Graph> {
  return mockRun(() => {
    const dependsOn = new Other(BEFORE, "before", {});
    const { targetGroupArns } = new InternalBalancer("x", { ...args, ...more }, { dependsOn });
    new Other(AFTER, "after", { groups: targetGroupArns.one, all: targetGroupArns });
  }, options);
}

describe("InternalBalancer", () => {
  let graph: Graph;

  before(async () => {
    graph = await run();
  });

  const made = () => [BALANCER, GROUP, LISTENER].flatMap((type) => graph.ofType(type));

  it("is an internal network load balancer at the chosen addresses, with its security group from the start", () => {
    assert.deepEqual(graph.one(BALANCER).inputs, {
      name: "mesh-x",
      loadBalancerType: "network",
      internal: true,
      securityGroups: ["sg-1"],
      subnetMappings: [
        { subnetId: "subnet-a", privateIpv4Address: "10.0.0.4" },
        { subnetId: "subnet-b", privateIpv4Address: "10.0.1.4" },
      ],
      enableCrossZoneLoadBalancing: true,
      enableDeletionProtection: false,
      tags: { Name: "x" },
    });
  });

  it("is deleted by nobody where that is asked for", async () => {
    const kept = await run({ deletionProtection: true });
    assert.equal(kept.one(BALANCER).inputs.enableDeletionProtection, true);
  });

  it("sends each of its ports to the same one of its targets, in a group of its own", () => {
    floorOf(graph, GROUP, 2);
    floorOf(graph, LISTENER, 2);
    for (const port of [1001, 1002]) {
      const name = `x-${port}`;
      const group = graph.one(GROUP, name);
      assert.deepEqual(group.inputs, {
        name: `mesh-x-${port}`,
        port,
        protocol: "TCP",
        targetType: "ip",
        vpcId: "vpc-1",
        healthCheck: {
          protocol: "HTTP",
          port: "9000",
          path: "/well",
          matcher: "200",
          interval: 5,
          timeout: 4,
          healthyThreshold: 2,
          unhealthyThreshold: 2,
        },
        preserveClientIp: "false",
        deregistrationDelay: 30,
        connectionTermination: true,
        tags: { Name: name },
      });
      const listener = graph.one(LISTENER, name);
      assert.deepEqual(listener.inputs, {
        loadBalancerArn: arnOf("loadbalancer/net/mesh-x"),
        port,
        protocol: "TCP",
        defaultActions: [{ type: "forward", targetGroupArn: arnOf(`targetgroup/mesh-x-${port}`) }],
        tags: { Name: name },
      });
      assert.deepEqual(listener.propertyDependencies.loadBalancerArn, [graph.one(BALANCER).urn]);
      assert.deepEqual(listener.propertyDependencies.defaultActions, [group.urn]);
    }
  });

  it("has a listener and a target group for each port that it is given, and no more", async () => {
    const single = await run({ ports: { one: 7 } });
    for (const type of [GROUP, LISTENER])
      assert.deepEqual(single.ofType(type).map(nameOf), ["x-7"]);
  });

  it("names on its target groups the cluster whose pods may be registered with them", async () => {
    const auto = await run({ targetCluster: "demo-east" });
    assert.deepEqual(
      auto.ofType(GROUP).map(({ inputs: { tags } }) => tags),
      [1001, 1002].map((port) => ({ Name: `x-${port}`, "eks:eks-cluster-name": "demo-east" })),
    );
  });

  it("hands out each target group by the name of its port, once it sends to it", () => {
    const after = graph.one(AFTER);
    const [one, two] = ["1001", "1002"].map((port) => arnOf(`targetgroup/mesh-x-${port}`));
    assert.deepEqual(after.inputs, { groups: one, all: { one, two } });
    assert.deepEqual(graph.one(TYPE).outputs, { targetGroupArns: { one, two } });
    floorOf(graph, LISTENER, 2);
    const waitsFor = (input: string) =>
      graph
        .ofType(LISTENER)
        .filter(({ urn }) => after.propertyDependencies[input].includes(urn))
        .map(nameOf);
    assert.deepEqual(waitsFor("groups"), ["x-1001"]);
    assert.deepEqual(waitsFor("all"), ["x-1001", "x-1002"]);
  });

  it("is gone before another one has its names and addresses", () => {
    assert.equal(made().length, 5);
    for (const { deleteBeforeReplace, urn } of made()) assert.equal(deleteBeforeReplace, true, urn);
  });

  it("holds all that it makes, and passes on what it waits for", () => {
    const whole = graph.one(TYPE);
    assert.deepEqual(graph.childrenOf(whole).map(nameOf).sort(), made().map(nameOf).sort());
    assert.equal(made().length, 5);
    const { urn } = graph.one(BEFORE);
    for (const { name, dependencies } of made()) assert.ok(dependencies.includes(urn), name);
  });

  it("makes the same while outputs are unknown", async () => {
    assert.deepEqual(resourceSet(await run({}, { unknownOutputs: true })), resourceSet(graph));
  });
});

function nameOf({ name }: Registration): string {
  return name;
}

function arnOf(resource: string): string {
  return `arn:aws:elasticloadbalancing:eu-west-1:123456789012:${resource}`;
}
