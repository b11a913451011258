import type * as pulumi from "@pulumi/pulumi";

/** A cluster as the rest sees it: strings and ids only, EKS made here or one you bring. `EksCluster` satisfies it. */
export interface ClusterHandle {
  /** Name that EKS knows it by; a cluster you bring may have none. */
  eksName?: pulumi.Input<string>;
  kubeconfig: pulumi.Input<string>;
  /** API server's URL; a cluster you bring may leave it out where no other watches it, and its CA bundle too. */
  endpoint?: pulumi.Input<string>;
  /** API server's CA bundle, base64. */
  certificateAuthority?: pulumi.Input<string>;
  vpcId: pulumi.Input<string>;
  /** Security group that nodes and pods carry; a cluster you bring may leave it out where no other reaches it. */
  securityGroupId?: pulumi.Input<string>;
}
