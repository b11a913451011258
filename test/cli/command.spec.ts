import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExitCode, run } from "../../cli/command";
import type { Report } from "../../cli/report/report";

const directory = mkdtempSync(join(tmpdir(), "command-"));
const STACKS = join(__dirname, "../../stacks");
const EAST_WEST = join(STACKS, "02-multi-primary-different-networks.yaml");

/** Runs one command and returns what a shell would see. */
async function cli(...args: string[]) {
  const seen = { stdout: "", stderr: "" };
  const code = await run(args, {
    stdout: { write: (text) => (seen.stdout += text) },
    stderr: { write: (text) => (seen.stderr += text) },
  });
  return { code, ...seen };
}

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

describe("istio-patterns plan", () => {
  after(() => rmSync(directory, { recursive: true }));

  it("prints the plan and exits with 0", async () => {
    const { code, stdout, stderr } = await cli("plan", EAST_WEST, "--full");
    assert.equal(code, ExitCode.Done, stderr);
    assert.equal(stderr, "");
    for (const title of [
      "NETWORKS",
      "CLUSTERS",
      "OPEN PORTS   TCP, where nothing else is said",
      "QUOTAS",
      "WARNINGS",
      "TOTAL",
    ]) {
      assert.match(stdout, new RegExp(`^ ${title}$`, "m"));
    }
    // A command that is to be copied stays on one line.
    const lines = stdout.split("\n").filter((line) => !line.includes("`"));
    assert.ok(lines.every((line) => line.length <= 100));
  });

  it("puts a placeholder where only the user knows the value, and says how to set it", async () => {
    const { stdout } = await cli("plan", EAST_WEST, "--full");
    const warning = [
      "   ! api: nothing, planned with 192.0.2.1/32",
      "     allowed  { allowFrom: [<CIDR>, ...] }, or { private: { cidrs: [<CIDR>, ...] } } where Pulumi",
      "              runs inside the network",
      `     fix      \`pulumi config set --config-file ${EAST_WEST} --path 'istio-patterns:topology.api.allowFrom[0]' '<your address>/32'\``,
      "",
    ];
    assert.ok(stdout.includes(warning.join("\n")), stdout);
    assert.match(stdout, /public from 192\.0\.2\.1\/32/);
  });

  for (const pattern of [
    "02-primary-remote-same-network",
    "02-primary-remote-different-networks",
    "03-external-istiod-kubernetes",
  ]) {
    it(`plans ${pattern} and pictures its relay`, async () => {
      const { code, stdout, stderr } = await cli("plan", `${STACKS}/${pattern}.yaml`);
      assert.deepEqual([code, stderr], [ExitCode.Done, ""]);
      assert.match(stdout, /│ relay to istiod in (east|mgmt) · mesh prod +│/);
      assert.match(stdout, /! meshes\.prod\.controlPlane\.runsIn: istiod in (east|mgmt) only/);
    });
  }

  it("prints the same plan as JSON", async () => {
    const { code, stdout } = await cli("plan", EAST_WEST, "--json", "--stack", "prod");
    assert.equal(code, ExitCode.Done);
    const report: Report = JSON.parse(stdout);
    assert.equal(report.name, "prod");
    assert.deepEqual(
      report.clusters.map(({ name, eksName }) => [name, eksName]),
      [
        ["east", "prod-east"],
        ["west", "prod-west"],
      ],
    );
    assert.equal(report.totals.releases, 6);
  });

  it("prints Helm values as YAML documents", async () => {
    const { code, stdout } = await cli("plan", EAST_WEST, "--values");
    assert.equal(code, ExitCode.Done);
    const documents = stdout.split("---\n");
    assert.equal(documents.length, 6);
    assert.match(
      documents[1],
      /^# cluster east: release istiod in istio-system, chart istiod 1\.31\.4\n/,
    );
    assert.match(documents[1], /meshID: prod/);
  });

  it("draws the topology beside the plan", async () => {
    const [page, picture] = ["out.md", "out.svg"].map((name) => join(directory, name));
    const first = await cli("plan", EAST_WEST, "--diagram", page);
    assert.deepEqual([first.code, first.stderr], [ExitCode.Done, `wrote ${page}\n`]);
    await cli("plan", EAST_WEST, "--diagram", picture);
    assert.match(readFileSync(page, "utf8"), /^# demo\n[^]*```mermaid\nflowchart LR\n/);
    const svg = readFileSync(picture, "utf8");
    assert.match(svg, /^<svg [^]*<\/svg>\s*$/);
    assert.match(svg, /network net-east/);
  });

  it("refuses a wrong description with every problem, exit code 2 and no stack trace", async () => {
    const path = file(
      "wrong.yaml",
      `config: { aws:region: eu-west-1, istio-patterns:topology: {
        networks: { main: { cidr: 10.0.0.0/16 } },
        clusters: { a: { network: mian }, b: { network: main, kubernetesVersion: { secure: x } } },
        meshes: { dev: { clusters: { a: {} } } } } }`,
    );
    const { code, stdout, stderr } = await cli("plan", path);
    assert.equal(code, ExitCode.Refused);
    assert.equal(stdout, "");
    assert.match(
      stderr,
      /^istio-patterns:topology has 1 problem; more may show once it is mended:\n/,
    );
    assert.match(stderr, /clusters\.b\.kubernetesVersion: got a secret; allowed: .*; fix: /);
    assert.doesNotMatch(stderr, /^ +at /m);
  });

  it("refuses what is left when only `api` has a placeholder", async () => {
    const path = file(
      "rule.yaml",
      `config: { aws:region: eu-west-1, istio-patterns:topology: {
        networks: { main: { cidr: 10.0.0.0/16 } }, clusters: { a: { network: mian } },
        meshes: { dev: { clusters: { a: {} } } } } }`,
    );
    const { code, stderr } = await cli("plan", path);
    assert.equal(code, ExitCode.Refused);
    assert.match(stderr, /clusters\.a\.network: got "mian"; allowed: main; fix: did you mean/);
    assert.doesNotMatch(stderr, /api: got nothing/);
  });

  it("crashes with 1 and a stack trace on what no user can mend", async () => {
    let stderr = "";
    const stdout = {
      write: () => {
        throw new TypeError("no room");
      },
    };
    const code = await run(["plan", EAST_WEST], {
      stdout,
      stderr: { write: (text) => (stderr += text) },
    });
    assert.equal(code, ExitCode.Crashed);
    assert.match(
      stderr,
      /^istio-patterns crashed, which is a bug in it:\nTypeError: no room\n +at /,
    );
  });

  it("refuses wrong arguments with 2", async () => {
    assert.equal((await cli("plan")).code, ExitCode.Refused);
    assert.equal((await cli("plan", EAST_WEST, "--jsn")).code, ExitCode.Refused);
    assert.equal((await cli("plan", EAST_WEST, "--json", "--values")).code, ExitCode.Refused);
    assert.equal((await cli("frobnicate")).code, ExitCode.Refused);
    const { code, stdout } = await cli("--help");
    assert.equal(code, ExitCode.Done);
    assert.match(stdout, /^Usage: istio-patterns/);
    const version = await cli("--version");
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
  });

  it("refuses a diagram that it cannot draw before it plans", async () => {
    const { code, stdout, stderr } = await cli("plan", EAST_WEST, "--diagram", "out.png");
    assert.deepEqual([code, stdout], [ExitCode.Refused, ""]);
    assert.equal(
      stderr,
      "--diagram out.png: got a file that ends in .png; " +
        "allowed: a .md or .svg file that can be written; fix: name another file\n",
    );
    const nowhere = join(directory, "missing", "out.md");
    const second = await cli("plan", EAST_WEST, "--diagram", nowhere);
    assert.equal(second.code, ExitCode.Refused);
    assert.match(second.stderr, /got ENOENT; /);
    assert.ok(!existsSync(nowhere));
  });
});
