/** Holds the time of a small plan, most of which is starting, against the least program that imports the same SDKs. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildSync } from "esbuild";
import { table } from "../cli/text/layout";
import { checkStart } from "./limits";
import type { Check, Started } from "./limits";
import { inTurn } from "./runs";
import { measured } from "./usage";
import type { Usage } from "./usage";

const execute = promisify(execFile);
const ROOT = join(__dirname, "..");
const STACK_FILE = "stacks/01-single-cluster.yaml";
const PLAN = ["plan", join(ROOT, STACK_FILE), "--json"];

/** Node as it is where nothing is kept from one start to the next. */
const NOTHING_KEPT = { NODE_DISABLE_COMPILE_CACHE: "1" };

/** Measures the command, as it is packed, and the program, prints both, and says whether the command keeps to the limit. */
export async function compareStart(print: (...lines: string[]) => void): Promise<Check[]> {
  const directory = mkdtempSync(join(tmpdir(), "bench-start-"));
  try {
    const command = await buildCommand();
    const program = buildProgram(directory);
    const plan = (env?: NodeJS.ProcessEnv) => run([command, ...PLAN], env);
    // Node writes its cache as it exits, before which those that are measured are ended.
    await execute(process.execPath, [command, ...PLAN]);
    const compared = [
      await compare("without compile cache", () => plan(NOTHING_KEPT), program),
      await compare("with compile cache", plan, program),
    ];
    print(`${STACK_FILE}, planned by the packed command\n`);
    print(...table([HEADING, ...compared.map(row)]), "");
    return compared.map(checkStart);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Builds the package; the file of its command. */
export async function buildCommand(): Promise<string> {
  // Without the loaders of this process.
  const env = { ...process.env, NODE_OPTIONS: "" };
  await execute("npm", ["run", "build"], { cwd: ROOT, env });
  const { bin } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  return join(ROOT, bin["istio-patterns"]);
}

/** The program, bundled as the command is. */
function buildProgram(directory: string): () => Promise<Run> {
  const outfile = join(directory, "oneResource.js");
  const entryPoints = [join(__dirname, "oneResource.ts")];
  buildSync({ entryPoints, outfile, bundle: true, packages: "external", platform: "node" });
  symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"));
  return () => run([outfile], NOTHING_KEPT);
}

interface Run extends Usage {
  resources: number;
}

async function run(args: string[], env?: NodeJS.ProcessEnv): Promise<Run> {
  const { usage, stdout } = await measured(args, env);
  return { ...usage, resources: JSON.parse(stdout).totals.total };
}

interface Compared extends Started {
  plan: Run;
  program: Run;
}

async function compare(
  how: string,
  plan: () => Promise<Run>,
  program: () => Promise<Run>,
): Promise<Compared> {
  const { first, second, ratio } = await inTurn(plan, program);
  return { how, plan: first, program: second, ratio };
}

const HEADING = [
  "",
  ...["plan: processor s", "resources"],
  ...["program: processor s", "resources"],
  "plan / program",
];

function row({ how, plan, program, ratio }: Compared): string[] {
  const cells = ({ processor, resources }: Run) => [processor.toFixed(2), String(resources)];
  return [how, ...cells(plan), ...cells(program), ratio.toFixed(2)];
}
