import assert from "node:assert/strict";
import { changes, unexpected } from "../../bench/growth";
import { clusterName, networkName } from "../../bench/description";
import { graphOf } from "../../bench/measure";
import { ControlPlaneMode } from "../../components/topology";
import { Graph } from "../../engine";
import type { Registration } from "../../engine";
import { floor } from "../support/graph";

const REGIONS = ["eu-west-1", "us-east-1"];

/** A graph with one resource changed. */
function altered(graph: Graph, type: string, inputs: Record<string, unknown>): Graph {
  const index = graph.resources.findIndex((resource) => resource.type === type);
  assert.ok(index >= 0, `no ${type}`);
  const resource: Registration = {
    ...graph.resources[index],
    inputs: { ...graph.resources[index].inputs, ...inputs },
  };
  return new Graph(
    graph.resources.map((each, place) => (place === index ? resource : each)),
    [],
    [],
  );
}

for (const regions of [REGIONS.slice(0, 1), REGIONS]) {
  describe(`adding a cluster in ${regions.join(" and ")}`, () => {
    let small: Graph;
    let large: Graph;
    const added = [clusterName(4), networkName(4)];
    before(async () => {
      small = await graphOf({ clusters: 3, regions });
      large = await graphOf({ clusters: 4, regions });
      floor(small, 3);
      floor(large, 4);
    });

    it("changes outside it only what must know of it", () => {
      assert.deepEqual(unexpected(small, large, added), []);
    });

    it("changes the watchers' Secrets, the refreshers' lists, the mesh's addresses and each VPC's routes", () => {
      const changed = changes(small, large).filter(({ kind }) => kind === "changed");
      const types = changed.map(({ urn }) => large.get(urn).type);
      const count = (type: string) => types.filter((each) => each === type).length;
      assert.equal(count("kubernetes:core/v1:Secret"), 3);
      assert.equal(count("kubernetes:core/v1:ConfigMap"), 3);
      // One of the mesh in each region, and one for the routes of each VPC, which leaves out its own range.
      const lists = regions.length + 3;
      assert.equal(count("aws:ec2/managedPrefixList:ManagedPrefixList"), lists);
      assert.equal(changed.length, 6 + lists);
    });

    it("changes no Release of another cluster", () => {
      const releases = changes(small, large).filter(
        ({ urn, kind }) => kind !== "added" && urn.includes("helm.sh"),
      );
      assert.deepEqual(releases, []);
    });
  });
}

for (const mode of [ControlPlaneMode.PrimaryRemote, ControlPlaneMode.External]) {
  describe(`adding a remote to a mesh that is ${mode}`, () => {
    let small: Graph;
    let large: Graph;
    before(async () => {
      small = await graphOf({ clusters: 3, mode });
      large = await graphOf({ clusters: 4, mode });
      floor(small, 1);
      floor(large, 1);
    });

    it("changes outside it only what must know of it", () => {
      assert.deepEqual(unexpected(small, large, [clusterName(4), networkName(4)]), []);
    });

    it("changes one Secret, one list of the refresher, the mesh's addresses and each VPC's routes", () => {
      const changed = changes(small, large).filter(({ kind }) => kind === "changed");
      const list = "aws:ec2/managedPrefixList:ManagedPrefixList";
      const vpcs = small.ofType("aws:ec2/vpc:Vpc");
      assert.deepEqual(changed.map(({ urn }) => large.get(urn).type).sort(), [
        ...[list, ...vpcs.map(() => list)],
        "kubernetes:core/v1:ConfigMap",
        "kubernetes:core/v1:Secret",
      ]);
    });

    it("changes no Release and no relay of another cluster", () => {
      const touched = changes(small, large).filter(
        ({ urn, kind }) => kind !== "added" && /helm\.sh|apps\/v1/.test(urn),
      );
      assert.deepEqual(touched, []);
    });
  });
}

describe("adding a cluster to a mesh with machines", () => {
  it("adds their Service there, and beside it makes and changes what it does without machines", async () => {
    const machines = true;
    const [small, large] = [
      await graphOf({ clusters: 3, machines }),
      await graphOf({ clusters: 4, machines }),
    ];
    assert.deepEqual(unexpected(small, large, [clusterName(4), networkName(4)]), []);
    const made = (graph: Graph) => graph.ofType("kubernetes:core/v1:Service").length;
    const without = [await graphOf({ clusters: 3 }), await graphOf({ clusters: 4 })].map(made);
    assert.equal(made(large) - made(small), without[1]! - without[0]! + 1);
  });
});

describe("the check of growth", () => {
  it("finds a Release, a rule, a removal and a stranger that should not have changed", async () => {
    const graph = await graphOf({ clusters: 2 });
    const kinds = (other: Graph) =>
      unexpected(graph, other, ["cluster3", "net3"]).map(({ kind, inputs }) => [kind, inputs]);
    assert.deepEqual(kinds(graph), []);
    const release = altered(graph, "kubernetes:helm.sh/v3:Release", { values: {} });
    assert.deepEqual(kinds(release), [["changed", ["values"]]]);
    const rule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
    assert.deepEqual(kinds(altered(graph, rule, { fromPort: 1 })), [["changed", ["fromPort"]]]);
    const fewer = new Graph(graph.resources.slice(0, -1), [], []);
    assert.deepEqual(kinds(fewer), [["removed", []]]);
    const stranger = { ...graph.resources.at(-1)!, name: "stranger", urn: "stranger" };
    const more = new Graph([...graph.resources, stranger], [], []);
    assert.deepEqual(kinds(more), [["added", []]]);
  });
});
