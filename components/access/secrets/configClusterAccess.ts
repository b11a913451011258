import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { encodedKubeconfig } from "./kubeconfig";
import { CONFIG_CLUSTER_SECRET } from "../names";

/** How an external istiod reaches the cluster that keeps its configuration. */
export interface ConfigClusterAccessArgs {
  /** Namespace of istiod. */
  namespace: pulumi.Input<string>;
  /** Istio's cluster id of the config cluster, which is istiod's own. */
  cluster: pulumi.Input<string>;
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

/**
 * The kubeconfig of an external istiod: it reads and writes the mesh's configuration in another cluster than its own.
 *
 * It must exist before istiod's pods: without it they silently take the cluster that they run in for the config cluster
 * (https://istio.io/latest/docs/setup/install/external-controlplane/).
 */
export class ConfigClusterAccess extends pulumi.ComponentResource {
  /** Name of the Secret. */
  public readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: ConfigClusterAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:ConfigClusterAccess", name, {}, opts);
    const { namespace, ...configCluster } = args;
    const secret = new k8s.core.v1.Secret(
      name,
      {
        metadata: { name: CONFIG_CLUSTER_SECRET, namespace },
        data: pulumi.secret({ config: pulumi.output(configCluster).apply(encodedKubeconfig) }),
      },
      childOptions(this, opts),
    );

    this.secretName = secret.metadata.name;
    this.registerOutputs({ secretName: this.secretName });
  }
}
