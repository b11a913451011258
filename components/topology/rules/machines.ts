/** What groups of machines and ECS services need before anything can be related to them. */
import { ControlPlaneMode } from "../description";
import { pathOf } from "../path";
import { type Problem, written } from "../problem";
import { type Rule, Severity } from "../rule";
import { oneOf } from "../suggest";
import type { Mesh, Topology } from "../topology";
import { hasPlaces } from "./support";

/** Clusters whose API servers hold the configuration of a mesh's istiods. */
function configured({ mode, runsIn, configCluster, members }: Mesh): string[] {
  const holders = mode === ControlPlaneMode.External ? [configCluster] : runsIn;
  return holders.filter(
    (name): name is string => name !== undefined && Object.hasOwn(members, name),
  );
}

type Outside = Record<string, { name: string; mesh: string; controlledBy: string }>;

function checkController(section: string, all: Outside, topology: Topology): Problem[] {
  const { meshes, clusters, description } = topology;
  return Object.values(all).flatMap(({ name, mesh, controlledBy }) => {
    // Other rules say where a mesh or a cluster is missing.
    if (!Object.hasOwn(meshes, mesh) || !Object.hasOwn(clusters, controlledBy)) return [];
    if (!hasPlaces(description.meshes[mesh]!, description)) return [];
    const allowed = configured(meshes[mesh]!);
    if (allowed.includes(controlledBy)) return [];
    return [
      {
        path: pathOf(section, name, "controlledBy"),
        got: written(controlledBy),
        allowed: `a member of mesh ${mesh} that holds the configuration of its istiod: ${oneOf(allowed)}`,
        fix: "name one of these",
      },
    ];
  });
}

export const machineRules: Rule[] = [
  {
    id: "machine-controller",
    summary: "Machines are served by an istiod that reads their group where it is.",
    why: "An istiod registers machines by WorkloadGroups of its own configuration and refuses others (istio, pilot/pkg/autoregistration/controller.go).",
    severity: Severity.Problem,
    foundation: true,
    check: (topology) => checkController("virtualMachines", topology.virtualMachines, topology),
  },
  {
    id: "ecs-controller",
    summary: "ECS services are served by an istiod that reads their group where it is.",
    why: "An istiod registers tasks by WorkloadGroups of its own configuration and refuses others (istio, pilot/pkg/autoregistration/controller.go).",
    severity: Severity.Problem,
    foundation: true,
    check: (topology) =>
      (["ecsClusters", "ecsServices"] as const).flatMap((section) =>
        checkController(section, topology[section], topology),
      ),
  },
];
