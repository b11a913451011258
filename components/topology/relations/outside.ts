import type { Machines, MeshRelation, Tasks } from "./types";

/** The groups of machines of a mesh. */
export function machinesOf({ outside }: Pick<MeshRelation, "outside">): Machines[] {
  return outside.filter((one) => one.kind === "machines");
}

/** The ECS services of a mesh. */
export function tasksOf({ outside }: Pick<MeshRelation, "outside">): Tasks[] {
  return outside.filter((one) => one.kind === "tasks");
}
