/** Networks and their VPCs, made here or yours. */

/** How many NAT gateways a VPC has. One is about USD 33 a month and is lost with its zone. */
export const NatMode = { Single: "single", PerZone: "per-zone" } as const;
export type NatMode = (typeof NatMode)[keyof typeof NatMode];

/** What a subnet that you bring is for. */
export const SubnetTier = {
  Public: "public",
  Private: "private",
  LoadBalancer: "load-balancer",
} as const;
export type SubnetTier = (typeof SubnetTier)[keyof typeof SubnetTier];

/** An AWS account that is not the one of the program's credentials. */
export interface AccountDescription {
  /** Role that Pulumi assumes in that account. */
  roleArn: string;
}

/** One VPC, made here or yours. */
export interface VpcDescription {
  /** IPv4 range of the VPC, /16 to /22. Required unless `existing`. */
  cidr?: string;
  /**
   * AWS region.
   *
   * @default `aws:region` of the stack
   */
  region?: string;
  /**
   * Number of availability zones, taken by index in the region's order, zones that EKS refuses left out. It may change:
   * control planes of clusters stand in the first two.
   *
   * @default 3
   */
  zones?: number;
  /**
   * One NAT gateway, or one per zone.
   *
   * @default single
   */
  nat?: NatMode;
  /** Account of the VPC and of the clusters in it. */
  account?: AccountDescription;
  /**
   * Sends flow logs to CloudWatch Logs (about USD 0.50 per GB).
   *
   * @default false
   */
  flowLogs?: boolean;
  /**
   * AWS services reached through VPC endpoints, such as `s3`, `ecr.api`, `ecr.dkr`, `sts`, `eks`. An interface endpoint is
   * about USD 7 a month and zone; `s3` and `dynamodb` are free.
   *
   * @default none
   */
  endpoints?: string[];
  /** A VPC that exists. */
  existing?: ExistingVpcDescription;
}

/** An Istio network: one VPC in the short form, or several routed ones under `vpcs`. */
export interface NetworkDescription extends VpcDescription {
  /** VPCs by name, where the network has several. Excludes the short form's fields. */
  vpcs?: Record<string, VpcDescription>;
}

/**
 * A VPC that exists. Nothing in it is changed but the routes of links.
 *
 * Ids stand here, or are given to a `MeshTopology` as outputs of other resources, under `existing` of its args.
 */
export interface ExistingVpcDescription {
  /** The VPC's id. */
  vpcId?: string;
  /** Every CIDR of the VPC that pods, nodes or load balancers use. */
  cidrs: string[];
  /**
   * Subnets by names of yours. Pods keep their address in private ones, so that these need a NAT gateway, or endpoints, for what
   * pods call outside.
   */
  subnets: Record<string, ExistingSubnetDescription>;
  /**
   * The two zones, such as eu-west-1a, that control planes of clusters made here stand in, each in its first private subnet by the
   * alphabet. EKS lets no cluster change them; nodes stand in all zones of private subnets. Required where a cluster is made in the
   * VPC and it has private subnets in more than two zones.
   *
   * @default the two zones of its private subnets
   */
  controlPlaneZones?: string[];
  /**
   * Route tables that get the routes of links, by names of yours, which become parts of the routes' names.
   *
   * @default none
   */
  routeTables?: Record<string, ExistingRouteTableDescription>;
  /** Public addresses that the VPC's NAT gateways have, for the API servers' allow lists. */
  natAddresses?: string[];
  /**
   * AWS services that the VPC has endpoints for, such as `ecr.api`: where it has no NAT gateway, the plan says which ones tasks of ECS
   * services miss.
   *
   * @default none
   */
  endpoints?: string[];
}

/** A subnet that exists. */
export interface ExistingSubnetDescription {
  /** The subnet's id. */
  id?: string;
  /** IPv4 range of the subnet. */
  cidr: string;
  /** Availability zone, such as eu-west-1a. */
  zone: string;
  /**
   * What the subnet is for. Who makes load balancers of gateways looks for the tag `kubernetes.io/role/internal-elb: 1` on private
   * ones and `kubernetes.io/role/elb: 1` on public ones (https://docs.aws.amazon.com/eks/latest/userguide/tag-subnets-auto.html),
   * which are yours to set; load-balancer ones, where addresses are chosen, must have neither.
   */
  tier: SubnetTier;
}

/** A route table that exists. */
export interface ExistingRouteTableDescription {
  /** The route table's id. */
  id?: string;
}
