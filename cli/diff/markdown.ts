/** A diff as a comment on a pull request: what matters first, every resource folded below it. */
import type { DiffReport } from "./report";
import { diffRows, FATES, labelled, resourceRows, totalsText } from "./words";

/** By which a pipeline finds the comment that it wrote before. */
export const MARK = "<!-- istio-patterns diff -->";

/** In bytes: GitHub takes comments of 65536 characters, and a pipeline may add its own words. */
const MOST = 60_000;

export function renderMarkdownDiff(diff: DiffReport): string {
  const { name, base, head, dangers } = diff;
  const rows = labelled(diffRows(diff));
  const lines = [
    MARK,
    `### ${cell(name)}: ${totalsText(diff)}`,
    "",
    `${cell(base)} → ${cell(head)}`,
    ...(dangers.length > 0
      ? ["", ...dangers.map((danger) => `- **Dangerous**: ${cell(danger)}`)]
      : []),
    ...(rows.length > 0 ? ["", "| | |", "| --- | --- |"] : []),
    ...rows.map(([label, says]) => `| ${label} | ${cell(says)} |`),
  ];
  const details = FATES.flatMap((fate) => {
    const all = resourceRows(diff.resources, fate);
    if (all.length === 0) return [];
    return [
      { open: ["", "<details>", `<summary>${all.length} ${fate}</summary>`, ""] },
      ...all.map(([what, says]) => ({ line: `- ${cell(what)}${says && `: ${cell(says)}`}` })),
      { close: ["", "</details>"] },
    ];
  });
  return fitted(lines, details);
}

type Part = { open: string[] } | { line: string } | { close: string[] };

/** Leaves out resources that there is no room for, the least bad ones, and says how many. */
function fitted(head: string[], details: Part[]): string {
  const kept: string[] = [];
  let [room, left] = [MOST - 200, 0];
  const put = (lines: string[]) => {
    kept.push(...lines);
    room -= sizeOf(lines);
  };
  for (const line of head) {
    if (sizeOf([line]) <= room) put([line]);
    else left += 1;
  }
  for (const part of details) {
    if ("line" in part) {
      if (sizeOf([part.line]) + CLOSING <= room) put([part.line]);
      else left += 1;
    } else if ("open" in part) {
      put(part.open);
    } else {
      put(part.close);
    }
  }
  const note = left > 0 ? ["", `${left} more lines did not fit: see \`diff --resources\`.`] : [];
  return `${[...kept, ...note].join("\n")}\n`;
}

/** What the folds that are still to come need. */
const CLOSING = 400;

function sizeOf(lines: string[]): number {
  return lines.reduce((size, line) => size + Buffer.byteLength(line) + 1, 0);
}

/** Text that is no Markdown, no HTML and no mention. */
function cell(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/[|*_`[\]\\@#]/g, (sign) => `&#${sign.codePointAt(0)};`);
}
