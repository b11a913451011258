/** A diff as text: ten lines, the worst first, or all of it. */
import { field, INDENT, table } from "../text/layout";
import type { Block } from "../text/layout";
import { plain } from "../text/style";
import type { Style } from "../text/style";
import { folded } from "./fold";
import type { DiffReport } from "./report";
import { diffRows, FATES, labelled, resourceRows, totalsText } from "./words";

/** Of the text without options; what is dangerous is never left out. */
const MOST_LINES = 10;

export interface TextOptions {
  /** All of it, and every resource with all inputs that change. */
  resources?: boolean;
}

export function renderDiff(
  diff: DiffReport,
  { resources = false }: TextOptions = {},
  style: Style = plain,
): string {
  const { name, base, head, dangers } = diff;
  const title = ` ${style.title(name)}   ${style.faint(`${base} → ${head}`)}   ${totalsText(diff)}`;
  const dangerous = dangers
    .flatMap((danger, index) => field(index === 0 ? "dangerous" : "", danger))
    .map(style.warning);
  const rows = diffRows(diff);
  const lines: Block = [
    title,
    ...dangerous,
    ...(resources
      ? [
          ...labelled(rows).flatMap((row) => field(...row)),
          ...FATES.flatMap((fate) => section(diff, fate, style)),
        ]
      : folded(rows, MOST_LINES - 1 - dangerous.length)),
  ];
  return `${lines.join("\n")}\n`;
}

function section(diff: DiffReport, fate: (typeof FATES)[number], style: Style): Block {
  const rows = resourceRows(diff.resources, fate);
  if (rows.length === 0) return [];
  return ["", ` ${style.title(fate.toUpperCase())}`, ...table(rows, { indent: INDENT, gap: 3 })];
}
