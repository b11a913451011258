/** Values of things that exist, where other resources of the program have them as outputs. */
import type * as pulumi from "@pulumi/pulumi";

/**
 * Values of VPCs and clusters that the description says exist.
 *
 * Each stands in one place, here or in the description. Which ones are here decides what is made, so the maps and their keys
 * are plain, and only the values may be outputs.
 */
export interface ExistingValues {
  /** Of VPCs, by VPC id of the plan: the network's name, or `<network>-<vpc>` where the network has several. */
  vpcs?: Record<string, ExistingVpcValues>;
  /** Of clusters, by name. */
  clusters?: Record<string, ExistingClusterValues>;
}

/** Values of a VPC that exists. */
export interface ExistingVpcValues {
  /** The VPC's id. */
  vpcId?: pulumi.Input<string>;
  /** Ids of subnets, by their names in the description. */
  subnetIds?: Record<string, pulumi.Input<string>>;
  /** Ids of route tables, by their names in the description. */
  routeTableIds?: Record<string, pulumi.Input<string>>;
  /** Public addresses that the VPC's NAT gateways have, without mask; as many as there are, since an API server takes few. */
  natAddresses?: pulumi.Input<string>[];
}

/** Values of a cluster that exists. */
export interface ExistingClusterValues {
  /** Text of the kubeconfig; kept as a secret. */
  kubeconfig?: pulumi.Input<string>;
  /** API server URL. */
  endpoint?: pulumi.Input<string>;
  /** API server's CA bundle, base64. */
  certificateAuthority?: pulumi.Input<string>;
  /** Security group that nodes, pods and the API server's network interfaces carry: it gets the mesh's rules. */
  securityGroupId?: pulumi.Input<string>;
}
