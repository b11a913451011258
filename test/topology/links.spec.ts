import assert from "node:assert/strict";
import fc from "fast-check";
import { pairs, type Relations, type TopologyDescription } from "../../components/topology";
import { descriptions } from "../support/descriptions";
import { patterns, relationsOf } from "../support/topologies";
import { management } from "../support/variants";

const pairsOf = (links: Relations["links"]) => links.map(({ a, b }) => `${a.id} ${b.id}`);
const linksIn = (description: TopologyDescription) => pairsOf(relationsOf(description).links);

/** Two meshes, each on a network of its own. */
const apart: TopologyDescription = {
  istio: { version: "1.31.3" },
  networks: { one: { cidr: "10.10.0.0/16" }, two: { cidr: "10.20.0.0/16" } },
  clusters: { a: { network: "one" }, b: { network: "two" } },
  meshes: { bank: { clusters: { a: {} } }, shop: { clusters: { b: {} } } },
};

describe("links between VPCs", () => {
  it("join those of one network, whose pods call each other", () => {
    assert.deepEqual(linksIn(patterns["02-multi-primary-same-network-routed-vpcs"]), [
      "shared-eu shared-us",
    ]);
  });

  it("join those of one mesh on several networks, whose gateways and API servers are called", () => {
    assert.deepEqual(linksIn(patterns["02-multi-primary-different-networks"]), [
      "net-east net-west",
    ]);
    assert.deepEqual(linksIn(management), ["apps mgmt"]);
  });

  it("join those of one network in different meshes too", () => {
    const wide = { vpcs: { eu: { cidr: "10.10.0.0/16" }, us: { cidr: "10.20.0.0/16" } } };
    const clusters = { a: { network: "wide", vpc: "us" }, b: { network: "wide", vpc: "eu" } };
    assert.deepEqual(linksIn({ ...apart, networks: { wide }, clusters }), ["wide-eu wide-us"]);
  });

  it("do not join meshes on networks of their own, nor VPCs without a mesh", () => {
    assert.deepEqual(linksIn(apart), []);
    const { shop, ...meshes } = apart.meshes;
    assert.ok(shop);
    const idle = { ...apart, clusters: { ...apart.clusters, b: { network: "one" } }, meshes };
    assert.deepEqual(linksIn(idle), []);
  });

  it("join those of importing workloads with those of the gateways that they import by, and no others", () => {
    const described: TopologyDescription = {
      ...apart,
      networks: { ...apart.networks, three: { cidr: "10.30.0.0/16" } },
      clusters: { ...apart.clusters, c: { network: "three" } },
      meshes: { bank: { clusters: { a: {}, c: {} } }, shop: { clusters: { b: {} } } },
      federation: {
        gateways: { bank: { clusters: ["a"] } },
        exports: { pay: { from: "bank", to: ["shop"], services: {} } },
      },
    };
    assert.deepEqual(linksIn(described), ["one three", "one two"]);
    const { exports, ...idle } = described.federation!;
    assert.ok(exports);
    assert.deepEqual(linksIn({ ...described, federation: idle }), ["one three"]);
  });

  it("name each pair once, the first in the alphabet first, and leave none out", () => {
    fc.assert(
      fc.property(descriptions, (description) => {
        const { topology, links } = relationsOf(description);
        const { vpcs, clusters, meshes } = topology;
        const held = Object.values(meshes).map(({ members, runsIn }) =>
          [...Object.keys(members), ...runsIn].map((name) => clusters[name].vpc),
        );
        const ids = Object.keys(vpcs).sort();
        const expected = ids
          .flatMap((a, index) => ids.slice(index + 1).map((b) => ({ a, b })))
          .filter(({ a, b }) => {
            const isMeshed = held.flat().includes(a) && held.flat().includes(b);
            const isTogether = held.some((mesh) => mesh.includes(a) && mesh.includes(b));
            return isTogether || (isMeshed && vpcs[a].network === vpcs[b].network);
          });
        assert.deepEqual(pairsOf(links).sort(), expected.map(({ a, b }) => `${a} ${b}`).sort());
      }),
      { numRuns: 200 },
    );
  });
});

describe("pairs", () => {
  it("have each two things once, ordered by name, however the things are", () => {
    const pairsIn = (things: string) => pairs([...things], (thing) => thing).map(String);
    for (const things of ["cab", "bca", "abc"])
      assert.deepEqual(pairsIn(things), ["a,b", "a,c", "b,c"]);
    assert.deepEqual(pairsIn("a"), []);
  });
});
