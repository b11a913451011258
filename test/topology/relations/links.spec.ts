import assert from "node:assert/strict";
import fc from "fast-check";
import type { Topology, TopologyDescription } from "../../../components/topology";
import { pairs } from "../../../components/topology";
import { servedDescriptions } from "../../network/support";
import { descriptions } from "../../support/descriptions";
import { relationsOf } from "../../support/topologies";

/** A network of two VPCs, whose clusters are in different meshes, and two beside it, one of them without clusters. */
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

function linksOf(description: TopologyDescription): string[] {
  return relationsOf(description).links.map(({ a, b }) => `${a.id} ${b.id}`);
}

/** Ids of the VPCs where a mesh has members and istiods. */
function vpcsOfMesh({ meshes, clusters }: Topology, mesh: string): string[] {
  const { members, runsIn } = meshes[mesh];
  return [...Object.keys(members), ...runsIn].map((cluster) => clusters[cluster].vpc);
}

describe("links", () => {
  it("join VPCs of one network and VPCs of one mesh, and nothing else", () => {
    assert.deepEqual(linksOf(twoMeshes), ["apart wide-a", "wide-a wide-b"]);
  });

  it("join nothing where all clusters are in one VPC", () => {
    const description: TopologyDescription = {
      networks: { shared: { cidr: "10.1.0.0/16" } },
      clusters: { east: { network: "shared" }, west: { network: "shared" } },
      meshes: { prod: { clusters: { east: {}, west: {} } } },
    };
    assert.deepEqual(linksOf(description), []);
  });

  it("join the VPC of an external istiod with those of the members", () => {
    const description: TopologyDescription = {
      ...twoMeshes,
      meshes: {
        one: { controlPlane: { runsIn: ["c"], configCluster: "a" }, clusters: { a: {} } },
      },
    };
    assert.deepEqual(linksOf(description), ["apart wide-a"]);
  });

  it("join exactly the meshed VPCs of one mesh or network, each pair once, by the order of their ids", () => {
    fc.assert(
      fc.property(fc.oneof(descriptions, servedDescriptions), (description) => {
        const { topology, links } = relationsOf(description);
        const meshes = Object.keys(topology.meshes).map((mesh) => vpcsOfMesh(topology, mesh));
        const network = (vpc: string) => topology.vpcs[vpc].network;
        const meshed = [...new Set(meshes.flat())].sort();
        const expected = meshed.flatMap((a) =>
          meshed
            .filter((b) => a < b)
            .filter(
              (b) =>
                network(a) === network(b) ||
                meshes.some((vpcs) => vpcs.includes(a) && vpcs.includes(b)),
            )
            .map((b) => `${a} ${b}`),
        );
        assert.deepEqual(links.map(({ a, b }) => `${a.id} ${b.id}`).sort(), expected.sort());
      }),
    );
  });
});

describe("pairs", () => {
  it("have each two things once, ordered by name, however the things are", () => {
    for (const things of ["cab", "bca", "abc"])
      assert.deepEqual(
        pairs([...things], (thing) => thing),
        [
          ["a", "b"],
          ["a", "c"],
          ["b", "c"],
        ],
      );
    assert.deepEqual(
      pairs(["a"], (thing) => thing),
      [],
    );
  });
});
