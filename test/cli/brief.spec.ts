import assert from "node:assert/strict";
import { descriptionOf } from "../../bench/description";
import { renderBrief, SCREEN } from "../../cli/text/brief";
import { withoutAlike } from "../../cli/text/fold";
import { plain } from "../../cli/text/style";
import { LinkVia, type TopologyDescription } from "../../components/topology";
import { planOf, subjects } from "./support";

const BASE = {
  istio: { version: "1.31.3" },
  api: { allowFrom: ["203.0.113.7/32"] },
  links: { via: LinkVia.TransitGateway },
};
const numbers = Array.from({ length: 12 }, (_, index) => index + 1);
const REGIONS = ["eu-west-1", "us-east-1", "ap-south-1"];

function record<T>(keys: number[], prefix: string, value: (number: number) => T) {
  return Object.fromEntries(keys.map((number) => [`${prefix}${number}`, value(number)]));
}

/** Twelve clusters in the arrangements that platform teams have. */
const sizes: Record<string, TopologyDescription> = {
  "one network": {
    ...BASE,
    networks: { main: { cidr: "10.10.0.0/16" } },
    clusters: record(numbers, "east-", () => ({ network: "main" })),
    meshes: { prod: { clusters: record(numbers, "east-", () => ({})) } },
  },
  "four networks, served by two": {
    ...BASE,
    networks: record(numbers.slice(0, 4), "net-", (n) => ({ cidr: `10.${n}.0.0/16` })),
    clusters: record(numbers, "c-", (n) => ({ network: `net-${((n - 1) % 4) + 1}` })),
    meshes: {
      prod: {
        controlPlane: { runsIn: ["c-1", "c-2"] },
        clusters: record(numbers, "c-", () => ({})),
      },
    },
  },
  "three regions and four meshes": {
    ...BASE,
    networks: record(numbers, "n-", (n) => ({ cidr: `10.${n}.0.0/16`, region: REGIONS[n % 3] })),
    clusters: record(numbers, "c-", (n) => ({ network: `n-${n}` })),
    meshes: record([1, 2, 3, 4], "mesh-", (mesh) => ({
      trustDomain: `m${mesh}.example`,
      clusters: record(
        [1, 2, 3].map((n) => (mesh - 1) * 3 + n),
        "c-",
        () => ({}),
      ),
    })),
  },
  "meshes that differ": {
    ...BASE,
    networks: record(numbers, "n-", (n) => ({ cidr: `10.${n}.0.0/16` })),
    clusters: record(numbers, "c-", (n) => ({ network: `n-${n}` })),
    meshes: record(numbers, "mesh-", (n) => ({
      ...{ trustDomain: `m${n}.example`, trust: {}, clusters: { [`c-${n}`]: {} } },
      ingress: record(numbers.slice(0, n), "in-", () => ({ clusters: [`c-${n}`] })),
    })),
  },
};

async function briefOf(description: TopologyDescription, width = 100): Promise<string> {
  return renderBrief((await planOf(description)).report, { ...plain, width });
}

describe("a plan on one screen", () => {
  it("stays one, however many clusters are alike, and names them all", async () => {
    const text = await briefOf(descriptionOf({ clusters: 7 }));
    assert.ok(text.split("\n").length <= SCREEN, text);
    assert.equal(text.match(/╭─ network /g)?.length, 1);
    assert.match(text, /like network net1: net2, net3, net4, net5, net6, net7/);
    assert.match(text, /and \d+ more: single \[single-nat\]/);
  });

  for (const width of [80, 120, 160])
    for (const [size, description] of Object.entries({ ...sizes, ...subjects }))
      it(`is one at ${width} columns: ${size}`, async () => {
        const lines = (await briefOf(description, width)).trimEnd().split("\n");
        assert.ok(lines.length <= SCREEN, `${lines.length} lines\n${lines.join("\n")}`);
        const wide = lines.filter((line) => line.length > width && !line.includes("`"));
        assert.deepEqual(wide, []);
        assert.ok(lines.at(-1)!.includes("quotas."));
      });

  it("shows clusters of a network that are alike as one", async () => {
    const text = await briefOf(sizes["one network"]!, 80);
    const picture = text.split("\n").slice(2, 11).join("\n");
    assert.equal(
      picture,
      ` ╭─ network main ──────────────────────────────╮
 │ VPC 10.10.0.0/16 · eu-west-1                │
 │ 3 zones · 1 NAT gateway                     │
 │ ╭─ clusters east-1, east-2 ... (12 alike) ╮ │
 │ │ EKS 1.36 · Auto Mode                    │ │
 │ │ istiod 1.31.3 · mesh prod               │ │
 │ │ a sidecar in every pod                  │ │
 │ ╰─────────────────────────────────────────╯ │
 ╰─────────────────────────────────────────────╯`,
    );
    assert.match(text, /istiod in east-1, east-2 \.\.\. \(12\)/);
  });

  it("shows networks as one that differ in region and mesh, where there are many", async () => {
    const text = await briefOf(sizes["three regions and four meshes"]!, 80);
    assert.match(
      text,
      /like network n-1 but for names, regions and meshes: n-2, n-3, n-4, n-5, n-6,\n n-7, n-8/,
    );
    assert.match(text, /transit gateway {3}n-1, n-2 \.\.\. \(12\) · one in each of/);
  });

  it("shows warnings as one that differ in names alone", async () => {
    const text = await briefOf(sizes["three regions and four meshes"]!, 80);
    assert.match(
      text,
      / {3}! meshes\.mesh-2\.trust \(alike: meshes\.mesh-3\.trust, meshes\.mesh-4\.trust\): a\n/,
    );
    assert.equal(text.match(/\[trust-shared-root\]/g)?.length, 1);
  });

  it("says what it does not show", async () => {
    const text = await briefOf(sizes["meshes that differ"]!, 80);
    assert.match(text, / not shown: network n-2, n-3 \.\.\. \(11\)\n/);
    assert.match(text, / not shown {5}mesh mesh-2, mesh mesh-3 \.\.\. \(11\)\n/);
    assert.match(text, / {3}and 2 others\n/);
  });

  it("keeps apart what differs", async () => {
    const { report } = await planOf(subjects["03-external-istiod-kubernetes"]!);
    assert.deepEqual(withoutAlike(report), { shown: report, alike: [] });
  });

  it("fits the columns of the terminal, and says how to see the rest", async () => {
    for (const description of Object.values(subjects))
      for (const width of [80, 160]) {
        const text = await briefOf(description, width);
        const lines = text.split("\n").filter((line) => !/[`╭╰│]/.test(line));
        for (const line of lines) assert.ok(line.length <= width, line);
        assert.match(text, /`--full` adds networks/);
      }
  });
});
