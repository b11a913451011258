import type * as pulumi from "@pulumi/pulumi";

/** A VPC as the rest sees it: ids only, whether it was made here or exists. `Vpc` satisfies it. */
export interface VpcHandle {
  vpcId: pulumi.Input<string>;
  publicSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Small subnets that hold only load balancers, so that pods never take a chosen address. */
  loadBalancerSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Route tables of private and load-balancer subnets. */
  routeTableIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Public addresses that traffic from inside comes from, without mask. */
  natAddresses: pulumi.Input<pulumi.Input<string>[]>;
}
