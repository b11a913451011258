/** Members outside Kubernetes, until a description makes them. */
import type { Relations } from "../../components/topology";

/** The same with a machine of each istiod that serves others, beside it: it finds that istiod by its name. */
export function withMachines(relations: Relations): Relations {
  for (const { mesh, members, controlPlanes } of relations.meshes) {
    const [controlledBy] = members;
    const identity = { namespace: "old", serviceAccount: "old", ports: {} };
    for (const { at, istiods } of controlPlanes) {
      const { network } = at.cluster;
      const group = { mesh: mesh.name, controlledBy: "", network, ...identity };
      for (const { serves } of istiods.filter((istiod) => istiod.serves.length > 0))
        serves.push({ kind: "machines", group, vpc: at.vpc, controlledBy });
    }
  }
  return relations;
}
