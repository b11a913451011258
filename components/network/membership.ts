/** Where a mesh is: its VPCs, its addresses, and who watches whom. */
import { watchRelation } from "../access/relation";
import { providerKey } from "../topology";
import type { Mesh, Topology, Vpc } from "../topology";
import { merge } from "./addresses";

/** Clusters of a mesh: its members and those that only run its istiod. */
export function clustersOf(mesh: Mesh): string[] {
  return [...new Set([...Object.keys(mesh.members), ...mesh.runsIn])];
}

/** VPCs, in the description's order, that hold clusters of a mesh. */
export function vpcsOfMesh(topology: Topology, mesh: Mesh): string[] {
  const held = new Set(clustersOf(mesh).map((cluster) => topology.clusters[cluster].vpc));
  return Object.keys(topology.vpcs).filter((vpc) => held.has(vpc));
}

/** VPCs, in the description's order, that hold clusters of any mesh. */
export function meshedVpcs(topology: Topology): string[] {
  const held = new Set(
    Object.values(topology.meshes).flatMap((mesh) => vpcsOfMesh(topology, mesh)),
  );
  return Object.keys(topology.vpcs).filter((vpc) => held.has(vpc));
}

/** Every meshed VPC of the networks that a mesh is on: the addresses that its workloads and istiods may have. */
export function reachOf(topology: Topology, mesh: Mesh): string[] {
  return meshedOn(topology, clustersOf(mesh));
}

/** The same for its workloads alone: without the networks where only istiod is. */
export function memberReachOf(topology: Topology, mesh: Mesh): string[] {
  return meshedOn(topology, Object.keys(mesh.members));
}

/** Every meshed VPC of the networks that some clusters are on. */
function meshedOn(topology: Topology, clusters: string[]): string[] {
  const networks = new Set(clusters.map((cluster) => topology.clusters[cluster].network));
  return meshedVpcs(topology).filter((vpc) => networks.has(topology.vpcs[vpc].network));
}

/** Merged CIDRs of some VPCs. */
export function cidrsOf(topology: Topology, vpcs: string[]): string[] {
  return merge(vpcs.flatMap((vpc) => topology.vpcs[vpc].cidrs));
}

/** Whether members of a mesh are on several networks, and so need east-west gateways. */
export function spansNetworks(topology: Topology, mesh: Mesh): boolean {
  const members = Object.keys(mesh.members);
  return new Set(members.map((cluster) => topology.clusters[cluster].network)).size > 1;
}

/** VPCs of the istiods that watch a cluster's API server from other clusters of a mesh. */
export function watchingVpcs(topology: Topology, mesh: Mesh, cluster: string): string[] {
  const watchers = watchRelation(topology)
    .filter((watch) => watch.mesh === mesh.name && watch.watched === cluster)
    .map(({ watcher }) => topology.clusters[watcher].vpc);
  return [...new Set(watchers)];
}

/** Key of the AWS provider of a VPC. */
export function providerOf(vpc: Vpc): string {
  return providerKey(vpc.account, vpc.region);
}
