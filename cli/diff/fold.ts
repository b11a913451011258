/** Rows in so many lines, the worst in full: what there is no room for is cut, and where to find it said. */
import type { Row } from "../report/count";
import { field, INDENT, LABEL, wrap } from "../text/layout";
import type { Block } from "../text/layout";
import { labelled } from "./words";

const HINT: Row = ["...", "all of it, and every resource: `--resources`"];
const CUT = " ...";

/** @param room lines that there are, of so many columns */
export function folded(rows: Row[], room: number, width: number): Block {
  const whole = labelled(rows).flatMap((row) => field(...row, width));
  if (whole.length <= room) return whole;
  const kept = merged(rows, Math.max(0, room - 1));
  let spare = room - 1 - kept.length;
  const lines = labelled(kept).flatMap((row) => {
    const full = field(...row, width);
    if (full.length - 1 > spare) return cut(row, width);
    spare -= full.length - 1;
    return full;
  });
  return [...lines, ...field(...HINT, width)];
}

/** One line each has room: rows of one label are put together, the last ones first, then rows are left out. */
function merged(rows: Row[], room: number): Row[] {
  if (rows.length <= room) return rows;
  const last = rows.map(([label], row) => label === rows[row - 1]?.[0]).lastIndexOf(true);
  if (last < 0) return rows.slice(0, room);
  const [[label, one], [, other]] = rows.slice(last - 1, last + 1) as [Row, Row];
  return merged(
    [...rows.slice(0, last - 1), [label, `${one}; ${other}`], ...rows.slice(last + 1)],
    room,
  );
}

/** The words of a row that fit in one line. */
function cut([label, says]: Row, width: number): Block {
  const lines = wrap(says, width - INDENT - LABEL - CUT.length);
  return field(label, lines.length > 1 ? `${lines[0]}${CUT}` : lines[0]!, width);
}
