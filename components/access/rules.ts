import { pathOf, RemoteAccess, Severity } from "../topology";
import type { Cluster, Rule, Topology } from "../topology";
import { watchRelation } from "./relation";

/** Rules about who may call which API server. */
export const accessRules: Rule[] = [
  {
    id: "access-watched-endpoint",
    summary: "A cluster you bring says its API server's URL and CA where other clusters watch it.",
    why: "Both stand in the kubeconfig that the other istiods get; your own kubeconfig is never handed on.",
    severity: Severity.Problem,
    check: (topology) =>
      watchedBy(topology).flatMap(({ cluster, watchers }) =>
        missingFields(cluster, ["endpoint", "certificateAuthority"]).map((field) => ({
          path: pathOf("clusters", cluster.name, "existing", field),
          got: "nothing",
          allowed: `a value, since istiod in ${watchers.join(", ")} reads this cluster`,
          fix: FIELD_FIX[field],
        })),
      ),
  },
  {
    id: "access-watched-eks-name",
    summary: "A cluster you bring says its EKS name where others watch it by EKS identity.",
    why: "Tokens are signed for a name, and access entries belong to one.",
    severity: Severity.Problem,
    check: (topology) =>
      watchedByName(topology).flatMap((cluster) =>
        missingFields(cluster, ["eksName"]).map((field) => ({
          path: pathOf("clusters", cluster.name, "existing", field),
          got: "nothing",
          allowed: "the cluster's EKS name, since remoteAccess is eks-identity",
          fix: `set it, or set ${pathOf("clusters", cluster.name, "remoteAccess")} to service-account-token`,
        })),
      ),
  },
  {
    id: "access-watcher-eks-name",
    summary: "A cluster whose istiod watches others by EKS identity is on EKS.",
    why: "That istiod gets its AWS role through EKS Pod Identity (https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html).",
    severity: Severity.Problem,
    check: (topology) =>
      watchersByName(topology)
        .filter(({ cluster }) => !watchedByName(topology).includes(cluster))
        .flatMap(({ cluster, watched }) =>
          missingFields(cluster, ["eksName"]).map((field) => ({
            path: pathOf("clusters", cluster.name, "existing", field),
            got: "nothing",
            allowed: `the cluster's EKS name, since istiod here reads ${watched.join(", ")} by eks-identity`,
            fix: `set it, or where the cluster is not on EKS set remoteAccess of ${watched.join(", ")} to service-account-token`,
          })),
        ),
  },
  {
    id: "access-token-never-expires",
    summary: "Clusters are watched by EKS identity.",
    why: "A service account's token never expires: who has it reads every Secret of the cluster until it is deleted.",
    severity: Severity.Warning,
    check: (topology) =>
      watchedBy(topology)
        .filter(({ cluster }) => cluster.remoteAccess === RemoteAccess.ServiceAccountToken)
        .map(({ cluster }) => ({
          path: pathOf("clusters", cluster.name, "remoteAccess"),
          got: "service-account-token, which never expires",
          allowed: "eks-identity on EKS",
          fix: "on EKS set it to eks-identity; elsewhere keep the stack's state encrypted and delete the token's Secret to revoke it",
        })),
  },
];

const FIELD_FIX = {
  endpoint: "set it to the server of the cluster's kubeconfig",
  certificateAuthority: "set it to the certificate-authority-data of the cluster's kubeconfig",
  eksName: "set it",
};
type Field = keyof typeof FIELD_FIX;

/** What a cluster you bring does not say; nothing for clusters made here, where it is known. */
function missingFields<F extends Field>({ existing }: Cluster, fields: F[]): F[] {
  return existing ? fields.filter((field) => existing[field] === undefined) : [];
}

/** Clusters that are watched, and by which. */
function watchedBy(topology: Topology): { cluster: Cluster; watchers: string[] }[] {
  const relation = watchRelation(topology);
  return Object.values(topology.clusters)
    .map((cluster) => ({
      cluster,
      watchers: unique(
        relation.filter(({ watched }) => watched === cluster.name).map(({ watcher }) => watcher),
      ),
    }))
    .filter(({ watchers }) => watchers.length > 0);
}

/** Clusters that must have an EKS name because they are watched by it. */
function watchedByName(topology: Topology): Cluster[] {
  return watchedBy(topology)
    .map(({ cluster }) => cluster)
    .filter(({ remoteAccess }) => remoteAccess === RemoteAccess.EksIdentity);
}

/** Clusters that watch others by EKS identity, and which. */
function watchersByName(topology: Topology): { cluster: Cluster; watched: string[] }[] {
  const relation = watchRelation(topology).filter(
    ({ watched }) => topology.clusters[watched].remoteAccess === RemoteAccess.EksIdentity,
  );
  return Object.values(topology.clusters)
    .map((cluster) => ({
      cluster,
      watched: unique(
        relation.filter(({ watcher }) => watcher === cluster.name).map(({ watched }) => watched),
      ),
    }))
    .filter(({ watched }) => watched.length > 0);
}

function unique(names: string[]): string[] {
  return [...new Set(names)];
}
