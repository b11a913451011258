/** Runs a script under the hook that all that are compared report through. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** What a process took; `usage.cjs` prints it. */
export interface Usage {
  processor: number;
  wall: number;
  memory: number;
}

/** Last line of stderr. */
const USAGE = /^\{"processor":.*\}\n$/m;

/**
 * What a script printed and took.
 *
 * Its process is ended once its usage is out: a thread of V8's may keep it for ever as it exits
 * (https://github.com/nodejs/node/issues/54918).
 */
export async function measured(
  args: string[],
  env?: NodeJS.ProcessEnv,
): Promise<{ usage: Usage; stdout: string }> {
  const child = spawn(process.execPath, ["--require", join(__dirname, "usage.cjs"), ...args], {
    // Without the loaders of this process: the tools are measured as they are installed.
    env: { ...process.env, NODE_OPTIONS: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    stderr += part;
    if (USAGE.test(stderr)) child.kill("SIGKILL");
  });
  const [stdout] = await Promise.all([text(child.stdout), once(child, "close")]);
  const usage = USAGE.exec(stderr)?.[0];
  if (!usage) throw new Error(`${args.join(" ")} ended without its usage:\n${stderr}`);
  return { usage: JSON.parse(usage), stdout };
}
