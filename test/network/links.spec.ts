import assert from "node:assert/strict";
import fc from "fast-check";
import { planNetwork } from "../../components/network";
import { linkedPairs, linkedVpcs, planLinks } from "../../components/network/links";
import { meshedVpcs, vpcsOfMesh } from "../../components/network/membership";
import { LinkVia } from "../../components/topology";
import type { TopologyDescription } from "../../components/topology";
import { descriptions } from "../support/descriptions";
import { topologyOf } from "../support/topologies";
import { networksApart } from "./support";

const transit = { links: { via: LinkVia.TransitGateway } };

/** A network of two VPCs, whose clusters are in different meshes, and one beside it. */
const twoMeshes: TopologyDescription = {
  networks: {
    wide: { vpcs: { a: { cidr: "10.1.0.0/16" }, b: { cidr: "10.3.0.0/16" } } },
    apart: { cidr: "10.5.0.0/16" },
    idle: { cidr: "10.7.0.0/16" },
  },
  clusters: {
    a: { network: "wide", vpc: "a" },
    b: { network: "wide", vpc: "b" },
    c: { network: "apart" },
  },
  meshes: { one: { clusters: { a: {}, c: {} } }, two: { clusters: { b: {} } } },
};

const account = (id: string) => ({ roleArn: `arn:aws:iam::${id}:role/deployer` });

describe("linkedPairs", () => {
  it("joins VPCs of one network and VPCs of one mesh, and nothing else", () => {
    assert.deepEqual(linkedPairs(topologyOf(twoMeshes)), [
      ["wide-a", "wide-b"],
      ["wide-a", "apart"],
    ]);
  });

  it("joins nothing where all clusters are in one VPC", () => {
    const description: TopologyDescription = {
      networks: { shared: { cidr: "10.1.0.0/16" } },
      clusters: { east: { network: "shared" }, west: { network: "shared" } },
      meshes: { prod: { clusters: { east: {}, west: {} } } },
    };
    assert.deepEqual(linkedPairs(topologyOf(description)), []);
  });

  it("joins every two VPCs of every mesh, each pair once, both meshed", () => {
    fc.assert(
      fc.property(descriptions, (description) => {
        const topology = topologyOf(description);
        const linked = linkedPairs(topology).map((pair) => [...pair].sort().join());
        assert.equal(new Set(linked).size, linked.length);
        for (const mesh of Object.values(topology.meshes)) {
          const vpcs = vpcsOfMesh(topology, mesh);
          for (const a of vpcs)
            for (const b of vpcs)
              assert.equal(linked.includes([a, b].sort().join()), a !== b, `${a} ${b}`);
        }
        const meshed = meshedVpcs(topology);
        for (const vpc of linkedVpcs(topology)) assert.ok(meshed.includes(vpc));
      }),
    );
  });
});

describe("planLinks", () => {
  it("peers each pair, with the earlier VPC asking", () => {
    const { peerings, transitGateways } = planLinks(relationsOf(twoMeshes));
    assert.deepEqual(peerings, {
      "wide-a/wide-b": { requester: "wide-a", accepter: "wide-b" },
      "wide-a/apart": { requester: "wide-a", accepter: "apart" },
    });
    assert.deepEqual(transitGateways, {});
  });

  it("gives each region one transit gateway, in the account of its first VPC", () => {
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
        provider: "111111111111-eu-west-1",
        region: "eu-west-1",
        vpcs: ["n1", "n3"],
        sharedWith: ["eu-west-1"],
        prefixLists: { n1: ["prod/111111111111-eu-west-1"], n3: ["prod/eu-west-1"] },
      },
      "us-east-1": {
        provider: "us-east-1",
        region: "us-east-1",
        vpcs: ["n2"],
        sharedWith: [],
        prefixLists: { n2: ["prod/us-east-1"] },
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

  it("peers only regions between which something is joined", () => {
    const description: TopologyDescription = {
      ...networksApart(4, transit, (index) => ({
        region: ["eu-west-1", "us-east-1", "us-east-1", "ap-southeast-2"][index],
      })),
      meshes: { one: { clusters: { c1: {}, c2: {} } }, two: { clusters: { c3: {}, c4: {} } } },
    };
    const peerings = planLinks(relationsOf(description)).transitGatewayPeerings;
    assert.deepEqual(Object.keys(peerings), ["eu-west-1/us-east-1", "us-east-1/ap-southeast-2"]);
    assert.deepEqual(peerings["eu-west-1/us-east-1"].accepterCidrs, ["10.3.0.0/16"]);
    assert.deepEqual(peerings["us-east-1/ap-southeast-2"].requesterCidrs, ["10.5.0.0/16"]);
  });

  it("leads every VPC to every other that it is joined with, over either kind of link", () => {
    fc.assert(
      fc.property(descriptions, (description) => {
        const topology = topologyOf(description);
        const plan = planNetwork(topology);
        for (const [a, b] of linkedPairs(topology)) {
          const peered = Object.values(plan.peerings).some(
            ({ requester, accepter }) => requester === a && accepter === b,
          );
          const listed = [a, b].map((vpc) => {
            const gateway = plan.transitGateways[topology.vpcs[vpc].region];
            return (gateway?.prefixLists[vpc] ?? []).flatMap((key) => plan.prefixLists[key].mesh);
          });
          assert.ok(peered || listed.every((meshes) => meshes.length > 0), `${a} ${b}`);
        }
      }),
    );
  });
});
