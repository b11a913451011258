/** Where istiod runs, and whom it serves. */
import { ControlPlaneMode, DataPlane, type MeshDescription } from "../description";
import { modeOf, runsInOf } from "../normalise";
import { below } from "../path";
import { type Problem, written } from "../problem";
import { type Rule, Severity } from "../rule";
import type { Mesh, Topology } from "../topology";
import { hasPlaces, named, perMesh, perPlacedMesh, perPlannedMesh, unknown, when } from "./support";

function checkRunsInEmpty(mesh: MeshDescription, path: string): Problem[] {
  return when(mesh.controlPlane?.runsIn?.length === 0, {
    path: below(path, "controlPlane", "runsIn"),
    got: "[]",
    allowed: "at least one cluster",
    fix: "remove it for an istiod in every member, or name the clusters that run istiod",
  });
}

function checkOverlap(mesh: MeshDescription, path: string): Problem[] {
  const members = Object.keys(mesh.clusters);
  const runsIn = runsInOf(mesh);
  const inside = runsIn.filter((cluster) => members.includes(cluster));
  const outside = runsIn.filter((cluster) => !members.includes(cluster));
  return when(modeOf(runsIn, members) === undefined, {
    path: below(path, "controlPlane", "runsIn"),
    got: written(runsIn),
    allowed: "all members, some members, or only clusters that are no members",
    fix: `add ${outside.join(", ")} to the mesh's clusters or remove ${outside.length === 1 ? "it" : "them"} from runsIn; for an external istiod remove ${inside.join(", ")} from runsIn`,
  });
}

const HOW_TO_MODE: Record<ControlPlaneMode, string> = {
  [ControlPlaneMode.MultiPrimary]: "remove runsIn, so that every member runs istiod",
  [ControlPlaneMode.PrimaryRemote]: "name in runsIn some members, not all",
  [ControlPlaneMode.External]: "name in runsIn only clusters that are no members",
};

function checkMode(mesh: MeshDescription, path: string): Problem[] {
  const mode = mesh.controlPlane?.mode;
  const follows = modeOf(runsInOf(mesh), Object.keys(mesh.clusters));
  if (mode === undefined || follows === undefined || mode === follows) return [];
  return [
    {
      path: below(path, "controlPlane", "mode"),
      got: written(mode),
      allowed: `${follows}, which follows from runsIn`,
      fix: `remove mode; or, for ${mode}, ${HOW_TO_MODE[mode]}`,
    },
  ];
}

function checkServed(mesh: Mesh, path: string, { description }: Topology): Problem[] {
  return Object.entries(description.meshes[mesh.name]!.clusters).flatMap(
    ([cluster, { servedBy }]) =>
      when(servedBy !== undefined && mesh.runsIn.includes(cluster), {
        path: below(path, "clusters", cluster, "servedBy"),
        got: written(servedBy),
        allowed: "nothing, since this cluster runs istiod itself",
        fix: "remove it",
      }),
  );
}

function checkServedByEmpty(mesh: MeshDescription, path: string): Problem[] {
  return Object.entries(mesh.clusters).flatMap(([cluster, { servedBy }]) =>
    when(servedBy?.length === 0, {
      path: below(path, "clusters", cluster, "servedBy"),
      got: "[]",
      allowed: "at least one cluster of runsIn",
      fix: "remove it for all of runsIn, or name the clusters whose istiod serves this one",
    }),
  );
}

function checkConfigCluster(mesh: Mesh, path: string, { description }: Topology): Problem[] {
  const at = below(path, "controlPlane", "configCluster");
  const { configCluster, runsIn } = mesh;
  const members = Object.keys(mesh.members);
  const follows = modeOf(runsIn, members);
  // Other rules say where a cluster or the mode is missing.
  if (!hasPlaces(description.meshes[mesh.name]!, description) || follows === undefined) return [];
  if (follows !== ControlPlaneMode.External)
    return named(at, configCluster).map(() => ({
      path: at,
      got: written(configCluster),
      allowed: `nothing with ${follows}: each istiod reads the cluster that it runs in`,
      fix: `remove it; or, for external, ${HOW_TO_MODE.external}`,
    }));
  if (configCluster !== undefined)
    return unknown([{ path: at, name: configCluster }], members, "name a member");
  return [
    {
      path: at,
      got: "nothing",
      allowed: members.join(", "),
      fix: "name the member whose API server holds the mesh's Istio configuration",
    },
  ];
}

function checkAmbientMode(mesh: Mesh, path: string, { description }: Topology): Problem[] {
  const isElsewhere =
    hasPlaces(description.meshes[mesh.name]!, description) &&
    mesh.mode !== ControlPlaneMode.MultiPrimary;
  return when(mesh.dataPlane === DataPlane.Ambient && isElsewhere, {
    path: below(path, "dataPlane"),
    got: written(mesh.dataPlane),
    allowed: `sidecar with ${mesh.mode}: Istio supports ambient only where every cluster runs an istiod of its own`,
    fix: "run istiod in every member (remove controlPlane), or use the sidecar data plane",
  });
}

const severity = Severity.Problem;
const foundation = true;

export const controlPlaneRules: Rule[] = [
  {
    id: "runs-in-empty",
    summary: "A control plane runs somewhere.",
    why: "Every proxy needs an istiod.",
    severity,
    foundation,
    check: perMesh(checkRunsInEmpty),
  },
  {
    id: "runs-in-overlap",
    summary: "istiod runs in all members, in some, or in none of them.",
    why: "Multi-primary, primary-remote and external are the arrangements that Istio has (https://istio.io/latest/docs/ops/deployment/deployment-models/#control-plane-models).",
    severity,
    foundation,
    check: perPlacedMesh(checkOverlap),
  },
  {
    id: "mode-mismatch",
    summary: "The mode is the one that follows from runsIn.",
    why: "The mode is there to be read; where istiod runs decides it.",
    severity,
    foundation,
    check: perPlacedMesh(checkMode),
  },
  {
    id: "served-by-primary",
    summary: "A cluster that runs istiod is served by its own.",
    why: "A primary's proxies connect to the istiod beside them.",
    severity,
    check: perPlannedMesh(checkServed),
  },
  {
    id: "served-by-empty",
    summary: "A remote is served by some istiod.",
    why: "Without one its pods get neither sidecars nor certificates.",
    severity,
    foundation,
    check: perMesh(checkServedByEmpty),
  },
  {
    id: "config-cluster",
    summary: "An external istiod has a config cluster, and only such a one.",
    why: "An external istiod reads its configuration from a member (https://istio.io/latest/docs/setup/install/external-controlplane/).",
    severity,
    foundation,
    check: perPlannedMesh(checkConfigCluster),
  },
  {
    id: "ambient-control-plane",
    summary: "An ambient mesh over several clusters is multi-primary.",
    why: "Istio does not support ambient with remotes or an external control plane (https://istio.io/latest/docs/ambient/install/multicluster/multi-primary_multi-network/).",
    severity,
    check: perPlannedMesh(checkAmbientMode),
  },
];
