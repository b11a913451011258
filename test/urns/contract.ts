/**
 * The URN contract: one text file per ready pattern beside this one, with the types and name of every planned resource.
 *
 * Run as a program (`npm run urns`) it writes the files. A line that changes there replaces a live resource unless the
 * resource carries an alias (https://www.pulumi.com/docs/iac/concepts/resources/names/#changing-names), so such a change is
 * a decision that the CHANGELOG names.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Graph } from "../support/graph";
import { runDescription } from "../support/program";
import { patterns } from "../support/topologies";

const fileOf = (pattern: string) => join(__dirname, `${pattern}.txt`);

/** What of a URN is the program's own: the chain of types and the name, without stack and project. */
export function urnLines(graph: Graph): string[] {
  return graph.resources.map(({ urn }) => urn.split("::").slice(2).join("  ")).sort();
}

/** The committed lines of a pattern. */
export function committedLines(pattern: string): string[] {
  return readFileSync(fileOf(pattern), "utf8").trimEnd().split("\n");
}

/** Patterns that have a committed file. */
export function committedPatterns(): string[] {
  const files = readdirSync(__dirname).filter((file) => file.endsWith(".txt"));
  return files.map((file) => file.replace(/\.txt$/, ""));
}

async function write(): Promise<void> {
  for (const [pattern, description] of Object.entries(patterns)) {
    const lines = urnLines(await runDescription(description));
    writeFileSync(fileOf(pattern), `${lines.join("\n")}\n`);
  }
}

if (require.main === module) void write();
