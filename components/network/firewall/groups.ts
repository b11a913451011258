/** Which security groups there are, and how they are known. */
import { hasValue, providerKey } from "../../topology";
import type { ClusterRelation } from "../../topology";
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

/** Whether the group of a cluster's nodes and pods can be named. */
export function knowsGroup({ cluster }: ClusterRelation): boolean {
  return !cluster.existing || hasValue(cluster, "securityGroupId");
}

/** Key of the group that a place carries; absent where it is yours and the description does not name it. */
export function groupOf(place: Target): string | undefined {
  if (place.kind === "balancer") return balancerGroup(place.of);
  return knowsGroup(place.of) ? clusterGroup(place.of) : undefined;
}

/** The cluster that a place is in, or before whose pods it stands. */
export function clusterOf(place: Target): ClusterRelation {
  return place.kind === "balancer" ? place.of.in : place.of;
}

/** The group that EKS makes, or yours. */
export function groupOfCluster(at: ClusterRelation): Group {
  const { name } = at.cluster;
  return group(clusterGroup(at), name, clusterLabel(at), at, { kind: "cluster" });
}

/** The group that is made for a load balancer. */
export function groupOfBalancer(balancer: Balancer): Group {
  const { key, name, description } = balancer;
  const owner: GroupOwner = { kind: "balancer", key, description };
  return group(balancerGroup(balancer), name, balancerLabel(balancer), balancer.in, owner);
}

function group(
  key: string,
  name: string,
  label: string,
  { cluster, vpc }: ClusterRelation,
  of: GroupOwner,
): Group {
  return { key, name, label, cluster: cluster.name, vpc: vpc.id, provider: providerKey(vpc), of };
}

function clusterLabel({ cluster }: ClusterRelation): string {
  return `cluster ${cluster.name}`;
}

export function balancerLabel({ label }: Balancer): string {
  return `load balancer of ${label}`;
}
