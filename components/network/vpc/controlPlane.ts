/** Where control planes of clusters stand. */
import { SubnetTier } from "../../topology";
import type { ExistingVpcDescription } from "../../topology";

/**
 * EKS asks for two zones and never lets a cluster change them, not even add one
 * (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html). So it gets no more than it must have: nodes may stand in
 * any zone, and zones come and go behind these two.
 */
export const CONTROL_PLANE_ZONES = 2;

/** Names of the first private subnet of each of the first two zones, both by the alphabet. */
export function controlPlaneSubnets(subnets: ExistingVpcDescription["subnets"]): string[] {
  const names = Object.keys(subnets)
    .filter((name) => subnets[name]!.tier === SubnetTier.Private)
    .sort();
  const zones = [...new Set(names.map((name) => subnets[name]!.zone))].sort();
  return zones
    .slice(0, CONTROL_PLANE_ZONES)
    .map((zone) => names.find((name) => subnets[name]!.zone === zone)!);
}
