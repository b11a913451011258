import assert from "node:assert/strict";
import type { TopologyDescription } from "../../../components/topology";
import { networksApart, runNetwork } from "../../network/support";
import { assertDependsOn, floor, floorOf, resourceSet } from "../../support/graph";
import type { Graph, Registration } from "../../support/graph";
import { patterns } from "../../support/topologies";
import { brought, movingRemotes } from "../../support/variants";
import { withMachines } from "../../support/outside";
import { BINDING, buildIstio } from "../room";

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

describe("createAddresses", () => {
  let graph: Graph;

  before(async () => {
    graph = await buildIstio(external);
    floor(graph, 1);
  });

  it("makes nothing where every member runs istiod", async () => {
    const multiPrimary = await buildIstio(networksApart(2));
    floor(multiPrimary, 2);
    for (const type of [BALANCER, GROUP, LISTENER, ZONE, RECORD, BINDING])
      floorOf(multiPrimary, type, 0);
  });

  it("makes a load balancer at the chosen addresses, with its security group from the start", () => {
    floorOf(graph, BALANCER, 1);
    const balancer = graph.one(BALANCER, "demo-prod-mgmt-istiod");
    const { name, securityGroups, subnetMappings } = balancer.inputs;
    assert.equal(balancer.inputs.enableDeletionProtection, false);
    assert.equal(name, "mesh-test-prod-mg-67e3005e");
    assert.deepEqual(securityGroups, ["sg-prod/mgmt/istiod"]);
    assert.deepEqual(subnetMappings, [
      { subnetId: "subnet-mgmt-a", privateIpv4Address: "10.0.240.8" },
      { subnetId: "subnet-mgmt-b", privateIpv4Address: "10.0.241.8" },
      { subnetId: "subnet-mgmt-c", privateIpv4Address: "10.0.242.8" },
    ]);
    assert.match(balancer.provider!, /demo-eu-west-1/);
  });

  it("keeps its load balancer where the description says so", async () => {
    const kept = await buildIstio({ ...external, loadBalancers: { deletionProtection: true } });
    assert.equal(kept.one(BALANCER).inputs.enableDeletionProtection, true);
  });

  it("sends 15012 and 15017 to groups that the cluster may register with, asking /ready on 8080", () => {
    floorOf(graph, GROUP, 2);
    floorOf(graph, LISTENER, 2);
    for (const port of [15012, 15017]) {
      const name = `demo-prod-mgmt-istiod-${port}`;
      const { inputs } = graph.one(GROUP, name);
      const { protocol, port: asked, path } = inputs.healthCheck;
      assert.deepEqual([inputs.port, inputs.vpcId], [port, "vpc-mgmt"]);
      assert.deepEqual([protocol, asked, path], ["HTTP", "8080", "/ready"]);
      assert.deepEqual(inputs.tags, { Name: name, "eks:eks-cluster-name": "test-mgmt" });
      assert.equal(graph.one(LISTENER, name).inputs.port, port);
    }
  });

  it("makes one of each for every istiod and revision, in the account and region of its VPC", async () => {
    const description: TopologyDescription = structuredClone(movingRemotes);
    const roleArn = "arn:aws:iam::210987654321:role/deploy";
    Object.assign(description.networks.shared, { account: { roleArn }, region: "us-east-1" });
    const moving = await buildIstio(description);
    floorOf(moving, BALANCER, 2);
    floorOf(moving, LISTENER, 4);
    for (const istiod of ["istiod-canary", "istiod-stable"]) {
      const name = `demo-prod-east-${istiod}`;
      const { inputs, parent, provider } = moving.one(BALANCER, name);
      assert.deepEqual(inputs.securityGroups, [`sg-prod/east/${istiod}`]);
      assert.equal(parent, moving.one("istio-patterns:index:InternalBalancer", name).urn);
      assert.match(provider!, /demo-210987654321-us-east-1/);
    }
  });

  it("has istiod bound to these groups port by port, once its load balancer sends to them", () => {
    floorOf(graph, BINDING, 2);
    for (const [port, target] of Object.entries({ 15012: 15012, 443: 15017 })) {
      const binding = graph.one(BINDING, `demo-prod-mgmt-istiod-${port}`);
      const listener = graph.one(LISTENER, `demo-prod-mgmt-istiod-${target}`);
      const [{ targetGroupArn }] = listener.inputs.defaultActions;
      assert.equal(binding.inputs.spec.targetGroupARN, targetGroupArn);
      assert.match(targetGroupArn, new RegExp(`mesh-test-prod-mg-67e3005e-${target}$`));
      assertDependsOn(graph, binding, listener);
    }
  });

  it("has no private zone where only relays read, which are told the addresses", () => {
    for (const type of [ZONE, RECORD, ASSOCIATION]) floorOf(graph, type, 0);
  });

  it("names the addresses in a private zone of the mesh, which its other VPCs join", async () => {
    const named = await buildIstio(external, false, withMachines);
    const zone = named.one(ZONE, "demo-prod");
    const { zoneId } = named.one("istio-patterns:index:PrivateZone", "demo-prod").outputs;
    assert.ok(zoneId);
    assert.deepEqual(
      [zone.inputs.name, zone.inputs.vpcs],
      ["prod.test.internal", [{ vpcId: "vpc-mgmt" }]],
    );
    const host = "istiod.mgmt.prod.test.internal";
    const { name, records } = named.one(RECORD, `demo-prod-${host}`).inputs;
    assert.deepEqual([name, records], [host, ["10.0.240.8", "10.0.241.8", "10.0.242.8"]]);
    floorOf(named, RECORD, 1);
    floorOf(named, ASSOCIATION, 1);
    assert.deepEqual(named.one(ASSOCIATION, "demo-prod-apps").inputs, {
      zoneId,
      vpcId: "vpc-apps",
    });
    floorOf(named, AUTHORIZATION, 0);
    const unknown = await buildIstio(external, true, withMachines);
    assert.deepEqual(resourceSet(unknown), resourceSet(named));
  });

  it("authorises a VPC of another account first, which then joins with its own provider", async () => {
    const description: TopologyDescription = structuredClone(external);
    const roleArn = "arn:aws:iam::210987654321:role/deploy";
    Object.assign(description.networks.apps, { account: { roleArn }, region: "us-east-1" });
    const foreign = await buildIstio(description, false, withMachines);
    const { zoneId } = foreign.one("istio-patterns:index:PrivateZone").outputs;
    const authorization = foreign.one(AUTHORIZATION, "demo-prod-apps");
    const vpcId = "vpc-apps";
    assert.deepEqual(authorization.inputs, { zoneId, vpcId, vpcRegion: "us-east-1" });
    const association = foreign.one(ASSOCIATION, "demo-prod-apps");
    assertDependsOn(foreign, association, authorization);
    assert.match(association.provider!, /demo-210987654321-us-east-1/);
    assert.match(authorization.provider!, /demo-eu-west-1/);
  });

  it("stands in the load-balancer subnets of a VPC that exists", async () => {
    const meshes = { prod: { controlPlane: { runsIn: ["lab"] }, clusters: { east: {}, lab: {} } } };
    const own = await buildIstio({ ...brought, meshes });
    assert.deepEqual(own.one(BALANCER).inputs.subnetMappings, [
      { subnetId: "subnet-0c", privateIpv4Address: "10.20.32.20" },
      { subnetId: "subnet-0d", privateIpv4Address: "10.20.32.52" },
    ]);
    assert.equal(
      own.one(GROUP, "demo-prod-lab-istiod-15012").inputs.vpcId,
      "vpc-0123456789abcdef0",
    );
  });

  it("makes the same resources while outputs are unknown", async () => {
    assert.deepEqual(resourceSet(await buildIstio(external, true)), resourceSet(graph));
  });
});

describe("the security group of an istiod's load balancer", () => {
  /** Rules that let in to a group of this name, by what they let in. */
  const letIn = (graph: Graph, name: string, other: keyof Registration["inputs"]) => {
    const { urn } = graph.one(SECURITY_GROUP, name);
    return graph
      .ofType(IN)
      .filter(({ propertyDependencies: { securityGroupId = [] } }) => securityGroupId.includes(urn))
      .map(({ inputs }) => [inputs[other], inputs.fromPort, inputs.toPort]);
  };

  it("lets exactly the remotes in, and istiod's cluster lets it in", async () => {
    const { graph } = await runNetwork(external);
    const group = graph.one(SECURITY_GROUP, "demo-prod-mgmt-istiod");
    assert.equal(group.inputs.description, "Load balancer of istiod");
    assert.deepEqual(letIn(graph, "demo-prod-mgmt-istiod", "cidrIpv4"), [
      ["10.10.0.0/16", 15012, 15017],
    ]);
    const behind = graph
      .ofType(IN)
      .filter(({ propertyDependencies: { referencedSecurityGroupId = [] } }) =>
        referencedSecurityGroupId.includes(group.urn),
      );
    assert.deepEqual(
      behind.map(({ inputs: { securityGroupId, fromPort, toPort } }) => [
        securityGroupId,
        fromPort,
        toPort,
      ]),
      [
        ["sg-mgmt", 15012, 15012],
        ["sg-mgmt", 15017, 15017],
        ["sg-mgmt", 8080, 8080],
      ],
    );
  });

  it("lets a remote of the same VPC in by the group of its cluster", async () => {
    const { graph } = await runNetwork(sameNetwork);
    assert.deepEqual(letIn(graph, "demo-prod-east-istiod", "referencedSecurityGroupId"), [
      ["sg-west", 15012, 15017],
    ]);
  });
});
