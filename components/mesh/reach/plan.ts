import type { NetworkPlan } from "../../network";
import type { Relations } from "../../topology";
import { clientsCell, workloadsCell } from "./cells";
import type { Reach } from "./facts";
import { packetsOf } from "./packets";
import { clientsOf, machineryOf, podsOf } from "./places";

/** Who reaches whom, by what is related and by the routes and security groups that are planned for it. */
export function planReach(relations: Relations, network: NetworkPlan): Reach {
  const packets = packetsOf(relations, network);
  const clients = clientsOf(relations);
  const workloads = [...podsOf(relations), ...machineryOf(relations)];
  return {
    places: [...workloads, ...clients].map(({ place }) => place),
    cells: [
      ...workloads.flatMap((from) => workloads.map((to) => workloadsCell(packets, from, to))),
      ...clients.flatMap((from) => workloads.map((to) => clientsCell(packets, from, to))),
    ],
  };
}
