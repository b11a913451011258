/** What stands in a VPC, in the words of every picture of a terminal. */
import { ISTIOD_PORTS } from "../../components/istio/ports";
import { GatewayKind } from "../report/report";
import type {
  ClusterReport,
  MachinesReport,
  Report,
  TasksReport,
  VpcReport,
} from "../report/report";
import { calledOn, clusterKind, DATA_PLANE, machinesKind } from "../report/things";
import { named, portList, tasksCalledOn, tasksKind } from "../report/things";

/** A cluster, a group of machines or a service; several that say the same. */
export interface Thing {
  kind: "cluster" | "machines" | "tasks";
  names: string[];
  says: string[];
}

export function thingsIn(report: Report, vpc: VpcReport): Thing[] {
  const isHere = (thing: { vpc: string }) => thing.vpc === vpc.id;
  return [
    ...report.clusters.filter(isHere).map(ofCluster),
    ...report.machines.filter(isHere).map(ofMachines),
    ...report.tasks.filter(isHere).map(ofTasks),
  ];
}

/** Each that says something else, with the names of all that say it. */
export function folded(things: Thing[]): Thing[] {
  const groups = new Map<string, Thing>();
  for (const thing of things) {
    const said = JSON.stringify([thing.kind, thing.says]);
    const names = [...(groups.get(said)?.names ?? []), ...thing.names];
    groups.set(said, { ...thing, names });
  }
  return [...groups.values()];
}

/** `clusters east-1, east-2 ... (12 alike)`. */
export function titleOf({ kind, names }: Thing): string {
  const what = kind === "cluster" && names.length > 1 ? "clusters" : kind;
  return `${what} ${fewOf(names, " alike")}`;
}

/** Names that are listed before they are counted. */
const MOST_NAMES = 4;

/** Names by their numbers. */
const byNumber = (names: string[]): string[] =>
  [...names].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));

export function inOrder(names: string[]): string {
  return byNumber(names).join(", ");
}

/** Two of them and how many there are, where they are many. */
export function fewOf(names: string[], note = ""): string {
  if (names.length <= MOST_NAMES) return inOrder(names);
  return `${byNumber(names).slice(0, 2).join(", ")} ... (${names.length}${note})`;
}

function ofCluster(cluster: ClusterReport): Thing {
  const planes = cluster.controlPlanes.flatMap(({ mesh, dataPlane, istiods, serves, external }) => [
    ...istiods.map(({ revision, version }) => phrases(`istiod ${version}`, revision, mesh)),
    ...(serves.length > 0
      ? [`serves ${named(serves)} ${portList(Object.values(ISTIOD_PORTS))}`]
      : []),
    ...(external ? [] : [DATA_PLANE[dataPlane]]),
  ]);
  const served = cluster.served.flatMap(
    ({ mesh, dataPlane, servers, revisions, holdsConfiguration }) => [
      ...revisions.map(({ revision }) =>
        phrases(`relay to istiod in ${servers.join(", then ")}`, revision, mesh),
      ),
      ...(holdsConfiguration ? [`configuration of mesh ${mesh}`] : []),
      DATA_PLANE[dataPlane],
    ],
  );
  const gateways = cluster.gateways.map(({ name, kind: role, ports, exposure }) =>
    role === GatewayKind.Ingress
      ? `ingress ${name} ${portList(ports)} · ${exposure}`
      : `${role} gateway ${portList(ports)}`,
  );
  const says = [clusterKind(cluster), ...planes, ...served, ...gateways];
  return { kind: "cluster", names: [cluster.name], says };
}

function ofMachines(group: MachinesReport): Thing {
  const served = `served by ${group.servedBy} alone`;
  const says = [machinesKind(group), served, calledOn(group)];
  return { kind: "machines", names: [group.name], says };
}

function ofTasks(service: TasksReport): Thing {
  const served = `served by ${service.servedBy} alone`;
  const says = [tasksKind(service), served, tasksCalledOn(service)];
  return { kind: "tasks", names: [service.name], says };
}

function phrases(what: string, revision: string | undefined, mesh: string): string {
  return [what, revision && `revision ${revision}`, `mesh ${mesh}`].filter(Boolean).join(" · ");
}
