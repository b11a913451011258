/** Address ranges of VPCs. */
import type { Vpc } from "../topology";
import { merge } from "../topology/cidr";

/** Merged CIDRs of some VPCs. */
export function cidrsOf(vpcs: readonly Vpc[]): string[] {
  return merge(vpcs.flatMap(({ cidrs }) => cidrs));
}
