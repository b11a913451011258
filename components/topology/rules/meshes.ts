/** What makes a mesh a mesh: members, where istiod runs, one identity. */
import { ControlPlaneMode, DataPlane, type MeshArgs, type TopologyArgs } from "../description";
import { modeOf } from "../normalise";
import { below, pathOf } from "../path";
import { type Problem, written } from "../problem";
import { type Rule, Severity } from "../rule";
import type { Mesh, Topology } from "../topology";
import { type Reference, listed, meshesOf, named, unknown, when } from "./support";

/** One problem list per mesh as written. */
function perMesh(check: (mesh: MeshArgs, path: string) => Problem[]): Rule["check"] {
  return ({ description }) =>
    meshesOf(description).flatMap(([name, mesh]) => check(mesh, pathOf("meshes", name)));
}

/** One problem list per normalised mesh. */
function perPlannedMesh(
  check: (mesh: Mesh, path: string, topology: Topology) => Problem[],
): Rule["check"] {
  return (topology) =>
    Object.values(topology.meshes).flatMap((mesh) =>
      check(mesh, pathOf("meshes", mesh.name), topology),
    );
}

function checkEmpty(mesh: MeshArgs, path: string): Problem[] {
  return when(Object.keys(mesh.clusters).length === 0, {
    path: below(path, "clusters"),
    got: "{}",
    allowed: "at least one cluster",
    fix: "name a cluster of the mesh, or remove the mesh",
  });
}

function checkTwoMeshes({ description }: Topology): Problem[] {
  const members = meshesOf(description).flatMap(([mesh, { clusters }]) =>
    Object.keys(clusters).map((cluster) => ({ mesh, cluster })),
  );
  return members.flatMap(({ mesh, cluster }, index) => {
    const other = members.slice(0, index).find((earlier) => earlier.cluster === cluster);
    return other
      ? [
          {
            path: pathOf("meshes", mesh, "clusters", cluster),
            got: written(cluster),
            allowed: `a cluster of no other mesh; mesh ${other.mesh} has this one`,
            fix: "remove it from one of the two meshes",
          },
        ]
      : [];
  });
}

/** Lists that name what must be there once. */
function listsOf(description: TopologyArgs): Reference[][] {
  return meshesOf(description).flatMap(([name, mesh]) => {
    const path = pathOf("meshes", name);
    return [
      listed(below(path, "controlPlane", "runsIn"), mesh.controlPlane?.runsIn),
      ...Object.entries(mesh.clusters).map(([cluster, { servedBy }]) =>
        listed(below(path, "clusters", cluster, "servedBy"), servedBy),
      ),
      ...Object.entries(mesh.ingress ?? {}).map(([gateway, { clusters }]) =>
        listed(below(path, "ingress", gateway, "clusters"), clusters),
      ),
    ];
  });
}

function checkTwice(list: Reference[]): Problem[] {
  return list.flatMap(({ path, name }, index) =>
    when(
      list.slice(0, index).some((earlier) => earlier.name === name),
      {
        path,
        got: written(name),
        allowed: "each name once",
        fix: "remove it here",
      },
    ),
  );
}

function checkRunsInEmpty(mesh: MeshArgs, path: string): Problem[] {
  return when(mesh.controlPlane?.runsIn?.length === 0, {
    path: below(path, "controlPlane", "runsIn"),
    got: "[]",
    allowed: "at least one cluster",
    fix: "remove it for an istiod in every member, or name the clusters that run istiod",
  });
}

function checkOverlap(mesh: MeshArgs, path: string): Problem[] {
  const members = Object.keys(mesh.clusters);
  const runsIn = mesh.controlPlane?.runsIn ?? members;
  const outside = runsIn.filter((cluster) => !members.includes(cluster));
  return when(modeOf(runsIn, members) === undefined, {
    path: below(path, "controlPlane", "runsIn"),
    got: written(runsIn),
    allowed: "all members, some members, or only clusters that are no members",
    fix: `add ${outside.join(", ")} to the mesh's clusters, or remove ${outside.length === 1 ? "it" : "them"} from runsIn`,
  });
}

const HOW_TO_MODE: Record<ControlPlaneMode, string> = {
  [ControlPlaneMode.MultiPrimary]: "remove runsIn, so that every member runs istiod",
  [ControlPlaneMode.PrimaryRemote]: "name in runsIn some members, not all",
  [ControlPlaneMode.External]: "name in runsIn only clusters that are no members",
};

function checkMode(mesh: MeshArgs, path: string): Problem[] {
  const { mode, runsIn } = mesh.controlPlane ?? {};
  const members = Object.keys(mesh.clusters);
  const follows = modeOf(runsIn ?? members, members);
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
  return Object.entries(description.meshes[mesh.name].clusters).flatMap(([cluster, { servedBy }]) =>
    when(servedBy !== undefined && mesh.runsIn.includes(cluster), {
      path: below(path, "clusters", cluster, "servedBy"),
      got: written(servedBy),
      allowed: "nothing, since this cluster runs istiod itself",
      fix: "remove it",
    }),
  );
}

function checkConfigCluster(mesh: Mesh, path: string): Problem[] {
  const at = below(path, "controlPlane", "configCluster");
  const { configCluster, mode, members } = mesh;
  if (mode !== ControlPlaneMode.External)
    return named(at, configCluster).map(() => ({
      path: at,
      got: written(configCluster),
      allowed: `nothing with ${mode}: each istiod reads the cluster that it runs in`,
      fix: "remove it",
    }));
  if (configCluster !== undefined)
    return unknown([{ path: at, name: configCluster }], Object.keys(members), "name a member");
  return [
    {
      path: at,
      got: "nothing",
      allowed: Object.keys(members).join(", "),
      fix: "name the member whose API server holds the mesh's Istio configuration",
    },
  ];
}

// https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md#21-trust-domain
const TRUST_DOMAIN = /^[a-z0-9]([a-z0-9._-]{0,253}[a-z0-9])?$/;

function checkTrustDomain({ trustDomain }: Mesh, path: string): Problem[] {
  return when(!TRUST_DOMAIN.test(trustDomain), {
    path: below(path, "trustDomain"),
    got: written(trustDomain),
    allowed:
      "lower-case letters, digits, dots, hyphens and underscores, at most 255, such as prod.example",
    fix: "choose a name in that form, without scheme or path",
  });
}

function checkAmbientMode(mesh: Mesh, path: string): Problem[] {
  return when(mesh.dataPlane === DataPlane.Ambient && mesh.mode !== ControlPlaneMode.MultiPrimary, {
    path: below(path, "dataPlane"),
    got: written(mesh.dataPlane),
    allowed: `sidecar with ${mesh.mode}`,
    fix: "run istiod in every member (remove controlPlane), or use the sidecar data plane",
  });
}

function checkAmbientNetwork(mesh: Mesh, path: string, { clusters }: Topology): Problem[] {
  if (mesh.dataPlane !== DataPlane.Ambient || mesh.experimental) return [];
  const members = Object.keys(mesh.members).filter((cluster) => Object.hasOwn(clusters, cluster));
  const networks = members.map((cluster) => clusters[cluster].network);
  const shared = networks.find((network, index) => networks.indexOf(network) < index);
  if (shared === undefined) return [];
  const together = members.filter((cluster) => clusters[cluster].network === shared);
  return [
    {
      path: below(path, "experimental"),
      got: "false",
      allowed: `true, since ${together.join(" and ")} share network ${shared} in an ambient mesh`,
      fix: "give each cluster a network of its own, or set experimental: true",
    },
  ];
}

function checkIngressEmpty(mesh: MeshArgs, path: string): Problem[] {
  return Object.entries(mesh.ingress ?? {}).flatMap(([gateway, { clusters }]) =>
    when(clusters.length === 0, {
      path: below(path, "ingress", gateway, "clusters"),
      got: "[]",
      allowed: "at least one cluster",
      fix: "name the clusters that get the gateway, or remove it",
    }),
  );
}

const severity = Severity.Problem;
const foundation = true;

export const meshRules: Rule[] = [
  {
    id: "no-mesh",
    summary: "There is a mesh.",
    why: "Without one there is nothing of Istio to build.",
    severity,
    check: ({ description }) =>
      when(Object.keys(description.meshes).length === 0, {
        path: "meshes",
        got: "{}",
        allowed: "at least one mesh",
        fix: "describe a mesh: meshes: { dev: { clusters: { <cluster>: {} } } }",
      }),
  },
  {
    id: "mesh-empty",
    summary: "A mesh has a member.",
    why: "A control plane without members serves nobody.",
    severity,
    foundation,
    check: perMesh(checkEmpty),
  },
  {
    id: "cluster-in-two-meshes",
    summary: "A cluster is a member of one mesh.",
    why: "Istio's webhooks, CRDs, istio-cni and ztunnel are one per cluster (https://istio.io/latest/docs/setup/install/multiple-controlplanes/ is experimental).",
    severity,
    foundation,
    check: checkTwoMeshes,
  },
  {
    id: "named-twice",
    summary: "A list names a cluster once.",
    why: "What is made for each name would be made twice under one name.",
    severity,
    foundation,
    check: ({ description }) => listsOf(description).flatMap(checkTwice),
  },
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
    check: perMesh(checkOverlap),
  },
  {
    id: "mode-mismatch",
    summary: "The mode is the one that follows from runsIn.",
    why: "The mode is there to be read; where istiod runs decides it.",
    severity,
    foundation,
    check: perMesh(checkMode),
  },
  {
    id: "served-by-primary",
    summary: "A cluster that runs istiod is served by its own.",
    why: "A primary's proxies connect to the istiod beside them.",
    severity,
    check: perPlannedMesh(checkServed),
  },
  {
    id: "config-cluster",
    summary: "An external istiod has a config cluster, and only such a one.",
    why: "An external istiod reads its configuration from a member (https://istio.io/latest/docs/setup/install/external-controlplane/).",
    severity,
    check: perPlannedMesh(checkConfigCluster),
  },
  {
    id: "trust-domain",
    summary: "A trust domain is a SPIFFE trust domain.",
    why: "It is the authority of every workload's SPIFFE id (https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md#21-trust-domain).",
    severity,
    check: perPlannedMesh(checkTrustDomain),
  },
  {
    id: "ambient-control-plane",
    summary: "An ambient mesh over several clusters is multi-primary.",
    why: "Istio does not support ambient with remotes or an external control plane (https://istio.io/latest/docs/ambient/install/multicluster/multi-primary_multi-network/).",
    severity,
    check: perPlannedMesh(checkAmbientMode),
  },
  {
    id: "ambient-one-network",
    summary: "Ambient clusters that share a network are asked for as experimental.",
    why: "Istio calls ambient with several clusters on one network untested (https://istio.io/latest/docs/ambient/install/multicluster/multi-primary_multi-network/).",
    severity,
    check: perPlannedMesh(checkAmbientNetwork),
  },
  {
    id: "ingress-empty",
    summary: "An ingress gateway stands somewhere.",
    why: "One that no cluster gets was probably meant for one.",
    severity,
    check: perMesh(checkIngressEmpty),
  },
];
