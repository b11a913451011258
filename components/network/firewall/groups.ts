/** Which security groups there are, and how they are known. */
import { hasValue, providerKey } from "../../topology";
import type { ClusterRelation, EcsService, MachineGroup, Outside, Vpc } from "../../topology";
import type { GroupOwner, GroupPlan } from "./facts";
import type { Balancer, Target } from "./openings";

/** A group without rules, with its key. */
export interface Group extends Omit<GroupPlan, "in" | "out"> {
  key: string;
}

/** Key of the group that a cluster's nodes, pods and API server carry. */
export function clusterGroup({ cluster }: ClusterRelation): string {
  return `cluster/${cluster.name}`;
}

/** Key of the group of a load balancer. */
export function balancerGroup({ key }: Pick<Balancer, "key">): string {
  return `balancer/${key}`;
}

/** Key of the group of some machines. */
export function machineGroup({ group }: { group: Pick<MachineGroup, "name"> }): string {
  return `machines/${group.name}`;
}

/** Key of the group of the tasks of a service. */
export function tasksGroup({ service }: { service: Pick<EcsService, "name"> }): string {
  return `tasks/${service.name}`;
}

/** Key of the group of workloads that run in no cluster. */
export function outsideGroup(of: Outside): string {
  return of.kind === "machines" ? machineGroup(of) : tasksGroup(of);
}

/** Whether the group of a cluster's nodes and pods can be named. */
export function knowsGroup({ cluster }: ClusterRelation): boolean {
  return !cluster.existing || hasValue(cluster, "securityGroupId");
}

/** Key of the group that a place carries; absent where it is yours and the description does not name it. */
export function groupOf(place: Target): string | undefined {
  if (place.kind === "balancer") return balancerGroup(place.of);
  if (place.kind === "outside") return outsideGroup(place.of);
  return knowsGroup(place.of) ? clusterGroup(place.of) : undefined;
}

/** The VPC that the group of a place is in. */
export function vpcOf(place: Target): Vpc {
  return place.kind === "balancer" ? place.of.in.vpc : place.of.vpc;
}

/** The group that EKS makes, or yours. */
export function groupOfCluster(at: ClusterRelation): Group {
  const { name } = at.cluster;
  return group({ key: clusterGroup(at), name, label: clusterLabel(at) }, at, { kind: "cluster" });
}

/** The group that is made for a load balancer. */
export function groupOfBalancer(balancer: Balancer): Group {
  const { key, name, description } = balancer;
  const owner: GroupOwner = { kind: "balancer", key, description };
  const words = { key: balancerGroup(balancer), name, label: balancerLabel(balancer) };
  return group(words, balancer.in, owner);
}

/** The group that is made for machines or tasks. */
export function groupOfOutside(of: Outside): Group {
  const { kind, vpc, controlledBy } = of;
  const key = outsideGroup(of);
  const words = { key, name: outsideSideName(of), label: outsideLabel(of) };
  const description = kind === "machines" ? "Machines in the mesh" : "Tasks in the mesh";
  return group(words, { cluster: controlledBy.at.cluster, vpc }, { kind, key, description });
}

function outsideName(of: Outside): string {
  return of.kind === "machines" ? of.group.name : of.service.name;
}

/** With a dot: a cluster may have the name of a group of machines or a service, but none with a dot in it. */
export function outsideSideName(of: Outside): string {
  return `${outsideName(of)}.${of.kind}`;
}

/** What machines or tasks are called before people. */
export function outsideLabel(of: Outside): string {
  return `${of.kind} ${outsideName(of)}`;
}

function group(
  words: Pick<Group, "key" | "name" | "label">,
  { cluster, vpc }: Pick<ClusterRelation, "cluster" | "vpc">,
  of: GroupOwner,
): Group {
  return { ...words, cluster: cluster.name, vpc: vpc.id, provider: providerKey(vpc), of };
}

function clusterLabel({ cluster }: ClusterRelation): string {
  return `cluster ${cluster.name}`;
}

export function balancerLabel({ label }: Balancer): string {
  return `load balancer of ${label}`;
}
