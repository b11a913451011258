/** Tables of the README that are made from the code's own. Run as a program it writes them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { EXIT_MEANINGS } from "../../cli/exitCode";

export const README = join(__dirname, "../../README.md");

/** Each stands between a comment with its name and one that ends it. */
const TABLES: Record<string, () => string[][]> = {
  "exit codes": () => [["Code", "Means"], ["---:", "---"], ...Object.entries(EXIT_MEANINGS)],
};

/** The README with every table as the code has it. */
export function withTables(text: string): Promise<string> {
  const written = Object.entries(TABLES).reduce((readme, [name, rows]) => {
    const table = rows()
      .map((row) => `| ${row.join(" | ")} |`)
      .join("\n");
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const place = new RegExp(`${begin}[^]*${end}`);
    if (!place.test(readme)) throw new Error(`the README has no ${begin}`);
    return readme.replace(place, () => `${begin}\n\n${table}\n\n${end}`);
  }, text);
  return format(written, { parser: "markdown", printWidth: 100 });
}

if (require.main === module)
  void withTables(readFileSync(README, "utf8")).then((text) => writeFileSync(README, text));
