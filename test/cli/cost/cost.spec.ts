import assert from "node:assert/strict";
import { pricingOf } from "../../../cli/cost/charges";
import { reportCost } from "../../../cli/cost/cost";
import { instanceMonthly } from "../../../cli/cost/instances";
import { monthly, PRICES, rateIn } from "../../../cli/cost/prices";
import { costChangeText, costNotes, costText } from "../../../cli/cost/words";
import type { TopologyDescription } from "../../../components/topology";
import { patterns } from "../../support/topologies";
import * as variants from "../../support/variants";
import { planOf, subjects } from "../support";

const { managedNodes, transitGateways } = variants;
const SINGLE = patterns["01-single-cluster"];

const costOf = async (description: TopologyDescription) => (await planOf(description)).report.cost;

/** What a plan costs on a day. */
async function costOn(day: string, description: TopologyDescription) {
  const { graph, report } = await planOf(description);
  return reportCost({ graph, ...report }, day);
}

function changed(description: TopologyDescription, change: (copy: TopologyDescription) => void) {
  const copy = structuredClone(description);
  change(copy);
  return copy;
}

describe("what a plan costs", () => {
  it("knows of every type that is planned whether it costs", async () => {
    const { providedRoot: _, ...all } = { ...subjects, ...variants };
    for (const description of Object.values(all)) {
      const { graph } = await planOf(description as TopologyDescription);
      for (const { type, custom, remote } of graph.resources)
        if (custom || remote) assert.ok(pricingOf(type), `${type}: priced, free or not counted?`);
    }
    assert.equal(pricingOf("aws:rds/instance:Instance"), undefined);
  });

  it("is the sum of its parts", async () => {
    for (const description of Object.values(subjects)) {
      const { month, parts } = await costOf(description);
      const sum = parts.reduce((total, part) => total + part.month, 0);
      assert.ok(Math.abs(month - sum) < 0.1, `${month} of ${sum}`);
      for (const part of parts) assert.ok(part.count > 0 && part.month > 0, part.what);
    }
  });

  it("counts what one cluster has, the dearest first", async () => {
    assert.deepEqual(await costOf(SINGLE), {
      currency: "USD",
      month: 115.54,
      parts: [
        { what: "EKS control plane", count: 1, month: 73 },
        { what: "NAT gateway", count: 1, month: 35.04 },
        { what: "public IPv4 address", count: 1, month: 3.65 },
        { what: "GB of control plane's logs", count: 5, month: 2.85 },
        { what: "KMS key", count: 1, month: 1 },
      ],
      assumed: ["1 GB a month of each type of a control plane's logs"],
      notCounted: [
        "traffic, and requests to what is planned",
        "nodes of Auto Mode, which follow your pods: each costs its instance and 12% more",
      ],
      pricesOf: "2026-11-29",
    });
  });

  it("counts the least number of managed nodes, with their disks, and endpoints in each zone", async () => {
    const { parts, assumed, notCounted } = await costOf(managedNodes);
    const part = (what: string) => parts.find((each) => each.what === what);
    assert.deepEqual(part("node, m7g.large"), {
      what: "node, m7g.large",
      count: 3,
      month: Math.round(3 * 0.091 * 730 * 100) / 100,
    });
    assert.equal(part("node, m6i.large")?.count, 2);
    assert.equal(part("GiB of disk of a node")?.count, 3 * 100 + 2 * 50);
    assert.equal(part("endpoint in a zone")?.count, 3);
    assert.deepEqual(assumed.slice(0, 2), [
      "the least number of nodes and machines",
      "spot instances at the price on demand",
    ]);
    assert.ok(notCounted.includes("flow logs, which follow traffic"));
    assert.ok(!notCounted.some((each) => each.includes("Auto Mode")));
  });

  it("counts the least number of machines, and says that their disks are not counted", async () => {
    const { parts, notCounted } = await costOf(patterns["03-vm-same-network"]);
    assert.equal(parts.find(({ what }) => what === "machine, t3.small")?.count, 2);
    assert.equal(
      notCounted.at(-1),
      "disk of a machine, as big as its image, in eu-west-1: no price or size here",
    );
  });

  it("counts tasks by what each has of CPU and memory, by processor", async () => {
    const counted = async (description: TopologyDescription) =>
      (await costOf(description)).parts
        .filter(({ what }) => what.endsWith("of tasks"))
        .map(({ what, count }) => [what, count]);
    assert.deepEqual(await counted(patterns["03-ecs-ztunnel"]), [
      ["vCPU of tasks", 1],
      ["GB of memory of tasks", 2],
    ]);
    assert.deepEqual(await counted(variants.tasks), [
      ["vCPU of tasks", 2],
      ["GB of memory of tasks", 8],
    ]);
    const { assumed } = await costOf(variants.tasks);
    assert.ok(assumed.includes("spot instances at the price on demand"));
  });

  it("says which instances have no price here", async () => {
    const { parts, notCounted } = await costOf(
      changed(managedNodes, ({ clusters }) => {
        Object.assign(clusters.west.nodes!, { instanceTypes: ["x2gd.large"] });
      }),
    );
    assert.ok(!parts.some(({ what }) => what.includes("x2gd")));
    assert.equal(notCounted.at(-1), "node, x2gd.large, in eu-west-1: no price or size here");
  });

  it("counts a load balancer for each gateway, and an address in each zone of a public one", async () => {
    const { cost, clusters } = (await planOf(managedNodes)).report;
    const count = (what: string) => cost.parts.find((part) => part.what === what)?.count;
    assert.equal(
      count("load balancer of a gateway"),
      clusters.flatMap(({ gateways }) => gateways).length,
    );
    assert.equal(count("public IPv4 address"), 4 + 3);
  });

  it("counts the load balancer of a gateway for other meshes once, which the program makes itself", async () => {
    const { parts } = await costOf(patterns["04-multi-mesh"]);
    const balancers = parts.filter(({ what }) => what.startsWith("load balancer"));
    assert.deepEqual(
      balancers.map(({ what, count }) => [what, count]),
      [["load balancer of a gateway", 1]],
    );
  });

  it("counts extended support from the day after standard support, where the cluster goes into it", async () => {
    const old = changed(SINGLE, ({ clusters }) => {
      Object.values(clusters)[0]!.kubernetesVersion = "1.34";
    });
    const standard = changed(old, ({ clusters }) => {
      Object.values(clusters)[0]!.upgradePolicy = "standard";
    });
    const extended = async (day: string, description: TopologyDescription) =>
      (await costOn(day, description)).parts.find(({ what }) => what.startsWith("extended"));
    assert.equal(await extended("2026-12-02", old), undefined);
    assert.equal((await extended("2026-12-03", old))?.month, 365);
    assert.equal(await extended("2026-12-03", standard), undefined);
  });

  it("counts both ends of a peering of transit gateways", async () => {
    const { graph, report } = await planOf(transitGateways);
    const vpcs = graph.ofType("aws:ec2transitgateway/vpcAttachment:VpcAttachment").length;
    const peerings = graph.ofType(
      "aws:ec2transitgateway/peeringAttachment:PeeringAttachment",
    ).length;
    const { parts, assumed } = report.cost;
    const part = parts.find(({ what }) => what === "transit gateway attachment");
    assert.equal(part?.count, vpcs + 2 * peerings);
    assert.equal(assumed.at(-1), "some prices of eu-west-1 by a factor");
  });
});

describe("prices", () => {
  it("say where they were read, and of which day that is", () => {
    for (const [name, { read }] of Object.entries(PRICES)) {
      assert.match(read, /\d{4}-\d{2}-\d{2}/, name);
      assert.match(read, /^list Amazon|^list AWS|^https:\/\//, name);
    }
  });

  it("are a region's own, those of us-east-1 by a factor, or where even that is not known, the very ones", () => {
    assert.deepEqual(rateIn(PRICES.natGateway.usd, "eu-central-1"), { usd: 0.052, from: "own" });
    assert.deepEqual(rateIn({ "us-east-1": 2 }, "sa-east-1"), { usd: 3.188, from: "factor" });
    assert.deepEqual(rateIn({ "us-east-1": 2 }, "eu-nowhere-9"), { usd: 2, from: "elsewhere" });
    assert.deepEqual(monthly("publicAddress", "sa-east-1"), { usd: 3.65, from: "own" });
  });

  it("of instances follow their size", () => {
    const month = (type: string) => instanceMonthly(type, "us-east-1")?.usd.toFixed(2);
    assert.equal(month("t3.small"), (0.0208 * 730).toFixed(2));
    assert.equal(month("m7g.large"), (0.0816 * 730).toFixed(2));
    assert.equal(month("m6i.4xlarge"), (0.768 * 730).toFixed(2));
    for (const type of ["m7g", "m7g.metal", "m7g.0xlarge", "p5.48xlarge"])
      assert.equal(instanceMonthly(type, "us-east-1"), undefined, type);
  });
});

describe("a cost in words", () => {
  it("is one sentence without cents, then what it is made of", async () => {
    const cost = await costOf(patterns["02-multi-primary-different-networks"]);
    assert.equal(
      costText(cost),
      "268 USD a month: 146 for 2 × EKS control plane, 70 for 2 × NAT gateway, " +
        "37 for 2 × load balancer of a gateway, 7 for 2 × public IPv4 address, 8 for others",
    );
    assert.deepEqual(costNotes(cost), [
      "list prices as known on 2026-11-29",
      "counted: 1 GB a month of each type of a control plane's logs",
      "not counted: traffic, and requests to what is planned; " +
        "nodes of Auto Mode, which follow your pods: each costs its instance and 12% more",
    ]);
  });

  it("says what moves, the most first, and nothing where the sum stays", async () => {
    const [one, two] = [
      await costOf(SINGLE),
      await costOf(patterns["02-multi-primary-different-networks"]),
    ];
    assert.equal(
      costChangeText(one, two),
      "116 → 268 USD a month: +73 EKS control plane, +37 load balancer of a gateway, " +
        "+35 NAT gateway, +4 public IPv4 address, +4 others",
    );
    assert.match(costChangeText(two, one)!, /^268 → 116 USD a month: -73 EKS control plane, /);
    assert.equal(costChangeText(one, one), undefined);
    const part = (month: number) => ({ ...one, parts: [{ what: "KMS key", count: 1, month }] });
    assert.equal(costChangeText(part(1), part(1.4)), undefined);
    assert.equal(costChangeText(part(1), part(1.5)), "116 → 116 USD a month: +1 KMS key");
  });
});
