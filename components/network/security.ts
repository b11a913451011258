/** Which ports of clusters open to which addresses, and why. */
import type { Mesh, Topology } from "../topology";
import { contains } from "./addresses";
import { cidrsOf, providerOf, reachOf, watchingVpcs } from "./membership";
import type { ClusterRulesPlan, RulePlan } from "./plan";
import { addressesOf, listSide, plainSides, rule, sidesOf, unique } from "./sides";
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

/**
 * Rules on the security group that EKS gives a cluster's nodes, pods and API server, by cluster. The group lets itself in
 * already (https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html).
 */
export function planClusterRules(topology: Topology): Record<string, ClusterRulesPlan> {
  const ruled = Object.values(topology.clusters).filter(({ name }) => knowsGroup(topology, name));
  return Object.fromEntries(
    ruled.map(({ name, vpc }) => {
      const provider = providerOf(topology.vpcs[vpc]);
      return [name, { vpc, provider, rules: clusterRules(topology, name) }];
    }),
  );
}

/** Whether the security group of a cluster's nodes and pods can be named. */
export function knowsGroup(topology: Topology, cluster: string): boolean {
  const { existing } = topology.clusters[cluster];
  return !existing || existing.securityGroupId !== undefined;
}

function clusterRules(topology: Topology, cluster: string): RulePlan[] {
  const meshes = Object.values(topology.meshes);
  const pods = unique(meshes.flatMap((mesh) => podSides(topology, mesh, cluster)));
  const open = pods.flatMap((side) => addressesOf(topology, side));
  const api = unique(meshes.flatMap((mesh) => apiSides(topology, mesh, cluster)));
  return [
    ...pods.map((side) => rule(PODS, side)),
    ...api
      .filter((side) => !contains(open, addressesOf(topology, side)))
      .map((side) => rule(API, side)),
  ];
}

/** Where a mesh has several clusters on one network, each lets in the pods of all of it. */
function podSides(topology: Topology, mesh: Mesh, cluster: string): Side[] {
  if (!Object.hasOwn(mesh.members, cluster)) return [];
  const { network } = topology.clusters[cluster];
  const neighbours = Object.keys(mesh.members).filter(
    (member) => topology.clusters[member].network === network,
  );
  if (neighbours.length < 2) return [];
  const vpcs = reachOf(topology, mesh).filter((vpc) => topology.vpcs[vpc].network === network);
  return sidesOf(topology, mesh, cluster, cidrsOf(topology, vpcs));
}

/**
 * Watchers of the same VPC reach the private endpoint, those elsewhere only where there may be no public one: then over
 * the link (https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html).
 */
function apiSides(topology: Topology, mesh: Mesh, cluster: string): Side[] {
  const { vpc, api = topology.api, existing } = topology.clusters[cluster];
  const watching = watchingVpcs(topology, mesh, cluster);
  const near = watching.filter((watcher) => watcher === vpc);
  const overLink = existing !== undefined || api?.private;
  const far = overLink ? watching.filter((watcher) => watcher !== vpc) : [];
  if (far.length === 0) return plainSides(cidrsOf(topology, near));
  const list = listSide(topology, mesh, cluster);
  return list ? [list] : plainSides(cidrsOf(topology, watching));
}
