/** A report as text: what a user sees first. */
import type { ClusterReport, Made, MeshReport, Report, VpcReport } from "../report/report";
import { count, table, WIDTH, wrap } from "./layout";
import type { Block } from "./layout";
import { drawPicture } from "./picture";
import { plain } from "./style";
import type { Style } from "./style";

const INDENT = 3;

/** The whole plan: picture, networks, clusters, ports, quotas, warnings, totals. */
export function renderText(report: Report, style: Style = plain): string {
  const sections: Block[] = [
    heading(report, style),
    drawPicture(report),
    meshes(report, style),
    section("NETWORKS", networks(report, style), style),
    section("CLUSTERS", clusters(report, style), style),
    section("SHARED", shared(report), style),
    section("OPEN PORTS", ports(report, style), style),
    section("QUOTAS", quotas(report), style),
    section("WARNINGS", warnings(report, style), style),
    section("TOTAL", totals(report), style),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")
    .concat("\n");
}

function heading({ name, istio, networks, clusters, meshes: all }: Report, style: Style): Block {
  const parts = [
    `Istio ${istio.version}`,
    count(clusters.length, "cluster"),
    count(networks.length, "network"),
    count(all.length, "mesh", "meshes"),
  ];
  return [` ${style.title(name)}   ${parts.join(" · ")}   ${style.faint("planned offline")}`];
}

function meshes(report: Report, style: Style): Block {
  const rows = report.meshes.map((mesh) => [`mesh ${mesh.name}`, meshSentence(mesh)]);
  const links = report.links.map(({ via, between, detail }) => [
    via,
    `${between.join(" ⇄ ")}${detail && ` · ${detail}`}`,
  ]);
  return table([...rows, ...links], { indent: 1, gap: 3 }).map((line) => style.text(line));
}

function meshSentence(mesh: MeshReport): string {
  return [
    mesh.dataPlane,
    mesh.mode,
    `istiod in ${mesh.runsIn.join(", ")}`,
    `trust domain ${mesh.trustDomain}`,
    `root ${mesh.root}`,
  ].join(" · ");
}

function section(title: string, content: Block, style: Style): Block {
  return content.length === 0 ? [] : [` ${style.title(title)}`, ...content];
}

function networks(report: Report, style: Style): Block {
  return report.networks.flatMap(({ name, vpcs }) =>
    vpcs.flatMap((vpc) => [
      entry(`network ${name}`, vpc.id === name ? "" : `VPC ${vpc.id}`, vpc.made, style),
      ...facts(vpcFacts(vpc)),
    ]),
  );
}

function vpcFacts(vpc: VpcReport): string[][] {
  const nat = vpc.nat === "single" ? "one NAT gateway" : "a NAT gateway in each zone";
  return [
    ["range", `${vpc.cidrs.join(", ")} in ${vpc.region}${vpc.account ? ` as ${vpc.account}` : ""}`],
    ...vpc.subnets.map(({ tier, cidrs }) => [tier, cidrs.join("  ")]),
    ...(vpc.existing ? [["yours", "only routes are added"]] : [["way out", nat]]),
    ...(vpc.endpoints.length > 0 ? [["endpoints", vpc.endpoints.join(", ")]] : []),
    ...(vpc.flowLogs ? [["flow logs", "to CloudWatch Logs"]] : []),
    ["makes", types(vpc.made)],
  ];
}

function clusters(report: Report, style: Style): Block {
  return report.clusters.flatMap((cluster) => [
    entry(`cluster ${cluster.name}`, `in VPC ${cluster.vpc}`, cluster.made, style),
    ...facts([
      ...clusterFacts(cluster),
      ...cluster.controlPlanes.flatMap(({ watches, certificate }) => [
        ["signs with", certificate],
        ...(watches.length > 0
          ? [["reads", watches.map(({ cluster: name, by }) => `${name} (${by})`).join(", ")]]
          : []),
      ]),
      ["makes", types(cluster.made)],
      ...cluster.remote.map(({ type, name }) => ["", `${type} ${name}: expanded by the provider`]),
    ]),
    ...releases(cluster, style),
  ]);
}

function clusterFacts(cluster: ClusterReport): string[][] {
  const { eksName, kubernetesVersion, compute, existing, api } = cluster;
  const from = [...api.allowFrom, ...api.natOf.map((vpc) => `NAT gateways of VPC ${vpc}`)];
  const reach = existing
    ? "as you have set it"
    : api.private
      ? "private endpoint only"
      : `private endpoint, and public from ${from.join(", ")}`;
  const kind = existing ? "yours" : compute === "auto-mode" ? "Auto Mode" : "managed nodes";
  return [
    ["EKS", [eksName, `Kubernetes ${kubernetesVersion}`, kind].filter(Boolean).join(" · ")],
    ["API server", reach],
  ];
}

function releases({ releases: all }: ClusterReport, style: Style): Block {
  if (all.length === 0) return [];
  const width = Math.max(...all.map(({ name }) => name.length));
  const chart = Math.max(...all.map((each) => `${each.chart} ${each.version}`.length));
  return all.flatMap((each) => {
    const lead = `${each.name.padEnd(width)}  ${`${each.chart} ${each.version}`.padEnd(chart)}`;
    const rest = wrap(each.matters.join("  "), WIDTH - INDENT - 12 - lead.length - 2);
    return rest.map((line, index) =>
      [
        " ".repeat(INDENT) + (index === 0 && each === all[0] ? "releases" : "").padEnd(12),
        index === 0 ? lead : " ".repeat(lead.length),
        "  ",
        style.faint(line),
      ]
        .join("")
        .trimEnd(),
    );
  });
}

function shared({ shared: made }: Report): Block {
  return made.total === 0 ? [] : facts([["makes", types(made)]]);
}

function ports({ ports: targets }: Report, style: Style): Block {
  return targets.flatMap(({ target, rules }) => [
    `   ${style.strong(target)}`,
    ...table(
      rules.map(({ ports: range, from, reason }) => [range, `from ${from}`, reason]),
      { indent: INDENT + 3, gap: 3 },
    ),
  ]);
}

function quotas({ quotas: all }: Report): Block {
  return table(
    all.map(({ quota, where, used, limit }) => [quota, where, `${used} of ${limit}`]),
    { indent: INDENT, gap: 3 },
  );
}

function warnings({ warnings: all }: Report, style: Style): Block {
  return all.flatMap(({ text }) =>
    wrap(text, WIDTH - INDENT - 2).map((line, index) =>
      style.warning(`${" ".repeat(INDENT)}${index === 0 ? "! " : "  "}${line}`),
    ),
  );
}

function totals({ totals: all }: Report): Block {
  const parts = [
    count(all.total, "resource"),
    count(all.releases, "Helm release"),
    count(all.remote, "remote component"),
    `${count(all.secrets, "input")} encrypted in the state`,
  ];
  return wrap(parts.join(" · "), WIDTH - INDENT).map((line) => " ".repeat(INDENT) + line);
}

function entry(title: string, note: string, made: Made, style: Style): string {
  const left = `   ${style.strong(title)}${note && `   ${note}`}`;
  const length = 3 + title.length + (note ? note.length + 3 : 0);
  const right = count(made.total, "resource");
  return left + " ".repeat(Math.max(2, WIDTH - length - right.length)) + style.faint(right);
}

/** Rows under an entry; all plans share the width of the first column. */
function facts(rows: string[][]): Block {
  return rows.flatMap(([label, text]) =>
    wrap(text, WIDTH - INDENT - 12).map((line, index) =>
      (" ".repeat(INDENT) + (index === 0 ? label : "").padEnd(12) + line).trimEnd(),
    ),
  );
}

function types({ byType }: Made): string {
  return Object.entries(byType)
    .map(([type, number]) => `${number} ${type}`)
    .join(", ");
}
