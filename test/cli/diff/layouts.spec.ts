import assert from "node:assert/strict";
import { MARK, renderMarkdownDiff } from "../../../cli/diff/markdown";
import { renderDiff } from "../../../cli/diff/text";
import { plain } from "../../../cli/text/style";
import type { TopologyDescription } from "../../../components/topology";
import { patterns } from "../../support/topologies";
import { addCluster, bumpIstio, diffOf, moveVpc, TWO } from "./support";
import type { Change } from "./support";

/** A line of more than one word; one word stays whole, as names do that are searched for. */
const canBreak = (line: string) => line.trim().includes(" ");

describe("a diff in ten lines", () => {
  const HINT = "   ...            all of it, and every resource: `--resources`";

  async function linesOf(description: TopologyDescription, change: Change): Promise<string[]> {
    const lines = renderDiff(await diffOf(description, change))
      .trimEnd()
      .split("\n");
    assert.ok(lines.length <= 10, lines.join("\n"));
    for (const line of lines) assert.ok(line.length <= 100, line);
    return lines;
  }

  it("shows what a VPC's other range does", async () => {
    assert.deepEqual(await linesOf(TWO, moveVpc), [
      " test   base → head   4 added, 7 changed, 30 replaced, 4 removed",
      "   dangerous      Vpc test-net-east replaced: with everything in it (`up` refuses: protected)",
      "                  eks.Cluster test-east changed: EKS refuses another VPC's subnets; remove it first",
      "   replaced       test-net-east: cidrBlock 10.10.0.0/16 → 10.99.0.0/16; 9 more changes of inputs;",
      "                  network 30 (9 Subnet, 6 RouteTableAssociation, 4 Route, 11 more)",
      "   removed        network 4 (2 SecurityGroupIngressRule, 2 Route)",
      "   changed        network 3 (2 SecurityGroupIngressRule, InternetGateway), cluster 3 (2 ...",
      "   added          network 4 (2 SecurityGroupIngressRule, 2 Route)",
      "   ports          15443 open to 10.99.0.0/16, closed to 10.10.0.0/16 at load balancer of gateway ...",
      HINT,
    ]);
  });

  it("shows what another cluster does", async () => {
    assert.deepEqual(await linesOf(TWO, addCluster), [
      " test   base → head   76 added, 6 changed, 0 replaced, 0 removed",
      "   changed        cluster 2 (2 eks.Cluster), access 4 (2 ConfigMap, 2 Secret); 2 resources: ...",
      "   added          network 46 (10 Route, 9 Subnet, 7 SecurityGroupIngressRule, 20 more), cluster ...",
      "   ports          15443 open to 10.30.0.0/16 at load balancer of gateway prod/east/east-west and ...",
      "                  443 open to NAT addresses of VPC net-north at API server of cluster east and ...",
      "   charts         base, istiod, gateway come in north",
      "   reaches        prod → prod through the east-west gateway by mutual TLS: 4 pairs of clusters",
      "   quotas         Elastic IP addresses in eu-west-1 2 → 3 of 5, VPCs in eu-west-1 2 → 3 of 5, ...",
      "   cost           268 → 402 USD a month: +73 EKS control plane, +35 NAT gateway, +18 load ...",
      HINT,
    ]);
  });

  it("shows what another version of Istio does, in full where that fits", async () => {
    const lines = await linesOf(patterns["01-single-cluster-ambient"], bumpIstio);
    assert.ok(!lines.includes(HINT));
    assert.deepEqual(lines.slice(-2), [
      "                  ztunnel 1.31.4 → 1.31.3 in main: ztunnel starts anew on each node, and long",
      "                  connections of its pods end",
    ]);
  });

  it("is as wide as the terminal, also with every resource", async () => {
    for (const change of [moveVpc, addCluster])
      for (const width of [80, 120, 160])
        for (const resources of [false, true]) {
          const text = renderDiff(await diffOf(TWO, change), { resources }, { ...plain, width });
          const wide = text.split("\n").filter((line) => line.length > width);
          assert.deepEqual(wide.filter(canBreak), []);
        }
  });

  it("has what is compared in a line of its own where the names are long", async () => {
    const diff = await diffOf(TWO, moveVpc);
    const [base, head] = ["origin/main:stacks/Pulumi.production.yaml", "Pulumi.production.yaml"];
    const text = renderDiff({ ...diff, base, head }, {}, { ...plain, width: 80 });
    assert.deepEqual(text.split("\n").slice(0, 2), [
      " test   4 added, 7 changed, 30 replaced, 4 removed",
      "   origin/main:stacks/Pulumi.production.yaml → Pulumi.production.yaml",
    ]);
  });

  it("leaves out nothing that is dangerous", async () => {
    const diff = await diffOf(TWO, moveVpc);
    const dangers = Array.from({ length: 12 }, (_, index) => `danger ${index}`);
    const lines = renderDiff({ ...diff, dangers })
      .trimEnd()
      .split("\n");
    assert.equal(lines.filter((line) => line.includes("danger ")).length, 12);
    assert.equal(lines.at(-1), HINT);
    assert.equal(lines.length, 1 + 12 + 1);
  });
});

describe("a diff as Markdown", () => {
  it("begins with its mark, the total and what is dangerous, and folds every resource", async () => {
    const diff = await diffOf(TWO, moveVpc);
    const lines = renderMarkdownDiff(diff).split("\n");
    assert.deepEqual(lines.slice(0, 3), [
      MARK,
      "### test: 4 added, 7 changed, 30 replaced, 4 removed",
      "",
    ]);
    assert.match(lines[5], /^- \*\*Dangerous\*\*: Vpc test-net-east replaced: /);
    const folds = lines.filter((line) => line.startsWith("<summary>"));
    assert.deepEqual(
      folds.map((line) => line.replaceAll(/<\/?summary>/g, "")),
      ["30 replaced", "4 removed", "7 changed", "4 added"],
    );
    const listed = lines.filter((line) => line.startsWith("- ") && !line.startsWith("- **"));
    assert.equal(listed.length, diff.resources.length);
  });

  it("is at most 60 kB, closes what it opens, and says how much it leaves out", async () => {
    const diff = await diffOf(TWO, moveVpc);
    const many = Array.from({ length: 3000 }, () => diff.resources)
      .flat()
      .slice(0, 3000);
    const text = renderMarkdownDiff({ ...diff, resources: many });
    const size = Buffer.byteLength(text);
    assert.ok(size <= 60_000 && size > 50_000, `${size} bytes`);
    const number = (tag: string) => text.split(tag).length - 1;
    assert.equal(number("<details>"), number("</details>"));
    assert.match(text, /\n\d{3,} more lines did not fit: see `diff --resources`\.\n$/);
  });

  it("shows text that is no Markdown as it is", async () => {
    const diff = await diffOf(TWO, moveVpc);
    const text = renderMarkdownDiff({ ...diff, base: "<img>|@team*_`" });
    assert.ok(text.includes("&lt;img>&#124;&#64;team&#42;&#95;&#96;"), text.slice(0, 300));
  });
});
