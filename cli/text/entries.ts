/** One entry per VPC and per cluster: what it is, and what would be made for it. */
import { NODES } from "../../components/topology";
import type { ClusterReport, Made, ReleaseReport, Report, VpcReport } from "../report/report";
import { count, field, INDENT, LABEL, wrap, WIDTH } from "./layout";
import type { Block } from "./layout";
import type { Style } from "./style";

export function networkEntries({ networks }: Report, style: Style): Block {
  const entries = networks.flatMap(({ name, vpcs }) =>
    vpcs.map((vpc) => [
      title(`network ${name}`, vpc.id === name ? "" : `VPC ${vpc.id}`, vpc.made, style),
      ...vpcFields(vpc),
    ]),
  );
  return spaced(entries);
}

export function clusterEntries({ clusters }: Report, style: Style): Block {
  const entries = clusters.map((cluster) => [
    title(`cluster ${cluster.name}`, `VPC ${cluster.vpc}`, cluster.made, style),
    ...clusterFields(cluster),
    ...releaseRows(cluster.releases, style),
  ]);
  return spaced(entries);
}

/** `3 Subnet, 1 Vpc`: every type with its number. */
export function typesOf({ byType }: Made): string {
  // A number stays on the line of its type.
  const parts = Object.entries(byType).map(([type, number]) =>
    `${number} ${type}`.replaceAll(" ", "\u00a0"),
  );
  return parts.join(", ");
}

function vpcFields(vpc: VpcReport): Block {
  const { cidrs, region, account, subnets, existing, nat, endpoints, flowLogs, made } = vpc;
  const way = nat === "single" ? "one NAT gateway" : "a NAT gateway in each zone";
  return [
    ...field("range", `${cidrs.join(", ")} in ${region}${account ? ` as ${account}` : ""}`),
    ...subnets.flatMap((tier) => field(tier.tier, tier.cidrs.join("  "))),
    ...(existing ? field("yours", "only routes are added to it") : field("way out", way)),
    ...(endpoints.length > 0 ? field("endpoints", endpoints.join(", ")) : []),
    ...(flowLogs ? field("flow logs", "to CloudWatch Logs") : []),
    ...field("makes", typesOf(made)),
  ];
}

function clusterFields(cluster: ClusterReport): Block {
  const { eksName, kubernetesVersion, existing, controlPlanes, served, remote, made } = cluster;
  const what = [eksName, `Kubernetes ${kubernetesVersion}`, nodesOf(cluster)];
  return [
    ...field(existing ? "cluster" : "EKS", what.filter(Boolean).join(" · ")),
    ...field("API server", reachOf(cluster)),
    ...controlPlanes.flatMap(({ certificate, watches, istiods, serves }) => [
      ...field("signs as", certificate),
      ...field("serves", serves.join(", ")),
      ...istiods.flatMap(({ reachedAt }) =>
        field("reached at", reachedAt ? placeOf(reachedAt) : ""),
      ),
      ...field("watches", watches.map(({ cluster: other, by }) => `${other} (${by})`).join(", ")),
    ]),
    ...served.flatMap(({ mesh, servers, holdsConfiguration }) => [
      ...field("served by", `istiod in ${servers.join(", then ")}`),
      ...field("configures", holdsConfiguration ? `mesh ${mesh}` : ""),
    ]),
    ...field("makes", typesOf(made)),
    ...remote.flatMap(({ type, name, matters }) =>
      field("unseen", `${type} ${name}, expanded by the provider: ${matters.join(" ")}`),
    ),
  ];
}

function placeOf({ host, addresses }: { host: string; addresses: string[] }): string {
  return `${host} (${addresses.join(", ")})`;
}

function nodesOf({ existing, nodes }: ClusterReport): string {
  if (existing) return "yours";
  return NODES[nodes].label;
}

function reachOf({ existing, api }: ClusterReport): string {
  if (existing) return "reached as you have set it";
  if (api.private) return "private endpoint only";
  const from = [...api.allowFrom, ...api.natOf.map((vpc) => `NAT addresses of VPC ${vpc}`)];
  return `private endpoint, and public from ${from.join(", ")}`;
}

/** Name and chart of each release, and below it the values that matter. */
function releaseRows(releases: ReleaseReport[], style: Style): Block {
  const names = Math.max(0, ...releases.map(({ name }) => name.length));
  const deeper = " ".repeat(INDENT + LABEL + 2);
  return releases.flatMap((release, row) => [
    ...field(row === 0 ? "releases" : "", `${release.name.padEnd(names)}  ${chartOf(release)}`),
    ...wrap(release.matters.join(" "), WIDTH - deeper.length)
      .filter((line) => line !== "")
      .map((line) => `${deeper}${style.faint(line)}`),
  ]);
}

function chartOf({ chart, version }: ReleaseReport): string {
  return `${chart} ${version}`.trim();
}

function title(name: string, note: string, made: Made, style: Style): string {
  const right = count(made.total, "resource");
  const width = WIDTH - INDENT - name.length - 3 - right.length;
  return `${" ".repeat(INDENT)}${style.strong(name)}   ${note.padEnd(width)}${style.faint(right)}`;
}

/** A blank line between entries. */
function spaced(entries: Block[]): Block {
  return entries.flatMap((entry, index) => (index === 0 ? entry : ["", ...entry]));
}
