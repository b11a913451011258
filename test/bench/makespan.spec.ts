import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as eks from "@pulumi/eks";
import * as pulumi from "@pulumi/pulumi";
import { census, sum } from "../../bench/census";
import { checkGrowth } from "../../bench/limits";
import type { Limits } from "../../bench/limits";
import { makespan, secondsOf } from "../../bench/makespan";
import { graphOf } from "../../bench/measure";
import type { Measured } from "../../bench/measure";
import { mockRun } from "../../engine";
import { floor, releases } from "../support/graph";

class Group extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("px:index:Group", name, {}, opts);
    const vpc = new aws.ec2.Vpc(`${name}-vpc`, { cidrBlock: "10.0.0.0/16" }, { parent: this });
    new eks.Cluster(name, { vpcId: vpc.id, autoMode: { enabled: true } }, { parent: this });
    this.registerOutputs();
  }
}

describe("the makespan", () => {
  it("is the longest chain of what waits for what, and nothing that runs beside it", async () => {
    const graph = await mockRun(() => {
      new Group("a");
      new Group("b");
      new aws.ec2.Eip("beside");
    });
    // VPC 2 s, cluster 540 s.
    const { seconds, path } = makespan(graph);
    assert.equal(seconds, 542);
    assert.deepEqual(path.slice(-2), ["Vpc a-vpc", "Cluster a"]);
  });

  it("adds what a component that waits for another makes it wait for", async () => {
    const graph = await mockRun(() => {
      const first = new Group("a");
      new Group("b", { dependsOn: first });
    });
    assert.equal(makespan(graph).seconds, 1084);
  });

  it("counts a pool's first node once in the chain of its cluster", async () => {
    const graph = await graphOf({ clusters: 2 });
    const pools = graph.ofType("kubernetes:karpenter.sh/v1:NodePool");
    assert.deepEqual(pools.map(secondsOf), [120, 120]);
    const { path } = makespan(graph);
    assert.equal(path.filter((name) => name.startsWith("NodePool ")).length, 1);
  });

  it("knows how long Istio's charts take", async () => {
    const graph = await graphOf({ clusters: 2 });
    floor(graph, 2);
    const seconds = ["base", "istiod", "gateway"].map((chart) =>
      releases(graph, chart).map(secondsOf),
    );
    assert.deepEqual(seconds, [
      [10, 10],
      [45, 45],
      [40, 40],
    ]);
  });
});

describe("many clusters", () => {
  // The benchmark says the same of twenty and fifty.
  it("are up in the time of two, since no dependency makes clusters wait for each other", async () => {
    const [two, eight] = [await graphOf({ clusters: 2 }), await graphOf({ clusters: 8 })];
    floor(eight, 8);
    const [few, many] = [makespan(two), makespan(eight)];
    assert.ok(few.seconds > 700, `${few.seconds} s`);
    assert.ok(many.seconds <= 1.1 * few.seconds, `${many.seconds} s: ${many.path.join(" > ")}`);
    assert.ok(sum(census(eight)) <= 60 + 80 * 8);
  });
});

describe("the census", () => {
  it("counts what hides in lists", async () => {
    const graph = await mockRun(() => {
      new aws.ec2.ManagedPrefixList("mesh", {
        addressFamily: "IPv4",
        maxEntries: 10,
        entries: [{ cidr: "10.0.0.0/16" }, { cidr: "10.1.0.0/16" }],
      });
      new eks.Cluster("a", {
        accessEntries: { reader: { principalArn: "arn:aws:iam::123456789012:role/reader" } },
      });
    });
    assert.deepEqual(census(graph), {
      "prefix-list entry": 2,
      "aws:ec2/managedPrefixList:ManagedPrefixList": 1,
      "eks:index:Cluster": 1,
      "access entry": 1,
    });
  });
});

describe("the limits of growth", () => {
  const measured = (clusters: number, change: Partial<Measured> = {}): Measured => ({
    clusters,
    planning: clusters * 0.2,
    processor: clusters * 0.2,
    wall: 0,
    memory: 0,
    resources: clusters * 70,
    byType: {},
    makespan: 700,
    longest: [],
    ...change,
  });
  const sizes = [2, 5, 20, 50];
  const limits: Limits = {
    resources: { size: 20, once: 60, each: 70 },
    linear: [20, 50],
    processor: [5, 50],
    makespan: [2, 20],
  };

  it("hold for linear growth", () => {
    const checks = checkGrowth(
      sizes.map((size) => measured(size)),
      limits,
    );
    assert.deepEqual(
      checks.map(({ ok }) => ok),
      [true, true, true, true],
    );
  });

  it("fall short one by one", () => {
    const failing = (change: Measured) => {
      const all = sizes.map((size) => (size === change.clusters ? change : measured(size)));
      return checkGrowth(all, limits)
        .filter(({ ok }) => !ok)
        .map(({ claim }) => claim);
    };
    assert.deepEqual(failing(measured(50, { resources: 3676, processor: 10 })), [
      "resources at 50 clusters grow linearly from 20",
    ]);
    assert.deepEqual(failing(measured(20, { resources: 1461 })), [
      "resources at 20 clusters: 60 + 70 for each",
    ]);
    assert.deepEqual(failing(measured(50, { processor: 15.1 })), [
      "processor ms per resource at 50 clusters: 1.5 times that at 5",
    ]);
    assert.deepEqual(failing(measured(20, { makespan: 771 })), [
      "seconds of `up` at 20 clusters: 1.1 times that at 2",
    ]);
  });
});
