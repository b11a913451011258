import assert from "node:assert/strict";
import { LinkVia } from "../../../components/topology";
import type { TopologyDescription } from "../../../components/topology";
import { assertDependsOn, assertIndependent, floorOf } from "../../support/graph";
import type { Graph, Registration } from "../../support/graph";
import { brought } from "../../support/variants";
import { networksApart, runNetwork } from "../support";
import type { NetworkRun } from "../support";

const ROUTE = "aws:ec2/route:Route";
const LIST = "aws:ec2/managedPrefixList:ManagedPrefixList";
const GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway";
const ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment";
const PEERING = "aws:ec2transitgateway/peeringAttachment:PeeringAttachment";
const PEERING_ACCEPTER =
  "aws:ec2transitgateway/peeringAttachmentAccepter:PeeringAttachmentAccepter";
const ACCEPTER = "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter";
const TABLE = "aws:ec2transitgateway/routeTable:RouteTable";
const ASSOCIATION = "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation";
const PROPAGATION = "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation";
const STATIC_ROUTE = "aws:ec2transitgateway/route:Route";
const PRINCIPAL = "aws:ram/principalAssociation:PrincipalAssociation";

const transit = { links: { via: LinkVia.TransitGateway } };
const account = { roleArn: "arn:aws:iam::111111111111:role/deployer" };

function region(graph: Graph, resource: Registration): string {
  return graph.providerOf(resource)!.inputs.region;
}

/** Accounts that transit gateways are shared with, by logical name. */
function principals(graph: Graph): Record<string, string> {
  return Object.fromEntries(
    graph.ofType(PRINCIPAL).map(({ name, inputs }) => [name, inputs.principal]),
  );
}

describe("transit gateways", () => {
  let five: NetworkRun;

  before(async () => {
    five = await runNetwork(networksApart(5, transit));
  });

  it("attaches every VPC of a region to one gateway, in its private subnets", () => {
    const { graph } = five;
    floorOf(graph, GATEWAY, 1);
    floorOf(graph, ATTACHMENT, 5);
    const gateway = graph.one(GATEWAY, "demo-eu-west-1");
    assert.equal(gateway.inputs.dnsSupport, "enable");
    for (const n of ["n1", "n5"]) {
      const attachment = graph.one(ATTACHMENT, `demo-${n}`);
      const vpc = graph.one("istio-patterns:index:Vpc", `demo-${n}`);
      assert.deepEqual(attachment.inputs.subnetIds, vpc.outputs.privateSubnetIds);
      assert.equal(attachment.inputs.dnsSupport, "enable");
      assertDependsOn(graph, attachment, gateway);
    }
  });

  it("leads the private and the main route table to a list of the other VPCs, after the attachment", () => {
    const { graph } = five;
    const list = graph.one(LIST, "test-n1.routes-eu-west-1");
    assert.deepEqual(list.inputs, {
      name: "test-n1.routes",
      addressFamily: "IPv4",
      maxEntries: 10,
      entries: ["3", "5", "7", "9"].map((second) => ({ cidr: `10.${second}.0.0/16` })),
      tags: { Name: "test-n1.routes" },
    });
    const routes = graph.ofType(ROUTE).filter(({ inputs }) => inputs.destinationPrefixListId);
    assert.equal(routes.length, 10);
    const [first, second] = ["demo-n1", "demo-n2"].map((name) => graph.one(ATTACHMENT, name));
    const own = routes.filter(({ name }) => name.startsWith("demo-n1."));
    const vpc = graph.one("istio-patterns:index:Vpc", "demo-n1");
    assert.deepEqual(own.map(({ inputs }) => inputs.routeTableId).sort(), [
      ...vpc.outputs.routeTableIds.sort(),
    ]);
    for (const route of own) {
      assertDependsOn(graph, route, first);
      assertDependsOn(graph, route, list);
      assertIndependent(graph, route, second);
    }
  });

  it("peers the gateways of two regions and tells each the other's addresses", async () => {
    const regions = ["eu-west-1", "us-east-1", "eu-west-1"];
    const description = networksApart(3, transit, (index) => ({ region: regions[index] }));
    const { graph } = await runNetwork(description);
    floorOf(graph, GATEWAY, 2);
    const request = graph.one(PEERING, "demo-eu-west-1-us-east-1");
    const accepter = graph.one(PEERING_ACCEPTER);
    assert.equal(request.inputs.peerRegion, "us-east-1");
    assert.equal(request.inputs.peerAccountId, "123456789012");
    assert.equal(region(graph, request), "eu-west-1");
    assert.equal(region(graph, accepter), "us-east-1");
    const routes = graph.ofType(STATIC_ROUTE);
    assert.deepEqual(
      routes.map((route) => [region(graph, route), route.inputs.destinationCidrBlock]).sort(),
      [
        ["eu-west-1", "10.3.0.0/16"],
        ["us-east-1", "10.1.0.0/16"],
        ["us-east-1", "10.5.0.0/16"],
      ],
    );
    for (const route of routes) assertDependsOn(graph, route, accepter);
    for (const [side, here] of [
      ["requester", "eu-west-1"],
      ["accepter", "us-east-1"],
    ]) {
      const association = graph.one(ASSOCIATION, `demo-eu-west-1-us-east-1.${side}`);
      assert.equal(region(graph, association), here);
      assertDependsOn(graph, association, accepter);
    }
  });

  it("shares the gateway with the other accounts, which attach after that", async () => {
    const description = networksApart(2, transit, (index) => (index === 1 ? { account } : {}));
    const { graph } = await runNetwork(description);
    const gateway = graph.one(GATEWAY);
    assert.equal(
      graph.one("aws:ram/resourceShare:ResourceShare").inputs.allowExternalPrincipals,
      false,
    );
    const principal = graph.one(PRINCIPAL);
    assert.equal(principal.inputs.principal, "111111111111");
    const attachment = graph.one(ATTACHMENT, "demo-n2");
    assertDependsOn(graph, attachment, principal);
    assert.notEqual(attachment.provider, gateway.provider);
    floorOf(graph, LIST, 4);
  });

  it("accepts no attachment by itself, and associates and propagates none that is not planned", () => {
    const { inputs } = five.graph.one(GATEWAY);
    assert.equal(inputs.autoAcceptSharedAttachments, "disable");
    assert.equal(inputs.defaultRouteTableAssociation, "disable");
    assert.equal(inputs.defaultRouteTablePropagation, "disable");
    floorOf(five.graph, ACCEPTER, 0);
    for (const type of [ASSOCIATION, PROPAGATION]) {
      floorOf(five.graph, type, 5);
      const own = five.graph.one(type, "demo-n1");
      assertDependsOn(five.graph, own, five.graph.one(ATTACHMENT, "demo-n1"));
      assertDependsOn(five.graph, own, five.graph.one(TABLE));
      for (const route of five.graph
        .ofType(ROUTE)
        .filter(({ name }) => name.startsWith("demo-n1.")))
        assertDependsOn(five.graph, route, own);
    }
    const { inputs: attached } = five.graph.one(ATTACHMENT, "demo-n1");
    assert.equal(attached.transitGatewayDefaultRouteTableAssociation, false);
    assert.equal(attached.transitGatewayDefaultRouteTablePropagation, false);
  });

  it("accepts in the owner's account every attachment of another one that is planned, before anything routes over it", async () => {
    const description = networksApart(3, transit, (index) => (index === 1 ? { account } : {}));
    const { graph } = await runNetwork(description);
    floorOf(graph, ACCEPTER, 1);
    const accepter = graph.one(ACCEPTER, "demo-n2");
    const attachment = graph.one(ATTACHMENT, "demo-n2");
    assert.equal(graph.providerOf(accepter)!.name, "demo-eu-west-1");
    assertDependsOn(graph, accepter, attachment);
    assert.equal(accepter.inputs.transitGatewayDefaultRouteTableAssociation, false);
    assert.equal(accepter.inputs.transitGatewayDefaultRouteTablePropagation, false);
    // The provider says true of an attachment whose gateway is another account's, whatever is so.
    assert.equal(attachment.inputs.transitGatewayDefaultRouteTableAssociation, undefined);
    const own = graph.one("istio-patterns:index:Vpc", "demo-n2").outputs.routeTableIds;
    const routes = graph.ofType(ROUTE).filter(({ inputs }) => inputs.destinationPrefixListId);
    for (const route of routes.filter(({ inputs }) => own.includes(inputs.routeTableId)))
      assertDependsOn(graph, route, accepter);
    for (const type of [ASSOCIATION, PROPAGATION]) {
      const of = graph.one(type, "demo-n2");
      assert.equal(graph.providerOf(of)!.name, "demo-eu-west-1");
      assertDependsOn(graph, of, accepter);
    }
  });

  it("attaches VPCs to transit gateways that exist, and leaves all else of these to their owner", async () => {
    const id = "tgw-0123456789abcdef0";
    const links = {
      ...transit.links,
      transitGateways: { "eu-west-1": { existing: id } },
      reachable: { runners: { cidrs: ["192.168.9.0/24"] } },
    };
    const { graph, network } = await runNetwork(networksApart(1, { links }));
    const { inputs } = graph.one(ATTACHMENT);
    assert.equal(inputs.transitGatewayId, id);
    assert.equal(inputs.transitGatewayDefaultRouteTableAssociation, undefined);
    for (const type of [GATEWAY, TABLE, ASSOCIATION, PROPAGATION, ACCEPTER, PRINCIPAL])
      floorOf(graph, type, 0);
    assert.deepEqual(graph.one(LIST).inputs.entries, [{ cidr: "192.168.9.0/24" }]);
    const routes = graph.ofType(ROUTE).filter(({ name }) => name.startsWith("demo-n1."));
    assert.equal(routes.length, 2);
    for (const route of routes) {
      assert.equal(route.inputs.transitGatewayId, id);
      assertDependsOn(graph, route, graph.one(ATTACHMENT));
    }
    assert.equal(network.routes.n1.length, 2);
  });

  it("takes back no account's share when another one comes before it", async () => {
    const other = { roleArn: "arn:aws:iam::222222222222:role/deployer" };
    const before = networksApart(2, transit, (index) => (index === 1 ? { account } : {}));
    const after = structuredClone(before);
    after.networks.early = { cidr: "10.9.0.0/16", account: other };
    after.clusters.early = { network: "early" };
    after.meshes.prod.clusters.early = {};
    const [old, young] = [await runNetwork(before), await runNetwork(after)];
    assert.deepEqual(principals(old.graph), {
      "demo-eu-west-1-111111111111-eu-west-1": "111111111111",
    });
    assert.deepEqual(principals(young.graph), {
      ...principals(old.graph),
      "demo-eu-west-1-222222222222-eu-west-1": "222222222222",
    });
  });

  it("makes them in the owner's account, where no VPC need be, and lets the program's account attach", async () => {
    const description = networksApart(2, {
      links: { ...transit.links, owner: account },
    });
    const { graph } = await runNetwork(description);
    const gateway = graph.one(GATEWAY, "demo-eu-west-1");
    assert.equal(graph.providerOf(gateway)!.name, "demo-111111111111-eu-west-1");
    assert.deepEqual(principals(graph), { "demo-eu-west-1-eu-west-1": "123456789012" });
    for (const name of ["demo-n1", "demo-n2"])
      assert.equal(graph.providerOf(graph.one(ATTACHMENT, name))!.name, "demo-eu-west-1");
  });

  it("attaches to one subnet per zone of a VPC that exists", async () => {
    const subnet = (third: number, zone: string) => ({
      id: `subnet-${third}`,
      cidr: `10.20.${third}.0/24`,
      zone,
      tier: "private" as const,
    });
    const old = {
      ...brought.networks.old.existing!,
      subnets: { a: subnet(1, "a"), b: subnet(2, "a"), c: subnet(3, "b") },
    };
    const description: TopologyDescription = {
      ...brought,
      ...transit,
      networks: { ...brought.networks, old: { existing: old } },
    };
    const { graph } = await runNetwork(description);
    const { inputs } = graph.one(ATTACHMENT, "demo-old");
    assert.deepEqual(inputs.subnetIds, ["subnet-1", "subnet-3"]);
  });

  it("costs 41 resources for each further cluster with a VPC", async () => {
    const four = await runNetwork(networksApart(4, transit));
    assert.equal(five.graph.resources.length - four.graph.resources.length, 41);
  });
});
