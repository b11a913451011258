import assert from "node:assert/strict";
import type { TopologyDescription } from "../../../components/topology";
import { floorOf } from "../../support/graph";
import { runNetwork } from "../support";
import { firewallOf, listed, transit } from "./support";

const IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

/** Clusters in one VPC and one mesh, whatever they are called. */
function together(...names: string[]): TopologyDescription {
  return {
    networks: { shared: { cidr: "10.1.0.0/16" } },
    clusters: Object.fromEntries(names.map((name) => [name, { network: "shared" }])),
    meshes: { m: { clusters: Object.fromEntries(names.map((name) => [name, {}])) } },
    ...listed,
  };
}

describe("names of rules", () => {
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
        ["api-prod", "group"],
        ["api-prod.list", "list"],
      ],
    );
  });
});
