import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ClusterHandle } from "../../handles";

/**
 * Otherwise a change of their data deletes them first, since their names are fixed: while the Secret of remote clusters
 * is away, istiod drops every cluster in it, and all their endpoints
 * (https://www.pulumi.com/registry/packages/kubernetes/api-docs/provider/#enablesecretmutable_nodejs).
 */
const mutableData = { enableConfigMapMutable: true, enableSecretMutable: true };

/**
 * The one Kubernetes provider of a cluster.
 *
 * It is known by the API server's URL, which only another cluster would change: the text of a kubeconfig differs between
 * machines and SDK versions, and a provider that is replaced replaces everything in its cluster
 * (https://www.pulumi.com/registry/packages/kubernetes/api-docs/provider/).
 */
export function clusterProvider(
  name: string,
  { kubeconfig, endpoint }: Pick<ClusterHandle, "kubeconfig" | "endpoint">,
  opts: pulumi.CustomResourceOptions,
): k8s.Provider {
  return new k8s.Provider(
    name,
    { kubeconfig, clusterIdentifier: endpoint, enableServerSideApply: true, ...mutableData },
    opts,
  );
}
