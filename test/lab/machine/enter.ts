import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { until } from "./processes";

const prefix = "istio-patterns-lab-";

/** What `enterLab` returns after a signal, as shells say it. */
export const interruptedCode = 130;
/** Milliseconds that a run has to end by itself after a signal. */
const patience = 4000;

/** Set for the program inside: where everything that a run makes belongs. */
export const workVariable = "LAB_WORK";

function running(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** A run that was killed outright could not remove its folder; the next one does. */
function removeLeftovers(): void {
  for (const name of fs.readdirSync(os.tmpdir())) {
    const owner = new RegExp(`^${prefix}(\\d+)-`).exec(name);
    if (owner && !running(Number(owner[1]))) {
      fs.rmSync(path.join(os.tmpdir(), name), { recursive: true, force: true });
    }
  }
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

/**
 * Runs a script in namespaces of its own (network without a route out, mounts, processes), so that
 * the kernel ends all of it with its first process, whatever happened inside.
 */
export async function enterLab(script: string, args: readonly string[]): Promise<number> {
  removeLeftovers();
  const work = fs.mkdtempSync(path.join(os.tmpdir(), `${prefix}${process.pid}-`));
  const isolate = ["--net", "--mount", "--pid", "--fork", "--kill-child=SIGKILL", "--mount-proc"];
  const node = [process.execPath, "--import", "tsx", script, ...args];
  // The kernel ends the rest when this process is killed without a chance to do it.
  const child = spawn("setpriv", ["--pdeathsig", "SIGKILL", "unshare", ...isolate, ...node], {
    env: { ...process.env, [workVariable]: work },
    stdio: "inherit",
    detached: true,
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
  if (child.pid) void notePid(child.pid, work).catch(() => {});
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
    const code = await ended;
    return interrupted ? interruptedCode : code;
  } finally {
    signals.forEach((signal) => process.off(signal, stop));
    fs.rmSync(work, { recursive: true, force: true });
  }
}
