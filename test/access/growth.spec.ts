import assert from "node:assert/strict";
import type { TopologyDescription } from "../../components/topology";
import { runDescription } from "../support/program";
import { floor } from "../support/graph";
import type { Graph } from "../support/graph";

/** Clusters on networks of their own, in one mesh. */
function spread(count: number): TopologyDescription {
  const names = Array.from({ length: count }, (_, index) => `c${index}`);
  const map = <T>(value: (name: string, index: number) => T) =>
    Object.fromEntries(names.map((name, index) => [name, value(name, index)]));
  return {
    api: { private: { cidrs: ["172.16.0.0/12"] } },
    istio: { version: "1.31.3" },
    networks: map((_, index) => ({ cidr: `10.${index}.0.0/16` })),
    clusters: map((name) => ({ network: name })),
    meshes: { prod: { clusters: map(() => ({})) } },
  };
}

const ROOMS =
  /:(EksCluster|AutoModeNodes|ManagedNodes|LoadBalancerController|ReaderRole|RemoteReader|TokenRefresher|RemoteClusters|RootCa|IntermediateCa)$/;

/** What clusters, access and trust make: their components and all below. */
function inRooms(graph: Graph): string[] {
  return graph.resources
    .filter(({ type }) => ROOMS.test(type))
    .flatMap((component) => graph.subtree(component))
    .map(({ urn }) => urn);
}

describe("a further cluster of a multi-primary mesh", () => {
  it("costs 29 resources in clusters, access and trust, whatever the number before", async () => {
    const graphs = [await runDescription(spread(2)), await runDescription(spread(4))];
    graphs.forEach((graph, index) => floor(graph, [2, 4][index]));
    const [two, four] = graphs.map((graph) => new Set(inRooms(graph)).size);
    assert.equal(four - two, 2 * 29);
    // A root of three, and a role of two.
    assert.equal(two, 2 * 29 + 3 + 2);
  });
});
