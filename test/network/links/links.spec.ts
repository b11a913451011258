import assert from "node:assert/strict";
import fc from "fast-check";
import type { NetworkPlan } from "../../../components/network";
import { plan as planRooms } from "../../../components/mesh/plan";
import { planLinks } from "../../../components/network/links/links";
import { LinkVia } from "../../../components/topology";
import type { LinksDescription, TopologyDescription, Vpc } from "../../../components/topology";
import { contains, overlap } from "../../../components/topology/cidr";
import { descriptions } from "../../support/descriptions";
import { factsOf as planOf, relationsOf } from "../../support/topologies";
import { networksApart, servedDescriptions } from "../support";

const transit = { links: { via: LinkVia.TransitGateway } };
const account = (id: string) => ({ roleArn: `arn:aws:iam::${id}:role/deployer` });

/** A network of two VPCs, whose clusters are in different meshes, and one beside it. */
const twoMeshes: TopologyDescription = {
  istio: { version: "1.31.3" },
  networks: {
    wide: { vpcs: { a: { cidr: "10.1.0.0/16" }, b: { cidr: "10.3.0.0/16" } } },
    apart: { cidr: "10.5.0.0/16" },
  },
  clusters: {
    a: { network: "wide", vpc: "a" },
    b: { network: "wide", vpc: "b" },
    c: { network: "apart" },
  },
  meshes: { one: { clusters: { a: {}, c: {} } }, two: { clusters: { b: {} } } },
};

describe("planLinks", () => {
  it("peers each pair, with the first in the alphabet asking", () => {
    const { peerings, transitGateways } = planLinks(relationsOf(twoMeshes));
    assert.deepEqual(peerings, {
      "apart/wide-a": { requester: "apart", accepter: "wide-a" },
      "wide-a/wide-b": { requester: "wide-a", accepter: "wide-b" },
    });
    assert.deepEqual(transitGateways, {});
  });

  it("gives each region one transit gateway, in the program's account whosever its VPCs are", () => {
    const places = [
      { region: "eu-west-1", account: account("111111111111") },
      { region: "us-east-1" },
      { region: "eu-west-1" },
    ];
    const description = networksApart(3, transit, (index) => places[index]);
    const { peerings, transitGateways, transitGatewayPeerings } = planLinks(
      relationsOf(description),
    );
    assert.deepEqual(peerings, {});
    assert.deepEqual(transitGateways, {
      "eu-west-1": {
        region: "eu-west-1",
        vpcs: ["n1", "n3"],
        from: { kind: "made", provider: "eu-west-1", sharedWith: ["111111111111/eu-west-1"] },
      },
      "us-east-1": {
        region: "us-east-1",
        vpcs: ["n2"],
        from: { kind: "made", provider: "us-east-1", sharedWith: [] },
      },
    });
    assert.deepEqual(transitGatewayPeerings, {
      "eu-west-1/us-east-1": {
        requester: "eu-west-1",
        accepter: "us-east-1",
        requesterCidrs: ["10.1.0.0/16", "10.5.0.0/16"],
        accepterCidrs: ["10.3.0.0/16"],
      },
    });
  });

  it("gives the transit gateways to the owner, who shares them with every other account that attaches", () => {
    const places = [
      { account: account("111111111111") },
      { account: account("222222222222") },
      {},
      { account: account("222222222222") },
      { region: "us-east-1" },
    ];
    const links = { ...transit.links, owner: account("222222222222") };
    const description = networksApart(5, { links }, (index) => places[index]);
    const { transitGateways, transitGatewayPeerings } = planLinks(relationsOf(description));
    assert.deepEqual(transitGateways, {
      "eu-west-1": {
        region: "eu-west-1",
        vpcs: ["n1", "n2", "n3", "n4"],
        from: {
          kind: "made",
          provider: "222222222222/eu-west-1",
          sharedWith: ["111111111111/eu-west-1", "eu-west-1"],
        },
      },
      "us-east-1": {
        region: "us-east-1",
        vpcs: ["n5"],
        from: { kind: "made", provider: "222222222222/us-east-1", sharedWith: ["us-east-1"] },
      },
    });
    assert.deepEqual(Object.keys(transitGatewayPeerings), ["eu-west-1/us-east-1"]);
  });

  it("peers only regions between which something is joined", () => {
    const description: TopologyDescription = {
      ...networksApart(4, transit, (index) => ({
        region: ["eu-west-1", "us-east-1", "us-east-1", "ap-southeast-2"][index],
      })),
      meshes: { one: { clusters: { c1: {}, c2: {} } }, two: { clusters: { c3: {}, c4: {} } } },
    };
    const peerings = planLinks(relationsOf(description)).transitGatewayPeerings;
    assert.deepEqual(Object.keys(peerings), ["ap-southeast-2/us-east-1", "eu-west-1/us-east-1"]);
    assert.deepEqual(peerings["eu-west-1/us-east-1"].accepterCidrs, ["10.3.0.0/16"]);
    assert.deepEqual(peerings["ap-southeast-2/us-east-1"].accepterCidrs, ["10.5.0.0/16"]);
  });

  it("leads every VPC to all addresses of every other that it is joined with, over either kind of link", () => {
    const vias = Object.values(LinkVia);
    // VPCs of one network whose clusters are in different meshes are rarely drawn.
    for (const via of vias) assertJoined({ ...twoMeshes, links: { via } });
    fc.assert(
      fc.property(
        fc.oneof(descriptions, servedDescriptions),
        fc.constantFrom(...vias),
        (description, via) => assertJoined({ ...description, links: { via } }),
      ),
    );
  });

  it("changes no requester and no gateway's account when a VPC is added, whatever its name", () => {
    let kept = 0;
    fc.assert(
      fc.property(
        fc.oneof(descriptions, servedDescriptions),
        fc.record({
          via: fc.constantFrom(...Object.values(LinkVia)),
          owner: fc.constantFrom(undefined, account("111122223333"), account("999999999999")),
          name: fc.stringMatching(/^[a-z]([a-z0-9-]{0,6}[a-z0-9])?$/),
          beside: fc.boolean(),
          region: fc.constantFrom(undefined, "ap-northeast-1", "us-west-2"),
          account: fc.constantFrom(undefined, account("000000000001"), account("999999999999")),
          mesh: fc.nat(5),
        }),
        (description, { via, owner, ...addition }) => {
          const before = { ...description, links: { via, owner } };
          const [old, young] = [before, withVpc(before, addition)].map(owners);
          for (const [key, value] of Object.entries(old)) assert.equal(young[key], value, key);
          kept += Object.keys(old).length;
        },
      ),
      { seed: 3, numRuns: 300 },
    );
    assert.ok(kept > 200, `${kept} owners and requesters that could have changed`);
  });
});

describe("links of yours", () => {
  const yours = { links: { via: LinkVia.Existing } };

  it("are none of ours: no link, gateway or route is planned, and rules name lists as over transit gateways", () => {
    const { network } = planOf(networksApart(5, yours));
    assert.deepEqual(
      [
        network.peerings,
        network.transitGateways,
        network.transitGatewayPeerings,
        network.routeLists,
      ],
      [{}, {}, {}, {}],
    );
    const { prefixLists, firewall } = planOf(networksApart(5, transit)).network;
    assert.deepEqual([network.prefixLists, network.firewall], [prefixLists, firewall]);
  });

  const id = "tgw-0123456789abcdef0";
  const places = { office: { cidrs: ["172.16.0.0/12"] }, runners: { cidrs: ["192.168.9.0/24"] } };
  const hub: LinksDescription = {
    ...transit.links,
    transitGateways: { "eu-west-1": { existing: id } },
    reachable: places,
  };

  it("are transit gateways that VPCs are attached to, without owner, share and peering", () => {
    const links = {
      ...hub,
      transitGateways: { "eu-west-1": { existing: id }, "us-east-1": { existing: id } },
    };
    const description = networksApart(3, { links }, (index) =>
      index === 2 ? { region: "us-east-1", account: account("111111111111") } : {},
    );
    const { network } = planOf(description);
    const from = { kind: "existing", id };
    assert.deepEqual(network.transitGateways, {
      "eu-west-1": { region: "eu-west-1", vpcs: ["n1", "n2"], from },
      "us-east-1": { region: "us-east-1", vpcs: ["n3"], from },
    });
    assert.deepEqual(network.transitGatewayPeerings, {});
    assert.deepEqual(Object.keys(network.providers), ["eu-west-1", "111111111111/us-east-1"]);
  });

  it("lead every VPC to places behind them, also one that is joined with no other", () => {
    const routes = { provider: "eu-west-1", maxEntries: 10 };
    const behind = ["172.16.0.0/12", "192.168.9.0/24"];
    assert.deepEqual(planOf(networksApart(1, { links: hub })).network.routeLists, {
      n1: { name: "test-n1.routes", cidrs: behind, ...routes },
    });
    const two = planOf(networksApart(2, { links: hub })).network;
    assert.deepEqual(two.routeLists.n1.cidrs, ["10.3.0.0/16", ...behind]);
    assert.deepEqual(two.routeLists.n2.cidrs, ["10.1.0.0/16", ...behind]);
  });

  it("open nothing to places behind them", () => {
    const without = planOf(networksApart(2, { links: { ...hub, reachable: {} } })).network;
    assert.deepEqual(planOf(networksApart(2, { links: hub })).network.firewall, without.firewall);
  });
});

function assertJoined(description: TopologyDescription): void {
  const relations = relationsOf(description);
  const { via } = relations.topology.links;
  const { network: plan } = planRooms(relations);
  for (const { a, b } of relations.links) {
    if (via === LinkVia.Peering) {
      const peering = { requester: a.id, accepter: b.id };
      assert.deepEqual(plan.peerings[`${a.id}/${b.id}`], peering);
    } else if (via === LinkVia.TransitGateway) {
      assert.ok(leads(plan, a, b), `${a.id} to ${b.id}`);
      assert.ok(leads(plan, b, a), `${b.id} to ${a.id}`);
    }
  }
}

/** Whether a VPC's routes lead to all addresses of another, over the transit gateways of their regions. */
function leads(plan: NetworkPlan, from: Vpc, to: Vpc): boolean {
  const { transitGateways, transitGatewayPeerings, routeLists, vpcs } = plan;
  const { cidrs, provider } = routeLists[from.id];
  // AWS takes no list of another account or region in a route, and says nothing of one with the VPC's own addresses.
  if (provider !== vpcs[from.id].provider || overlap(cidrs, from.cidrs)) return false;
  const behind = Object.values(transitGatewayPeerings).flatMap(
    ({ requester, accepter, requesterCidrs, accepterCidrs }) => {
      if (requester === from.region && accepter === to.region) return accepterCidrs;
      return accepter === from.region && requester === to.region ? requesterCidrs : [];
    },
  );
  return (
    contains(cidrs, to.cidrs) &&
    transitGateways[to.region].vpcs.includes(to.id) &&
    (from.region === to.region || contains(behind, to.cidrs))
  );
}

interface Addition {
  name: string;
  /** In a network that is there, which then has several VPCs; else in one of its own. */
  beside: boolean;
  region?: string;
  account?: { roleArn: string };
  /** Which mesh its cluster joins. */
  mesh: number;
}

/** A description with one more VPC, that a cluster of the same name joins a mesh in. */
function withVpc(
  description: TopologyDescription,
  { name, beside, mesh, ...place }: Addition,
): TopologyDescription {
  const larger = structuredClone(description);
  const vpc = { cidr: "10.250.0.0/16", ...place };
  const wide = Object.entries(larger.networks).find(
    ([, { vpcs }]) => Object.keys(vpcs ?? {}).length > 1,
  );
  if (beside && wide) {
    const [network, { vpcs }] = wide;
    vpcs![name] = vpc;
    larger.clusters[name] = { network, vpc: name };
  } else {
    larger.networks[name] = vpc;
    larger.clusters[name] = { network: name };
  }
  const meshes = Object.values(larger.meshes);
  meshes[mesh % meshes.length].clusters[name] = {};
  return larger;
}

/** Who asks for each connection, and whose each transit gateway is, by what they join: no key tells which side asks. */
function owners(description: TopologyDescription): Record<string, string> {
  const { peerings, transitGateways, transitGatewayPeerings } = planLinks(relationsOf(description));
  const asked = [...Object.values(peerings), ...Object.values(transitGatewayPeerings)];
  return Object.fromEntries([
    ...asked.map(({ requester, accepter }) => [[requester, accepter].sort().join(), requester]),
    ...Object.values(transitGateways).map(({ region, from }) => [
      region,
      JSON.stringify(from.kind === "made" && from.provider),
    ]),
  ]);
}
