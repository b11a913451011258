import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { until } from "./processes";

const prefix = "istio-patterns-lab-";

/** What `enterLab` returns after a signal, as shells say it. */
export const interruptedCode = 130;
/** Milliseconds that a run has to end by itself after a signal. */
const patience = 4000;

/** Set for the program inside: where everything that a run makes belongs. */
export const workVariable = "LAB_WORK";

/** Control groups of machines lie in one with the folder's name; they are there for as long as a process in them. */
const removal = `cat > /dev/null
until rm -rf "$0"; do sleep 0.2; done
groups() { find /sys/fs/cgroup -depth -type d -path "*/\${0##*/}*" "$@" 2> /dev/null; }
for each in $(seq 50); do
  groups -exec rmdir {} +
  [ -n "$(groups)" ] || break
  sleep 0.2
done`;

/**
 * Removes the folder when this process ends, also one that was killed outright: the pipe closes
 * with it. What was killed at the same moment may still write, so it tries until nothing is left.
 */
function removeAtEnd(work: string): { end: () => Promise<void> } {
  const child = spawn("sh", ["-c", removal, work], {
    stdio: ["pipe", "ignore", "ignore"],
    // Of no process group that a signal may be sent to.
    detached: true,
  });
  const removed = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    async end() {
      child.stdin.end();
      await removed;
    },
  };
}

function firstChild(pid: number): number | undefined {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!fs.existsSync(file)) return undefined;
  return Number(fs.readFileSync(file, "utf8").trim().split(" ")[0]) || undefined;
}

const pidFile = (work: string) => path.join(work, "pid");

/** How a person gets a shell inside, with the host's number of the first process there. */
export function shellCommand(work: string): string {
  const pid = fs.readFileSync(pidFile(work), "utf8");
  return `nsenter --net --mount --pid --target ${pid} --wd=${work} bash`;
}

async function notePid(parent: number, work: string): Promise<void> {
  const inside = await until("first process of the lab", 10, () => firstChild(parent));
  fs.writeFileSync(pidFile(work), `${inside}`);
}

export interface Entry {
  readonly script: string;
  readonly args?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** Gets every line of output; without it the output is that of this process. */
  readonly onLine?: (line: string) => void;
}

export interface Outcome {
  readonly code: number;
  /** What the script has left in `reportFile`. */
  readonly report?: string;
}

/** Where a script leaves what the process outside is to read. */
export const reportFile = (work: string): string => path.join(work, "report.json");

function launch({ script, args = [], environment, onLine }: Entry, work: string): ChildProcess {
  const isolate = ["--net", "--mount", "--pid", "--fork", "--kill-child=SIGKILL", "--mount-proc"];
  const node = [process.execPath, "--import", "tsx", script, ...args];
  // The kernel ends the rest when this process is killed without a chance to do it.
  const child = spawn("setpriv", ["--pdeathsig", "SIGKILL", "unshare", ...isolate, ...node], {
    env: { ...process.env, ...environment, [workVariable]: work },
    stdio: onLine ? ["ignore", "pipe", "pipe"] : "inherit",
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream && onLine) createInterface({ input: stream }).on("line", onLine);
  }
  return child;
}

/** Passes signals on until the process has ended. */
async function untilEnd(child: ChildProcess): Promise<{ code: number; interrupted: boolean }> {
  let interrupted = false;
  const stop = () => {
    const inside = child.pid && firstChild(child.pid);
    if (inside && !interrupted) process.kill(inside, "SIGTERM");
    // Nothing that a run leaves is outside its namespaces, so a stop need not be orderly.
    if (interrupted) child.kill("SIGKILL");
    else setTimeout(() => child.kill("SIGKILL"), patience).unref();
    interrupted = true;
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  signals.forEach((signal) => process.on(signal, stop));
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (status) => resolve(status ?? 1));
    });
    return { code, interrupted };
  } finally {
    signals.forEach((signal) => process.off(signal, stop));
  }
}

/**
 * Runs a script in namespaces of its own (network without a route out, mounts, processes), so that
 * the kernel ends all of it with its first process, whatever happened inside.
 */
export async function enterLab(entry: Entry): Promise<Outcome> {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), prefix));
  const folder = removeAtEnd(work);
  try {
    const child = launch(entry, work);
    if (child.pid) void notePid(child.pid, work).catch(() => {});
    const { code, interrupted } = await untilEnd(child);
    const file = reportFile(work);
    const report = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
    return { code: interrupted ? interruptedCode : code, report };
  } finally {
    await folder.end();
  }
}
