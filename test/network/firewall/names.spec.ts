import assert from "node:assert/strict";
import fc from "fast-check";
import { rooms } from "../../../components/mesh/rooms";
import type { TopologyDescription } from "../../../components/topology";
import { descriptions } from "../../support/descriptions";
import { floorOf } from "../../support/graph";
import { relationsOf } from "../../support/topologies";
import { runNetwork, servedDescriptions } from "../support";
import { firewallOf, listed, transit } from "./support";

const IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

/** Clusters in one VPC and one mesh, whatever they are called. */
function together(...names: string[]): TopologyDescription {
  return {
    istio: { version: "1.31.3" },
    networks: { shared: { cidr: "10.1.0.0/16" } },
    clusters: Object.fromEntries(names.map((name) => [name, { network: "shared" }])),
    meshes: { m: { clusters: Object.fromEntries(names.map((name) => [name, {}])) } },
    ...listed,
  };
}

describe("names of rules", () => {
  it("are the same for the same ports of a group, whoever asks: AWS takes no such rule under another name", () => {
    let several = 0;
    fc.assert(
      fc.property(fc.oneof(descriptions, servedDescriptions), (description) => {
        const relations = relationsOf({
          ...description,
          api: { private: { cidrs: ["172.16.0.0/12"] } },
        });
        const named = new Map<unknown, Map<string, Set<string>>>();
        for (const { to, ports, protocol, name } of rooms.flatMap((one) =>
          one.openings(relations),
        )) {
          const ofPlace = named.get(to.of) ?? new Map<string, Set<string>>();
          const names = ofPlace.get([...ports, protocol].join()) ?? new Set();
          if (names.size > 0) several++;
          named.set(to.of, ofPlace.set([...ports, protocol].join(), names.add(name)));
        }
        for (const ofPlace of named.values())
          for (const [ports, names] of ofPlace) assert.equal(names.size, 1, ports);
      }),
    );
    assert.ok(several > 50, `${several} openings of ports that another opens too`);
  });

  it("stay apart where the names of two groups and of their rules are joined alike", async () => {
    // Without a mark between them, group `a` with rule `pods-pods-x` and group `a-pods` with rule `pods-x` are one.
    const { graph } = await runNetwork(together("a", "a-pods", "x", "pods-x"));
    floorOf(graph, IN, 12);
    assert.equal(new Set(graph.ofType(IN).map(({ name }) => name)).size, 12);
    graph.one(IN, "demo-a.pods-pods-x");
    graph.one(IN, "demo-a-pods.pods-x");
  });

  it("stay apart where a cluster has a mesh's name: both sides are let in", () => {
    const network = (second: number) => ({ cidr: `10.${second}.0.0/16` });
    const { groups } = firewallOf({
      ...transit,
      istio: { version: "1.31.3" },
      networks: { home: network(1), b: network(3), c: network(5) },
      clusters: {
        ...{ x: { network: "home" }, prod: { network: "home" } },
        ...{
          mb: { network: "b" },
          mc: { network: "c" },
          pb: { network: "b" },
          pc: { network: "c" },
        },
      },
      meshes: {
        zeta: {
          controlPlane: { runsIn: ["prod", "mb", "mc"], configCluster: "x" },
          clusters: { x: {} },
        },
        prod: {
          controlPlane: { runsIn: ["mb", "mc"], configCluster: "pb" },
          clusters: { pb: {}, pc: {} },
        },
      },
      api: { private: { cidrs: ["172.16.0.0/12"] } },
    });
    const api = groups["cluster/x"].in.filter(({ name }) => name.startsWith("api-"));
    assert.deepEqual(
      api.map(({ name, side }) => [name, side.kind]),
      [
        ["api-172.16.0.0-12", "cidr"],
        ["api-prod", "group"],
        ["api-prod.list", "list"],
      ],
    );
  });
});
