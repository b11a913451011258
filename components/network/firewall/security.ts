/** Which ports of clusters open to which addresses, and why. */
import { providerKey } from "../../topology";
import type { ClusterRelation, Member, Relations } from "../../topology";
import { contains, merge } from "../../topology/cidr";
import type { ClusterRulesPlan, RulePlan } from "../facts";
import { cidrsOf } from "../ranges";
import { listSide, plainSides, rule, sidesOf } from "./sides";
import type { Purpose, Side } from "./sides";

const PODS: Purpose = {
  name: "pods",
  fromPort: 0,
  toPort: 65535,
  reason: "pods of one network call each other on any port",
};

const API: Purpose = {
  name: "api",
  fromPort: 443,
  toPort: 443,
  reason: "istiod of other clusters watches the API server",
};

const CALLERS: Purpose = { ...API, reason: "callers of the private API server" };

/**
 * Rules on the security group that EKS gives a cluster's nodes, pods and API server, by cluster. The group lets itself in
 * already (https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html).
 */
export function planClusterRules(relations: Relations): Record<string, ClusterRulesPlan> {
  return Object.fromEntries(
    relations.clusters.filter(knowsGroup).map((relation) => {
      const { cluster, vpc } = relation;
      const rules = clusterRules(relations, relation);
      return [cluster.name, { vpc: vpc.id, provider: providerKey(vpc), rules }];
    }),
  );
}

/** Whether the security group of a cluster's nodes and pods can be named. */
export function knowsGroup({ cluster: { existing } }: ClusterRelation): boolean {
  return !existing || existing.securityGroupId !== undefined;
}

function clusterRules(relations: Relations, relation: ClusterRelation): RulePlan[] {
  const { members } = relation;
  const pods = members.flatMap((member) => podSides(relations, member));
  const watchers = members.flatMap((member) => apiSides(relations, member));
  const callers = plainSides(merge(relation.api?.private?.cidrs ?? []));
  return [
    ...pods.map((side) => rule(PODS, side)),
    ...beyond(pods, watchers).map((side) => rule(API, side)),
    ...beyond([...pods, ...watchers], callers).map((side) => rule(CALLERS, side)),
  ];
}

/** Sides with addresses that others do not let in already. */
function beyond(open: Side[], sides: Side[]): Side[] {
  const addresses = open.flatMap((side) => side.addresses);
  return sides.filter((side) => !contains(addresses, side.addresses));
}

/** Where a mesh has several clusters on one network, each lets in the pods of all of it. */
function podSides(relations: Relations, member: Member): Side[] {
  if (member.neighbours.length === 0) return [];
  const { in: mesh, at } = member;
  const vpcs = mesh.reach.filter(({ network }) => network === at.cluster.network);
  return sidesOf(relations, mesh, at, cidrsOf(vpcs));
}

/**
 * Watchers of the same VPC reach the private endpoint, those elsewhere only where there may be no public one: then over
 * the link (https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html).
 */
function apiSides(relations: Relations, { in: mesh, at, watchedBy }: Member): Side[] {
  const watching = [...new Set(watchedBy.map((watcher) => watcher.at.vpc))];
  const near = watching.filter((vpc) => vpc === at.vpc);
  const overLink = at.cluster.existing !== undefined || at.api?.private !== undefined;
  const far = overLink ? watching.filter((vpc) => vpc !== at.vpc) : [];
  if (far.length === 0) return plainSides(cidrsOf(near));
  const list = listSide(relations, mesh, at);
  return list ? [list] : plainSides(cidrsOf(watching));
}
