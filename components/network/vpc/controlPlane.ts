/** Where control planes of clusters stand. */
import { SubnetTier } from "../../topology";
import type { ExistingVpcDescription } from "../../topology";

/**
 * EKS asks for two zones and never lets a cluster change them, not even add one
 * (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html). So it gets no more than it must have: nodes may stand in
 * any zone, and zones come and go beside these two.
 */
export const CONTROL_PLANE_ZONES = 2;

/** Zones of a VPC's private subnets, by the alphabet. */
export function privateZones({ subnets }: Pick<ExistingVpcDescription, "subnets">): string[] {
  const privates = Object.values(subnets).filter(({ tier }) => tier === SubnetTier.Private);
  return [...new Set(privates.map(({ zone }) => zone))].sort();
}

/** Names of the first private subnet by the alphabet in each zone that the description names, or in the two that there are. */
export function controlPlaneSubnets(
  existing: Pick<ExistingVpcDescription, "subnets" | "controlPlaneZones">,
): string[] {
  const { subnets, controlPlaneZones: zones = privateZones(existing) } = existing;
  const names = Object.keys(subnets)
    .filter((name) => subnets[name]!.tier === SubnetTier.Private)
    .sort();
  return [...zones]
    .sort()
    .slice(0, CONTROL_PLANE_ZONES)
    .flatMap((zone) => names.find((name) => subnets[name]!.zone === zone) ?? []);
}
