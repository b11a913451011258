import type * as pulumi from "@pulumi/pulumi";

/** A cluster as the rest sees it: strings and ids only, EKS made here or one you bring. `EksCluster` satisfies it. */
export interface ClusterHandle {
  /** Name that EKS knows it by. */
  eksName: pulumi.Input<string>;
  kubeconfig: pulumi.Input<string>;
  endpoint: pulumi.Input<string>;
  /** API server's CA bundle, base64. */
  certificateAuthority: pulumi.Input<string>;
  vpcId: pulumi.Input<string>;
  /** Security group that nodes and pods carry. */
  securityGroupId: pulumi.Input<string>;
}
