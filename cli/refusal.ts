/** A refusal as a terminal shows it: wrapped and set off; pipes and files get one line for each problem. */
import { EXPLAINED, placesIn, Refusal } from "./problems";
import type { Refused } from "./problems";
import { table, wrap } from "./text/layout";
import type { Block } from "./text/layout";
import type { Style } from "./text/style";
import { keepCommands } from "./text/text";

/** What is printed of a user's mistake. */
export function renderRefusal(error: Error, style: Style, isTerminal: boolean): string {
  if (!isTerminal || !(error instanceof Refusal) || error.problems.length === 0)
    return `${error.message}\n`;
  const { problems, heading, source } = error;
  const placeOf = placesIn(source);
  return [
    ...(heading === "" ? [] : [...wrap(heading, style.width).map(style.warning), ""]),
    ...problems.flatMap((problem) => [...drawn(problem, placeOf(problem.path), style), ""]),
    ...(source ? [EXPLAINED, ""] : []),
  ].join("\n");
}

function drawn({ path, got, allowed, fix, rule }: Refused, place: string, style: Style): Block {
  const where = wrap(`${place}${path} [${rule}]`, style.width);
  const rows = [
    ["got", got],
    ["allowed", allowed],
    ["fix", keepCommands(fix)],
  ];
  return [...where.map(style.strong), ...table(rows, { indent: 2, width: style.width })];
}
