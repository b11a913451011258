import { pathOf, RemoteAccess, Severity, written } from "../topology";
import type { Cluster, ClusterRelation, Rule } from "../topology";
import type { AccessPlan } from "./facts";
import { roleSizeRules } from "./roleSizes";

/** RFC 1123 */
const LONGEST_NAMESPACE = 63;

/** Rules about who may call which API server. */
export const accessRules: Rule<AccessPlan>[] = [
  ...roleSizeRules,
  {
    id: "access-watcher-eks-name",
    summary: "A cluster whose istiod watches others by EKS identity says its own EKS name.",
    why: "That istiod gets its AWS role through EKS Pod Identity, which is given by the cluster's name (https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html).",
    severity: Severity.Problem,
    check: (_, { clusters }) =>
      clusters
        .map(watchesByIdentity)
        .filter(({ watched }) => watched.length > 0)
        .filter(({ cluster }) => cluster.existing && cluster.existing.eksName === undefined)
        .map(({ cluster, watched }) => ({
          path: pathOf("clusters", cluster.name, "existing", "eksName"),
          got: "nothing",
          allowed: `the cluster's name in EKS: istiod here reads ${watched.join(", ")} by eks-identity`,
          fix: `add it, or where this is no EKS cluster set remoteAccess of ${watched.join(", ")} to service-account-token`,
        })),
  },
  {
    id: "access-namespace-length",
    summary: "The namespace of an external istiod is a name that Kubernetes takes.",
    why: "It holds the mesh's name, and a namespace has at most 63 characters (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names).",
    severity: Severity.Problem,
    check: (_, { meshes }) =>
      meshes
        .filter(({ namespace }) => namespace.length > LONGEST_NAMESPACE)
        .map(({ mesh: { name }, namespace }) => ({
          path: pathOf("meshes", name),
          got: `${written(name)} (${name.length} characters)`,
          allowed: `at most ${LONGEST_NAMESPACE - namespace.length + name.length} characters with an external istiod, whose namespace is ${namespace}`,
          fix: "rename it",
        })),
  },
];

/** What a cluster watches by EKS identity; nothing where it is watched so itself, which has a rule of its own. */
function watchesByIdentity({ cluster, members, controlPlanes }: ClusterRelation) {
  const byIdentity = ({ remoteAccess }: Cluster) => remoteAccess === RemoteAccess.EksIdentity;
  const isWatched = members.some(({ watchedBy }) => watchedBy.length > 0) && byIdentity(cluster);
  const watched = controlPlanes
    .flatMap(({ watches }) => watches.map(({ at }) => at.cluster))
    .filter(byIdentity);
  return { cluster, watched: isWatched ? [] : watched.map(({ name }) => name) };
}
