/** A report in words, before anybody lays them out: what each section says, in its order. */
import { Egress, LinkVia, NatMode, NODES } from "../../components/topology";
import { count } from "./count";
import type { Row } from "./count";
import type {
  ClusterReport,
  ExportReport,
  LinkReport,
  Made,
  MeshReport,
  RootReport,
  PortReport,
  QuotaReport,
  ReleaseReport,
  Report,
  TenantReport,
  VpcReport,
} from "./report";

/** A VPC or a cluster, and what would be made for it. */
export interface Entry {
  name: string;
  note: string;
  made: Made;
  rows: Row[];
  releases: ReleaseReport[];
}

/** Addresses that are written out for one port; more are only counted. */
const MOST_SOURCES = 3;

/** What is planned, in one line. */
export function headline({ istio, networks, clusters, meshes }: Report): string {
  return [
    `Istio ${Object.keys(istio.versions).join(", ")}`,
    count(clusters.length, "cluster"),
    count(networks.length, "network"),
    count(meshes.length, "mesh", "meshes"),
    "planned offline",
  ].join(" · ");
}

/** One row per mesh, per tenant and per link. */
export function meshRows({ meshes, links, exports, tenants }: Report): Row[] {
  return [
    ...meshes.map(meshRow),
    ...tenants.map(tenantRow),
    ...exports.map(exportRow),
    ...links.map(linkRow),
  ];
}

const EGRESS = {
  [Egress.None]: "nothing outside",
  [Egress.Gateway]: "hosts outside by a gateway of its own",
  [Egress.RegistryOnly]: "hosts of its ServiceEntries outside",
  [Egress.Open]: "every public address",
} satisfies Record<Egress, string>;

function tenantRow(tenant: TenantReport): Row {
  const { name, mesh, clusters, namespaces, admins, egress, outside, hosts, shares } = tenant;
  const place = clusters === undefined ? mesh : `${clusters.join(", ")} of ${mesh}`;
  const says = [
    egress === undefined ? `all of mesh ${mesh}` : `${namespaces.join(", ")} in ${place}`,
    admins.length > 0 ? count(admins.length, "admin") : "no admin",
    ...(egress === undefined ? [] : [`reaches ${EGRESS[egress]}${outsideOf(outside)}`]),
    ...Object.entries(hosts).map(([host, ingress]) => `${host} at ${ingress}`),
    ...Object.entries(shares).map(([host, to]) => `shares ${host} with ${to.join(", ")}`),
  ];
  return [`tenant ${name}`, says.join(" · ")];
}

/** Hosts and their ports, where some are named. */
function outsideOf(outside: Record<string, number[]> = {}): string {
  const all = Object.entries(outside).flatMap(([host, ports]) =>
    ports.map((port) => `${host}:${port}`),
  );
  return all.length > 0 ? `: ${all.join(", ")}` : "";
}

function exportRow({ name, from, to, host, as, ports, allow, gateways }: ExportReport): Row {
  const places = Object.entries(gateways).map(
    ([cluster, addresses]) => `${cluster} (${addresses.join(", ")})`,
  );
  const says = [
    `${from} → ${to}`,
    `${host}${as === host ? "" : ` as ${as}`} on ${ports.join(", ")}`,
    `for ${allow.join(", ")}`,
    `through ${places.join(", ")}`,
  ];
  return [`export ${name}`, says.join(" · ")];
}

function meshRow(mesh: MeshReport): Row {
  const { dataPlane, mode, runsIn, configCluster, trustDomain, root, experimental } = mesh;
  const says = [
    dataPlane,
    mode,
    `istiod in ${runsIn.join(", ")}`,
    ...(configCluster ? [`configuration in ${configCluster}`] : []),
    `trust domain ${trustDomain}`,
    ...Object.entries(mesh.tags).map(([tag, revision]) => `tag ${tag} at ${revision}`),
    rootWords(root),
    ...(experimental ? ["experimental"] : []),
  ];
  return [`mesh ${mesh.name}`, says.join(" · ")];
}

function rootWords({ source, own, name, beside }: RootReport): string {
  const others = beside.length > 0 ? ` ${name}, accepted beside it: ${beside.join(", ")}` : "";
  return `${source}${own ? ", its own" : ""} root${others}`;
}

export const LINKS = {
  [LinkVia.Peering]: "VPC peering",
  [LinkVia.TransitGateway]: "transit gateway",
  [LinkVia.Existing]: "links of yours",
} satisfies Record<LinkVia, string>;

function linkRow({ via, between, detail }: LinkReport): Row {
  return [LINKS[via], `${between.join(" ⇄ ")}${detail && ` · ${detail}`}`];
}

/** One entry per VPC. */
export function networkEntries({ networks }: Report): Entry[] {
  return networks.flatMap(({ name, vpcs }) =>
    vpcs.map((vpc) => ({
      name: `network ${name}`,
      note: vpc.id === name ? "" : `VPC ${vpc.id}`,
      made: vpc.made,
      rows: spoken(vpcRows(vpc)),
      releases: [],
    })),
  );
}

/** One entry per cluster. */
export function clusterEntries({ clusters }: Report): Entry[] {
  return clusters.map((cluster) => ({
    name: `cluster ${cluster.name}`,
    note: `VPC ${cluster.vpc}`,
    made: cluster.made,
    rows: spoken(clusterRows(cluster)),
    releases: cluster.releases,
  }));
}

/** Without the rows that have nothing to say. */
function spoken(rows: Row[]): Row[] {
  return rows.filter(([, says]) => says !== "");
}

/** `3 Subnet, 1 Vpc`: every type with its number, which stays on the type's line. */
export function typesOf({ byType }: Made): string {
  const parts = Object.entries(byType).map(([type, number]) =>
    `${number} ${type}`.replaceAll(" ", "\u00a0"),
  );
  return parts.join(", ");
}

function vpcRows(vpc: VpcReport): Row[] {
  const { cidrs, region, account, subnets, existing, nat, endpoints, flowLogs, made } = vpc;
  const way = nat === NatMode.Single ? "one NAT gateway" : "a NAT gateway in each zone";
  return [
    ["range", `${cidrs.join(", ")} in ${region}${account ? ` as ${account}` : ""}`],
    ...subnets.map((tier): Row => [tier.tier, tier.cidrs.join("  ")]),
    existing ? ["yours", "only routes are added to it"] : ["way out", way],
    ["endpoints", endpoints.join(", ")],
    ["flow logs", flowLogs ? "to CloudWatch Logs" : ""],
    ["makes", typesOf(made)],
  ];
}

function clusterRows(cluster: ClusterReport): Row[] {
  const { eksName, kubernetesVersion, existing, controlPlanes, served, remote, made } = cluster;
  const what = [eksName, `Kubernetes ${kubernetesVersion}`, nodesOf(cluster)];
  return [
    [existing ? "cluster" : "EKS", what.filter(Boolean).join(" · ")],
    ["API server", reachOf(cluster)],
    ...controlPlanes.flatMap(({ certificate, watches, istiods, serves }): Row[] => [
      ["signs as", certificate],
      ["serves", serves.join(", ")],
      ...istiods.map(({ reachedAt }): Row => ["reached at", reachedAt ? placeOf(reachedAt) : ""]),
      ["watches", watches.map(({ cluster: other, by }) => `${other} (${by})`).join(", ")],
    ]),
    ...served.flatMap(({ mesh, servers, holdsConfiguration }): Row[] => [
      ["served by", `istiod in ${servers.join(", then ")}`],
      ["configures", holdsConfiguration ? `mesh ${mesh}` : ""],
    ]),
    ["makes", typesOf(made)],
    ...remote.map(({ type, name, matters }): Row => [
      "unseen",
      `${type} ${name}, expanded by the provider: ${matters.join(" ")}`,
    ]),
  ];
}

function placeOf({ host, addresses }: { host: string; addresses: string[] }): string {
  return `${host} (${addresses.join(", ")})`;
}

function nodesOf({ existing, nodes }: ClusterReport): string {
  return existing ? "yours" : NODES[nodes].label;
}

function reachOf({ existing, api }: ClusterReport): string {
  if (existing) return "reached as you have set it";
  if (api.private) return "private endpoint only";
  return `private endpoint, and public from ${callersOf(api).join(", ")}`;
}

/** Who calls a public API server. */
export function callersOf({ allowFrom, natOf }: ClusterReport["api"]): string[] {
  return [...allowFrom, ...natOf.map((vpc) => `NAT addresses of VPC ${vpc}`)];
}

/** `istiod 1.31.3`. */
export function chartOf({ chart, version }: ReleaseReport): string {
  return `${chart} ${version}`.trim();
}

/** Who gets in, in few words. */
export function sourcesText(from: string[]): string {
  return from.length <= MOST_SOURCES ? from.join(", ") : `${from.length} sources`;
}

export function portRow({ ports, from, reason, alsoFor }: PortReport): Row {
  return [ports, `from ${sourcesText(from)}: ${[reason, ...alsoFor].join("; ")}`];
}

export function quotaRow({ what, used, limit }: QuotaReport): Row {
  return [what, `${used} of ${limit}`];
}

export function totals({ totals: all }: Report): string {
  return [
    count(all.total, "resource"),
    count(all.releases, "Helm release"),
    `${count(all.remote, "component")} expanded by the provider`,
    `${count(all.secrets, "input")} encrypted in the state`,
  ].join(" · ");
}
