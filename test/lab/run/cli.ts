import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { killTree } from "../machine/processes";
import { runnerGroup } from "../machine/vpc/ways";
import type { Json } from "../machine/kube";

export interface Outcome {
  readonly code: number;
  /** Both streams, in the order in which they came. */
  readonly output: string;
  readonly stdout: string;
}

/** What the engine did, or would do, with one resource. */
export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** What differs. */
  readonly paths: readonly string[];
}

export interface CliOptions {
  /** Where Pulumi.yaml is. */
  readonly folder: string;
  readonly stack: string;
  readonly configFile: string;
  readonly logs: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Longer than any command of a pattern takes here; what hangs is told from what is slow. */
const limitSeconds = 420;

/** The real CLI, as a user runs it. */
export class Cli {
  /** Whether the state is written after every resource, not at the end alone: it is what a killed command leaves. */
  checkpoints = false;
  #count = 0;
  #running?: ChildProcess;

  constructor(readonly options: CliOptions) {}

  get #environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      ...this.options.environment,
      PULUMI_HOME: path.join(this.options.folder, "home"),
      PULUMI_CONFIG_PASSPHRASE: "lab",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Without it the CLI hides --event-log.
      PULUMI_DEBUG_COMMANDS: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      // Nobody goes back to an older state of a run; copying it costs something with every resource.
      PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
      // With hundreds of resources, writing the state after each takes most of the engine's time.
      PULUMI_SKIP_CHECKPOINTS: String(!this.checkpoints),
      // Each command starts the program and its plugins anew: what one has compiled the next ones read.
      NODE_COMPILE_CACHE: path.join(this.options.folder, "compiled"),
      // What a killed engine or helm leaves behind goes with the run.
      TMPDIR: path.join(this.options.folder, "tmp"),
    };
  }

  /** Runs a command to its end, whatever that is. */
  run(...args: string[]): Promise<Outcome> {
    const given = ["--non-interactive", "--color", "never", ...args];
    return this.start("pulumi", given, args[0]);
  }

  /** Runs a program in the CLI's environment, where it may call the CLI; its log gets a name. */
  async start(
    program: string,
    args: readonly string[],
    name: string,
    environment?: NodeJS.ProcessEnv,
  ): Promise<Outcome> {
    const { folder, logs } = this.options;
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...this.#environment, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      gid: runnerGroup,
    });
    this.#running = child;
    let output = "";
    let stdout = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => (output += chunk));
    const timer = setTimeout(() => this.kill(), limitSeconds * 1000);
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (status, signal) => resolve(status ?? (signal === "SIGKILL" ? 137 : 1)));
    });
    clearTimeout(timer);
    this.#running = undefined;
    fs.mkdirSync(logs, { recursive: true });
    const file = path.join(logs, `pulumi-${++this.#count}-${name}.log`);
    fs.writeFileSync(file, `${program} ${args.join(" ")}\n${output}\nexit ${code}\n`);
    return { code, output, stdout };
  }

  /** Ends the running command and all that it started. */
  kill(): void {
    if (this.#running?.pid) killTree(this.#running.pid);
  }

  /** The state as it is on disk: while a command runs, asking the CLI for it takes longer than the command's next step. */
  stateText(): string {
    const { folder, stack } = this.options;
    const file = `${stack.split("/").pop()}.json`;
    const [found] = fs.globSync(path.join(folder, "state/.pulumi/stacks/*", file));
    return found === undefined ? "" : fs.readFileSync(found, "utf8");
  }

  async demand(...args: string[]): Promise<Outcome> {
    const outcome = await this.run(...args);
    if (outcome.code !== 0) throw new Error(`pulumi ${args[0]} ended with ${failure(outcome)}`);
    return outcome;
  }

  /** Resources of the state, as the CLI exports it. */
  async resources(...args: string[]): Promise<Json[]> {
    const { stdout } = await this.demand("stack", "export", ...args, "--stack", this.options.stack);
    return JSON.parse(stdout).deployment?.resources ?? [];
  }

  /** An operation on the stack, without a preview before it. */
  operate(name: "up" | "destroy", ...args: string[]) {
    return this.watch(name, "--yes", "--skip-preview", ...args);
  }

  preview(...args: string[]) {
    return this.watch("preview", ...args);
  }

  /** A command that takes the stack's configuration, with what it did, or would do. */
  async watch(name: string, ...args: string[]): Promise<Outcome & { steps: Step[] }> {
    const { stack, configFile, folder } = this.options;
    const log = path.join(folder, `events-${this.#count}.json`);
    const common = ["--stack", stack, "--config-file", configFile, "--event-log", log];
    const outcome = await this.run(name, ...common, ...args);
    return { ...outcome, steps: readSteps(log) };
  }
}

const diagnostics = "Diagnostics:";

/** What a command said of its failure, for a message: outputs, which may be many, come after it. */
export function failure({ code, output }: Outcome): string {
  const lines = output.trimEnd().split("\n");
  const first = lines.indexOf(diagnostics);
  const told = first < 0 ? lines.slice(-40) : lines.slice(first, first + 40);
  return `${code}:\n${told.join("\n")}`;
}

/** Steps that change something, from the engine's event log. */
function readSteps(log: string): Step[] {
  if (!fs.existsSync(log)) return [];
  const lines = fs.readFileSync(log, "utf8").split("\n").filter(Boolean);
  fs.rmSync(log);
  const events = lines.flatMap((line) => JSON.parse(line).resourcePreEvent?.metadata ?? []);
  return events
    .filter(({ op }) => !["same", "read", "refresh"].includes(op))
    .map(({ op, urn, type, detailedDiff }) => {
      const name = urn.split("::").pop();
      return { op, urn, type, name, paths: Object.keys(detailedDiff ?? {}) };
    });
}
