/** Names that both sides of remote access, and istiod's values, must agree on. */
import { createHash } from "node:crypto";
import { accountId } from "../topology";
import type { Topology } from "../topology";

/** Namespace of istiod and of what it reads. */
export const ISTIOD_NAMESPACE = "istio-system";

/** ConfigMap of the refresher: which clusters it makes tokens for. */
export const REFRESHER_CONFIG = "istio-token-refresher";

/** Key of that ConfigMap. */
export const REFRESHER_CLUSTERS = "clusters";

/** Secret that holds one kubeconfig per watched cluster. */
export const REMOTE_SECRET = "istio-remote-clusters";

/** Directory, in istiod's container and in the refresher's, that holds one token per watched cluster. */
export const TOKEN_DIRECTORY = "/var/run/secrets/eks-tokens";

/** IAM: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const LONGEST_ROLE_NAME = 64;
const DIGEST = 8;

/** Group, ClusterRole and service account that a mesh's readers have in a watched cluster. */
export function readerName(mesh: string): string {
  return `istio-reader-${mesh}`;
}

/** Physical name of a mesh's IAM role; a long mesh name ends in a digest, so that two never share a role. */
export function readerRoleName(topology: Topology, mesh: string): string {
  const name = `${topology.name}-${readerName(mesh)}`;
  if (name.length <= LONGEST_ROLE_NAME) return name;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, DIGEST);
  return `${name.slice(0, LONGEST_ROLE_NAME - DIGEST - 1)}-${digest}`;
}

/** Key of a mesh's role in an account: the mesh, with the account's id where it is not the program's own. */
export function roleKey(mesh: string, account: string): string {
  return account === "" ? mesh : `${mesh}/${accountId(account)}`;
}

/** Service account of a control plane; the chart names it after the revision. */
export function serviceAccount(revision: string): string {
  return revision === "" ? "istiod" : `istiod-${revision}`;
}
