/** Which security groups there are, and how they are known. */
import { hasValue, providerKey } from "../../topology";
import type { ClusterRelation, MachineGroup, Machines, Vpc } from "../../topology";
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

/** Whether the group of a cluster's nodes and pods can be named. */
export function knowsGroup({ cluster }: ClusterRelation): boolean {
  return !cluster.existing || hasValue(cluster, "securityGroupId");
}

/** Key of the group that a place carries; absent where it is yours and the description does not name it. */
export function groupOf(place: Target): string | undefined {
  if (place.kind === "balancer") return balancerGroup(place.of);
  if (place.kind === "outside") return machineGroup(place.of);
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

/** The group that is made for some machines. */
export function groupOfMachines(machines: Machines): Group {
  const { vpc, controlledBy } = machines;
  const key = machineGroup(machines);
  const words = { key, name: machineSideName(machines), label: `machines ${machines.group.name}` };
  const description = "Machines in the mesh";
  return group(
    words,
    { cluster: controlledBy.at.cluster, vpc },
    { kind: "machines", key, description },
  );
}

/** With a dot: a cluster may have the name of a group of machines, but none with a dot in it. */
export function machineSideName({ group: { name } }: Machines): string {
  return `${name}.machines`;
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
