/** Tables of the documentation that are made from the code's own. Run as a program it writes them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { EXIT_MEANINGS } from "../../cli/exitCode";
import { planStack } from "../../cli/planFile";
import type { CostReport } from "../../cli/report/report";
import { readStackFile } from "../../cli/stackFile";

const ROOT = join(__dirname, "../..");

/** By page: each stands between a comment with its name and one that ends it. */
const TABLES: Record<string, Record<string, () => Promise<string[][]>>> = {
  "docs/commands.md": {
    "exit codes": () =>
      Promise.resolve([["Code", "Means"], ["---:", "---"], ...Object.entries(EXIT_MEANINGS)]),
  },
  "docs/costs.md": { costs },
};

/** Pages that have such a table, from the root. */
export const pages = Object.keys(TABLES);

export const textOf = (page: string): string => readFileSync(join(ROOT, page), "utf8");

/** Columns of what stacks cost, and the stack files that they are of. */
const COSTED = {
  "Single cluster": "01-single-cluster",
  "Two clusters, two networks": "02-multi-primary-different-networks",
  "The same, primary-remote": "02-primary-remote-different-networks",
  "One, and machines elsewhere": "03-vm-different-network",
};

/** USD a month by part, the dearest first. */
async function costs(): Promise<string[][]> {
  const all: CostReport[] = [];
  for (const name of Object.values(COSTED)) {
    const { report } = await planStack(readStackFile(join(ROOT, `stacks/${name}.yaml`)));
    all.push(report.cost);
  }
  const month = ({ parts }: CostReport, part: string) =>
    parts.find(({ what }) => what === part)?.month ?? 0;
  const most = (part: string) => Math.max(...all.map((cost) => month(cost, part)));
  const parts = [...new Set(all.flatMap((cost) => cost.parts.map(({ what }) => what)))];
  return [
    ["USD a month", ...Object.keys(COSTED)],
    ["---", ...all.map(() => "---:")],
    ...parts
      .sort((a, b) => most(b) - most(a))
      .map((part) => [part, ...all.map((cost) => month(cost, part).toFixed(0))]),
    ["**Sum**", ...all.map((cost) => `**${cost.month.toFixed(0)}**`)],
  ];
}

/** A page with every table as the code has it. */
export async function withTables(page: string): Promise<string> {
  let written = textOf(page);
  for (const [name, rows] of Object.entries(TABLES[page]!)) {
    const table = (await rows()).map((row) => `| ${row.join(" | ")} |`).join("\n");
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const place = new RegExp(`${begin}[^]*${end}`);
    if (!place.test(written)) throw new Error(`${page} has no ${begin}`);
    written = written.replace(place, () => `${begin}\n\n${table}\n\n${end}`);
  }
  return format(written, { parser: "markdown", printWidth: 100 });
}

async function write(): Promise<void> {
  for (const page of pages) writeFileSync(join(ROOT, page), await withTables(page));
}

if (require.main === module) void write();
