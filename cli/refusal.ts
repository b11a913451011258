/** A refusal as a terminal shows it: wrapped and set off; pipes and files get one line for each problem. */
import { CALLED } from "./called";
import { placesIn, Refusal } from "./problems";
import type { Refused } from "./problems";
import { DESCRIPTION_KEY } from "../components/topology";
import { count } from "./report/count";
import { table, wrap } from "./text/layout";
import type { Block } from "./text/layout";
import type { Style } from "./text/style";
import { keepCommands } from "./text/text";

/** What is printed of a user's mistake. */
export function renderRefusal(error: Error, style: Style, isTerminal: boolean): string {
  if (!isTerminal || !(error instanceof Refusal) || !error.source) return `${error.message}\n`;
  const placeOf = placesIn(error.source);
  const { problems } = error;
  return [
    style.warning(`${DESCRIPTION_KEY} has ${count(problems.length, "problem")}`),
    "",
    ...problems.flatMap((problem) => [...drawn(problem, placeOf(problem.path), style), ""]),
    `\`${CALLED} explain <rule>\` says why.`,
    "",
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
