/** A diff as text: a line for each kind of change. */
import { field, INDENT, table } from "../text/layout";
import type { Block } from "../text/layout";
import { plain } from "../text/style";
import type { Style } from "../text/style";
import type { DiffReport } from "./report";
import { diffRows, FATES, resourceRows, totalsText } from "./words";

export interface TextOptions {
  /** Also every resource, with all inputs that change. */
  resources?: boolean;
}

export function renderDiff(
  diff: DiffReport,
  { resources = false }: TextOptions = {},
  style: Style = plain,
): string {
  const { name, base, head, dangers } = diff;
  const title = ` ${style.title(name)}   ${style.faint(`${base} → ${head}`)}   ${totalsText(diff)}`;
  const lines: Block = [
    title,
    ...dangers
      .flatMap((danger, index) => field(index === 0 ? "dangerous" : "", danger))
      .map(style.warning),
    ...diffRows(diff).flatMap(([label, says]) => field(label, says)),
    ...(resources ? FATES.flatMap((fate) => section(diff, fate, style)) : []),
  ];
  return `${lines.join("\n")}\n`;
}

function section(diff: DiffReport, fate: (typeof FATES)[number], style: Style): Block {
  const rows = resourceRows(diff.resources, fate);
  if (rows.length === 0) return [];
  return ["", ` ${style.title(fate.toUpperCase())}`, ...table(rows, { indent: INDENT, gap: 3 })];
}
