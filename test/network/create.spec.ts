import assert from "node:assert/strict";
import { existingVpc } from "../../components/network";
import { LinkVia } from "../../components/topology";
import { assertDependsOn, assertProtected, floorOf, resourceSet } from "../support/graph";
import type { Graph, Registration } from "../support/graph";
import type { TopologyDescription } from "../../components/topology";
import { brought } from "../support/variants";
import { networksApart, runNetwork } from "./support";
import type { NetworkRun } from "./support";

const VPC = "aws:ec2/vpc:Vpc";
const ROUTE = "aws:ec2/route:Route";
const SIDE = "istio-patterns:index:VpcPeeringSide";
const CONNECTION = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection";
const ACCEPTER = "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter";
const LIST = "aws:ec2/managedPrefixList:ManagedPrefixList";
const GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway";

const transit = { links: { via: LinkVia.TransitGateway } };
const account = { roleArn: "arn:aws:iam::111111111111:role/deployer" };

function region(graph: Graph, resource: Registration): string {
  return graph.providerOf(resource)!.inputs.region;
}

describe("createNetwork", () => {
  it("makes each VPC with the provider of its account and region, protected", async () => {
    const description = networksApart(2, {}, (index) =>
      index === 1 ? { region: "us-east-1" } : {},
    );
    const { graph } = await runNetwork(description);
    floorOf(graph, VPC, 2);
    assert.deepEqual(
      ["demo-n1", "demo-n2"].map((name) => region(graph, graph.one(VPC, name))),
      ["eu-west-1", "us-east-1"],
    );
    for (const vpc of graph.ofType(VPC)) assertProtected(vpc);
  });

  it("protects nothing where the description says so", async () => {
    const { graph } = await runNetwork(networksApart(1, { protect: false }));
    floorOf(graph, VPC, 1);
    assert.deepEqual(
      graph.resources.filter((resource) => resource.protect),
      [],
    );
  });

  it("joins nothing where there is one VPC", async () => {
    const { graph } = await runNetwork(networksApart(1));
    floorOf(graph, VPC, 1);
    for (const type of [CONNECTION, LIST, GATEWAY]) floorOf(graph, type, 0);
  });

  it("makes the same resources while outputs are unknown", async () => {
    for (const description of [networksApart(2), networksApart(2, transit)]) {
      const known = resourceSet((await runNetwork(description)).graph);
      const unknown = resourceSet((await runNetwork(description, { unknownOutputs: true })).graph);
      assert.deepEqual(unknown, known);
    }
  });

  it("makes nothing in a VPC that exists but the routes of links", async () => {
    const { graph, network } = await runNetwork(brought);
    floorOf(graph, VPC, 1);
    assert.deepEqual(network.vpcs.old, {
      vpcId: "vpc-0123456789abcdef0",
      publicSubnetIds: [],
      privateSubnetIds: ["subnet-0a", "subnet-0b"],
      privateZones: ["eu-west-1a", "eu-west-1b"],
      controlPlaneSubnetIds: ["subnet-0a", "subnet-0b"],
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

describe("routes in a VPC that exists", () => {
  it("are named after their tables, so that another table moves none", async () => {
    const description = structuredClone(brought);
    description.networks.old.existing!.routeTables!.another = { id: "rtb-0b" };
    const namesOf = async (one: TopologyDescription) => {
      const routes = (await runNetwork(one)).graph.ofType(ROUTE);
      const inside = routes.filter(({ inputs }) => inputs.routeTableId.startsWith("rtb-0"));
      return inside.map(({ name, inputs }) => [name, inputs.routeTableId]);
    };
    const own = ["demo-made-old-accepter-private-10.10.0.0-16", "rtb-0a"];
    assert.deepEqual(await namesOf(brought), [own]);
    assert.deepEqual(await namesOf(description), [
      ["demo-made-old-accepter-another-10.10.0.0-16", "rtb-0b"],
      own,
    ]);
  });
});

describe("existingVpc", () => {
  it("has no route tables and addresses where none are said", () => {
    const handle = existingVpc({ vpcId: "vpc-1", cidrs: ["10.1.0.0/16"], subnets: {} });
    assert.deepEqual([handle.routeTableIds, handle.natAddresses], [[], []]);
  });

  it("takes what is given where its description has none", () => {
    const subnet = (zone: string) => ({ cidr: "10.1.0.0/20", zone, tier: "private" as const });
    const subnets = { a: subnet("eu-west-1a"), b: { ...subnet("eu-west-1b"), id: "subnet-b" } };
    const described = { cidrs: ["10.1.0.0/16"], subnets, routeTables: { own: {}, other: {} } };
    const handle = existingVpc(described, {
      vpcId: "vpc-2",
      subnetIds: { a: "subnet-a" },
      routeTableIds: { other: "rtb-2", own: "rtb-1" },
      natAddresses: ["198.51.100.9"],
    });
    assert.deepEqual(handle, {
      vpcId: "vpc-2",
      publicSubnetIds: [],
      privateSubnetIds: ["subnet-a", "subnet-b"],
      privateZones: ["eu-west-1a", "eu-west-1b"],
      controlPlaneSubnetIds: ["subnet-a", "subnet-b"],
      loadBalancerSubnetIds: [],
      routeTableIds: ["rtb-1", "rtb-2"],
      natAddresses: ["198.51.100.9"],
    });
  });
});

describe("peering", () => {
  let run: NetworkRun;

  before(async () => {
    run = await runNetwork(
      networksApart(2, {}, (index) => (index === 1 ? { region: "us-east-1", account } : {})),
    );
  });

  it("asks from the first VPC in the alphabet across region and account", () => {
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
    const { graph } = await runNetwork(networksApart(2));
    assert.equal(graph.one(CONNECTION).inputs.peerOwnerId, undefined);
  });

  it("asks for the owner where the other account is that of the program's credentials", async () => {
    const description = networksApart(2, {}, (index) => (index === 0 ? { account } : {}));
    const { graph } = await runNetwork(description);
    assert.equal(graph.one(CONNECTION).inputs.peerOwnerId, "123456789012");
  });

  it("tags both sides alike, which within one account and region are one object", async () => {
    const { graph } = await runNetwork(networksApart(2));
    const sides = [graph.one(CONNECTION), graph.one(ACCEPTER)];
    for (const { inputs } of sides) assert.deepEqual(inputs.tags, { Name: "demo-n1-n2" });
  });

  it("is consent and routes, which wait for it", () => {
    const { graph } = run;
    floorOf(graph, SIDE, 2);
    for (const side of graph.ofType(SIDE)) {
      const isAccepter = side.name.endsWith("accepter");
      const made = graph.childrenOf(side).filter(({ type }) => type !== ACCEPTER);
      assert.equal(graph.childrenOf(side).length - made.length, isAccepter ? 1 : 0);
      assert.deepEqual(
        made.map(({ type }) => type),
        [ROUTE, ROUTE],
      );
      for (const resource of made) assertDependsOn(graph, resource, graph.one(ACCEPTER));
    }
  });

  it("leads the private and the main route table of each side to the other", () => {
    const { graph, network } = run;
    const routes = graph.ofType(ROUTE).filter(({ inputs }) => inputs.vpcPeeringConnectionId);
    assert.equal(routes.length, 4);
    for (const [own, other, side] of [
      ["n1", "10.3.0.0/16", "requester"],
      ["n2", "10.1.0.0/16", "accepter"],
    ]) {
      const [component] = graph.ofType(SIDE).filter(({ name }) => name.endsWith(side));
      const sideRoutes = routes.filter(({ parent }) => parent === component.urn);
      const vpc = graph.one("istio-patterns:index:Vpc", `demo-${own}`);
      assert.ok(network.vpcs[own]);
      assert.deepEqual(
        sideRoutes.map(({ inputs }) => inputs.routeTableId),
        vpc.outputs.routeTableIds,
      );
      for (const route of sideRoutes) assert.equal(route.inputs.destinationCidrBlock, other);
    }
  });

  it("joins every two of three networks", async () => {
    const { graph } = await runNetwork(networksApart(3));
    floorOf(graph, CONNECTION, 3);
    floorOf(graph, SIDE, 6);
    const routes = graph.ofType(ROUTE).filter(({ inputs }) => inputs.vpcPeeringConnectionId);
    assert.equal(routes.length, 12);
  });
});
