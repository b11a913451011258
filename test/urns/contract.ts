/**
 * The URN contract: one text file per ready pattern beside this one, with the types and name of every planned resource, and
 * one for the components used alone.
 *
 * Run as a program (`npm run urns`) it writes the files. A line that changes there replaces a live resource unless the
 * resource carries an alias (https://www.pulumi.com/docs/iac/concepts/resources/names/#changing-names), so such a change is
 * a decision that the CHANGELOG names.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Graph } from "../support/graph";
import { alone, otherForms } from "../support/alone";
import { mockRun } from "../support/graph";
import { runDescription } from "../support/program";
import { patterns } from "../support/topologies";

/** The file of the components used alone, each under the name `x`. */
export const COMPONENTS = "components";

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

/** The lines of every component by itself, each with the form that it was made in. */
export async function componentLines(): Promise<string[]> {
  const lines: string[] = [];
  for (const [form, make] of Object.entries({ ...alone, ...otherForms })) {
    const graph = await mockRun(() => void make("x"));
    lines.push(...urnLines(graph).map((line) => `${form}:  ${line}`));
  }
  return lines.sort();
}

async function write(): Promise<void> {
  for (const [pattern, description] of Object.entries(patterns)) {
    writeLines(pattern, urnLines(await runDescription(description)));
  }
  writeLines(COMPONENTS, await componentLines());
}

function writeLines(pattern: string, lines: string[]): void {
  writeFileSync(fileOf(pattern), `${lines.join("\n")}\n`);
}

if (require.main === module) void write();
