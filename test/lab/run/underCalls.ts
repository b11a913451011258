import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { sleep } from "../machine/processes";
import { begun, type Caller, type Told } from "./calls";
import { doorOf, hostOf, probePod } from "./probe";
import type { Session } from "./session";

/** Where calls go on while control planes and certificates change: through gateways, which hold most of what may be lost. */
export const busy = "02-multi-primary-different-networks";

/** Milliseconds that calls go on for once what they go on under has happened. */
const afterwards = 1000;

/** Calls at a steady rate from each member that the stack was written with to each, while something happens: none may be lost. */
export async function underCalls(session: Session, act: () => Promise<void>): Promise<void> {
  await during(await callersOf(session), act);
}

/** Calls of these callers at a steady rate, while something happens: none may be lost. */
export async function during(callers: readonly Caller[], act: () => Promise<void>): Promise<void> {
  const calls = await begin(callers);
  let told: Told;
  try {
    await act();
    await sleep(afterwards);
  } finally {
    told = await calls.end();
  }
  const { lost, repeated } = told;
  for (const line of repeated) console.log(`      ${line}`);
  assert.deepEqual(lost, [], `expected no call to be lost:\n${lost.join("\n")}`);
}

async function callersOf(session: Session): Promise<Caller[]> {
  const members = Object.keys(session.file.topology().meshes[session.mesh.name].members);
  const callers = members.map(async (from) => {
    const cluster = session.cluster(from);
    const door = doorOf(cluster, await probePod(cluster, { cluster: from, where: "inside" }));
    return members.map((to): Caller => ({
      name: `${from} to ${to}`,
      door,
      host: hostOf({ cluster: to, where: "inside" }),
    }));
  });
  return (await Promise.all(callers)).flat();
}

/** Starts calls and waits until every caller is answered; the end of them says what was lost. */
async function begin(callers: readonly Caller[]): Promise<{ end: () => Promise<Told> }> {
  const script = path.join(__dirname, "calls.ts");
  const args = ["--import", "tsx", script, JSON.stringify(callers)];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk) => (errors += chunk));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`calls ended: ${errors.trim()}`);
    return value as string;
  };
  assert.equal(await next(), begun);
  return {
    async end() {
      child.stdin.end();
      return JSON.parse(await next()) as Told;
    },
  };
}
