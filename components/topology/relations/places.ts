/** Which VPCs a mesh is in, and which it may have addresses of. */
import type { Topology, Vpc } from "../topology";
import type { ClusterRelation, MeshRelation, Outside } from "./types";

/** VPCs that hold clusters or outside members of a mesh. */
export function vpcsOf(
  { vpcs }: Topology,
  { members, controlPlanes, outside }: Pick<MeshRelation, "members" | "controlPlanes" | "outside">,
): Vpc[] {
  const held = new Set([
    ...[...members, ...controlPlanes].map(({ at }) => at.vpc),
    ...outside.map(({ vpc }) => vpc),
  ]);
  return Object.values(vpcs).filter((vpc) => held.has(vpc));
}

/** The meshed VPCs of the networks that some clusters and outside members are on. */
export function meshedOn(
  meshed: Vpc[],
  places: { at: ClusterRelation }[],
  outside: Outside[],
): Vpc[] {
  const networks = new Set([
    ...places.map(({ at }) => at.cluster.network),
    ...outside.map(({ vpc }) => vpc.network),
  ]);
  return meshed.filter(({ network }) => networks.has(network));
}
