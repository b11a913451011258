/** Checks of what is written of groups of machines. */
import { pathOf } from "../topology";
import type { MachineGroup, Problem, Topology } from "../topology";

export type At = (...below: string[]) => string;

/** A check of every group, with the path that it stands at. */
export function perGroup(check: (group: MachineGroup, at: At) => Problem[]) {
  return ({ virtualMachines }: Topology): Problem[] =>
    Object.values(virtualMachines).flatMap((group) =>
      check(group, (...below) => pathOf("virtualMachines", group.name, ...below)),
    );
}
