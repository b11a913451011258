import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { SecurityRules } from "../../../components/network";
import { LinkVia } from "../../../components/topology";
import { assertDependsOn, floorOf, mockRun, resourceSet } from "../../support/graph";
import { networksApart, runNetwork } from "../support";
import type { NetworkRun } from "../support";

const COMPONENT = "istio-patterns:index:SecurityRules";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const OUT = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

const transit = { links: { via: LinkVia.TransitGateway } };
const mtls = "mTLS from the networks of the mesh: istio-eastwestgateway of mesh prod";
const health = "health checks of the load balancer: istio-eastwestgateway of mesh prod";

/** Any resource of another room. */
class Other extends pulumi.CustomResource {}

describe("SecurityRules", () => {
  it("puts a rule on the cluster's group with its reason", async () => {
    const graph = await mockRun(
      () =>
        new SecurityRules("east", {
          vpcId: "vpc-1",
          clusterSecurityGroupId: "sg-east",
          ingress: [
            { name: "vm", cidr: "10.9.0.0/16", fromPort: 8080, toPort: 8081, reason: "legacy" },
          ],
        }),
    );
    assert.deepEqual(graph.one(IN, "east-vm").inputs, {
      securityGroupId: "sg-east",
      ipProtocol: "tcp",
      fromPort: 8080,
      toPort: 8081,
      cidrIpv4: "10.9.0.0/16",
      description: "legacy",
    });
    floorOf(graph, GROUP, 0);
  });

  it("passes on what it waits for", async () => {
    const graph = await mockRun(() => {
      const before = new Other("test:index:Before", "before", {});
      const gateway = { groupName: "public", ingress: [], egress: [], toCluster: [] };
      new SecurityRules("east", { vpcId: "vpc-1", gateways: { gateway } }, { dependsOn: before });
    });
    assertDependsOn(graph, graph.one(GROUP), graph.one("test:index:Before"));
  });
});

describe("createSecurityRules", () => {
  let apart: NetworkRun;

  before(async () => {
    apart = await runNetwork(networksApart(2, transit));
  });

  it("makes nothing for a single cluster without gateways", async () => {
    const api = { allowFrom: ["192.0.2.1/32"] };
    const { graph, securityGroups } = await runNetwork(networksApart(1, { api }));
    floorOf(graph, "aws:ec2/vpc:Vpc", 1);
    for (const type of [COMPONENT, GROUP, IN, OUT]) floorOf(graph, type, 0);
    assert.deepEqual(securityGroups, {});
  });

  it("makes one group per gateway, in the cluster's VPC, by a name that never changes", () => {
    const { graph, securityGroups } = apart;
    floorOf(graph, GROUP, 2);
    const group = graph.one(GROUP, "demo-c1-prod-istio-eastwestgateway");
    const vpc = graph.one("istio-patterns:index:Vpc", "demo-n1");
    assert.deepEqual(group.inputs, {
      name: "demo-prod-c1-istio-eastwestgateway",
      description: "Load balancer of an Istio gateway",
      vpcId: vpc.outputs.vpcId,
      tags: { Name: "demo-prod-c1-istio-eastwestgateway" },
    });
    assert.deepEqual(Object.keys(securityGroups), [
      "prod/c1/istio-eastwestgateway",
      "prod/c2/istio-eastwestgateway",
    ]);
  });

  it("opens the gateway to the mesh's prefix list, the cluster to the gateway and to callers, and nothing else", () => {
    const { graph } = apart;
    const component = graph.one(COMPONENT, "demo-c1");
    const list = graph.one("aws:ec2/managedPrefixList:ManagedPrefixList");
    const children = graph.childrenOf(component);
    const inputs = (type: string) =>
      children
        .filter((child) => child.type === type)
        .sort((a, b) => a.name.localeCompare(b.name))
        .map((child) => child.inputs);
    const groupId = inputs(OUT)[0].securityGroupId;
    const tcp = (port: number) => ({ ipProtocol: "tcp", fromPort: port, toPort: port });
    const { prefixListId } = inputs(IN)[1];
    assert.match(prefixListId, /^pl-/);
    assert.deepEqual(inputs(IN), [
      {
        securityGroupId: "sg-c1",
        cidrIpv4: "172.16.0.0/12",
        ...tcp(443),
        description: "callers of the private API server",
      },
      {
        securityGroupId: "sg-c1",
        prefixListId,
        ...tcp(443),
        description: "istiod of other clusters watches the API server",
      },
      {
        securityGroupId: "sg-c1",
        referencedSecurityGroupId: groupId,
        ...tcp(15021),
        description: health,
      },
      { securityGroupId: groupId, prefixListId, ...tcp(15443), description: mtls },
      {
        securityGroupId: "sg-c1",
        referencedSecurityGroupId: groupId,
        ...tcp(15443),
        description: mtls,
      },
    ]);
    const out = { securityGroupId: groupId, referencedSecurityGroupId: "sg-c1" };
    assert.deepEqual(inputs(OUT), [
      { ...out, ...tcp(15021), description: health },
      { ...out, ...tcp(15443), description: mtls },
    ]);
    assertDependsOn(graph, graph.one(IN, "demo-c1-api-prod"), list);
  });

  it("hands out each gateway's own group", async () => {
    const description = networksApart(2);
    description.meshes.prod.ingress = { public: { clusters: ["c1"] } };
    const ids: Record<string, string> = {};
    const { graph, securityGroups } = await runNetwork(description);
    for (const [key, id] of Object.entries(securityGroups)) id.apply((value) => (ids[key] = value));
    await new Promise(setImmediate);
    floorOf(graph, GROUP, 3);
    assert.equal(Object.keys(ids).length, 3);
    assert.equal(new Set(Object.values(ids)).size, 3);
  });

  it("makes the same resources while outputs are unknown", async () => {
    const unknown = await runNetwork(networksApart(2, transit), { unknownOutputs: true });
    assert.deepEqual(resourceSet(unknown.graph), resourceSet(apart.graph));
  });
});
