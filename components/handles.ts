/** What one room shows of a thing to another: strings and ids only, made here or brought along. */
import type * as pulumi from "@pulumi/pulumi";

/** A VPC. `Vpc` satisfies it. */
export interface VpcHandle {
  /** Id of the VPC. */
  vpcId: pulumi.Input<string>;
  /** Subnets with public addresses, one per zone. */
  publicSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Subnets of nodes and pods, one per zone. */
  privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Availability zone of each of these, in their order. */
  privateZones: pulumi.Input<pulumi.Input<string>[]>;
  /** Private subnets of clusters' control planes: one in each of two zones, which are final for a cluster. */
  controlPlaneSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Small subnets that hold only load balancers, so that pods never take a chosen address. */
  loadBalancerSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Route tables of private and load-balancer subnets. */
  routeTableIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Public addresses that traffic from inside comes from, without mask. */
  natAddresses: pulumi.Input<pulumi.Input<string>[]>;
}

/** A cluster. `EksCluster` satisfies it. */
export interface ClusterHandle {
  /** Name that EKS knows it by; a cluster you bring may have none. */
  eksName?: pulumi.Input<string>;
  /** Kubeconfig. A secret. */
  kubeconfig: pulumi.Input<string>;
  /** API server's URL; a cluster you bring may leave it out where no other watches it, and its CA bundle too. */
  endpoint?: pulumi.Input<string>;
  /** API server's CA bundle, base64. */
  certificateAuthority?: pulumi.Input<string>;
  /** Id of its VPC. */
  vpcId: pulumi.Input<string>;
  /** Security group that nodes and pods carry; a cluster you bring may leave it out, and its ports are yours to open then. */
  securityGroupId?: pulumi.Input<string>;
}
