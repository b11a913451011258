/** Tables of the README that are made from the code's own. Run as a program it writes them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { EXIT_MEANINGS } from "../../cli/exitCode";
import { planStack } from "../../cli/planFile";
import type { CostReport } from "../../cli/report/report";
import { readStackFile } from "../../cli/stackFile";

const STACKS = join(__dirname, "../../stacks");

export const README = join(__dirname, "../../README.md");

/** Columns of what stacks cost, and the stack files that they are of. */
const COSTED = {
  "Single cluster": "01-single-cluster",
  "Two clusters, two networks": "02-multi-primary-different-networks",
  "The same, primary-remote": "02-primary-remote-different-networks",
};

/** USD a month in us-east-1, by part. */
async function costs(): Promise<string[][]> {
  const region = "us-east-1";
  const plans = Object.values(COSTED).map(async (pattern) => {
    const file = readStackFile(join(STACKS, `${pattern}.yaml`));
    const { report } = await planStack({
      ...{ ...file, region },
      config: { ...file.config, "aws:region": region },
    });
    return report.cost;
  });
  const all = await Promise.all(plans);
  const parts = [...new Set(all.flatMap((cost) => cost.parts.map(({ what }) => what)))];
  const monthOf = ({ parts: own }: CostReport, part: string) =>
    own.find(({ what }) => what === part)?.month ?? 0;
  return [
    ["Part", ...Object.keys(COSTED)],
    ["---", ...all.map(() => "---:")],
    ...parts.map((part) => [part, ...all.map((cost) => monthOf(cost, part).toFixed(0))]),
    ["**Fixed**", ...all.map(({ month }) => `**${month.toFixed(0)}**`)],
  ];
}

/** Each stands between a comment with its name and one that ends it. */
const TABLES: Record<string, () => Promise<string[][]> | string[][]> = {
  "exit codes": () => [["Code", "Means"], ["---:", "---"], ...Object.entries(EXIT_MEANINGS)],
  costs,
};

/** The README with every table as the code has it. */
export async function withTables(text: string): Promise<string> {
  let readme = text;
  for (const [name, rows] of Object.entries(TABLES)) {
    const table = (await rows()).map((row) => `| ${row.join(" | ")} |`).join("\n");
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const place = new RegExp(`${begin}[^]*${end}`);
    if (!place.test(readme)) throw new Error(`the README has no ${begin}`);
    readme = readme.replace(place, () => `${begin}\n\n${table}\n\n${end}`);
  }
  return format(readme, { parser: "markdown", printWidth: 100 });
}

if (require.main === module)
  void withTables(readFileSync(README, "utf8")).then((text) => writeFileSync(README, text));
