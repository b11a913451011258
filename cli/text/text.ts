/** A report as text: what a user sees first. */
import type { MeshReport, PortReport, Report, WarningReport } from "../report/report";
import { clusterEntries, networkEntries, typesOf } from "./entries";
import { count, field, INDENT, table, WIDTH, wrap } from "./layout";
import type { Block } from "./layout";
import { drawPicture } from "./picture";
import { plain } from "./style";
import type { Style } from "./style";

/** Addresses that are written out for one port; more are only counted. */
const MOST_SOURCES = 3;

/** The whole plan: picture, networks, clusters, ports, quotas, warnings, totals. */
export function renderText(report: Report, style: Style = plain): string {
  const sections: Block[] = [
    heading(report, style),
    drawPicture(report),
    meshes(report),
    section("NETWORKS", networkEntries(report, style), style),
    section("CLUSTERS", clusterEntries(report, style), style),
    section("BETWEEN THEM", field("makes", typesOf(report.shared)), style),
    section("OPEN PORTS", ports(report, style), style),
    section("QUOTAS", quotas(report, style), style),
    section(
      "WARNINGS",
      report.warnings.flatMap((each) => warning(each, style)),
      style,
    ),
    section("TOTAL", totals(report), style),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

function heading({ name, istio, networks, clusters, meshes: all }: Report, style: Style): Block {
  const parts = [
    `Istio ${istio.version}`,
    count(clusters.length, "cluster"),
    count(networks.length, "network"),
    count(all.length, "mesh", "meshes"),
    "planned offline",
  ];
  return [` ${style.title(name)}   ${style.faint(parts.join(" · "))}`];
}

function meshes({ meshes: all, links }: Report): Block {
  const rows = [
    ...all.map((mesh) => [`mesh ${mesh.name}`, meshSentence(mesh)]),
    ...links.map(({ via, between, detail }) => [
      via,
      `${between.join(" ⇄ ")}${detail && ` · ${detail}`}`,
    ]),
  ];
  return table(rows, { indent: 1, gap: 3 });
}

function meshSentence(mesh: MeshReport): string {
  const { dataPlane, mode, runsIn, configCluster, trustDomain, root, experimental } = mesh;
  return [
    dataPlane,
    mode,
    `istiod in ${runsIn.join(", ")}`,
    ...(configCluster ? [`configuration in ${configCluster}`] : []),
    `trust domain ${trustDomain}`,
    `${root} root`,
    ...(experimental ? ["experimental"] : []),
  ].join(" · ");
}

function section(title: string, content: Block, style: Style): Block {
  return content.length === 0 ? [] : [` ${style.title(title)}`, ...content];
}

function ports({ ports: targets }: Report, style: Style): Block {
  if (targets.length === 0) return field("none", "nothing outside a cluster calls into it");
  return targets.flatMap(({ target, rules }) => [
    " ".repeat(INDENT) + style.strong(target),
    ...table(rules.map(portRow), { indent: INDENT, gap: 3 }),
  ]);
}

function portRow({ ports: range, from, reason, alsoFor }: PortReport): string[] {
  const sources = from.length <= MOST_SOURCES ? from.join(", ") : `${from.length} sources`;
  return [`  ${range}`, `from ${sources}: ${[reason, ...alsoFor].join("; ")}`];
}

function quotas({ quotas: all }: Report, style: Style): Block {
  const rows = all.map(({ what, used, limit }) => [what, `${used} of ${limit}`]);
  const lines = table(rows, { indent: INDENT, gap: 3 });
  return lines.map((line, index) => {
    const { used, limit } = all[index]!;
    return used > limit ? style.warning(line) : line;
  });
}

/** What was found, and below it what may stand there and what to do. */
function warning({ path, got, allowed, fix }: WarningReport, style: Style): Block {
  const lead = " ".repeat(INDENT);
  const found = wrap(`${path}: ${got}`, WIDTH - INDENT - 2);
  return [
    ...found.map((line, index) => style.warning(`${lead}${index === 0 ? "! " : "  "}${line}`)),
    ...table(
      [
        ["allowed", allowed],
        ["fix", keepCommands(fix)],
      ],
      { indent: INDENT + 2 },
    ),
  ];
}

/** A command is copied as one line, so it is not broken. */
function keepCommands(text: string): string {
  return text.replace(/`[^`]*`/g, (command) => command.replaceAll(" ", "\u00a0"));
}

function totals({ totals: all }: Report): Block {
  const parts = [
    count(all.total, "resource"),
    count(all.releases, "Helm release"),
    `${count(all.remote, "component")} expanded by the provider`,
    `${count(all.secrets, "input")} encrypted in the state`,
  ];
  return wrap(parts.join(" · "), WIDTH - INDENT).map((line) => " ".repeat(INDENT) + line);
}
