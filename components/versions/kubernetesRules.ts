import { compareVersions, versionOf } from "./istio";
import { pathOf, revisionsAt, Severity, written } from "../topology";
import type { Cluster, ClusterRelation, Problem, Rule, Topology } from "../topology";
import { isMinorVersion } from "./kubernetes";
import { endOfKubernetes, unknownKubernetes } from "./support";
import type { NamedVersion } from "./support";

/** The rules about Kubernetes versions on a given day (UTC, `2026-11-22`). */
export function kubernetesRules(today: () => string): Rule[] {
  return [minorVersion, offeredByEks, supportedByIstio, extendedSupport(today)];
}

const minorVersion: Rule = {
  id: "kubernetes-version-form",
  summary: "A Kubernetes version is a minor version.",
  why: "EKS takes no patch version, and Istio's support is by minor version.",
  severity: Severity.Problem,
  check: (topology) =>
    Object.values(topology.clusters)
      .filter(({ kubernetesVersion }) => !isMinorVersion(kubernetesVersion))
      .map((cluster) => ({
        path: versionPath(cluster),
        got: written(cluster.kubernetesVersion),
        allowed: 'a minor version as a quoted string, such as "1.35"',
        fix: suggestMinor(cluster.kubernetesVersion),
      })),
};

const offeredByEks: Rule = {
  id: "kubernetes-version-eks",
  summary: "EKS offers the Kubernetes version of every cluster made here.",
  why: "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html",
  severity: Severity.Problem,
  check: (topology) =>
    wellFormed(topology)
      .filter(({ existing }) => !existing)
      .flatMap((cluster) => unknownKubernetes(namedBy(cluster))),
};

const supportedByIstio: Rule = {
  id: "kubernetes-version-istio",
  summary: "Every Istio version that runs in a cluster supports its Kubernetes version.",
  why: "https://istio.io/latest/docs/releases/supported-releases/#support-status-of-istio-releases",
  severity: Severity.Problem,
  check: (_, { clusters }) =>
    clusters
      .filter(({ cluster }) => isMinorVersion(cluster.kubernetesVersion))
      .flatMap((relation) => {
        const { cluster } = relation;
        const unsupported = versionsIn(relation).find(
          (version) => !supports(version, cluster.kubernetesVersion),
        );
        return unsupported === undefined ? [] : [tooOldOrNew(cluster, unsupported)];
      }),
};

function tooOldOrNew(cluster: Cluster, istio: string): Problem {
  return {
    path: versionPath(cluster),
    got: written(cluster.kubernetesVersion),
    allowed: `${range(istio)}, which Istio ${istio} supports`,
    fix: cluster.existing
      ? "upgrade the cluster, or choose an Istio version that supports it"
      : "choose one of these, or another Istio version",
  };
}

function extendedSupport(today: () => string): Rule {
  return {
    id: "kubernetes-version-extended-support",
    summary: "No cluster made here is in extended support, or soon will be.",
    why: "Extended support costs USD 0.60 an hour and cluster instead of 0.10 (https://aws.amazon.com/eks/pricing/).",
    severity: Severity.Warning,
    check: (topology) =>
      wellFormed(topology)
        .filter(({ existing }) => !existing)
        .flatMap((cluster) => endOfKubernetes(namedBy(cluster), today())),
  };
}

function namedBy(cluster: Cluster): NamedVersion {
  return { path: versionPath(cluster), version: cluster.kubernetesVersion };
}

function wellFormed(topology: Topology): Cluster[] {
  return Object.values(topology.clusters).filter(({ kubernetesVersion }) =>
    isMinorVersion(kubernetesVersion),
  );
}

/** Istio versions that serve a cluster: of an istiod there, or of one elsewhere. */
function versionsIn(relation: ClusterRelation): string[] {
  return [...new Set(revisionsAt(relation).map(({ version }) => version))];
}

function supports(istio: string, kubernetes: string): boolean {
  const { oldest, newest } = versionOf(istio).kubernetes;
  return compareVersions(kubernetes, oldest) >= 0 && compareVersions(kubernetes, newest) <= 0;
}

function range(istio: string): string {
  const { oldest, newest } = versionOf(istio).kubernetes;
  return `${oldest} to ${newest}`;
}

function suggestMinor(version: string): string {
  const [minor] = version.match(/1\.\d{1,3}/) ?? [];
  return minor === undefined ? 'say a version such as "1.35"' : `say ${written(minor)}`;
}

function versionPath({ name, existing }: Cluster): string {
  const keys = existing ? ["existing", "kubernetesVersion"] : ["kubernetesVersion"];
  return pathOf("clusters", name, ...keys);
}
