/** Members outside Kubernetes, in relations that no description has. */
import { parse } from "../../components/topology";
import type { MachineGroup, Relations } from "../../components/topology";
import { CONTEXT } from "./topologies";

/** A group of machines, with every default. */
export function machineGroup(fields: Partial<MachineGroup> = {}): MachineGroup {
  const identity = { namespace: "old", serviceAccount: "old", ports: { http: 8080 } };
  const { topology } = parse(
    {
      networks: { shared: { cidr: "10.10.0.0/16" } },
      clusters: {},
      meshes: {},
      virtualMachines: {
        legacy: { mesh: "prod", controlledBy: "east", network: "shared", ...identity },
      },
    },
    CONTEXT,
  );
  return { ...topology!.virtualMachines.legacy!, ...fields };
}

/** The same with a machine of each istiod that serves others, beside it: it finds that istiod by its name. */
export function withMachines(relations: Relations): Relations {
  for (const { mesh, members, controlPlanes } of relations.meshes) {
    const [controlledBy] = members;
    for (const servedBy of controlPlanes) {
      const { at, istiods } = servedBy;
      const group = machineGroup({ mesh: mesh.name, network: at.cluster.network });
      for (const { serves, revision } of istiods.filter((istiod) => istiod.serves.length > 0))
        serves.push({
          kind: "machines",
          group,
          vpc: at.vpc,
          controlledBy,
          servedBy,
          picks: revision,
        });
    }
  }
  return relations;
}
