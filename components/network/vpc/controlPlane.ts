/** Where control planes of clusters stand. */
import { SubnetTier } from "../../topology";
import type { ExistingVpcDescription } from "../../topology";

/**
 * EKS asks for two zones and never lets a cluster change them, not even add one
 * (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html). So it gets no more than it must have: nodes may stand in
 * any zone, and zones come and go behind these two.
 */
export const CONTROL_PLANE_ZONES = 2;

/** The first private subnet of each of the first two zones, both by the alphabet. */
export function controlPlaneSubnets(subnets: ExistingVpcDescription["subnets"]): string[] {
  const ids = Object.keys(subnets)
    .filter((id) => subnets[id]!.tier === SubnetTier.Private)
    .sort();
  const zones = [...new Set(ids.map((id) => subnets[id]!.zone))].sort();
  return zones
    .slice(0, CONTROL_PLANE_ZONES)
    .map((zone) => ids.find((id) => subnets[id]!.zone === zone)!);
}
