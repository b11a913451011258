import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { REFRESHER_CLUSTERS, REFRESHER_CONFIG } from "../names";
import { refresherList } from "./refresher";

/** A cluster that the refresher makes tokens for. */
export interface RefreshedCluster {
  /** Istio's cluster id. */
  cluster: pulumi.Input<string>;
  /** Name that EKS knows the cluster by. */
  eksName: pulumi.Input<string>;
  /** AWS region of the cluster. */
  region: pulumi.Input<string>;
  /**
   * ARN of a role to take first.
   *
   * @default none: the role of the pod itself
   */
  roleArn?: pulumi.Input<string>;
}

/** What makes an istiod's token refresher work is made from. */
export interface TokenRefresherArgs {
  /** Name that EKS knows istiod's own cluster by. */
  clusterName: pulumi.Input<string>;
  /** Namespace of istiod. */
  namespace: pulumi.Input<string>;
  /** Service accounts of the istiods there, one per revision. */
  serviceAccounts: string[];
  /** ARN of the role that those istiods are to other clusters. */
  roleArn: pulumi.Input<string>;
  /** Clusters that they watch. Their list alone waits for it. */
  clusters: pulumi.Input<pulumi.Input<RefreshedCluster>[]>;
}

/**
 * What the token refresher beside istiod needs: a role by Pod Identity, and the list of clusters to make tokens for.
 *
 * The list must exist before istiod's pods, and the role comes some seconds after its association
 * (https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html#pod-id-considerations): the refresher waits for it. Pod
 * Identity gives it by an agent, which Auto Mode has and managed nodes need as the add-on `eks-pod-identity-agent`.
 */
export class TokenRefresher extends pulumi.ComponentResource {
  /** Name of the ConfigMap that holds the list. */
  public readonly configMapName: pulumi.Output<string>;

  constructor(name: string, args: TokenRefresherArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:TokenRefresher", name, {}, opts);
    const { clusterName, namespace, serviceAccounts, roleArn, clusters } = args;
    const children = childOptions(this, opts);
    for (const serviceAccount of serviceAccounts) {
      new aws.eks.PodIdentityAssociation(
        `${name}-${serviceAccount}`,
        { clusterName, namespace, serviceAccount, roleArn },
        children,
      );
    }
    const list = new k8s.core.v1.ConfigMap(
      name,
      {
        metadata: { name: REFRESHER_CONFIG, namespace },
        data: { [REFRESHER_CLUSTERS]: pulumi.output(clusters).apply(refresherList) },
      },
      children,
    );

    this.configMapName = list.metadata.name;
    this.registerOutputs({ configMapName: this.configMapName });
  }
}
