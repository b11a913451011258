/** Which machines there are. */
import type { Machines, MeshRelation } from "../topology";

/** The groups of machines of a mesh. */
export function machinesOf({ outside }: MeshRelation): Machines[] {
  return outside.filter((one) => one.kind === "machines");
}
