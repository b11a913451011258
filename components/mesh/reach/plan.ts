import type { NetworkPlan } from "../../network";
import type { Relations } from "../../topology";
import { clientsCell, podsCell } from "./cells";
import type { Reach } from "./facts";
import { packetsOf } from "./packets";
import { clientsOf, podsOf } from "./places";

/** Who reaches whom, by what is related and by the routes and security groups that are planned for it. */
export function planReach(relations: Relations, network: NetworkPlan): Reach {
  const packets = packetsOf(relations, network);
  const [pods, clients] = [podsOf(relations), clientsOf(relations)];
  return {
    places: [...pods, ...clients].map(({ place }) => place),
    cells: [
      ...pods.flatMap((from) => pods.map((to) => podsCell(packets, from, to))),
      ...clients.flatMap((from) => pods.map((to) => clientsCell(packets, from, to))),
    ],
  };
}
