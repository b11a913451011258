/** A plan on one screen, of any size: what is alike is said once. */
import { costText } from "../cost/words";
import { count } from "../report/count";
import type { Report, WarningReport } from "../report/report";
import { headline, meshRows, totals } from "../report/words";
import { INDENT, table, wrap } from "./layout";
import type { Block } from "./layout";
import { drawPicture } from "./picture";
import { keepCommands } from "./text";
import type { Style } from "./style";
import { plain } from "./style";

/** Paths that one warning names before it only counts them. */
const MOST_PATHS = 3;
/** Links that are named one by one. */
const MOST_LINKS = 3;

const MORE =
  "`--full` adds networks, clusters with their releases, open ports, who reaches whom and quotas.";

/** Picture, meshes, warnings, totals. */
export function renderBrief(report: Report, style: Style = plain): string {
  const { alike, shown } = withoutAlike(report);
  const sections: Block[] = [
    [` ${style.title(report.name)}   ${style.faint(headline(report))}`],
    drawPicture(shown, style.width),
    alike.flatMap((line) => wrap(line, style.width - 1)).map((line) => ` ${style.faint(line)}`),
    meshes(report, style),
    titled("WARNINGS", warnings(report.warnings, style), style),
    [totals(report), costText(report.cost), MORE]
      .flatMap((line) => wrap(line, style.width - 1))
      .map((line) => ` ${line}`),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

function titled(title: string, content: Block, style: Style): Block {
  return content.length === 0 ? [] : [` ${style.title(title)}`, ...content];
}

/** The report with one network of those that differ in names and addresses alone, and what stands for the others. */
export function withoutAlike(report: Report): { shown: Report; alike: string[] } {
  const groups = new Map<string, string[]>();
  for (const { name } of report.networks) {
    const form = formOf(report, name);
    groups.set(form, [...(groups.get(form) ?? []), name]);
  }
  const firsts = [...groups.values()].map(([first]) => first);
  const networks = report.networks.filter(({ name }) => firsts.includes(name));
  const alike = [...groups.values()]
    .filter((names) => names.length > 1)
    .map(([first, ...others]) => `like network ${first}: ${others.join(", ")}`);
  return { shown: { ...report, networks }, alike };
}

/** What a network looks like, but for what it and its own things are called and where they are. */
function formOf(report: Report, network: string): string {
  const own = report.networks.filter(({ name }) => name === network);
  const drawn = drawPicture({ ...report, networks: own }).join("\n");
  const vpcs = own.flatMap((each) => each.vpcs);
  const clusters = report.clusters.filter((cluster) => cluster.network === network);
  const inside = vpcs.map(({ id }) => id);
  const machines = report.machines.filter(({ vpc }) => inside.includes(vpc));
  const names = [
    network,
    ...clusters.map(({ name }) => name),
    ...machines.map(({ name }) => name),
    ...vpcs.flatMap(({ cidrs }) => cidrs),
  ];
  const longestFirst = [...names].sort((a, b) => b.length - a.length);
  const anonymous = longestFirst.reduce((text, name) => text.replaceAll(` ${name} `, " ~ "), drawn);
  return anonymous.replace(/[ ─]+/g, " ");
}

/** Links are only counted where there are many. */
function meshes(report: Report, { width }: Style): Block {
  const rows = meshRows(report);
  const [own, links] = [rows.slice(0, report.meshes.length), rows.slice(report.meshes.length)];
  const said =
    links.length <= MOST_LINKS
      ? links
      : [["links", count(links.length, "pair of VPCs", "pairs of VPCs")]];
  return table([...own, ...said], { indent: 1, gap: 3, width });
}

/** Warnings that say the same of different things are one. */
function warnings(all: WarningReport[], style: Style): Block {
  const groups = new Map<string, WarningReport[]>();
  for (const each of all) {
    const { rule, got, fix, path } = each;
    // A command names its own path.
    const said = JSON.stringify([rule, got, fix.replaceAll(path, "")]);
    groups.set(said, [...(groups.get(said) ?? []), each]);
  }
  return [...groups.values()].flatMap((group) => warning(group, style));
}

function warning(group: WarningReport[], style: Style): Block {
  const [{ rule, got, fix }] = group as [WarningReport];
  const paths = group.map(({ path }) => path);
  const more = paths.length - MOST_PATHS;
  const named = paths.slice(0, MOST_PATHS).join(", ") + (more > 0 ? ` and ${more} more` : "");
  const lead = " ".repeat(INDENT);
  const found = wrap(`${named}: ${got} [${rule}]`, style.width - INDENT - 2);
  const says = wrap(keepCommands(fix), style.width - INDENT - 2);
  return [
    ...found.map((line, index) => style.warning(`${lead}${index === 0 ? "! " : "  "}${line}`)),
    ...says.map((line) => `${lead}  ${line}`),
  ];
}
