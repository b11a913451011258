/** What a cluster that exists must say, by what it does in its meshes. */
import { Compute, type ExistingClusterArgs, RemoteAccess } from "../description";
import { below, pathOf } from "../path";
import { type Problem, written } from "../problem";
import { type Rule, Severity } from "../rule";
import type { Cluster, Mesh, Topology } from "../topology";
import { when } from "./support";

type ExistingCluster = Cluster & { existing: ExistingClusterArgs };

function perExisting(
  check: (cluster: ExistingCluster, path: string, topology: Topology) => Problem[],
): Rule["check"] {
  return (topology) =>
    Object.values(topology.clusters)
      .filter((cluster): cluster is ExistingCluster => cluster.existing !== undefined)
      .flatMap((cluster) => check(cluster, pathOf("clusters", cluster.name, "existing"), topology));
}

function meshesWith(cluster: Cluster, { meshes }: Topology): Mesh[] {
  return Object.values(meshes).filter((mesh) => Object.hasOwn(mesh.members, cluster.name));
}

/** Clusters whose istiod watches this one. */
function watchersOf(cluster: Cluster, topology: Topology): string[] {
  return meshesWith(cluster, topology).flatMap(({ runsIn }) =>
    runsIn.filter((name) => name !== cluster.name),
  );
}

/** Whether istiod of some mesh runs here and serves other clusters. */
function servesOthers(cluster: Cluster, { meshes }: Topology): boolean {
  return Object.values(meshes).some(({ members }) =>
    Object.values(members).some(({ servedBy }) => servedBy.includes(cluster.name)),
  );
}

/** A field that is missing, and what needs it. */
function missing(path: string, value: unknown, allowed: string, need: string): Problem[] {
  const isMissing = value === undefined || (Array.isArray(value) && value.length === 0);
  return when(isMissing, { path, got: written(value), allowed, fix: `add it: ${need}` });
}

function checkPodCidrs({ existing }: ExistingCluster, path: string): Problem[] {
  return missing(
    below(path, "podCidrs"),
    existing.podCidrs,
    "at least one CIDR",
    "routes and security groups follow from the addresses of pods",
  );
}

function checkWatched(cluster: ExistingCluster, path: string, topology: Topology): Problem[] {
  const watchers = watchersOf(cluster, topology);
  if (watchers.length === 0) return [];
  const need = `istiod of cluster ${watchers.join(", ")} calls this API server`;
  const { endpoint, certificateAuthority } = cluster.existing;
  return [
    ...missing(below(path, "endpoint"), endpoint, "URL of the API server", need),
    ...missing(
      below(path, "certificateAuthority"),
      certificateAuthority,
      "CA bundle of the API server, base64",
      need,
    ),
  ];
}

function checkEksName(cluster: ExistingCluster, path: string, topology: Topology): Problem[] {
  const { remoteAccess, existing } = cluster;
  const isRead =
    remoteAccess === RemoteAccess.EksIdentity && watchersOf(cluster, topology).length > 0;
  const isTarget = existing.loadBalancers === Compute.AutoMode && servesOthers(cluster, topology);
  if (!isRead && !isTarget) return [];
  return missing(
    below(path, "eksName"),
    existing.eksName,
    "the cluster's name in EKS",
    isRead
      ? "tokens of eks-identity are made for it; or set remoteAccess: service-account-token"
      : "EKS Auto Mode registers istiod only in target groups that are tagged with it",
  );
}

/** Whether a gateway of some mesh stands in the cluster. */
function hasGateway(cluster: Cluster, topology: Topology): boolean {
  return meshesWith(cluster, topology).some((mesh) => {
    const networks = Object.keys(mesh.members).map((name) => topology.clusters[name].network);
    const hasIngress = Object.values(mesh.ingress).some((gateway) =>
      gateway.clusters.includes(cluster.name),
    );
    return hasIngress || new Set(networks).size > 1;
  });
}

function checkLoadBalancers(cluster: ExistingCluster, path: string, topology: Topology): Problem[] {
  const needs = [
    ...(hasGateway(cluster, topology) ? ["a gateway's load balancer is made"] : []),
    ...(servesOthers(cluster, topology) ? ["istiod is registered with its load balancer"] : []),
  ];
  if (needs.length === 0) return [];
  return missing(
    below(path, "loadBalancers"),
    cluster.existing.loadBalancers,
    Object.values(Compute).join(", "),
    `${needs.join(" and ")} by EKS Auto Mode or by the AWS load-balancer controller`,
  );
}

function checkSecurityGroup(cluster: ExistingCluster, path: string, topology: Topology): Problem[] {
  const isReached =
    watchersOf(cluster, topology).length > 0 ||
    meshesWith(cluster, topology).some(({ members }) => Object.keys(members).length > 1) ||
    servesOthers(cluster, topology) ||
    hasGateway(cluster, topology);
  if (!isReached) return [];
  return missing(
    below(path, "securityGroupId"),
    cluster.existing.securityGroupId,
    "the security group of nodes and pods",
    "the mesh's ports are opened on it",
  );
}

/** What only a cluster made here can be told. */
const MADE_ONLY = ["compute", "kubernetesVersion", "api"] as const;
const INSTEAD: Record<(typeof MADE_ONLY)[number], string> = {
  compute: "remove it; who makes load balancers stands in existing.loadBalancers",
  kubernetesVersion: "remove it; the version stands in existing.kubernetesVersion",
  api: "remove it; who reaches the API server is decided where the cluster is made",
};

function checkMadeOnly({ description }: Topology): Problem[] {
  return Object.entries(description.clusters).flatMap(([name, cluster]) =>
    MADE_ONLY.flatMap((key) =>
      when(cluster.existing !== undefined && cluster[key] !== undefined, {
        path: pathOf("clusters", name, key),
        got: written(cluster[key]),
        allowed: "nothing with existing: a cluster of yours is not changed",
        fix: INSTEAD[key],
      }),
    ),
  );
}

function checkKubeconfig({ existing }: ExistingCluster, path: string): Problem[] {
  const { secret, output } = existing.kubeconfig;
  if ((secret === undefined) !== (output === undefined)) return [];
  return [
    {
      path: below(path, "kubeconfig"),
      got: secret === undefined ? "neither secret nor output" : "secret and output",
      allowed: "secret: <config key>, or output: { stack, name }",
      fix:
        secret === undefined
          ? "say where the kubeconfig comes from: `pulumi config set --secret <key>` and secret: <key>"
          : "remove one of the two",
    },
  ];
}

const severity = Severity.Problem;

export const clusterFormRules: Rule[] = [
  {
    id: "kubeconfig-source",
    summary: "The kubeconfig of a cluster that exists comes from one place.",
    why: "The cluster has one Kubernetes provider.",
    severity,
    check: perExisting(checkKubeconfig),
  },
  {
    id: "existing-cluster-settings",
    summary: "A cluster that exists has no settings of a cluster made here.",
    why: "They would have no effect.",
    severity,
    check: checkMadeOnly,
  },
  {
    id: "existing-cluster-pod-cidrs",
    summary: "A cluster that exists says where its pods' addresses are from.",
    why: "Nothing in a kubeconfig says it.",
    severity,
    check: perExisting(checkPodCidrs),
  },
  {
    id: "existing-cluster-endpoint",
    summary:
      "A cluster that exists says how its API server is called where another istiod watches it.",
    why: "The remote Secret holds the address and CA (https://istio.io/latest/docs/setup/install/multicluster/).",
    severity,
    check: perExisting(checkWatched),
  },
  {
    id: "existing-cluster-eks-name",
    summary:
      "A cluster that exists says its EKS name where eks-identity reads it, and where Auto Mode there registers istiod with its load balancer.",
    why: "A token is for one cluster, by name (https://docs.aws.amazon.com/cli/latest/reference/eks/get-token.html), and so is a target group of Auto Mode (https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-nlb.html).",
    severity,
    check: perExisting(checkEksName),
  },
  {
    id: "existing-cluster-load-balancers",
    summary:
      "A cluster that exists says who makes load balancers where a gateway or an istiod that serves others stands in it.",
    why: "Auto Mode and the AWS load-balancer controller take different annotations, classes and target-group bindings.",
    severity,
    check: perExisting(checkLoadBalancers),
  },
  {
    id: "existing-cluster-security-group",
    summary:
      "A cluster that exists names its security group where others must reach its pods or API server.",
    why: "Security groups let nothing in by default.",
    severity,
    check: perExisting(checkSecurityGroup),
  },
];
