import assert from "node:assert/strict";
import { checkFloor } from "../../bench/limits";
import { graphOf } from "../../bench/measure";
import { strangers } from "../../bench/floor";
import { register } from "../../bench/register";
import { inTurn } from "../../bench/runs";
import { ControlPlaneMode } from "../../components/topology";
import type { Graph, Registration } from "../../engine";
import { floor } from "../support/graph";

/** By URN, without which input made a resource wait: plain ones make none wait. */
function plainly({ resources }: Graph): Map<string, Registration> {
  return new Map(
    resources.map((resource) => [resource.urn, { ...resource, propertyDependencies: {} }]),
  );
}

/** As the child that registers them reads them. */
function read<T>(written: T): T {
  return JSON.parse(JSON.stringify(written));
}

describe("the floor of a plan", () => {
  for (const mode of Object.values(ControlPlaneMode)) {
    it(`registers exactly the resources of a mesh that is ${mode}`, async () => {
      const graph = await graphOf({ clusters: 2, mode, regions: ["eu-west-1", "us-east-1"] });
      floor(graph, mode === ControlPlaneMode.MultiPrimary ? 2 : 1);
      const registered = await register(read(graph.resources));
      const urns = (of: Graph) => of.resources.map(({ urn }) => urn);
      assert.deepEqual(strangers(urns(graph), urns(registered)), []);
      assert.deepEqual(plainly(registered), plainly(graph));
    });
  }

  it("passes plain inputs: no value waits for another resource", async () => {
    const { resources } = await graphOf({ clusters: 2 });
    const linked = (all: Registration[]) =>
      all.filter(({ propertyDependencies }) => Object.values(propertyDependencies).flat().length);
    assert.ok(linked(resources).length > 50);
    assert.deepEqual(linked((await register(read(resources))).resources), []);
  });

  it("refuses a type that no SDK has a class for", async () => {
    const { resources } = await graphOf({ clusters: 1 });
    const type = "aws:ec2/vpc:Vpcs";
    const unknown = [...resources, { ...resources.at(-1)!, read: false, type, urn: type }];
    await assert.rejects(register(unknown), { message: `no class for ${type}` });
  });

  it("names the resources that only one of them registers", () => {
    assert.deepEqual(strangers(["a", "b"], ["b", "a"]), []);
    assert.deepEqual(strangers(["a", "b"], ["b", "c"]), ["a", "c"]);
  });
});

describe("the limit of a plan's time", () => {
  const failing = (change: Partial<Parameters<typeof checkFloor>[0]>) =>
    checkFloor({ clusters: 20, plan: 2.3, floor: 2, ratio: 1.15, strangers: [], ...change })
      .filter(({ ok }) => !ok)
      .map(({ claim }) => claim);

  it("is 1.15 times its floor", () => {
    assert.deepEqual(failing({}), []);
    assert.deepEqual(failing({ ratio: 1.16 }), ["times its floor that planning 20 clusters takes"]);
  });

  it("says nothing where they register different resources", () => {
    assert.deepEqual(failing({ strangers: ["a"] }), [
      "resources that a plan of 20 clusters and its floor do not share",
    ]);
  });
});

describe("runs that are compared", () => {
  it("take turns, five times, and count by the median of their processor time and of its ratios", async () => {
    const order: string[] = [];
    const runs = (name: string, processors: number[]) => () => {
      order.push(name);
      return Promise.resolve({ name, processor: processors.shift()! });
    };
    const compared = await inTurn(runs("a", [9, 1, 10, 2, 3]), runs("b", [5, 4, 30, 2, 100]));
    assert.deepEqual(compared, {
      first: { name: "a", processor: 3 },
      second: { name: "b", processor: 5 },
      ratio: 10 / 30,
    });
    assert.equal(order.join(""), "ababababab");
  });
});
