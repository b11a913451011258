import type { NetworkPlan } from "../../network";
import type { Relations } from "../../topology";
import { clientsCell, workloadsCell } from "./cells";
import type { Reach } from "./facts";
import { packetsOf } from "./packets";
import { offerCells } from "./offers";
import { clientsOf, offersOf, outsideOf, podsOf, sharedOf } from "./places";
import { sharedCells } from "./shared";

/** Who reaches whom, by what is related and by the routes and security groups that are planned for it. */
export function planReach(relations: Relations, network: NetworkPlan): Reach {
  const packets = packetsOf(relations, network);
  const clients = clientsOf(relations);
  const workloads = [...podsOf(relations), ...outsideOf(relations)];
  const offers = offersOf(relations);
  const shared = sharedOf(relations);
  return {
    places: [...workloads, ...clients, ...offers, ...shared].map(({ place }) => place),
    cells: [
      ...workloads.flatMap((from) => workloads.map((to) => workloadsCell(packets, from, to))),
      ...workloads.flatMap((from) => offers.flatMap((to) => offerCells(packets, from, to))),
      ...workloads.flatMap((from) => shared.flatMap((to) => sharedCells(packets, from, to))),
      ...clients.flatMap((from) => workloads.map((to) => clientsCell(packets, from, to))),
    ],
  };
}
