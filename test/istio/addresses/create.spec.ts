import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { IstiodLoadBalancer, PrivateZone } from "../../../components/network";
import type { TopologyDescription } from "../../../components/topology";
import { assertDependsOn, floorOf, mockRun, resourceSet } from "../../support/graph";
import { patterns } from "../../support/topologies";
import { brought } from "../../support/variants";
import { networksApart, runNetwork } from "../support";
import type { NetworkRun } from "../support";

const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const GROUP = "aws:lb/targetGroup:TargetGroup";
const LISTENER = "aws:lb/listener:Listener";
const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";
const IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const ZONE = "aws:route53/zone:Zone";
const RECORD = "aws:route53/record:Record";
const ASSOCIATION = "aws:route53/zoneAssociation:ZoneAssociation";
const AUTHORIZATION = "aws:route53/vpcAssociationAuthorization:VpcAssociationAuthorization";

const external = patterns["03-external-istiod-kubernetes"];
const sameNetwork = patterns["02-primary-remote-same-network"];

/** Any resource of another room. */
class Other extends pulumi.CustomResource {}

describe("IstiodLoadBalancer", () => {
  it("passes on what it waits for", async () => {
    const graph = await mockRun(() => {
      const before = new Other("test:index:Before", "before", {});
      const args = { loadBalancerName: "x", vpcId: "vpc-1", subnetIds: ["subnet-1"] };
      new IstiodLoadBalancer(
        "x",
        { ...args, addresses: ["10.0.0.4"], securityGroupId: "sg-1" },
        { dependsOn: before },
      );
    });
    for (const type of [BALANCER, GROUP, LISTENER])
      for (const made of graph.ofType(type))
        assertDependsOn(graph, made, graph.one("test:index:Before"));
  });
});

describe("PrivateZone", () => {
  it("passes on what it waits for", async () => {
    const graph = await mockRun(() => {
      const before = new Other("test:index:Before", "before", {});
      const args = { zoneName: "x.internal", vpcId: "vpc-1", records: {} };
      new PrivateZone("x", args, { dependsOn: before });
    });
    assertDependsOn(graph, graph.one(ZONE), graph.one("test:index:Before"));
  });
});

describe("createIstiodAddresses", () => {
  let run: NetworkRun;

  before(async () => {
    run = await runNetwork(external);
  });

  it("makes nothing where every member runs istiod", async () => {
    const { graph, targetGroups } = await runNetwork(networksApart(2));
    floorOf(graph, SECURITY_GROUP, 2);
    for (const type of [BALANCER, GROUP, LISTENER, ZONE, RECORD]) floorOf(graph, type, 0);
    assert.deepEqual(targetGroups, {});
  });

  it("makes an internal load balancer at the chosen addresses, with its security group from the start", () => {
    const { graph } = run;
    floorOf(graph, BALANCER, 1);
    const balancer = graph.one(BALANCER, "demo-prod-mgmt-istiod");
    const vpc = graph.one("istio-patterns:index:Vpc", "demo-mgmt");
    const group = graph.one(SECURITY_GROUP, "demo-mgmt-prod-istiod");
    assert.equal(group.inputs.description, "Load balancer of istiod");
    assert.deepEqual(balancer.propertyDependencies.securityGroups, [group.urn]);
    assert.deepEqual(balancer.inputs, {
      name: "mesh-test-prod-mgmt-istiod",
      loadBalancerType: "network",
      internal: true,
      securityGroups: balancer.inputs.securityGroups,
      subnetMappings: ["10.0.240.8", "10.0.241.8", "10.0.242.8"].map(
        (privateIpv4Address, zone) => ({
          subnetId: vpc.outputs.loadBalancerSubnetIds[zone],
          privateIpv4Address,
        }),
      ),
      enableCrossZoneLoadBalancing: true,
      tags: { Name: "demo-prod-mgmt-istiod" },
    });
    for (const type of [BALANCER, GROUP, LISTENER])
      for (const made of graph.ofType(type)) assert.equal(made.deleteBeforeReplace, true);
  });

  it("sends 15012 and 15017 to groups that Auto Mode of the cluster may register with", () => {
    const { graph } = run;
    floorOf(graph, GROUP, 2);
    floorOf(graph, LISTENER, 2);
    const { vpcId } = graph.one("istio-patterns:index:Vpc", "demo-mgmt").outputs;
    for (const port of [15012, 15017]) {
      const name = `demo-prod-mgmt-istiod-${port}`;
      const group = graph.one(GROUP, name);
      assert.deepEqual(group.inputs, {
        name: `mesh-test-prod-mgmt-istiod-${port}`,
        port,
        protocol: "TCP",
        targetType: "ip",
        vpcId,
        healthCheck: {
          protocol: "HTTP",
          port: "8080",
          path: "/ready",
          matcher: "200",
          interval: 5,
          timeout: 4,
          healthyThreshold: 2,
          unhealthyThreshold: 2,
        },
        preserveClientIp: "false",
        deregistrationDelay: 5,
        connectionTermination: true,
        tags: { Name: name, "eks:eks-cluster-name": "test-mgmt" },
      });
      const listener = graph.one(LISTENER, name);
      const { loadBalancerArn, defaultActions } = listener.inputs;
      assert.deepEqual(listener.inputs, {
        loadBalancerArn,
        port,
        protocol: "TCP",
        defaultActions: [{ type: "forward", targetGroupArn: defaultActions[0].targetGroupArn }],
        tags: { Name: name },
      });
      assert.deepEqual(listener.propertyDependencies.loadBalancerArn, [graph.one(BALANCER).urn]);
      assert.deepEqual(listener.propertyDependencies.defaultActions, [group.urn]);
    }
  });

  it("gives target groups no cluster where the AWS controller registers targets", async () => {
    const description = structuredClone(external);
    description.clusters.mgmt.nodes = { kind: "managed" };
    const { graph } = await runNetwork(description);
    assert.deepEqual(graph.one(GROUP, "demo-prod-mgmt-istiod-15012").inputs.tags, {
      Name: "demo-prod-mgmt-istiod-15012",
    });
  });

  it("lets exactly the remotes in to the load balancer, and the load balancer in to istiod's cluster", () => {
    const { graph } = run;
    const [group] = graph.one(BALANCER).inputs.securityGroups;
    const rules = graph.ofType(IN).map(({ inputs }) => inputs);
    assert.deepEqual(
      rules
        .filter(({ securityGroupId }) => securityGroupId === group)
        .map(({ cidrIpv4, fromPort, toPort }) => [cidrIpv4, fromPort, toPort]),
      [["10.10.0.0/16", 15012, 15017]],
    );
    assert.deepEqual(
      rules
        .filter(({ referencedSecurityGroupId }) => referencedSecurityGroupId === group)
        .map(({ securityGroupId, fromPort, toPort }) => [securityGroupId, fromPort, toPort]),
      [
        ["sg-mgmt", 15012, 15012],
        ["sg-mgmt", 15017, 15017],
        ["sg-mgmt", 8080, 8080],
      ],
    );
  });

  it("lets a remote of the same VPC in by its security group", async () => {
    const { graph } = await runNetwork(sameNetwork);
    const [group] = graph.one(BALANCER).inputs.securityGroups;
    const rules = graph.ofType(IN).filter(({ inputs }) => inputs.securityGroupId === group);
    assert.deepEqual(
      rules.map(({ inputs }) => inputs.referencedSecurityGroupId),
      ["sg-west"],
    );
  });

  it("hands out the target groups by istiod, those that the load balancer sends to", async () => {
    const { graph, targetGroups } = run;
    assert.deepEqual(Object.keys(targetGroups), ["prod/mgmt/istiod"]);
    const { xds, webhook } = targetGroups["prod/mgmt/istiod"];
    const arns: string[] = [];
    pulumi.all([xds, webhook]).apply((both) => arns.push(...both));
    await new Promise(setImmediate);
    const sent = [15012, 15017].map(
      (port) =>
        graph.one(LISTENER, `demo-prod-mgmt-istiod-${port}`).inputs.defaultActions[0]
          .targetGroupArn,
    );
    assert.deepEqual(arns, sent);
  });

  it("names the addresses in a private zone of the mesh, which its other VPCs join", () => {
    const { graph } = run;
    const zone = graph.one(ZONE, "demo-prod");
    const { zoneId } = graph.one("istio-patterns:index:PrivateZone", "demo-prod").outputs;
    assert.ok(zoneId);
    const vpcId = (name: string) => graph.one("istio-patterns:index:Vpc", name).outputs.vpcId;
    assert.deepEqual(zone.inputs, {
      name: "prod.test.internal",
      comment: "Managed by Pulumi",
      vpcs: [{ vpcId: vpcId("demo-mgmt") }],
      tags: { Name: "demo-prod" },
    });
    assert.deepEqual(zone.ignoreChanges, ["vpcs"]);
    assert.deepEqual(graph.one(RECORD, "demo-prod-istiod.mgmt.prod.test.internal").inputs, {
      zoneId,
      name: "istiod.mgmt.prod.test.internal",
      type: "A",
      ttl: 300,
      records: ["10.0.240.8", "10.0.241.8", "10.0.242.8"],
    });
    floorOf(graph, RECORD, 1);
    floorOf(graph, ASSOCIATION, 1);
    assert.deepEqual(graph.one(ASSOCIATION, "demo-prod-apps").inputs, {
      zoneId,
      vpcId: vpcId("demo-apps"),
    });
    floorOf(graph, AUTHORIZATION, 0);
  });

  it("authorises a VPC of another account first, which then joins with its own provider", async () => {
    const description: TopologyDescription = structuredClone(external);
    const roleArn = "arn:aws:iam::210987654321:role/deploy";
    Object.assign(description.networks.apps, { account: { roleArn }, region: "us-east-1" });
    const { graph } = await runNetwork(description);
    const { zoneId } = graph.one("istio-patterns:index:PrivateZone").outputs;
    const { vpcId } = graph.one("istio-patterns:index:Vpc", "demo-apps").outputs;
    const authorization = graph.one(AUTHORIZATION, "demo-prod-apps");
    assert.deepEqual(authorization.inputs, { zoneId, vpcId, vpcRegion: "us-east-1" });
    const association = graph.one(ASSOCIATION, "demo-prod-apps");
    assertDependsOn(graph, association, authorization);
    assert.match(association.provider!, /demo-210987654321-us-east-1/);
    assert.match(authorization.provider!, /demo-eu-west-1/);
  });

  it("stands in the load-balancer subnets of a VPC that exists", async () => {
    const meshes = { prod: { controlPlane: { runsIn: ["lab"] }, clusters: { east: {}, lab: {} } } };
    const { graph } = await runNetwork({ ...brought, meshes });
    assert.deepEqual(graph.one(BALANCER).inputs.subnetMappings, [
      { subnetId: "subnet-0c", privateIpv4Address: "10.20.32.20" },
      { subnetId: "subnet-0d", privateIpv4Address: "10.20.32.52" },
    ]);
  });

  it("makes the same resources while outputs are unknown", async () => {
    const unknown = await runNetwork(external, { unknownOutputs: true });
    assert.deepEqual(resourceSet(unknown.graph), resourceSet(run.graph));
  });
});
