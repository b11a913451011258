import assert from "node:assert/strict";
import { existingVpc } from "../../components/network";
import { LinkVia } from "../../components/topology";
import type { TopologyDescription } from "../../components/topology";
import {
  assertDependsOn,
  assertIndependent,
  assertProtected,
  floorOf,
  resourceSet,
} from "../support/graph";
import type { Graph, Registration } from "../support/graph";
import { brought } from "../support/variants";
import { networksApart, runNetworks } from "./support";
import type { NetworkRun } from "./support";

const VPC = "aws:ec2/vpc:Vpc";
const ROUTE = "aws:ec2/route:Route";
const SIDE = "istio-patterns:index:VpcPeeringSide";
const CONNECTION = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection";
const ACCEPTER = "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter";
const OPTIONS = "aws:ec2/peeringConnectionOptions:PeeringConnectionOptions";
const LIST = "aws:ec2/managedPrefixList:ManagedPrefixList";
const GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway";
const ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment";
const PEERING = "aws:ec2transitgateway/peeringAttachment:PeeringAttachment";
const PEERING_ACCEPTER =
  "aws:ec2transitgateway/peeringAttachmentAccepter:PeeringAttachmentAccepter";
const STATIC_ROUTE = "aws:ec2transitgateway/route:Route";

const transit = { links: { via: LinkVia.TransitGateway } };
const account = { roleArn: "arn:aws:iam::111111111111:role/deployer" };

function region(graph: Graph, resource: Registration): string {
  return graph.providerOf(resource)!.inputs.region;
}

describe("createNetworks", () => {
  it("makes each VPC with the provider of its account and region, protected", async () => {
    const description = networksApart(2, {}, (index) =>
      index === 1 ? { region: "us-east-1" } : {},
    );
    const { graph } = await runNetworks(description);
    floorOf(graph, VPC, 2);
    assert.deepEqual(
      ["demo-n1", "demo-n2"].map((name) => region(graph, graph.one(VPC, name))),
      ["eu-west-1", "us-east-1"],
    );
    for (const vpc of graph.ofType(VPC)) assertProtected(vpc);
  });

  it("protects nothing where the description says so", async () => {
    const { graph } = await runNetworks(networksApart(1, { protect: false }));
    floorOf(graph, VPC, 1);
    assert.deepEqual(
      graph.resources.filter((resource) => resource.protect),
      [],
    );
  });

  it("joins nothing where there is one VPC", async () => {
    const { graph } = await runNetworks(networksApart(1));
    floorOf(graph, VPC, 1);
    for (const type of [CONNECTION, LIST, GATEWAY]) floorOf(graph, type, 0);
  });

  it("makes the same resources while outputs are unknown", async () => {
    for (const description of [networksApart(2), networksApart(2, transit)]) {
      const known = resourceSet((await runNetworks(description)).graph);
      const unknown = resourceSet((await runNetworks(description, { unknownOutputs: true })).graph);
      assert.deepEqual(unknown, known);
    }
  });

  it("makes nothing in a VPC that exists but the routes of links", async () => {
    const { graph, networks } = await runNetworks(brought);
    floorOf(graph, VPC, 1);
    assert.deepEqual(networks.vpcs.old, {
      vpcId: "vpc-0123456789abcdef0",
      publicSubnetIds: [],
      privateSubnetIds: ["subnet-0a", "subnet-0b"],
      loadBalancerSubnetIds: ["subnet-0c", "subnet-0d"],
      routeTableIds: ["rtb-0a"],
      natAddresses: ["198.51.100.7"],
    });
    const inside = graph
      .ofType(ROUTE)
      .filter(({ inputs }) => inputs.routeTableId === "rtb-0a")
      .map(({ inputs }) => inputs.destinationCidrBlock);
    assert.deepEqual(inside, ["10.10.0.0/16"]);
  });
});

describe("existingVpc", () => {
  it("has no route tables and addresses where none are said", () => {
    const handle = existingVpc({ vpcId: "vpc-1", cidrs: ["10.1.0.0/16"], subnets: {} });
    assert.deepEqual([handle.routeTableIds, handle.natAddresses], [[], []]);
  });
});

describe("peering", () => {
  let run: NetworkRun;

  before(async () => {
    run = await runNetworks(
      networksApart(2, {}, (index) => (index === 1 ? { region: "us-east-1", account } : {})),
    );
  });

  it("asks from the earlier VPC across region and account", () => {
    const { graph } = run;
    const connection = graph.one(CONNECTION, "demo-n1-n2");
    const { vpcId, peerVpcId, ...inputs } = connection.inputs;
    assert.notEqual(vpcId, peerVpcId);
    assert.deepEqual(inputs, {
      autoAccept: false,
      peerOwnerId: "111111111111",
      peerRegion: "us-east-1",
      tags: { Name: "demo-n1-n2" },
    });
    assert.equal(region(graph, connection), "eu-west-1");
    assert.equal(region(graph, graph.one(ACCEPTER)), "us-east-1");
  });

  it("names no owner within one account", async () => {
    const { graph } = await runNetworks(networksApart(2));
    assert.equal(graph.one(CONNECTION).inputs.peerOwnerId, undefined);
  });

  it("asks for the owner where the other account is that of the program's credentials", async () => {
    const description = networksApart(2, {}, (index) => (index === 0 ? { account } : {}));
    const { graph } = await runNetworks(description);
    assert.equal(graph.one(CONNECTION).inputs.peerOwnerId, "123456789012");
  });

  it("resolves private names over the link from both sides, once it is accepted", () => {
    const { graph } = run;
    floorOf(graph, OPTIONS, 2);
    const asking = graph.one(OPTIONS, "demo-n1-n2-requester");
    const asked = graph.one(OPTIONS, "demo-n1-n2-accepter");
    assert.deepEqual(asking.inputs.requester, { allowRemoteVpcDnsResolution: true });
    assert.deepEqual(asked.inputs.accepter, { allowRemoteVpcDnsResolution: true });
    assert.equal(region(graph, asking), "eu-west-1");
    assert.equal(region(graph, asked), "us-east-1");
    for (const side of graph.ofType(SIDE)) {
      const made = graph.childrenOf(side).filter(({ type }) => type !== ACCEPTER);
      assert.equal(made.length, 3);
      for (const resource of made) assertDependsOn(graph, resource, graph.one(ACCEPTER));
    }
  });

  it("leads the private and the main route table of each side to the other", () => {
    const { graph, networks } = run;
    const routes = graph.ofType(ROUTE).filter(({ inputs }) => inputs.vpcPeeringConnectionId);
    assert.equal(routes.length, 4);
    for (const [own, other, side] of [
      ["n1", "10.3.0.0/16", "requester"],
      ["n2", "10.1.0.0/16", "accepter"],
    ]) {
      const [component] = graph.ofType(SIDE).filter(({ name }) => name.endsWith(side));
      const sideRoutes = routes.filter(({ parent }) => parent === component.urn);
      const vpc = graph.one("istio-patterns:index:Vpc", `demo-${own}`);
      assert.ok(networks.vpcs[own]);
      assert.deepEqual(
        sideRoutes.map(({ inputs }) => inputs.routeTableId),
        vpc.outputs.routeTableIds,
      );
      for (const route of sideRoutes) assert.equal(route.inputs.destinationCidrBlock, other);
    }
  });

  it("joins every two of three networks", async () => {
    const { graph } = await runNetworks(networksApart(3));
    floorOf(graph, CONNECTION, 3);
    floorOf(graph, SIDE, 6);
    const routes = graph.ofType(ROUTE).filter(({ inputs }) => inputs.vpcPeeringConnectionId);
    assert.equal(routes.length, 12);
  });
});

describe("transit gateways", () => {
  let five: NetworkRun;

  before(async () => {
    five = await runNetworks(networksApart(5, transit));
  });

  it("attaches every VPC of a region to one gateway, in its private subnets", () => {
    const { graph } = five;
    floorOf(graph, GATEWAY, 1);
    floorOf(graph, ATTACHMENT, 5);
    const gateway = graph.one(GATEWAY, "demo-eu-west-1");
    assert.equal(gateway.inputs.dnsSupport, "enable");
    assert.equal(gateway.inputs.autoAcceptSharedAttachments, "disable");
    for (const n of ["n1", "n5"]) {
      const attachment = graph.one(ATTACHMENT, `demo-${n}`);
      const vpc = graph.one("istio-patterns:index:Vpc", `demo-${n}`);
      assert.deepEqual(attachment.inputs.subnetIds, vpc.outputs.privateSubnetIds);
      assert.equal(attachment.inputs.dnsSupport, "enable");
      assertDependsOn(graph, attachment, gateway);
    }
  });

  it("leads the private and the main route table to the mesh's prefix list, after the attachment", () => {
    const { graph } = five;
    const [list] = graph.ofType(LIST);
    assert.deepEqual(list.inputs, {
      name: "test-prod",
      addressFamily: "IPv4",
      maxEntries: 10,
      entries: ["1", "3", "5", "7", "9"].map((second) => ({ cidr: `10.${second}.0.0/16` })),
      tags: { Name: "test-prod" },
    });
    const routes = graph.ofType(ROUTE).filter(({ inputs }) => inputs.destinationPrefixListId);
    assert.equal(routes.length, 10);
    const [first, second] = ["demo-n1", "demo-n2"].map((name) => graph.one(ATTACHMENT, name));
    const own = routes.filter(({ name }) => name.startsWith("demo-n1-"));
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
    const { graph } = await runNetworks(description);
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
  });

  it("shares the gateway with the other accounts, which attach after that", async () => {
    const description = networksApart(2, transit, (index) => (index === 1 ? { account } : {}));
    const { graph } = await runNetworks(description);
    const gateway = graph.one(GATEWAY);
    assert.equal(gateway.inputs.autoAcceptSharedAttachments, "enable");
    assert.equal(
      graph.one("aws:ram/resourceShare:ResourceShare").inputs.allowExternalPrincipals,
      false,
    );
    const principal = graph.one("aws:ram/principalAssociation:PrincipalAssociation");
    assert.equal(principal.inputs.principal, "111111111111");
    const attachment = graph.one(ATTACHMENT, "demo-n2");
    assertDependsOn(graph, attachment, principal);
    assert.notEqual(attachment.provider, gateway.provider);
    floorOf(graph, LIST, 2);
  });

  it("attaches to one subnet per zone of a VPC that exists", async () => {
    const subnet = (third: number, zone: string) => ({
      cidr: `10.20.${third}.0/24`,
      zone,
      tier: "private" as const,
    });
    const old = {
      ...brought.networks.old.existing!,
      subnets: { s1: subnet(1, "a"), s2: subnet(2, "a"), s3: subnet(3, "b") },
    };
    const description: TopologyDescription = {
      ...brought,
      ...transit,
      networks: { ...brought.networks, old: { existing: old } },
    };
    const { graph } = await runNetworks(description);
    const { inputs } = graph.one(ATTACHMENT, "demo-old");
    assert.deepEqual(inputs.subnetIds, ["s1", "s3"]);
  });

  it("costs 36 resources for each further cluster with a VPC", async () => {
    const four = await runNetworks(networksApart(4, transit));
    assert.equal(five.graph.resources.length - four.graph.resources.length, 36);
  });
});
