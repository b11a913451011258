/** What a cluster that exists must say, by what it does in its meshes. */
import { type ExistingClusterDescription, LoadBalancers, RemoteAccess } from "../description";
import { hasValue } from "../given";
import { below, pathOf } from "../path";
import { type Problem, written } from "../problem";
import { BALANCING } from "../nodes";
import { hasEastWest, ingressesAt } from "../relations";
import type { ClusterRelation } from "../relations";
import { type RelatedRule, type Rule, Severity } from "../rule";
import type { Cluster, Topology } from "../topology";
import { when } from "./support";

type ExistingCluster = Cluster & { existing: ExistingClusterDescription };

type Check = (cluster: ExistingCluster, path: string, relation: ClusterRelation) => Problem[];

function perExisting(check: Check): RelatedRule<unknown>["check"] {
  return (_, { clusters }) =>
    clusters.flatMap((relation) => {
      const { cluster } = relation;
      const path = pathOf("clusters", cluster.name, "existing");
      return isExisting(cluster) ? check(cluster, path, relation) : [];
    });
}

function isExisting(cluster: Cluster): cluster is ExistingCluster {
  return cluster.existing !== undefined;
}

/** Clusters whose istiod watches this one. */
function watchersOf({ members }: ClusterRelation): string[] {
  return members.flatMap(({ watchedBy }) => watchedBy.map(({ at }) => at.cluster.name));
}

/** Whether istiod of some mesh runs here and serves other clusters. */
function servesOthers({ controlPlanes }: ClusterRelation): boolean {
  return controlPlanes.some(({ istiods }) => istiods.some(({ serves }) => serves.length > 0));
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

/** What must be known of a cluster that istiod of another one watches. */
const WATCHED = {
  endpoint: "URL of the API server",
  certificateAuthority: "CA bundle of the API server, base64",
};

function checkWatched(
  cluster: ExistingCluster,
  path: string,
  relation: ClusterRelation,
): Problem[] {
  const watchers = watchersOf(relation);
  if (watchers.length === 0) return [];
  const need = `istiod of cluster ${watchers.join(", ")} calls this API server`;
  return Object.entries(WATCHED).flatMap(([value, allowed]) =>
    hasValue(cluster, value as keyof typeof WATCHED)
      ? []
      : missing(below(path, value), undefined, allowed, need),
  );
}

function checkEksName(
  { remoteAccess, existing }: ExistingCluster,
  path: string,
  relation: ClusterRelation,
): Problem[] {
  const isRead = remoteAccess === RemoteAccess.EksIdentity && watchersOf(relation).length > 0;
  const { loadBalancers } = existing;
  const needsTag = loadBalancers !== undefined && BALANCING[loadBalancers].needsTag;
  const isTarget = needsTag && servesOthers(relation);
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
function hasGateway({ members }: ClusterRelation): boolean {
  return members.some((member) => hasEastWest(member.in) || ingressesAt(member).length > 0);
}

function checkLoadBalancers(
  cluster: ExistingCluster,
  path: string,
  relation: ClusterRelation,
): Problem[] {
  const needs = [
    ...(hasGateway(relation) ? ["a gateway's load balancer is made"] : []),
    ...(servesOthers(relation) ? ["istiod is registered with its load balancer"] : []),
  ];
  if (needs.length === 0) return [];
  return missing(
    below(path, "loadBalancers"),
    cluster.existing.loadBalancers,
    Object.values(LoadBalancers).join(", "),
    `${needs.join(" and ")} by EKS Auto Mode or by the AWS load-balancer controller`,
  );
}

/** Clusters of yours that name the security group of one before them. */
function checkSharedGroups({ clusters }: Topology): Problem[] {
  const seen = new Map<string, string>();
  return Object.values(clusters).flatMap(({ name, existing }) => {
    const group = existing?.securityGroupId;
    if (group === undefined) return [];
    const path = pathOf("clusters", name, "existing", "securityGroupId");
    const first = seen.get(group);
    if (first === undefined) seen.set(group, path);
    return when(first !== undefined, {
      path,
      got: written(group),
      allowed: `a group of its own; ${first} is this one`,
      fix: "name the group that EKS made for the cluster, which no other carries",
    });
  });
}

/** What only a cluster made here can be told. */
const MADE_ONLY = [
  "nodes",
  "kubernetesVersion",
  "api",
  "access",
  "upgradePolicy",
  "zonalShift",
  "logs",
] as const;
const INSTEAD: Record<(typeof MADE_ONLY)[number], string> = {
  nodes: "remove it; who makes load balancers stands in existing.loadBalancers",
  kubernetesVersion: "remove it; the version stands in existing.kubernetesVersion",
  api: "remove it; who reaches the API server is decided where the cluster is made",
  access: "remove it: who uses a cluster of yours is decided where it is made",
  upgradePolicy: "remove it, and set it where the cluster is made",
  zonalShift: "remove it, and set it where the cluster is made",
  logs: "remove it, and set them where the cluster is made",
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
  if (!existing.kubeconfig) return [];
  const { secret, output } = existing.kubeconfig;
  if ((secret === undefined) !== (output === undefined)) return [];
  return [
    {
      path: below(path, "kubeconfig"),
      got: secret === undefined ? "neither secret nor output" : "secret and output",
      allowed: "secret: <config key>, or output: { stack, name }",
      fix:
        secret === undefined
          ? "say where the kubeconfig comes from: `pulumi config set --secret istio-patterns:<key>` and secret: <key>"
          : "remove one of the two",
    },
  ];
}

const severity = Severity.Problem;

export const clusterFormRules: Rule[] = [
  {
    id: "existing-cluster-security-group-twice",
    summary: "Clusters that exist have security groups of their own.",
    why: "AWS refuses a rule that a group has already (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html), and what is opened for one would be open for the other.",
    severity,
    check: checkSharedGroups,
  },
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
];
