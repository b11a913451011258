/** Names that both sides of remote access, and istiod's values, must agree on. */
import { accountId, distinctName, LONGEST } from "../topology";
import type { ReaderRolePlan } from "./facts";

/** ConfigMap of the refresher: which clusters it makes tokens for. */
export const REFRESHER_CONFIG = "istio-token-refresher";

/** Key of that ConfigMap. */
export const REFRESHER_CLUSTERS = "clusters";

/** Secret that holds one kubeconfig per watched cluster. */
export const REMOTE_SECRET = "istio-remote-clusters";

/** Secret by which an external istiod reads the cluster that keeps its configuration: the chart mounts it by this name. */
export const CONFIG_CLUSTER_SECRET = "istio-kubeconfig";

/** Directory, in istiod's container and in the refresher's, that holds one token per watched cluster. */
export const TOKEN_DIRECTORY = "/var/run/secrets/eks-tokens";

/** Group, ClusterRole and service account that a mesh's readers have in a watched cluster. */
export function readerName(mesh: string): string {
  return `istio-reader-${mesh}`;
}

/** Physical name of a mesh's IAM role: known early, since trust policies of other accounts name it, and once in an account. */
export function readerRoleName(topology: string, mesh: string): string {
  return distinctName([topology, readerName(mesh)], LONGEST.role);
}

/** ARN of a mesh's role in an account, before it is made. */
export function readerRoleArn(
  {
    partition,
    roleName,
    iam: { path = "/" },
  }: Pick<ReaderRolePlan, "partition" | "roleName" | "iam">,
  account: string,
): string {
  return `arn:${partition}:iam::${account}:role${path}${roleName}`;
}

/** Key of a mesh's role in an account: the mesh, with the account's id where it is not the program's own. */
export function roleKey(mesh: string, role?: string): string {
  return [mesh, accountId(role)].filter(Boolean).join("/");
}
