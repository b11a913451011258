import * as path from "node:path";
import { buildTools, type Tools } from "../tools/build";
import { enterLab, shellCommand, workVariable } from "./enter";
import { Machine } from "./machine";

const toolsVariable = "LAB_TOOLS";

function show(machine: Machine, tools: Tools): void {
  console.log(`\nPATH   ${tools.bin}\ncharts ${tools.charts}\nlogs   ${machine.options.work}/logs`);
  for (const { name, kubeconfig, server } of machine.clusters.values()) {
    console.log(`${name}  ${server.endpoint}  KUBECONFIG=${kubeconfig}`);
  }
  console.log(`all  KUBECONFIG=${machine.kubeconfig}`);
}

/** Starts API servers by name and keeps them until the process is asked to stop. */
async function inside(work: string, names: readonly string[]): Promise<void> {
  const tools: Tools = JSON.parse(process.env[toolsVariable] ?? "");
  const started = Date.now();
  const clusters = names.map((name) => ({ name }));
  const machine = await Machine.start({ work, tools, clusters });
  console.log(`ready after ${((Date.now() - started) / 1000).toFixed(1)} s`);
  show(machine, tools);
  console.log(`\nto get in: ${shellCommand(work)}\nto end: interrupt`);
  await new Promise<void>((resolve) => {
    (["SIGINT", "SIGTERM"] as const).forEach((signal) => process.once(signal, () => resolve()));
  });
  await machine.stop();
}

async function outside(names: readonly string[]): Promise<void> {
  if (names.length === 0) throw new Error("usage: main.ts <cluster>...");
  process.env[toolsVariable] ??= JSON.stringify(await buildTools());
  const { code } = await enterLab({ script: path.resolve(__filename), args: names });
  process.exitCode = code;
}

const work = process.env[workVariable];
const names = process.argv.slice(2);
(work ? inside(work, names) : outside(names)).then(
  () => (work ? process.exit(0) : undefined),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
