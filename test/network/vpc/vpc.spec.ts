import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { callResults } from "../../../engine/mockOutputs";
import { Vpc } from "../../../components/network";
import type { VpcArgs } from "../../../components/network";
import { assertDependsOn, floorOf, mockRun, resourceSet } from "../../support/graph";
import type { Graph } from "../../support/graph";

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const NAT = "aws:ec2/natGateway:NatGateway";
const ROUTE = "aws:ec2/route:Route";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";

function run(args: Partial<VpcArgs> = {}, unknownOutputs = false): Promise<Graph> {
  return mockRun(() => new Vpc("main", { cidr: "10.10.0.0/16", ...args }), { unknownOutputs });
}

/** Any resource of another room. */
class Other extends pulumi.CustomResource {}

function counts(graph: Graph): Record<string, number> {
  const types = graph.resources.map(({ type }) => type.split("/").pop()!.split(":").pop()!);
  return Object.fromEntries(
    [...new Set(types)].sort().map((t) => [t, types.filter((x) => x === t).length]),
  );
}

describe("Vpc", () => {
  let standard: Graph;
  let perZone: Graph;

  before(async () => {
    standard = await run();
    perZone = await run({ nat: "per-zone" });
  });

  it("makes 25 resources over three zones, all under one component", () => {
    const graph = standard;
    floorOf(graph, VPC, 1);
    assert.deepEqual(counts(graph), {
      DefaultSecurityGroup: 1,
      Eip: 1,
      InternetGateway: 1,
      NatGateway: 1,
      Route: 2,
      RouteTable: 2,
      RouteTableAssociation: 6,
      Stack: 1,
      Subnet: 9,
      Vpc: 2,
    });
    const component = graph.one("istio-patterns:index:Vpc", "main");
    const made = graph.resources.filter(({ custom }) => custom);
    for (const { parent } of made) assert.equal(parent, component.urn);
  });

  it("resolves names inside, and locks the default security group", () => {
    const graph = standard;
    const { inputs } = graph.one(VPC);
    assert.deepEqual(inputs, {
      cidrBlock: "10.10.0.0/16",
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: "main" },
    });
    const group = graph.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs;
    assert.deepEqual([group.ingress, group.egress], [[], []]);
  });

  it("tags public and private subnets for load balancers, and the chosen addresses' subnets not", () => {
    const graph = standard;
    floorOf(graph, SUBNET, 9);
    const tags = (name: string) => graph.one(SUBNET, name).inputs.tags;
    for (const zone of [0, 1, 2]) {
      assert.deepEqual(tags(`main-public-${zone}`), {
        Name: `main-public-${zone}`,
        "kubernetes.io/role/elb": "1",
      });
      assert.deepEqual(tags(`main-private-${zone}`), {
        Name: `main-private-${zone}`,
        "kubernetes.io/role/internal-elb": "1",
      });
      assert.deepEqual(tags(`main-load-balancer-${zone}`), { Name: `main-load-balancer-${zone}` });
    }
  });

  it("takes zones by index and leaves out those that EKS refuses", () => {
    const graph = standard;
    const [call] = graph.calls.filter(({ token }) => token.includes("getAvailabilityZones"));
    assert.deepEqual(call.inputs, {
      state: "available",
      filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }],
      excludeZoneIds: ["use1-az3", "usw1-az2", "cac1-az3"],
    });
    const zones = [0, 1, 2].map(
      (z) => graph.one(SUBNET, `main-private-${z}`).inputs.availabilityZone,
    );
    assert.deepEqual(zones, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
  });

  it("leaves a subnet in its zone when AWS changes the list that zones are taken from", () => {
    floorOf(standard, SUBNET, 9);
    for (const { ignoreChanges } of standard.ofType(SUBNET))
      assert.deepEqual(ignoreChanges, ["availabilityZone"]);
  });

  it("leads all private subnets out through one NAT gateway", () => {
    const graph = standard;
    floorOf(graph, NAT, 1);
    const nat = graph.one(NAT, "main-nat-0");
    const { inputs } = graph.one(ROUTE, "main-private-0");
    assert.equal(inputs.destinationCidrBlock, "0.0.0.0/0");
    assertDependsOn(graph, graph.one(ROUTE, "main-private-0"), nat);
    const tables = [0, 1, 2].map(
      (z) => graph.one(ASSOCIATION, `main-private-${z}`).inputs.routeTableId,
    );
    assert.deepEqual(new Set(tables), new Set([inputs.routeTableId]));
  });

  it("leads each zone out through a NAT gateway of its own", () => {
    const graph = perZone;
    floorOf(graph, NAT, 3);
    for (const zone of [0, 1, 2]) {
      const route = graph.one(ROUTE, `main-private-${zone}`);
      const association = graph.one(ASSOCIATION, `main-private-${zone}`);
      assertDependsOn(graph, route, graph.one(NAT, `main-nat-${zone}`));
      assert.equal(association.inputs.routeTableId, route.inputs.routeTableId);
    }
  });

  it("renames nothing between one NAT gateway and one per zone", () => {
    const kept = new Set(resourceSet(perZone));
    for (const urn of resourceSet(standard)) assert.ok(kept.has(urn), urn);
  });

  it("hands out private subnets only once they have their way out", async () => {
    let subnets: pulumi.Output<string[]> | undefined;
    const graph = await mockRun(() => {
      const vpc = new Vpc("main", { cidr: "10.10.0.0/16" });
      subnets = vpc.privateSubnetIds;
      new Other("test:index:Nodes", "nodes", { subnets });
    });
    const nodes = graph.one("test:index:Nodes");
    assertDependsOn(graph, nodes, graph.one(ROUTE, "main-private-0"));
    assertDependsOn(graph, nodes, graph.one(NAT, "main-nat-0"));
  });

  it("hands out its subnets, route tables and addresses", () => {
    const graph = standard;
    const { outputs } = graph.one("istio-patterns:index:Vpc");
    const routeTables = [outputs.routeTableIds.length, new Set(outputs.routeTableIds).size];
    assert.deepEqual(routeTables, [2, 2]);
    assert.equal(outputs.publicSubnetIds.length, 3);
    assert.equal(outputs.privateSubnetIds.length, 3);
    assert.deepEqual(outputs.controlPlaneSubnetIds, outputs.privateSubnetIds.slice(0, 2));
    assert.equal(outputs.loadBalancerSubnetIds.length, 3);
    assert.match(outputs.natAddresses.join(), /^\d+\.\d+\.\d+\.\d+$/);
  });

  it("has control planes in the same subnets, however many zones it has", async () => {
    const outputs = await Promise.all(
      [2, 3, 4].map(
        async (zones) => (await run({ zones })).one("istio-patterns:index:Vpc").outputs,
      ),
    );
    assert.deepEqual(
      outputs.map(({ privateSubnetIds }) => privateSubnetIds.length),
      [2, 3, 4],
    );
    const [first, ...others] = outputs.map(({ controlPlaneSubnetIds }) => controlPlaneSubnetIds);
    assert.equal(first.length, 2);
    for (const other of others) assert.deepEqual(other, first);
  });

  it("protects the VPC alone", async () => {
    const graph = await run({ protect: true });
    const kept = graph.resources.filter((resource) => resource.protect);
    assert.deepEqual(
      kept.map(({ type }) => type),
      [VPC],
    );
  });

  it("passes on what it waits for", async () => {
    const graph = await mockRun(() => {
      const before = new Other("test:index:Before", "before", {});
      new Vpc(
        "main",
        { cidr: "10.10.0.0/16", flowLogs: true, endpoints: ["sts"] },
        { dependsOn: before },
      );
    });
    const before = graph.one("test:index:Before");
    const made = graph.resources.filter(({ type }) => type.startsWith("aws:"));
    assert.ok(made.length > 25);
    // Not through the component: a deletion knows only what each resource says itself.
    for (const { name, dependencies } of made) assert.ok(dependencies.includes(before.urn), name);
  });

  it("sends flow logs to a group of its own, by a role that can write nowhere else", async () => {
    const graph = await run({ flowLogs: true });
    const log = graph.one("aws:ec2/flowLog:FlowLog", "main").inputs;
    const group = graph.one("aws:cloudwatch/logGroup:LogGroup", "main-flow-logs");
    assert.equal(group.inputs.retentionInDays, 30);
    const flowLogKeyArn = "arn:aws:kms:eu-west-1:111122223333:key/0a1b";
    const encrypted = await run({ flowLogs: true, flowLogKeyArn });
    const { kmsKeyId } = encrypted.one("aws:cloudwatch/logGroup:LogGroup").inputs;
    assert.deepEqual([kmsKeyId, "kmsKeyId" in group.inputs], [flowLogKeyArn, false]);
    assert.equal(log.trafficType, "ALL");
    const policy = JSON.parse(graph.one("aws:iam/rolePolicy:RolePolicy").inputs.policy);
    assert.deepEqual(policy.Statement, [
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        Resource: `${log.logDestination}:*`,
      },
    ]);
    const trust = JSON.parse(graph.one("aws:iam/role:Role").inputs.assumeRolePolicy);
    assert.deepEqual(trust.Statement, [
      {
        Effect: "Allow",
        Principal: { Service: "vpc-flow-logs.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      },
    ]);
  });

  it("reaches S3 by a route and other services by addresses that only the VPC may call", async () => {
    const graph = await run({ endpoints: ["s3", "ecr.api"] });
    floorOf(graph, ENDPOINT, 2);
    const s3 = graph.one(ENDPOINT, "main-s3").inputs;
    assert.equal(s3.vpcEndpointType, "Gateway");
    assert.equal(s3.serviceName, "com.amazonaws.eu-west-1.s3");
    assert.equal(s3.routeTableIds.length, 1);
    const ecr = graph.one(ENDPOINT, "main-ecr.api").inputs;
    assert.equal(ecr.vpcEndpointType, "Interface");
    assert.equal(ecr.serviceName, "com.amazonaws.eu-west-1.ecr.api");
    assert.equal(ecr.privateDnsEnabled, true);
    assert.equal(ecr.subnetIds.length, 3);
    assert.equal(ecr.securityGroupIds.length, 1);
    const { securityGroupId, ...rule } = graph.one(
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    ).inputs;
    assert.equal(securityGroupId, ecr.securityGroupIds[0]);
    assert.deepEqual(rule, {
      cidrIpv4: "10.10.0.0/16",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      description: "calls of AWS services from inside the VPC",
    });
  });

  it("names endpoints as its region does", async () => {
    const inChina = { config: { "aws:region": "cn-north-1" } };
    const graph = await mockRun(
      () => new Vpc("main", { cidr: "10.10.0.0/16", endpoints: ["s3", "sts"] }),
      inChina,
    );
    const names = graph.ofType(ENDPOINT).map(({ inputs }) => inputs.serviceName);
    assert.deepEqual(names, ["com.amazonaws.cn-north-1.s3", "cn.com.amazonaws.cn-north-1.sts"]);
  });

  it("makes no security group where all endpoints are routes", async () => {
    const graph = await run({ endpoints: ["s3", "dynamodb"] });
    floorOf(graph, ENDPOINT, 2);
    floorOf(graph, "aws:ec2/securityGroup:SecurityGroup", 0);
  });

  it("makes the same resources while outputs are unknown", async () => {
    const args: Partial<VpcArgs> = { nat: "per-zone", flowLogs: true, endpoints: ["s3", "sts"] };
    assert.deepEqual(resourceSet(await run(args, true)), resourceSet(await run(args)));
  });

  it("refuses a region with fewer zones than it asks for", async () => {
    const zones = "aws:index/getAvailabilityZones:getAvailabilityZones";
    const all = callResults[zones];
    callResults[zones] = (inputs, region) => {
      const result = all(inputs, region);
      return { ...result, names: result.names.slice(0, 2) };
    };
    try {
      await assert.rejects(
        run(),
        /the region has 2 zones that EKS accepts \(eu-west-1a, eu-west-1b\), the VPC asks for more: set zones to 2$/,
      );
    } finally {
      callResults[zones] = all;
    }
  });
});
