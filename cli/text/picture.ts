/** The topology as one looks at it: networks hold VPCs hold clusters hold what Istio runs there. */
import { ISTIOD_PORTS } from "../../components/istio/ports";
import { LaunchType } from "../../components/topology";
import type {
  ClusterReport,
  MachinesReport,
  NetworkReport,
  Report,
  TasksReport,
  VpcReport,
} from "../report/report";
import { GatewayKind } from "../report/report";
import { calledOn, clusterKind, DATA_PLANE, machinesKind } from "../report/things";
import { named, portList, tasksCalledOn, vpcKind } from "../report/things";
import { beside, box, rowsOf, widthOf, WIDTH } from "./layout";
import type { Block } from "./layout";

const GAP = "       ";
const BRIDGE = " ◄───► ";
const MARGIN = " ";

/** Networks side by side where they fit; neighbours that are joined show it. */
export function drawPicture(report: Report, width = WIDTH): Block {
  const networks = report.networks.map((network) => drawNetwork(report, network, width));
  const rows = rowsOf(networks.map(widthOf), width - MARGIN.length, GAP.length);
  return rows.flatMap((row) => {
    const bridges = row.map((index) =>
      joined(report, index, index + 1) && row.includes(index + 1) ? BRIDGE : undefined,
    );
    const blocks = row.map((index) => networks[index]!);
    return beside(evenHeights(blocks), GAP, bridges).map((line) => MARGIN + line);
  });
}

function drawNetwork(report: Report, network: NetworkReport, width: number): Block {
  const vpcs = network.vpcs.map((vpc) => drawVpc(report, vpc, width));
  return box(`network ${network.name}`, vpcs.flat());
}

function drawVpc(report: Report, vpc: VpcReport, width: number): Block {
  const clusters = report.clusters.filter((cluster) => cluster.vpc === vpc.id);
  const heading = [`VPC ${vpc.cidrs.join(", ")} · ${vpc.region}`, vpcKind(vpc)];
  const machines = report.machines.filter((group) => group.vpc === vpc.id);
  const tasks = report.tasks.filter((service) => service.vpc === vpc.id);
  const blocks = [
    ...clusters.map(drawCluster),
    ...machines.map(drawMachines),
    ...tasks.map(drawTasks),
  ];
  const rows = rowsOf(blocks.map(widthOf), width - MARGIN.length - 8, 1);
  const drawn = rows.flatMap((row) => beside(evenHeights(row.map((index) => blocks[index]!)), " "));
  return [...heading, ...drawn];
}

function drawCluster(cluster: ClusterReport): Block {
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
  return box(`cluster ${cluster.name}`, [clusterKind(cluster), ...planes, ...served, ...gateways]);
}

function drawMachines(group: MachinesReport): Block {
  const served = `served by ${group.servedBy} alone`;
  return box(`machines ${group.name}`, [machinesKind(group), served, calledOn(group)]);
}

const RUNS_ON = {
  [LaunchType.Fargate]: "Fargate",
  [LaunchType.Ec2]: "EC2",
} satisfies Record<LaunchType, string>;

function drawTasks(service: TasksReport): Block {
  const { name, mesh, servedBy, launchType, count, cpu, memory } = service;
  return box(`tasks ${name}`, [
    `${count} on ${RUNS_ON[launchType]} of ${cpu / 1024} vCPU, ${memory} MiB · mesh ${mesh}`,
    `served by ${servedBy} alone`,
    tasksCalledOn(service),
  ]);
}

function phrases(what: string, revision: string | undefined, mesh: string): string {
  return [what, revision && `revision ${revision}`, `mesh ${mesh}`].filter(Boolean).join(" · ");
}

/** Whether two networks, by their place in the report, have VPCs that are joined. */
function joined(report: Report, a: number, b: number): boolean {
  const ids = (index: number) => report.networks[index]?.vpcs.map(({ id }) => id) ?? [];
  const holds = (between: string[], index: number) => ids(index).some((id) => between.includes(id));
  return report.links.some(({ between }) => holds(between, a) && holds(between, b));
}

/** Boxes of one row end together. */
function evenHeights(blocks: Block[]): Block[] {
  const height = Math.max(0, ...blocks.map((block) => block.length));
  return blocks.map((block) => {
    const bottom = block.at(-1)!;
    const blank = `│${" ".repeat(bottom.length - 2)}│`;
    const fill = Array.from({ length: height - block.length }, () => blank);
    return [...block.slice(0, -1), ...fill, bottom];
  });
}
