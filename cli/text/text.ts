/** A report as text: what a user sees first. */
import { costNotes, costText } from "../cost/words";
import { count } from "../report/count";
import { chartOf, clusterEntries, headline, meshRows } from "../report/words";
import { networkEntries, portRow, quotaRow, totals, typesOf } from "../report/words";
import type { ReleaseReport, Report, WarningReport } from "../report/report";
import type { Entry } from "../report/words";
import { cellRows, reachRows } from "../report/reachWords";
import { field, INDENT, LABEL, table, tableRows, wrap } from "./layout";
import type { Block } from "./layout";
import { drawPicture } from "./picture";
import { plain } from "./style";
import type { Style } from "./style";

/** The whole plan: picture, networks, clusters, ports, quotas, warnings, totals. */
export function renderText(report: Report, style: Style = plain): string {
  const sections: Block[] = [
    [` ${style.title(report.name)}   ${style.faint(headline(report))}`],
    drawPicture(report, style.width),
    table(meshRows(report), { indent: 1, gap: 3, width: style.width }),
    section("NETWORKS", entries(networkEntries(report), style), style),
    section("CLUSTERS", entries(clusterEntries(report), style), style),
    section("BETWEEN THEM", field("makes", typesOf(report.shared), style.width), style),
    section("OPEN PORTS", ports(report, style), style, "TCP, where nothing else is said"),
    section("WHO REACHES WHOM", grid(reachRows(report.reach), style), style),
    section("QUOTAS", quotas(report, style), style),
    section("COST", paragraphs([costText(report.cost), ...costNotes(report.cost)], style), style),
    section(
      "WARNINGS",
      report.warnings.flatMap((each) => warning(each, style)),
      style,
    ),
    section("TOTAL", paragraphs([totals(report)], style), style),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

/** Every cell of who reaches whom. */
export function renderReach({ reach }: Report, style: Style = plain): string {
  const { width } = style;
  return `${table(cellRows(reach), { indent: 1, gap: 3, width, lead: style.strong }).join("\n")}\n`;
}

function grid(rows: string[][], { width }: Style): Block {
  return table(rows, { indent: INDENT, gap: 3, width });
}

function section(title: string, content: Block, style: Style, note = ""): Block {
  const says = note === "" ? "" : `   ${style.faint(note)}`;
  return content.length === 0 ? [] : [` ${style.title(title)}${says}`, ...content];
}

/** A blank line between them. */
function entries(all: Entry[], style: Style): Block {
  return all.flatMap((one, index) => [
    ...(index === 0 ? [] : [""]),
    title(one, style),
    ...one.rows.flatMap(([label, says]) => field(label, says, style.width)),
    ...releaseRows(one.releases, style),
  ]);
}

function title({ name, note, made }: Entry, style: Style): string {
  const right = count(made.total, "resource");
  const width = style.width - INDENT - name.length - 3 - right.length;
  return `${" ".repeat(INDENT)}${style.strong(name)}   ${note.padEnd(width)}${style.faint(right)}`;
}

/** Name and chart of each release, and below it the values that matter. */
function releaseRows(releases: ReleaseReport[], style: Style): Block {
  const names = Math.max(0, ...releases.map(({ name }) => name.length));
  const deeper = " ".repeat(INDENT + LABEL + 2);
  return releases.flatMap((release, row) => [
    ...field(
      row === 0 ? "releases" : "",
      `${release.name.padEnd(names)}  ${chartOf(release)}`,
      style.width,
    ),
    ...wrap(release.matters.join(" "), style.width - deeper.length)
      .filter((line) => line !== "")
      .map((line) => `${deeper}${style.faint(line)}`),
  ]);
}

function ports({ ports: targets }: Report, style: Style): Block {
  if (targets.length === 0) return field("none", "nothing outside a cluster calls into it");
  return targets.flatMap(({ target, rules }) => {
    const rows = rules.map(portRow).map(([range, says]) => [`  ${range}`, says]);
    return [" ".repeat(INDENT) + style.strong(target), ...grid(rows, style)];
  });
}

function quotas({ quotas: all }: Report, style: Style): Block {
  const rows = tableRows(all.map(quotaRow), { indent: INDENT, gap: 3, width: style.width });
  return rows.flatMap((lines, index) => {
    const { used, limit } = all[index]!;
    return used > limit ? lines.map(style.warning) : lines;
  });
}

function paragraphs(texts: string[], { width }: Style): Block {
  const lines = texts.flatMap((text) => wrap(text, width - INDENT));
  return lines.map((line) => " ".repeat(INDENT) + line);
}

/** What was found, and below it what may stand there and what to do. */
function warning({ path, got, allowed, fix }: WarningReport, style: Style): Block {
  const lead = " ".repeat(INDENT);
  const found = wrap(`${path}: ${got}`, style.width - INDENT - 2);
  return [
    ...found.map((line, index) => style.warning(`${lead}${index === 0 ? "! " : "  "}${line}`)),
    ...table(
      [
        ["allowed", allowed],
        ["fix", keepCommands(fix)],
      ],
      { indent: INDENT + 2, width: style.width },
    ),
  ];
}

/** A command is copied as one line, so it is not broken. */
export function keepCommands(text: string): string {
  return text.replace(/`[^`]*`/g, (command) => command.replaceAll(" ", "\u00a0"));
}
