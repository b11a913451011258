/** A diff as text: ten lines, the worst first, or all of it. */
import { field, INDENT, table, wrap } from "../text/layout";
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
  const { width } = style;
  const dangerous = diff.dangers
    .flatMap((danger, index) => field(index === 0 ? "dangerous" : "", danger, width))
    .map(style.warning);
  const rows = diffRows(diff);
  const lines: Block = [
    ...titleOf(diff, style),
    ...dangerous,
    ...(resources
      ? [
          ...labelled(rows).flatMap((row) => field(...row, width)),
          ...FATES.flatMap((fate) => section(diff, fate, style)),
        ]
      : folded(rows, MOST_LINES - 1 - dangerous.length, width)),
  ];
  return `${lines.join("\n")}\n`;
}

/** One line where it fits; else what is compared stands in one of its own. */
function titleOf(diff: DiffReport, style: Style): Block {
  const { name, base, head } = diff;
  const [compared, totals] = [`${base} → ${head}`, totalsText(diff)];
  const isShort = ` ${name}   ${compared}   ${totals}`.length <= style.width;
  if (isShort) return [` ${style.title(name)}   ${style.faint(compared)}   ${totals}`];
  const second = wrap(compared, style.width - INDENT);
  return [
    ` ${style.title(name)}   ${totals}`,
    ...second.map((line) => " ".repeat(INDENT) + style.faint(line)),
  ];
}

function section(diff: DiffReport, fate: (typeof FATES)[number], style: Style): Block {
  const rows = resourceRows(diff.resources, fate);
  if (rows.length === 0) return [];
  return [
    "",
    ` ${style.title(fate.toUpperCase())}`,
    ...table(rows, { indent: INDENT, gap: 3, width: style.width }),
  ];
}
