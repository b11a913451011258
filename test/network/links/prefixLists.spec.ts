import assert from "node:assert/strict";
import { containsCidr } from "cidr-tools";
import fc from "fast-check";
import {
  maxEntries,
  planPrefixLists,
  planRouteLists,
} from "../../../components/network/links/prefixLists";
import { LinkVia } from "../../../components/topology";
import type { Mesh } from "../../../components/topology";
import { overlap, sameAddresses } from "../../../components/topology/cidr";
import { descriptions } from "../../support/descriptions";
import { relationsOf } from "../../support/topologies";
import { networksApart, servedDescriptions } from "../support";

const transit = { links: { via: LinkVia.TransitGateway } };

describe("planRouteLists", () => {
  it("has for every VPC what it is joined with, and never its own addresses", () => {
    let lists = 0;
    fc.assert(
      fc.property(fc.oneof(descriptions, servedDescriptions), (description) => {
        const relations = relationsOf({ ...description, ...transit });
        const { vpcs } = relations.topology;
        for (const [id, { cidrs, maxEntries }] of Object.entries(planRouteLists(relations))) {
          const joined = relations.links
            .filter(({ a, b }) => [a.id, b.id].includes(id))
            .flatMap(({ a, b }) => (a.id === id ? b : a).cidrs);
          assert.ok(sameAddresses(cidrs, joined), id);
          assert.ok(!overlap(cidrs, vpcs[id].cidrs), id);
          assert.ok(cidrs.length <= maxEntries);
          lists++;
        }
      }),
    );
    assert.ok(lists > 50, `${lists} lists`);
  });
});

describe("planPrefixLists", () => {
  it("names the addresses of a mesh once per region and account", () => {
    const description = networksApart(3, transit, (index) => ({
      region: ["eu-west-1", "eu-west-1", "us-east-1"][index],
    }));
    const list = { mesh: "prod", cidrs: ["10.1.0.0/16", "10.3.0.0/16", "10.5.0.0/16"] };
    assert.deepEqual(planPrefixLists(relationsOf(description)), {
      "prod/eu-west-1": { name: "test-prod", provider: "eu-west-1", ...list, maxEntries: 10 },
      "prod/us-east-1": { name: "test-prod", provider: "us-east-1", ...list, maxEntries: 10 },
    });
  });

  it("makes none with peering, nor for a mesh in one VPC", () => {
    assert.deepEqual(planPrefixLists(relationsOf(networksApart(3))), {});
    assert.deepEqual(planPrefixLists(relationsOf(networksApart(1, transit))), {});
  });

  it("steps the size, so that growth rarely changes it", () => {
    const sizes = [1, 10, 11, 20, 21, 40, 41, 640, 641, 1000].map(maxEntries);
    assert.deepEqual(sizes, [10, 10, 20, 20, 40, 40, 80, 640, 1000, 1000]);
  });

  it("covers exactly the meshed VPCs of the mesh's networks", () => {
    fc.assert(
      fc.property(fc.oneof(descriptions, servedDescriptions), (description) => {
        const relations = relationsOf({ ...description, ...transit });
        const { meshes, clusters, vpcs } = relations.topology;
        const clustersOf = ({ members, runsIn }: Mesh) =>
          [...Object.keys(members), ...runsIn].map((name) => clusters[name]);
        const meshed = Object.values(meshes).flatMap(clustersOf);
        for (const { mesh, cidrs, maxEntries } of Object.values(planPrefixLists(relations))) {
          const networks = clustersOf(meshes[mesh]).map(({ network }) => network);
          const expected = meshed
            .filter(({ network }) => networks.includes(network))
            .flatMap(({ vpc }) => vpcs[vpc].cidrs);
          assert.ok(sameAddresses(cidrs, expected));
          assert.ok(cidrs.length <= maxEntries);
          const others = Object.values(vpcs).filter(({ network }) => !networks.includes(network));
          for (const {
            cidrs: [other],
          } of others)
            assert.ok(!containsCidr(cidrs, other));
        }
      }),
    );
  });
});
