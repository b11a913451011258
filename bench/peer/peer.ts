/**
 * Another tool for a part of the job, side by side: the synthesis of N single clusters with Istio by EKS blueprints for
 * the CDK, and the plan of N clusters in one mesh by this package, each as compiled JavaScript in a process of its own.
 */
import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { table } from "../../cli/text/layout";
import { descriptionOf } from "../description";
import type { Check } from "../limits";

/** Exact, so that the comparison can be made again. */
const PEER = { "@aws-quickstart/eks-blueprints": "1.19.0", "aws-cdk-lib": "2.261.0" };

/** The size at which this package should need at most this part of the other's time. */
const CLAIM = { clusters: 20, part: 0.6 };

/** Runs of which the shortest counts: the least disturbed by other work on the machine. */
const RUNS = 3;

const ROOT = join(__dirname, "../..");

interface Usage {
  processor: number;
  wall: number;
  memory: number;
  resources: number;
}

type Tool = (clusters: number) => Promise<Usage>;

export async function comparePeer(
  sizes: number[],
  print: (...lines: string[]) => void,
): Promise<Check[]> {
  const directory = mkdtempSync(join(tmpdir(), "bench-peer-"));
  try {
    print("installing EKS blueprints for the CDK");
    const [ours, theirs] = [await prepareOurs(directory), await preparePeer(directory)];
    const rows: [number, Usage, Usage][] = [];
    for (const size of sizes) {
      rows.push([size, await shortest(ours, size), await shortest(theirs, size)]);
      print(`  ${size} of ${sizes.at(-1)} clusters compared`);
    }
    print("", ...table([HEADING, ...rows.map(rowOf)]), "");
    return rows.filter(([size]) => size === CLAIM.clusters).map(checkOf);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Compiled as the package is, beside the dependencies that are installed already. */
async function prepareOurs(directory: string): Promise<Tool> {
  const bin = join(directory, "bin");
  await run(process.execPath, [
    join(ROOT, "node_modules/typescript/bin/tsc"),
    ...["-p", join(ROOT, "tsconfig.build.json"), "--outDir", bin],
  ]);
  symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"));
  return async (clusters) => {
    const file = join(directory, `ours-${clusters}.yaml`);
    const config = {
      "aws:region": "eu-west-1",
      "istio-patterns:topology": descriptionOf({ clusters }),
    };
    writeFileSync(file, stringify({ config }));
    const { usage, stdout } = await measured([join(bin, "cli/main.js"), "plan", file, "--json"]);
    return { ...usage, resources: JSON.parse(stdout).totals.total };
  };
}

async function preparePeer(directory: string): Promise<Tool> {
  const home = join(mkdtempSync(join(directory, "peer-")));
  const manifest = { private: true, type: "module", dependencies: PEER };
  writeFileSync(join(home, "package.json"), JSON.stringify(manifest));
  copyFileSync(join(__dirname, "synth.mjs"), join(home, "synth.mjs"));
  // Nothing that the packages would run on installation is needed, nor is the CDK's command line.
  const flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--legacy-peer-deps"];
  await run("npm", ["install", ...flags], home);
  return async (clusters) => {
    const args = [join(home, "synth.mjs"), String(clusters), join(home, `out-${clusters}`)];
    const { usage, stdout } = await measured(args);
    return { ...usage, resources: JSON.parse(stdout).resources };
  };
}

async function shortest(tool: Tool, clusters: number): Promise<Usage> {
  const runs: Usage[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await tool(clusters));
  return runs.reduce((a, b) => (b.processor < a.processor ? b : a));
}

/** Both tools report through the same hook. */
async function measured(args: string[]) {
  const { stdout, stderr } = await run(process.execPath, [
    "--require",
    join(__dirname, "usage.cjs"),
    ...args,
  ]);
  const usage: Omit<Usage, "resources"> = JSON.parse(stderr.trim().split("\n").at(-1)!);
  return { usage, stdout };
}

/** Without the loaders of this process: the tools are measured as they are installed. */
function run(command: string, args: string[], cwd?: string) {
  const env = { ...process.env, NODE_OPTIONS: "" };
  return promisify(execFile)(command, args, { cwd, env, maxBuffer: 1 << 28 });
}

const HEADING = [
  "clusters",
  "ours: processor s",
  "ms each",
  "MiB",
  "resources",
  "blueprints: processor s",
  "ms each",
  "MiB",
  "resources",
];

function rowOf([clusters, ours, theirs]: [number, Usage, Usage]): string[] {
  const cells = ({ processor, resources, memory }: Usage) => [
    processor.toFixed(2),
    ((processor / resources) * 1000).toFixed(2),
    memory.toFixed(0),
    String(resources),
  ];
  return [String(clusters), ...cells(ours), ...cells(theirs)];
}

function checkOf([clusters, ours, theirs]: [number, Usage, Usage]): Check {
  const limit = CLAIM.part * theirs.processor;
  const claim = `processor seconds for ${clusters} meshed clusters: ${CLAIM.part} of blueprints for single ones`;
  return { claim, got: ours.processor, limit, ok: ours.processor <= limit };
}
