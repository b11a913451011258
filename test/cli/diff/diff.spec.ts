import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { ExitCode, run } from "../../../cli/command";
import { buildDiff } from "../../../cli/diff/build";
import { Fate } from "../../../cli/diff/change";
import { MARK, renderMarkdownDiff } from "../../../cli/diff/markdown";
import { renderDiff } from "../../../cli/diff/text";
import type { DiffReport } from "../../../cli/diff/report";
import type { TopologyDescription } from "../../../components/topology";
import { patterns } from "../../support/topologies";
import { managedNodes, movingRemotes } from "../../support/variants";
import { planOf } from "../support";

const TWO = patterns["02-multi-primary-different-networks"];

type Change = (description: TopologyDescription) => void;

/** What a change of a description comes to. */
async function diffOf(before: TopologyDescription, change: Change): Promise<DiffReport> {
  const after = structuredClone(before);
  change(after);
  const [base, head] = [await planOf(before), await planOf(after)];
  return buildDiff({ name: "base", plan: base }, { name: "head", plan: head });
}

const moveVpc: Change = ({ networks }) => void (networks["net-east"].cidr = "10.99.0.0/16");
const addCluster: Change = ({ networks, clusters, meshes }) => {
  networks["net-north"] = { cidr: "10.30.0.0/16" };
  clusters.north = { network: "net-north" };
  meshes.prod.clusters.north = {};
};
const bumpIstio: Change = ({ istio }) => void (istio!.version = "1.31.3");

/** Text by line, with the lines of one row joined. */
function rowsOf(diff: DiffReport): string[] {
  const lines = renderDiff(diff).trimEnd().split("\n");
  assert.ok(
    lines.slice(1).every((line) => line.length <= 100),
    lines.join("\n"),
  );
  return lines
    .join("\n")
    .split(/\n(?= {3}\S)/)
    .map((row) => row.trim().replaceAll(/\s+/g, " "));
}

describe("istio-patterns diff", () => {
  it("says in ten rows that a VPC's range replaces it, what goes with it, and that its cluster cannot follow", async () => {
    const rows = rowsOf(await diffOf(TWO, moveVpc));
    assert.ok(rows.length <= 10, rows.join("\n"));
    assert.deepEqual(rows, [
      "test base → head 4 added, 7 changed, 30 replaced, 4 removed",
      "dangerous Vpc test-net-east replaced: with everything in it; `up` refuses while protect is true " +
        "eks.Cluster test-east changed: EKS refuses subnets of another VPC, so `up` fails: remove the cluster first",
      "replaced network 30 (9 Subnet, 6 RouteTableAssociation, 4 Route, 11 more); test-net-east: " +
        "cidrBlock 10.10.0.0/16 → 10.99.0.0/16; 9 more changes of inputs",
      "removed network 4 (2 SecurityGroupIngressRule, 2 Route)",
      "changed network 3 (2 SecurityGroupIngressRule, InternetGateway), cluster 3 (2 eks.Cluster, NodeClass), istio 1 (Release)",
      "added network 4 (2 SecurityGroupIngressRule, 2 Route)",
      "ports 15443 of load balancer of gateway prod/east/east-west and load balancer of gateway prod/west/east-west: " +
        "open to 10.99.0.0/16, closed to 10.10.0.0/16 (mTLS from the networks of the mesh)",
    ]);
  });

  it("says in ten rows what a cluster brings: resources, ports, charts, who is reached, quotas", async () => {
    const rows = rowsOf(await diffOf(TWO, addCluster));
    assert.ok(rows.length <= 10, rows.join("\n"));
    assert.match(rows[0], /76 added, 6 changed, 0 replaced, 0 removed$/);
    assert.ok(rows.includes("charts base, istiod, gateway come in north"), rows.join("\n"));
    const reaches = rows.filter((row) => row.startsWith("reaches "));
    assert.deepEqual(reaches, [
      "reaches prod → prod through the east-west gateway by mutual TLS: 4 pairs of clusters",
    ]);
    assert.match(
      rows.at(-1)!,
      /VPCs in eu-west-1 2 → 3 of 5, EKS clusters in eu-west-1 2 → 3 of 100/,
    );
  });

  it("says in ten rows which charts a version of Istio moves, and what starts anew", async () => {
    const rows = rowsOf(await diffOf(patterns["01-single-cluster-ambient"], bumpIstio));
    assert.ok(rows.length <= 10, rows.join("\n"));
    assert.match(rows[0], / 0 added, 4 changed, 0 replaced, 0 removed$/);
    const charts = rows.slice(rows.findIndex((row) => row.startsWith("charts"))).join(" ");
    for (const chart of ["base", "istiod", "cni", "ztunnel"])
      assert.ok(charts.includes(`${chart} 1.31.4 → 1.31.3 in main: `), charts);
    assert.ok(
      charts.includes("ztunnel starts anew on each node, and long connections of its pods end"),
    );
  });

  it("tells each resource what it follows, as deep as the chain goes", async () => {
    const { resources } = await diffOf(TWO, moveVpc);
    const of = (type: string, name: string) =>
      resources.find((change) => change.type.endsWith(`:${type}`) && change.name === name)!;
    const subnet = of("Subnet", "test-net-east-public-0");
    assert.deepEqual([subnet.fate, subnet.follows], ["replaced", ["Vpc test-net-east"]]);
    const nat = of("NatGateway", "test-net-east-nat-0");
    assert.deepEqual([nat.fate, nat.inputs], ["replaced", []]);
    assert.deepEqual(nat.follows, ["Subnet test-net-east-public-0"]);
    const route = of("Route", "test-net-east-private-0");
    assert.equal(route.fate, Fate.Replaced);
    assert.ok(route.follows.includes("RouteTable test-net-east-private-0"), route.follows.join());
    assert.equal(of("InternetGateway", "test-net-east").fate, Fate.Changed);
  });

  it("replaces everything in a cluster that is made anew, since its provider is", async () => {
    const { resources, dangers } = await diffOf(managedNodes, ({ clusters }) => {
      clusters.east.nodes = {};
    });
    assert.ok(
      dangers.some((danger) => danger.startsWith("eks.Cluster test-east replaced: ")),
      dangers.join("\n"),
    );
    const releases = resources.filter(
      ({ type, owner, fate }) =>
        type.endsWith(":Release") && owner?.name === "east" && fate === Fate.Replaced,
    );
    assert.ok(releases.length >= 2, `${releases.length} releases`);
    for (const { follows } of releases)
      assert.ok(follows.includes("kubernetes provider test-east"), follows.join(", "));
    const elsewhere = resources.filter(({ owner }) => owner?.name === "west");
    assert.ok(elsewhere.every(({ fate }) => fate === Fate.Changed));
  });

  it("sees that a secret changes where all of a map is one, and shows nothing of it", async () => {
    const { resources } = await diffOf(TWO, addCluster);
    const secrets = resources.filter(
      ({ type, fate }) => type === "kubernetes:core/v1:Secret" && fate === Fate.Changed,
    );
    assert.deepEqual(
      secrets.map(({ name, inputs }) => [name, inputs]),
      ["east", "west"].map((cluster) => [
        `test-prod-${cluster}-remote-clusters`,
        [{ path: "data", before: "[secret]", after: "[secret]", effect: "updates" }],
      ]),
    );
  });

  it("follows what is replaced into secrets that hold its outputs", async () => {
    const { resources } = await diffOf(managedNodes, ({ clusters }) => {
      clusters.east.nodes = {};
    });
    const held = resources.find(({ name }) => name === "test-prod-west-remote-clusters");
    assert.deepEqual(
      [held?.fate, held?.inputs, held?.follows],
      [Fate.Changed, [], ["eks.Cluster test-east"]],
    );
  });

  it("finds nothing where nothing changes, whatever the order of keys", async () => {
    for (const description of [TWO, managedNodes, movingRemotes]) {
      const diff = await diffOf(description, (copy) => {
        const { meshes, clusters } = copy;
        copy.clusters = Object.fromEntries(Object.entries(clusters).reverse());
        copy.meshes = Object.fromEntries(Object.entries(meshes).reverse());
      });
      const { totals, dangers, ports, releases, reach, quotas } = diff;
      assert.deepEqual(totals, { added: 0, changed: 0, replaced: 0, removed: 0 });
      assert.deepEqual([dangers, ports, releases, quotas], [[], [], [], []]);
      assert.deepEqual([reach.appears, reach.goes, reach.moves], [[], [], []]);
    }
  });

  it("warns of a port that opens to the world, and of what goes", async () => {
    const opened = await diffOf(TWO, ({ meshes }) => {
      meshes.prod.ingress = { public: { clusters: ["east"], exposure: "internet" } };
    });
    assert.ok(
      opened.dangers.some((danger) => /to the world$/.test(danger)),
      JSON.stringify([opened.dangers, opened.ports]),
    );
    const removed = await diffOf(TWO, ({ clusters, networks, meshes }) => {
      delete clusters.west;
      delete networks["net-west"];
      delete meshes.prod.clusters.west;
    });
    const kinds = removed.dangers.map((danger) => danger.split(" ")[0]).sort();
    assert.deepEqual(kinds, ["Release", "Vpc", "eks.Cluster"]);
  });

  it("says what moves with a version of Kubernetes, and what of values alone", async () => {
    const { kubernetes } = await diffOf(TWO, ({ clusters }) => {
      clusters.east.kubernetesVersion = "1.34";
    });
    assert.deepEqual(
      kubernetes.map(({ cluster, after }) => [cluster, after]),
      [["east", "1.34"]],
    );
    const { releases } = await diffOf(TWO, ({ meshes }) => {
      meshes.prod.values = { istiod: { autoscaleMin: 3 } };
    });
    assert.deepEqual(
      releases.map(({ chart, values, restarts }) => [chart, values, restarts]),
      ["east", "west"].map(() => [
        "istiod",
        1,
        "istiod's pods start anew, if what they are made of is among them",
      ]),
    );
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

describe("the command diff", () => {
  const directory = mkdtempSync(join(tmpdir(), "diff-"));
  const schema = join(__dirname, "../../../schema/diff.schema.json");
  const form = z.fromJSONSchema(JSON.parse(readFileSync(schema, "utf8")));
  const file = join(directory, "stack.yaml");
  const other = join(directory, "other.yaml");
  const stack = readFileSync(join(__dirname, "../../../stacks/01-single-cluster.yaml"), "utf8");
  before(() => {
    writeFileSync(file, stack);
    writeFileSync(other, stack.replace(/version: "[\d.]+"/, 'version: "1.31.3"'));
  });
  after(() => rmSync(directory, { recursive: true }));

  async function cli(...args: string[]) {
    const seen = { stdout: "", stderr: "" };
    const code = await run(["diff", ...args], {
      stdout: { write: (text) => (seen.stdout += text) },
      stderr: { write: (text) => (seen.stderr += text) },
    });
    return { code, ...seen };
  }

  it("ends with 0 without a change, 4 with one and 5 with a dangerous one", async () => {
    assert.equal((await cli(file, file)).code, ExitCode.Done);
    const changed = await cli(file, other);
    assert.deepEqual([changed.code, changed.stderr], [ExitCode.Changes, ""]);
    const moved = join(directory, "moved.yaml");
    writeFileSync(moved, stack.replace(/cidr: 10\.\d+/, "cidr: 10.77"));
    assert.equal((await cli(file, moved)).code, ExitCode.Dangerous);
  });

  it("prints JSON of the published form, and Markdown", async () => {
    const { stdout } = await cli(file, other, "--json");
    const json = JSON.parse(stdout);
    assert.equal(form.safeParse(json).error, undefined);
    assert.equal(form.safeParse({ ...json, resources: [{}] }).success, false);
    assert.deepEqual([json.version, json.base, json.head], [1, file, other]);
    assert.ok((await cli(file, other, "--markdown")).stdout.startsWith(MARK));
    assert.match((await cli(file, other, "--resources")).stdout, /\n CHANGED\n {3}Release demo-/);
  });

  it("compares with what git has, and leaves the work tree as it is", async () => {
    const git = (...words: string[]) => execFileSync("git", ["-C", directory, ...words]);
    git("init", "--quiet");
    git("add", "stack.yaml");
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "one");
    writeFileSync(file, readFileSync(other, "utf8"));
    const { code, stdout, stderr } = await cli("--git", "HEAD", file);
    assert.deepEqual([code, stderr], [ExitCode.Changes, ""]);
    assert.ok(stdout.includes(`HEAD:${file} → ${file}`), stdout);
    assert.equal(readFileSync(file, "utf8"), readFileSync(other, "utf8"));
    const missing = await cli("--git", "no-such", file);
    assert.equal(missing.code, ExitCode.Refused);
    assert.match(missing.stderr, /^--git no-such: got fatal: .*; fix: fetch it first/);
    const option = await cli("--git=--output=x", file);
    assert.equal(option.code, ExitCode.Refused);
  });

  it("refuses a wrong description in either file with its line, and wrong arguments", async () => {
    const wrong = join(directory, "wrong.yaml");
    writeFileSync(wrong, stack.replace("version:", "versoin:"));
    const { code, stdout } = await cli(file, wrong, "--json");
    assert.equal(code, ExitCode.Refused);
    const [problem] = JSON.parse(stdout).refused.problems;
    assert.equal(problem.file, wrong);
    assert.equal(typeof problem.line, "number");
    const both = await cli(file, other, "--git", "HEAD");
    assert.equal(both.code, ExitCode.Refused);
    assert.match(
      both.stderr,
      /^diff: got two files and --git; allowed: two files, or one with --git/,
    );
    assert.equal((await cli(file)).code, ExitCode.Refused);
  });
});
