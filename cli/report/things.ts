/** What every picture says of the same things. */
import { HBONE } from "../../components/istio/ports";
import { DataPlane, LaunchType, NatMode, NODES } from "../../components/topology";
import { count } from "./count";
import type { ClusterReport, MachinesReport, TasksReport, VpcReport } from "./report";

/** Clusters that are named before they are only counted. */
const MOST_NAMED = 3;

/** What a data plane puts into a cluster. */
export const DATA_PLANE = {
  [DataPlane.Ambient]: "ztunnel and CNI on every node",
  [DataPlane.Sidecar]: "a sidecar in every pod",
} satisfies Record<DataPlane, string>;

/** `EKS 1.36 · Auto Mode`. */
export function clusterKind({ existing, nodes, kubernetesVersion }: ClusterReport): string {
  if (existing) return `Kubernetes ${kubernetesVersion} · yours`;
  return `EKS ${kubernetesVersion} · ${NODES[nodes].label}`;
}

/** `3 zones · 1 NAT gateway`. */
export function vpcKind({ existing, zones, nat }: VpcReport): string {
  if (existing) return "yours";
  const gateways = nat === NatMode.Single ? "1 NAT gateway" : "a NAT gateway per zone";
  return `${count(zones, "zone")} · ${gateways}`;
}

/** `2 to 4 t3.small · mesh prod`. */
export function machinesKind({ mesh, instanceType, count: { min, max } }: MachinesReport): string {
  return `${min === max ? min : `${min} to ${max}`} ${instanceType} · mesh ${mesh}`;
}

/** On which ports machines are called; in ambient all of them by one. */
export function calledOn({ ports, dataPlane }: MachinesReport): string {
  if (ports.length === 0) return "clients only";
  const by = dataPlane === DataPlane.Ambient ? ` by HBONE :${HBONE}` : "";
  return `called on ${portList(ports)}${by}`;
}

const RUNS_ON = {
  [LaunchType.Fargate]: "Fargate",
  [LaunchType.Ec2]: "EC2",
} satisfies Record<LaunchType, string>;

/** `2 on Fargate of 0.5 vCPU, 1024 MiB · mesh prod`. */
export function tasksKind({ mesh, launchType, count: number, cpu, memory }: TasksReport): string {
  return `${number} on ${RUNS_ON[launchType]} of ${cpu / 1024} vCPU, ${memory} MiB · mesh ${mesh}`;
}

/** The same of tasks. */
export function tasksCalledOn({ ports, waypoint }: TasksReport): string {
  const by = waypoint ? "by HBONE, through a waypoint" : "by HBONE";
  return ports.length > 0 ? `called on ${portList(ports)} ${by}` : "clients only";
}

/** `:80, :443`. */
export function portList(ports: number[]): string {
  return `:${ports.join(", :")}`;
}

/** Clusters by name, or only their number. */
export function named(clusters: string[]): string {
  return clusters.length <= MOST_NAMED ? clusters.join(", ") : count(clusters.length, "cluster");
}
