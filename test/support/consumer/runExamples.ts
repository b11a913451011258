/**
 * Runs compiled examples on the installed package's engine, each with what is known after deployment and without it, and
 * prints what they made. Its argument: the options of each, by name.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Graph, mockRun, type RunOptions } from "istio-patterns/testing";

const load = createRequire(__filename);
const FOLDER = join(__dirname, "examples");

/** As Pulumi runs a program, and each time anew. */
function program(name: string): unknown {
  for (const file of Object.keys(load.cache)) {
    if (file.startsWith(FOLDER)) delete load.cache[file];
  }
  const exported = load(join(FOLDER, name));
  return typeof exported === "function" ? exported() : exported;
}

async function main(all: Record<string, RunOptions>): Promise<void> {
  const graphs: Record<string, { known: Graph; unknown: Graph }> = {};
  for (const [name, options] of Object.entries(all)) {
    const run = (unknownOutputs: boolean) =>
      mockRun(() => program(name), { ...options, project: name, unknownOutputs });
    graphs[name] = { known: await run(false), unknown: await run(true) };
  }
  process.stdout.write(JSON.stringify(graphs));
}

void main(JSON.parse(process.argv[2]!));
