import type { Machines, MeshRelation } from "./types";

/** The groups of machines of a mesh. */
export function machinesOf({ outside }: Pick<MeshRelation, "outside">): Machines[] {
  return outside.filter((one) => one.kind === "machines");
}
