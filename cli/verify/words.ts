/** What `verify` says, in words. */
import { count } from "../report/count";
import { INDENT, table, wrap, WIDTH } from "../text/layout";
import type { Block } from "../text/layout";
import type { Style } from "../text/style";
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
  const { name, findings } = verified;
  const sections: Block[] = [
    [` ${style.title(name)}   ${style.faint(headlineOf(verified))}`],
    [` ${style.title("WHAT STANDS")}`, ...clusterBlocks(findings, style)],
    [` ${style.title("TOTAL")}`, ...indented(totalOf(verified))],
  ];
  return sections.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

function headlineOf({ clusters }: Verified): string {
  return `looked at ${count(clusters.length, "cluster")}, nothing made`;
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
export function totalOf({ findings }: Verified): string {
  const of = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const parts: [number, string][] = [
    [of(Level.Right), "as planned"],
    [of(Level.Soon), "to be known"],
    [of(Level.Wrong), "not as planned"],
    [of(Level.Unread), "not read"],
  ];
  const stated = parts.filter(([number], index) => index === 0 || number > 0);
  return stated.map(([number, what]) => `${number} ${what}`).join(", ");
}

function indented(text: string): Block {
  return wrap(text, WIDTH - INDENT).map((line) => " ".repeat(INDENT) + line);
}
