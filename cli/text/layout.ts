/** Text in two dimensions: boxes, grids and tables of monospaced lines. */

/** A rectangle of text: lines, not necessarily of one length. */
export type Block = string[];

/** Columns where no terminal says how many there are. */
export const WIDTH = 100;

/** Columns before what stands in a section, and of the labels in it. */
export const INDENT = 3;
export const LABEL = 15;

export function widthOf(block: Block): number {
  return Math.max(0, ...block.map((line) => line.length));
}

/** A frame with its title in the upper edge. */
export function box(title: string, content: Block, width = 0): Block {
  const inner = Math.max(widthOf(content), title.length + 1, width - 4);
  return [
    `╭─ ${title} ${"─".repeat(inner - title.length - 1)}╮`,
    ...content.map((line) => `│ ${line.padEnd(inner)} │`),
    `╰${"─".repeat(inner + 2)}╯`,
  ];
}

/** Blocks from left to right; `gap` stands between them in every line, `bridge` once, in the middle. */
export function beside(blocks: Block[], gap = "  ", bridges: (string | undefined)[] = []): Block {
  const height = Math.max(0, ...blocks.map((block) => block.length));
  const widths = blocks.map(widthOf);
  return Array.from({ length: height }, (_, row) =>
    blocks
      .map((block, index) => {
        const last = index === blocks.length - 1;
        const bridge = row === Math.floor(height / 2) ? bridges[index] : undefined;
        const between = last ? "" : (bridge ?? gap);
        return (block[row] ?? "").padEnd(last ? 0 : widths[index]!) + between;
      })
      .join("")
      .trimEnd(),
  );
}

/** Packs blocks into rows that fit a width, in their order. */
export function rowsOf(widths: number[], width: number, gap: number): number[][] {
  const rows: number[][] = [];
  let used = Infinity;
  widths.forEach((each, index) => {
    if (used + gap + each > width) {
      rows.push([]);
      used = -gap;
    }
    rows.at(-1)!.push(index);
    used += gap + each;
  });
  return rows;
}

/** How a table is laid out. */
interface TableOptions {
  indent?: number;
  gap?: number;
  width?: number;
  /** How all columns but the last are set off. @default not */
  lead?: (text: string) => string;
}

/** Rows of cells as aligned columns; the last column wraps within `width`, and stands below the others where they leave it no room. */
export function table(rows: string[][], options: TableOptions = {}): Block {
  return tableRows(rows, options).flat();
}

/** Columns that the last cell has beside the others at least: no more than a part of the width. */
const LEAST = 24;
const PART = 4;

/** The lines of each row. */
export function tableRows(
  rows: string[][],
  { indent = 0, gap = 2, width = WIDTH, lead = (text) => text }: TableOptions = {},
): Block[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...rows.map((row) => (column < row.length - 1 ? row[column]!.length : 0))),
  );
  const room = width - indent - widths.reduce((sum, each) => sum + (each && each + gap), 0);
  const lay = columns > 1 && room < Math.min(LEAST, width / PART) ? stacked : aligned;
  return rows.map((row) => lay(row, widths, { indent, gap, width, lead }));
}

type RowLayout = (row: string[], widths: number[], options: Required<TableOptions>) => Block;

const aligned: RowLayout = (row, widths, { indent, gap, width, lead }) => {
  const before = row
    .slice(0, -1)
    .map((cell, column) => cell.padEnd(widths[column]! + gap))
    .join("");
  const text = wrap(row[row.length - 1] ?? "", width - indent - before.length);
  return text.map((line, index) =>
    (
      " ".repeat(indent) +
      (index === 0 ? lead(before) : " ".repeat(before.length)) +
      line
    ).trimEnd(),
  );
};

const stacked: RowLayout = (row, _, { indent, gap, width, lead }) => {
  const [outer, inner] = [" ".repeat(indent), " ".repeat(indent + gap)];
  const above = wrap(row.slice(0, -1).join(" ".repeat(gap)), width - indent);
  const below = wrap(row.at(-1) ?? "", width - inner.length).filter((line) => line !== "");
  return [...above.map((line) => outer + lead(line)), ...below.map((line) => inner + line)];
};

/** A label and what it says; nothing where there is nothing to say. */
export function field(label: string, text: string, width = WIDTH): Block {
  if (text === "") return [];
  return wrap(text, width - INDENT - LABEL).map((line, index) =>
    `${" ".repeat(INDENT)}${(index === 0 ? label : "").padEnd(LABEL)}${line}`.trimEnd(),
  );
}

/** Breaks text at spaces; a longer word stays whole, and a no-break space is printed as a space. */
export function wrap(text: string, width: number): Block {
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line !== "" && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.map((line) => line.replaceAll("\u00a0", " "));
}
