import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { mapValues } from "../../records";
import { encodedKubeconfig } from "./kubeconfig";
import type { WatchedCluster } from "./kubeconfig";
import { REMOTE_SECRET } from "../names";

/** How an istiod reaches one cluster that it watches. */
export interface RemoteCluster {
  /** API server URL. */
  endpoint: pulumi.Input<string>;
  /** API server's CA bundle, base64. */
  certificateAuthority: pulumi.Input<string>;
  /**
   * Bearer token that never expires. Give it as a secret.
   *
   * @default none: the token refresher keeps one in a file
   */
  token?: pulumi.Input<string>;
}

/** What an istiod's Secret of remote clusters is made from. */
export interface RemoteClustersArgs {
  /** Namespace of istiod. */
  namespace: pulumi.Input<string>;
  /** Watched clusters by Istio's cluster id. */
  clusters: pulumi.Input<Record<string, RemoteCluster>>;
}

/**
 * The watching side of remote access: the clusters that the istiods of one cluster read services and endpoints from.
 *
 * One Secret with one kubeconfig per watched cluster. Removing a cluster from it is what makes istiod forget the
 * cluster's endpoints; taking away its rights is not.
 */
export class RemoteClusters extends pulumi.ComponentResource {
  /** Name of the Secret. */
  public readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: RemoteClustersArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:RemoteClusters", name, {}, opts);
    const secret = new k8s.core.v1.Secret(
      name,
      {
        metadata: {
          name: REMOTE_SECRET,
          namespace: args.namespace,
          labels: { "istio/multiCluster": "true" },
        },
        // Not stringData: with server-side apply a key that leaves it stays in the Secret
        // (https://kubernetes.io/docs/tasks/configmap-secret/managing-secret-using-config-file/).
        data: pulumi.secret(pulumi.output(args.clusters).apply(encodeKubeconfigs)),
      },
      childOptions(this, opts),
    );

    this.secretName = secret.metadata.name;
    this.registerOutputs({ secretName: this.secretName });
  }
}

type Clusters = Record<string, Omit<WatchedCluster, "cluster">>;

function encodeKubeconfigs(clusters: Clusters): Record<string, string> {
  return mapValues(clusters, (remote, cluster) => encodedKubeconfig({ cluster, ...remote }));
}
