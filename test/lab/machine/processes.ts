import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asks again until the answer is neither empty nor an error; says what it waited for when it gives up. */
export async function until<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let last: unknown = "no answer";
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      last = error;
    }
    await sleep(200);
  }
  throw new Error(`${what}: not within ${seconds} s (${String(last)})`);
}

export interface Launch {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly logs: string;
}

/** One process with its own group, so that a stop reaches its children and nothing else. */
export class Service {
  readonly child: ChildProcess;
  readonly log: string;
  readonly ended: Promise<string>;
  #over = false;

  constructor(readonly launch: Launch) {
    fs.mkdirSync(launch.logs, { recursive: true });
    this.log = path.join(launch.logs, `${launch.name}.log`);
    const out = fs.openSync(this.log, "a");
    // Envoy opens /dev/stdout for its access log, as a user who owns no file here.
    fs.fchmodSync(out, 0o666);
    this.child = spawn(launch.command, [...launch.args], {
      env: launch.env ?? process.env,
      stdio: ["ignore", out, out],
      detached: true,
    });
    fs.closeSync(out);
    this.ended = new Promise((resolve) => {
      const end = (why: string) => {
        this.#over = true;
        resolve(why);
      };
      this.child.once("error", (error) => end(error.message));
      this.child.once("exit", (code, signal) => end(`exit ${code ?? signal}`));
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.launch.name} did not start`);
    return this.child.pid;
  }

  get running(): boolean {
    return !this.#over;
  }

  signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal);
    } catch {
      // Already gone: what a stop wants.
    }
  }

  /** Tells the first process alone, as the runtime of a container does; what it leaves behind is killed. */
  async end(graceSeconds: number): Promise<void> {
    await this.#until(() => sendSignal(this.pid, "SIGTERM"), graceSeconds);
  }

  async stop(graceSeconds = 5): Promise<void> {
    await this.#until(() => this.signal("SIGTERM"), graceSeconds);
  }

  async #until(tell: () => void, graceSeconds: number): Promise<void> {
    if (!this.running) return;
    tell();
    const timer = setTimeout(() => this.signal("SIGKILL"), graceSeconds * 1000);
    await this.ended;
    clearTimeout(timer);
    this.signal("SIGKILL");
  }

  /** The end of the log, for an error message. */
  tail(lines = 15): string {
    return fs.readFileSync(this.log, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  }
}

/** Whether there is a program of that name. */
export const isInstalled = (name: string, search = process.env.PATH ?? ""): boolean =>
  search.split(path.delimiter).some((folder) => fs.existsSync(path.join(folder, name)));

/** Runs a short command; its output, or an error that holds it. */
export async function command(name: string, ...args: string[]): Promise<string> {
  const child = spawn(name, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`${name} ${args.join(" ")} ended with ${code}: ${output.trim()}`);
  return output;
}

/** Ends a process and all below it at once. Groups do not say: the engine gives each of its plugins one of its own. */
export function killTree(pid: number): void {
  // Stopped first, so that nothing starts another while the list is read.
  for (const signal of ["SIGSTOP", "SIGKILL"] as const) {
    for (const each of processTree(pid)) sendSignal(each, signal);
  }
}

function processTree(pid: number): number[] {
  const pids = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const children = pids.map(Number).filter((other) => parentOf(other) === pid);
  return [pid, ...children.flatMap(processTree)];
}

/** Undefined for one that has ended meanwhile. */
function parentOf(pid: number): number | undefined {
  try {
    // The name before it is in brackets and may hold anything (man 5 proc).
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
