/**
 * Another tool for a part of the job, side by side: the synthesis of N single clusters with Istio by EKS blueprints for
 * the CDK, and the plan of N clusters in one mesh by this package, each as compiled JavaScript in a process of its own.
 */
import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { table } from "../../cli/text/layout";
import { descriptionOf } from "../description";
import { inTurn } from "../runs";
import { buildCommand } from "../start";
import { measured } from "../usage";
import type { Usage } from "../usage";

/** Exact, so that the comparison can be made again. */
const PEER = { "@aws-quickstart/eks-blueprints": "1.19.0", "aws-cdk-lib": "2.261.0" };

interface Measured extends Usage {
  resources: number;
}

type Tool = (clusters: number) => Promise<Measured>;

interface Compared {
  clusters: number;
  ours: Measured;
  theirs: Measured;
}

/** Prints what both take, and whether ours takes less at every size: an aim, since the two jobs are not the same. */
export async function comparePeer(
  sizes: number[],
  print: (...lines: string[]) => void,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "bench-peer-"));
  try {
    print("installing EKS blueprints for the CDK");
    const [ours, theirs] = [await prepareOurs(directory), await preparePeer(directory)];
    const compared: Compared[] = [];
    for (const clusters of sizes) {
      const { first, second } = await inTurn(
        () => ours(clusters),
        () => theirs(clusters),
      );
      compared.push({ clusters, ours: first, theirs: second });
      print(`  ${clusters} of ${sizes.at(-1)} clusters compared`);
    }
    print("", "this package and EKS blueprints: processor time, largest resident set, resources");
    print("", ...table([HEADING, ...compared.map(row)]), "", aimOf(compared), "");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Built as it is packed, beside the dependencies that are installed already. */
async function prepareOurs(directory: string): Promise<Tool> {
  const command = await buildCommand();
  return async (clusters) => {
    const file = join(directory, `ours-${clusters}.yaml`);
    const config = {
      "aws:region": "eu-west-1",
      "istio-patterns:topology": descriptionOf({ clusters }),
    };
    writeFileSync(file, stringify({ config }));
    const { usage, stdout } = await measured([command, "plan", file, "--json"]);
    return { ...usage, resources: JSON.parse(stdout).totals.total };
  };
}

async function preparePeer(directory: string): Promise<Tool> {
  const home = mkdtempSync(join(directory, "peer-"));
  const manifest = { private: true, type: "module", dependencies: PEER };
  writeFileSync(join(home, "package.json"), JSON.stringify(manifest));
  copyFileSync(join(__dirname, "synth.mjs"), join(home, "synth.mjs"));
  // Nothing that the packages would run on installation is needed, nor is the CDK's command line.
  const flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--legacy-peer-deps"];
  await run("npm", ["install", ...flags], home);
  return async (clusters) => {
    const out = join(home, "out");
    // What an earlier run has staged there would not be staged again.
    rmSync(out, { recursive: true, force: true });
    const { usage, stdout } = await measured([join(home, "synth.mjs"), String(clusters), out]);
    return { ...usage, resources: JSON.parse(stdout).resources };
  };
}

/** Without the loaders of this process: the tools are measured as they are installed. */
function run(command: string, args: string[], cwd?: string) {
  const env = { ...process.env, NODE_OPTIONS: "" };
  return promisify(execFile)(command, args, { cwd, env, maxBuffer: 1 << 28 });
}

const HEADING = [
  "clusters",
  ...["ours: s", "ms each", "MiB", "resources"],
  ...["theirs: s", "ms each", "MiB", "resources"],
  "ours / theirs",
];

function row({ clusters, ours, theirs }: Compared): string[] {
  const cells = ({ processor, resources, memory }: Measured) => [
    processor.toFixed(2),
    ((processor / resources) * 1000).toFixed(2),
    memory.toFixed(0),
    String(resources),
  ];
  const ratio = (ours.processor / theirs.processor).toFixed(2);
  return [String(clusters), ...cells(ours), ...cells(theirs), ratio];
}

/** Whether ours takes less processor time at every size. */
export function aimOf(compared: Compared[]): string {
  const above = compared.filter(({ ours, theirs }) => ours.processor >= theirs.processor);
  const sizes = above.map(({ clusters }) => clusters).join(", ");
  const aim = "processor seconds for meshed clusters below those of blueprints for single ones";
  return above.length === 0 ? `aim met: ${aim}` : `aim missed at ${sizes} clusters: ${aim}`;
}
