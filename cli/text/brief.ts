/** A plan on one screen, of any size: what is alike is said once, and what takes much room takes less. */
import { costText } from "../cost/words";
import { count } from "../report/count";
import type { LinkReport, MeshReport, Report, WarningReport } from "../report/report";
import { headline, meshRows, totals } from "../report/words";
import { fewOf } from "./contents";
import { alikeWarnings, firstOf, withoutAlike } from "./fold";
import type { Likeness } from "./fold";
import { INDENT, table, wrap } from "./layout";
import type { Block } from "./layout";
import { drawPicture } from "./picture";
import type { Look } from "./picture";
import { keepCommands } from "./text";
import type { Style } from "./style";
import { plain } from "./style";

/** Lines of a terminal that is not tall. */
export const SCREEN = 42;

/** Paths that one warning names before it only counts them. */
const MOST_PATHS = 3;
/** Links that are named one by one, and VPCs of a link. */
const MOST_LINKS = 3;
const MOST_JOINED = 4;

const MORE =
  "`--full` adds networks, clusters with their releases, open ports, who reaches whom and quotas.";

/** How much is left out. */
interface Room extends Look, Likeness {
  /** Networks, meshes and warnings that are shown. @default all */
  most?: number;
  /** What to do about a warning is left to `--full`. @default it is said */
  isTerse?: boolean;
}

const SMALL: Room = { folds: true, rows: true, isLoose: true };

/** From the roomiest: the first that fits a screen is taken, else the last. */
const ROOMS: Room[] = [
  {},
  { folds: true },
  { folds: true, isLoose: true },
  { folds: true, rows: true },
  SMALL,
  { ...SMALL, isTerse: true },
  { ...SMALL, isTerse: true, counts: true, most: 3 },
  { ...SMALL, isTerse: true, counts: true, most: 1 },
];

/** Picture, meshes, warnings, totals. */
export function renderBrief(report: Report, style: Style = plain): string {
  let text = "";
  for (const room of ROOMS) {
    text = renderIn(room, report, style);
    if (text.split("\n").length - 1 <= SCREEN) break;
  }
  return text;
}

function renderIn(room: Room, report: Report, style: Style): string {
  const { most = Infinity } = room;
  const { shown, alike } = firstOf(withoutAlike(report, room), most);
  const sections: Block[] = [
    [` ${style.title(report.name)}   ${style.faint(headline(report))}`],
    drawPicture(shown, style.width, room),
    alike.flatMap((line) => wrap(line, style.width - 1)).map((line) => ` ${style.faint(line)}`),
    meshes(report, style, most),
    titled("WARNINGS", warnings(report, style, room), style),
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

/** Links are only counted where there are many, and meshes that nobody shows. */
function meshes(report: Report, { width }: Style, most: number): Block {
  const shown = report.meshes.slice(0, most).map(withFewIstiods);
  const rows = meshRows({ ...report, meshes: shown, links: report.links.map(withFewVpcs) });
  const [own, others] = [rows.slice(0, shown.length), rows.slice(shown.length)];
  const said = others.slice(0, others.length - report.links.length);
  const links =
    report.links.length <= MOST_LINKS
      ? others.slice(said.length)
      : [["links", count(report.links.length, "pair of VPCs", "pairs of VPCs")]];
  const hidden = report.meshes.slice(most).map(({ name }) => `mesh ${name}`);
  const named = [...hidden, ...said.slice(most).map(([what]) => what!)];
  const more = named.length > 0 ? [["not shown", fewOf(named)]] : [];
  return table([...own, ...said.slice(0, most), ...more, ...links], { indent: 1, gap: 3, width });
}

/** What it joins by a few of their names. */
function withFewVpcs(link: LinkReport): LinkReport {
  const { between } = link;
  return { ...link, between: between.length > MOST_JOINED ? [fewOf(between)] : between };
}

/** Its istiods by a few of their names. */
function withFewIstiods(mesh: MeshReport): MeshReport {
  return { ...mesh, runsIn: [fewOf(mesh.runsIn)] };
}

/** Warnings that say the same of different things are one. */
function warnings(report: Report, style: Style, { most = Infinity, isTerse }: Room): Block {
  const groups = alikeWarnings(report);
  const more = groups.length - most;
  const hidden = more > 0 ? [`${" ".repeat(INDENT)}and ${count(more, "other")}`] : [];
  const shown = groups.slice(0, most);
  return [...shown.flatMap((group) => warning(group, style, isTerse)), ...hidden];
}

function warning(group: WarningReport[], style: Style, isTerse = false): Block {
  const [{ rule, got, fix }] = group as [WarningReport];
  const lead = " ".repeat(INDENT);
  const width = style.width - INDENT - 2;
  const found = wrap(`${pathsOf(group)}: ${got} [${rule}]`, width);
  const says = isTerse ? [] : wrap(keepCommands(fix), width);
  return [
    ...found.map((line, index) => style.warning(`${lead}${index === 0 ? "! " : "  "}${line}`)),
    ...says.map((line) => `${lead}  ${line}`),
  ];
}

/** Where the same is found, or what is alike but for names: then what is said is that of the first. */
function pathsOf(group: WarningReport[]): string {
  const [first, ...others] = group.map(({ path }) => path);
  const isSame = group.every(({ got }) => got === group[0]!.got);
  const named = others.slice(0, MOST_PATHS - 1);
  const more = others.length - named.length;
  const rest = named.join(", ") + (more > 0 ? ` and ${more} more` : "");
  if (rest === "") return first!;
  return isSame ? `${first}, ${rest}` : `${first} (alike: ${rest})`;
}
