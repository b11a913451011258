import assert from "node:assert/strict";
import { HOURS, pricesIn, REGIONS } from "../../cli/cost/prices";
import { costText } from "../../cli/cost/words";
import { patterns } from "../support/topologies";
import { managedNodes, transitGateways } from "../support/variants";
import { planOf, subjects } from "./support";

const costOf = async (description: (typeof subjects)[string]) =>
  (await planOf(description)).report.cost;

describe("what a plan costs", () => {
  it("is the sum of its parts, in every pattern", async () => {
    for (const description of Object.values(subjects)) {
      const { month, parts } = await costOf(description);
      const sum = parts.reduce((total, part) => total + part.month, 0);
      assert.ok(Math.abs(month - sum) < 0.1, `${month} of ${sum}`);
      for (const { what, count, month: each } of parts) assert.ok(count > 0 && each > 0, what);
    }
  });

  it("counts what one cluster has, the dearest first", async () => {
    const { parts } = await costOf(patterns["01-single-cluster"]);
    assert.deepEqual(parts.slice(0, 3), [
      { what: "EKS control plane", count: 1, month: 73 },
      { what: "NAT gateway", count: 1, month: 35.04 },
      { what: "public IPv4 address", count: 1, month: 3.65 },
    ]);
  });

  it("counts the least number of managed nodes with their disks, spot ones and logs", async () => {
    const { parts, notes } = await costOf(managedNodes);
    const count = (what: string) => parts.find((part) => part.what === what)?.count;
    assert.equal(count("node, m6i.large"), 2);
    assert.equal(count("node, m7g.large, spot"), 3);
    assert.equal(count("disk of a node"), 5);
    assert.ok(count("flow logs")! > 0 && count("control plane's logs")! > 0);
    assert.ok(!notes.some((note) => note.includes("Auto Mode")));
  });

  it("says where a region's prices are by a factor, and where nodes are not counted", async () => {
    const { notes } = await costOf(transitGateways);
    const others = Object.values(transitGateways.networks)
      .flatMap(({ vpcs, region }) => [
        region,
        ...Object.values(vpcs ?? {}).map((vpc) => vpc.region),
      ])
      .filter((region): region is string => region !== undefined && !(region in REGIONS));
    for (const region of others)
      assert.ok(
        notes.some((note) => note.includes(region)),
        region,
      );
    assert.ok(notes.includes("nodes of Auto Mode are not counted: they follow your pods"));
    const { prices, own } = pricesIn("sa-east-1");
    assert.ok(!own && prices.natGateway > REGIONS["us-east-1"]!.natGateway && prices.key === 1);
  });

  it("is one line of text without cents", async () => {
    const cost = await costOf(patterns["01-single-cluster"]);
    assert.match(
      costText(cost),
      /^USD \d+ a month: 73 for 1 EKS control plane, 35 for 1 NAT gateway, /,
    );
    assert.equal(HOURS, 730);
  });
});
