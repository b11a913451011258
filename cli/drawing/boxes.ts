/** The boxes of a report. */
import { GatewayKind } from "../report/report";
import type {
  ClusterReport,
  ControlPlaneReport,
  GatewayReport,
  LinkReport,
  MachinesReport,
  MeshReport,
  NetworkReport,
  Report,
  ServedReport,
  TasksReport,
  TenantReport,
  VpcReport,
} from "../report/report";
import { ISTIOD_PORTS } from "../../components/istio/ports";
import { PlaceKind } from "../../components/mesh/reach";
import type { DataPlane } from "../../components/topology";
import { count } from "../report/count";
import { calledOn, clusterKind, DATA_PLANE, machinesKind } from "../report/things";
import { named, portList, tasksCalledOn, tasksKind, vpcKind } from "../report/things";
import { LINKS } from "../report/words";
import { hasInternet, ids } from "./ids";
import { BoxKind } from "./model";
import type { Box, Cell, NetworkGroup, VpcGroup } from "./model";

/** Ranges that one line of a VPC's box holds. */
const RANGES_PER_LINE = 2;
/** Tenants that a cluster draws one by one. */
const MOST_TENANTS = 4;
/** Exported services that a mesh names. */
const MOST_EXPORTS = 3;

export function networkGroups(report: Report): NetworkGroup[] {
  return report.networks.map((network) => networkGroup(report, network));
}

/** The internet first: what comes from there is what one looks for. */
export function hubBoxes(report: Report): Box[] {
  return [
    ...(hasInternet(report) ? [box(ids.internet, BoxKind.Internet, "internet")] : []),
    ...report.meshes.map((mesh) => meshBox(report, mesh)),
    ...linkBoxes(report),
  ];
}

function networkGroup(report: Report, { name, vpcs }: NetworkReport): NetworkGroup {
  return {
    box: box(ids.network(name), BoxKind.Network, `network ${name}`),
    vpcs: vpcs.map((vpc) => vpcGroup(report, vpc)),
  };
}

function vpcGroup(report: Report, vpc: VpcReport): VpcGroup {
  const { clusters, machines, tasks } = report;
  const rows = vpc.cidrs.flatMap((_, index) =>
    index % RANGES_PER_LINE === 0
      ? [vpc.cidrs.slice(index, index + RANGES_PER_LINE).join(", ")]
      : [],
  );
  const says = [...rows, vpc.region, vpcKind(vpc)];
  return {
    box: box(ids.vpc(vpc.id), BoxKind.Vpc, `VPC ${vpc.id}`, ...says),
    cells: [
      ...clusters
        .filter((cluster) => cluster.vpc === vpc.id)
        .map((cluster) => clusterCell(report, cluster)),
      ...machines.filter((group) => group.vpc === vpc.id).map(machinesCell),
      ...tasks.filter((service) => service.vpc === vpc.id).map(tasksCell),
    ],
  };
}

function clusterCell({ meshes, tenants }: Report, cluster: ClusterReport): Cell {
  const { name, controlPlanes, served, gateways } = cluster;
  return {
    frame: box(ids.cluster(name), BoxKind.Cluster, `cluster ${name}`, clusterKind(cluster)),
    inside: [
      ...controlPlanes.flatMap((plane) => istiodBoxes(name, plane)),
      ...served.flatMap((one) => servedBoxes(name, one)),
      ...meshes
        .filter(({ members }) => members.includes(name))
        .flatMap((mesh) => tenantBoxes(mesh.name, name, tenants)),
      ...gateways.map((gateway) => gatewayBox(name, gateway)),
    ],
    below: [
      ...controlPlanes.flatMap((plane) => istiodBalancers(name, plane)),
      ...gateways.map((gateway) => gatewayBalancer(name, gateway)),
    ],
  };
}

function istiodBoxes(cluster: string, plane: ControlPlaneReport): Box[] {
  const { mesh, istiods, serves, watches, dataPlane, external } = plane;
  const says = [
    `mesh ${mesh}`,
    ...(serves.length > 0 ? [`serves ${named(serves)}`] : []),
    ...(watches.length > 0 ? [`watches ${named(watches.map(({ cluster: name }) => name))}`] : []),
  ];
  return [
    ...istiods.map(({ revision, version }) => {
      const id = ids.istiod(mesh, cluster, revision);
      return box(id, BoxKind.Istiod, ...revised(`istiod ${version}`, revision), ...says);
    }),
    ...(external ? [] : [podsBox(mesh, cluster, dataPlane)]),
  ];
}

function servedBoxes(cluster: string, served: ServedReport): Box[] {
  const { mesh, dataPlane, servers, revisions, holdsConfiguration } = served;
  return [
    ...revisions.map(({ revision }) => {
      const id = ids.relay(mesh, cluster, revision);
      const to = `to istiod in ${servers.join(", then ")}`;
      return box(id, BoxKind.Relay, ...revised("relay", revision), to);
    }),
    podsBox(mesh, cluster, dataPlane, ...(holdsConfiguration ? ["and its configuration"] : [])),
  ];
}

function podsBox(mesh: string, cluster: string, plane: DataPlane, ...more: string[]): Box {
  const id = ids.pods(mesh, cluster);
  return box(id, BoxKind.Pods, `pods of mesh ${mesh}`, DATA_PLANE[plane], ...more);
}

/** Each tenant with its namespaces and whom it shares with; many are only named, or counted. */
function tenantBoxes(mesh: string, cluster: string, all: TenantReport[]): Box[] {
  const own = all.filter(
    ({ mesh: of, clusters }) => of === mesh && (clusters?.includes(cluster) ?? true),
  );
  if (own.length > MOST_TENANTS) {
    const id = ids.tenant(mesh, cluster);
    return [box(id, BoxKind.Tenant, count(own.length, "tenant"), `of mesh ${mesh}, apart`)];
  }
  return own.map(({ name, namespaces, shares }) => {
    const to = [...new Set(Object.values(shares).flat())];
    const says = [
      namespaces.length > 2 ? count(namespaces.length, "namespace") : namespaces.join(", "),
      to.length > 0
        ? `shares ${count(Object.keys(shares).length, "service")} with ${to.join(", ")}`
        : "",
    ];
    return box(ids.tenant(mesh, cluster, name), BoxKind.Tenant, `tenant ${name}`, ...says);
  });
}

function gatewayBox(cluster: string, gateway: GatewayReport): Box {
  const { mesh, name, kind } = gateway;
  const title = kind === GatewayKind.Ingress ? `ingress gateway ${name}` : `${kind} gateway`;
  return box(ids.gateway(mesh, cluster, name), BoxKind.Gateway, title, `mesh ${mesh}`);
}

function gatewayBalancer(cluster: string, { mesh, name, ports, exposure }: GatewayReport): Box {
  const id = ids.balancer(mesh, cluster, name);
  return box(id, BoxKind.Balancer, `NLB ${portList(ports)}`, `${exposure} · ${name}`);
}

/** An istiod that others use has a load balancer of its own. */
function istiodBalancers(cluster: string, { mesh, istiods }: ControlPlaneReport): Box[] {
  const title = `NLB ${portList(Object.values(ISTIOD_PORTS))}`;
  return istiods
    .filter(({ reachedAt }) => reachedAt !== undefined)
    .map(({ revision }) => {
      const says = ["internal · istiod", revision].filter(Boolean).join(" ");
      return box(ids.istiodBalancer(mesh, cluster, revision), BoxKind.Balancer, title, says);
    });
}

function machinesCell(group: MachinesReport): Cell {
  const { name, servedBy } = group;
  const says = [machinesKind(group), `served by ${servedBy} alone`, calledOn(group)];
  const machines = box(ids.machines(name), BoxKind.Machines, `machines ${name}`, ...says);
  return { inside: [machines], below: [] };
}

function tasksCell(service: TasksReport): Cell {
  const { name, servedBy } = service;
  const says = [tasksKind(service), `served by ${servedBy} alone`, tasksCalledOn(service)];
  return { inside: [box(ids.tasks(name), BoxKind.Tasks, `tasks ${name}`, ...says)], below: [] };
}

function meshBox(report: Report, mesh: MeshReport): Box {
  const { name, mode, dataPlane, trustDomain, experimental, root } = mesh;
  return box(
    ids.mesh(name),
    BoxKind.Mesh,
    `mesh ${name}`,
    [dataPlane, mode, ...(experimental ? ["experimental"] : [])].join(" · "),
    trustDomain,
    `${root.source} root`,
    ...callWords(report, mesh),
    ...exportWords(report, name),
  );
}

/** What other meshes may call, each service once. */
function exportWords({ exports }: Report, mesh: string): string[] {
  const own = exports.filter(({ from }) => from === mesh);
  const said = own.map(({ to, as, ports }) => `${to} calls ${as.split(".")[0]} ${portList(ports)}`);
  const more = said.length - MOST_EXPORTS;
  return more > 0 ? [...said.slice(0, MOST_EXPORTS), `and ${more} more`] : said;
}

/** What the lines of a mesh stand for: all to all, or how many of the pairs. */
function callWords(
  { reach, machines, tasks }: Report,
  { name, members, networks }: MeshReport,
): string[] {
  const others = [
    ...(machines.some(({ mesh }) => mesh === name) ? ["machines"] : []),
    ...(tasks.some(({ mesh }) => mesh === name) ? ["tasks"] : []),
  ];
  const kindOf = new Map(reach.places.map((place) => [place.key, place]));
  const between = reach.cells.filter(({ from, to }) => {
    const [a, b] = [kindOf.get(from), kindOf.get(to)];
    const inside = [a, b].every((each) => each?.kind === PlaceKind.InMesh && each.mesh === name);
    return inside && from !== to;
  });
  if (members.length === 1)
    return [
      others.length > 0
        ? `its cluster and ${others.join(" and ")} call each other`
        : "calls stay in its cluster",
    ];
  const reached = between.filter(({ way }) => way.kind !== "none").length;
  const who =
    reached === between.length
      ? "each cluster calls each"
      : `${reached} of ${count(between.length, "pair")} of clusters call`;
  return [who, networks.length > 1 ? "by gateways between networks" : "from pod to pod"];
}

/** Pairs of peered VPCs are one box where each is peered with each. */
function linkBoxes({ links }: Report): Box[] {
  return linkGroups(links).map(({ id, via, vpcs, detail }) =>
    box(id, BoxKind.Link, LINKS[via], vpcs.length > 2 ? "each with each" : "", ...detail),
  );
}

export interface LinkGroup extends Pick<LinkReport, "via"> {
  id: string;
  vpcs: string[];
  detail: string[];
}

/** Links that one box stands for. */
export function linkGroups(links: LinkReport[]): LinkGroup[] {
  const pairs = links.filter(({ between }) => between.length === 2);
  const vpcs = [...new Set(pairs.flatMap(({ between }) => between))];
  const isComplete = pairs.length === (vpcs.length * (vpcs.length - 1)) / 2;
  const [first] = pairs;
  if (first && pairs.length === links.length && isComplete) {
    const detail = [...new Set(pairs.flatMap((pair) => detailOf(pair)))];
    return [{ id: ids.link(0), via: first.via, vpcs, detail }];
  }
  return links.map((link, index) => ({
    ...{ id: ids.link(index), via: link.via, vpcs: link.between, detail: detailOf(link) },
  }));
}

function detailOf({ detail }: LinkReport): string[] {
  return detail === "" ? [] : detail.split(" · ");
}

/** The title of what may have a revision. */
function revised(title: string, revision?: string): [title: string, ...lines: string[]] {
  return revision === undefined ? [title] : [title, `revision ${revision}`];
}

function box(id: string, kind: BoxKind, title: string, ...lines: string[]): Box {
  return { id, kind, title, lines: lines.filter((line) => line !== "") };
}
