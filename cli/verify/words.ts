/** What `verify` says, in words. */
import { count } from "../report/count";
import { INDENT, table, wrap, WIDTH } from "../text/layout";
import type { Block } from "../text/layout";
import type { Style } from "../text/style";
import { wayText } from "../report/reachWords";
import { answerText } from "./probes/answers";
import type { Asked } from "./probes/probe";
import { Level } from "./standing/finding";
import type { Finding } from "./standing/finding";
import type { Verified } from "./verified";

/** How each level is marked at the begin of its line. */
const MARKS = {
  [Level.Right]: "✓",
  [Level.Soon]: "!",
  [Level.Wrong]: "✗",
  [Level.Unread]: "?",
} satisfies Record<Level, string>;

/** Everything that was found: what stands, who reaches whom, and how many of it are as planned. */
export function renderVerified(verified: Verified, style: Style): string {
  const { name, findings, asked } = verified;
  const sections: Block[] = [
    [` ${style.title(name)}   ${style.faint(headlineOf(verified))}`],
    [` ${style.title("WHAT STANDS")}`, ...clusterBlocks(findings, style)],
    ...(asked ? [[` ${style.title("WHO REACHES WHOM")}`, ...cellBlocks(asked, style)]] : []),
    [` ${style.title("TOTAL")}`, ...indented(totalOf(verified))],
  ];
  return sections.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

function headlineOf({ clusters, asked }: Verified): string {
  const looked = `looked at ${count(clusters.length, "cluster")}`;
  if (!asked) return `${looked}, nothing made`;
  const pairs = count(asked.verdicts.length, "pair of places", "pairs of places");
  return `${looked}, asked ${pairs}, ${asked.left.length === 0 ? "nothing left" : "not all removed"}`;
}

/** One line for each cell; where it differs, what was planned and why it likely does. */
function cellBlocks({ verdicts, left }: Asked, style: Style): Block {
  const rows = verdicts.map((verdict) => {
    const { cell, answer, asPlanned, likely } = verdict;
    const mark = asPlanned ? "✓" : answer.kind === "unasked" ? "?" : "✗";
    const planned = asPlanned ? "" : `; planned ${wayText(cell)}`;
    const why = likely === undefined ? "" : `; likely ${likely}`;
    const says = asPlanned ? wayText(cell) : `${answerText(answer)}${planned}${why}`;
    return [mark, `${cell.from} → ${cell.to}`, says];
  });
  const isOff = verdicts.map(({ asPlanned }) => !asPlanned);
  return [
    ...marked(table(rows, { indent: INDENT }), isOff, style),
    ...left.map((line) => style.warning(`${" ".repeat(INDENT)}! ${line}`)),
  ];
}

function clusterBlocks(findings: Finding[], style: Style): Block {
  const clusters = [...new Set(findings.map(({ cluster }) => cluster))];
  return clusters.flatMap((cluster) => {
    const own = findings.filter((finding) => finding.cluster === cluster);
    const lines = table(
      own.map(({ level, what, says }) => [MARKS[level], what, says]),
      { indent: INDENT },
    );
    const isOff = own.map(({ level }) => level === Level.Wrong || level === Level.Unread);
    return [
      `${" ".repeat(INDENT)}${style.strong(`cluster ${cluster}`)}`,
      ...marked(lines, isOff, style),
    ];
  });
}

/** Lines of what is off stand out; a row may take several lines. */
function marked(lines: Block, isOff: boolean[], style: Style): Block {
  let row = -1;
  return lines.map((line) => {
    if (Object.values(MARKS).some((mark) => line.trimStart().startsWith(`${mark} `))) row += 1;
    return isOff[row] ? style.warning(line) : line;
  });
}

/** `12 as planned, 1 to be known, 2 not as planned, 1 not read`. */
export function totalOf({ findings, asked }: Verified): string {
  const of = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const verdicts = asked?.verdicts ?? [];
  const right = verdicts.filter(({ asPlanned }) => asPlanned).length;
  const unasked = verdicts.filter(({ answer }) => answer.kind === "unasked").length;
  const parts: [number, string][] = [
    [of(Level.Right) + right, "as planned"],
    [of(Level.Soon), "to be known"],
    [of(Level.Wrong) + verdicts.length - right - unasked, "not as planned"],
    [of(Level.Unread), "not read"],
    [unasked, "not asked"],
  ];
  const stated = parts.filter(([number], index) => index === 0 || number > 0);
  return stated.map(([number, what]) => `${number} ${what}`).join(", ");
}

function indented(text: string): Block {
  return wrap(text, WIDTH - INDENT).map((line) => " ".repeat(INDENT) + line);
}
