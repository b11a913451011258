/** What joins the boxes of a report. */
import { GatewayKind } from "../report/report";
import type {
  ClusterReport,
  ControlPlaneReport,
  MachinesReport,
  MeshReport,
  Report,
  ServedReport,
  TasksReport,
} from "../report/report";
import { linkGroups } from "./boxes";
import { ids, isPublic } from "./ids";
import { EdgeKind } from "./model";
import type { Edge } from "./model";

export function edgesOf(report: Report): Edge[] {
  return [
    ...report.clusters.flatMap(balanced),
    ...report.meshes.flatMap((mesh) => meshEdges(report, mesh)),
    ...report.clusters.flatMap((cluster) =>
      cluster.served.flatMap((served) => servedEdges(report, cluster.name, served)),
    ),
    ...report.machines.flatMap((group) => outsideEdges(report, ids.machines(group.name), group)),
    ...report.tasks.flatMap((service) => outsideEdges(report, ids.tasks(service.name), service)),
    ...exportEdges(report),
    ...report.clusters.flatMap(internetEdges),
    ...linkGroups(report.links).flatMap(({ id, vpcs }) =>
      vpcs.map((vpc) => edge(EdgeKind.Link, ids.vpc(vpc), id, [], id)),
    ),
  ];
}

function edge(
  kind: EdgeKind,
  from: string,
  to: string,
  arrows: Edge["arrows"] = ["to"],
  net?: string,
): Edge {
  return { kind, from, to, arrows, net };
}

/** From each load balancer to what is behind it. */
function balanced({ name, controlPlanes, gateways }: ClusterReport): Edge[] {
  const istiods = controlPlanes.flatMap(({ mesh, istiods: all }) =>
    all
      .filter(({ reachedAt }) => reachedAt !== undefined)
      .map(({ revision }) => [
        ids.istiodBalancer(mesh, name, revision),
        ids.istiod(mesh, name, revision),
      ]),
  );
  const others = gateways.map(({ mesh, name: gateway }) => [
    ids.balancer(mesh, name, gateway),
    ids.gateway(mesh, name, gateway),
  ]);
  return [...istiods, ...others].map(([from, to]) => edge(EdgeKind.Balances, from!, to!));
}

/** All to all, once: pods call by the mesh, which calls pods of one network directly and others by their gateways. */
function meshEdges({ clusters, machines, tasks }: Report, mesh: MeshReport): Edge[] {
  const hub = ids.mesh(mesh.name);
  const members = clusters.filter(({ name }) => mesh.members.includes(name));
  const isNear = ({ name, network }: ClusterReport) =>
    members.some((other) => other.name !== name && other.network === network);
  const net = hub;
  return [
    ...members.map((member) => {
      const pods = ids.pods(mesh.name, member.name);
      return edge(EdgeKind.Mesh, pods, hub, isNear(member) ? ["from"] : [], net);
    }),
    ...members.flatMap(({ name, gateways }) =>
      gateways
        .filter(({ kind, mesh: of }) => kind === GatewayKind.EastWest && of === mesh.name)
        .map((gateway) => ids.balancer(mesh.name, name, gateway.name))
        .map((balancer) => edge(EdgeKind.Mesh, hub, balancer, ["to"], net)),
    ),
    ...[
      ...machines.map((group) => ({ ...group, id: ids.machines(group.name) })),
      ...tasks.map((service) => ({ ...service, id: ids.tasks(service.name) })),
    ]
      .filter((outside) => outside.mesh === mesh.name)
      .map(({ id, ports }) => edge(EdgeKind.Mesh, id, hub, ports.length > 0 ? ["from"] : [], net)),
  ];
}

/** From a relay to the load balancers of the istiods that it goes to, in their order. */
function servedEdges(report: Report, cluster: string, served: ServedReport): Edge[] {
  const { mesh, servers, revisions } = served;
  return revisions.flatMap(({ revision }) =>
    servers.flatMap((server, order) => {
      const target = istiodEntry(report, mesh, server, revision);
      const kind = order === 0 ? EdgeKind.Serves : EdgeKind.Failover;
      const net = `${kind}/${target}`;
      return target ? [edge(kind, ids.relay(mesh, cluster, revision), target, ["to"], net)] : [];
    }),
  );
}

/** Machines and tasks get theirs from one istiod. */
function outsideEdges(
  report: Report,
  id: string,
  { mesh, servedBy }: MachinesReport | TasksReport,
): Edge[] {
  const target = istiodEntry(report, mesh, servedBy);
  const net = `${EdgeKind.Serves}/${target}`;
  return target ? [edge(EdgeKind.Serves, id, target, ["to"], net)] : [];
}

/** From a mesh that imports to the gateways of the one that exports. */
function exportEdges({ exports, clusters, meshes }: Report): Edge[] {
  const isHere = (name: string) => meshes.some((mesh) => mesh.name === name);
  const drawn = exports.filter(({ to }) => isHere(to));
  const pairs = new Map(drawn.map(({ from, to }) => [`${from} ${to}`, { from, to }]));
  return [...pairs.values()].flatMap(({ from, to }) =>
    clusters.flatMap(({ name, gateways }) =>
      gateways
        .filter(({ kind, mesh }) => kind === GatewayKind.Federation && mesh === from)
        .map((gateway) => ids.balancer(from, name, gateway.name))
        .map((balancer) =>
          edge(EdgeKind.Export, ids.mesh(to), balancer, ["to"], `${EdgeKind.Export}/${from}`),
        ),
    ),
  );
}

/** Where an istiod is entered from other places: its load balancer, where it has one. */
function istiodEntry(
  { clusters }: Report,
  mesh: string,
  cluster: string,
  revision?: string,
): string | undefined {
  const planes = clusters.find(({ name }) => name === cluster)?.controlPlanes ?? [];
  const plane: ControlPlaneReport | undefined = planes.find((each) => each.mesh === mesh);
  if (!plane) return undefined;
  const istiod =
    plane.istiods.find((each) => revision !== undefined && each.revision === revision) ??
    plane.istiods.find(({ reachedAt }) => reachedAt !== undefined) ??
    plane.istiods[0]!;
  const entry = istiod.reachedAt === undefined ? ids.istiod : ids.istiodBalancer;
  return entry(mesh, cluster, istiod.revision);
}

function internetEdges({ name, gateways }: ClusterReport): Edge[] {
  return gateways
    .filter(isPublic)
    .map((gateway) => ids.balancer(gateway.mesh, name, gateway.name))
    .map((balancer) => edge(EdgeKind.Internet, ids.internet, balancer, ["to"], ids.internet));
}
