/** How a request gets from others to a service that a tenant shares, or why not. */
import { knownCell } from "./cells";
import { Barrier } from "./facts";
import type { Cell } from "./facts";
import type { Packets } from "./packets";
import type { SharedService, Workload } from "./places";

/** From workloads of the same mesh that are not the tenant's, for which it is a service as any. */
export function sharedCells(packets: Packets, from: Workload, to: SharedService): Cell[] {
  const { share, place, pods } = to;
  if (from.tenant === share.of || from.in?.in !== share.of.in) return [];
  if (!from.tenant || !share.to.includes(from.tenant))
    return [{ ...endsOf(from, to), way: { kind: "none", why: Barrier.NotShared }, needs: [] }];
  // Its own cluster's, and where the tenant has none there, those of the first.
  const near = pods.find(({ place: { cluster } }) => cluster === from.place.cluster) ?? pods[0]!;
  const { tenant, ...caller } = from;
  const { tenant: owner, ...called } = near;
  return tenant && owner ? [{ ...knownCell(packets, caller, called), to: place.key }] : [];
}

function endsOf(from: Workload, { place }: SharedService) {
  return { from: from.place.key, to: place.key };
}
