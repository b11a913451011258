import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import type { RoleSettings } from "../../roles";
import { NatMode, SubnetTier } from "../../topology";
import { CONTROL_PLANE_ZONES } from "./controlPlane";
import { createEndpoints } from "./endpoints";
import { createFlowLogs } from "./flowLogs";
import { associate, createNatGateways, createPrivateTables, createPublicRoutes } from "./routing";
import { planSubnets } from "./subnets";
import type { SubnetPlan } from "./subnets";

/**
 * Zones that EKS refuses for a cluster's subnets
 * (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html#network-requirements-subnets).
 */
const ZONES_REFUSED_BY_EKS = ["use1-az3", "usw1-az2", "cac1-az3"];

/** What a VPC for EKS clusters is made from. */
export interface VpcArgs {
  /** IPv4 range, /16 to /22. */
  cidr: string;
  /**
   * Number of availability zones, 2 to 4, taken by index in the region's order, zones that EKS refuses left out. It may change:
   * control planes of clusters stand in the first two.
   *
   * @default 3
   */
  zones?: number;
  /**
   * One NAT gateway, or one per zone. One is about USD 33 a month and is lost with its zone.
   *
   * @default single
   */
  nat?: NatMode;
  /**
   * Sends flow logs to CloudWatch Logs (about USD 0.50 per GB).
   *
   * @default false
   */
  flowLogs?: boolean;
  /**
   * Days that flow logs are kept.
   *
   * @default 30
   */
  flowLogRetentionDays?: pulumi.Input<number>;
  /**
   * ARN of a symmetric KMS key of the VPC's region that encrypts flow logs, and lets `logs.<region>.amazonaws.com` use it.
   *
   * @default AWS's own
   */
  flowLogKeyArn?: pulumi.Input<string>;
  /**
   * AWS services reached through VPC endpoints, such as `s3`, `ecr.api`, `ecr.dkr`, `sts`, `eks`. An interface endpoint is
   * about USD 7 a month and zone; `s3` and `dynamodb` are free.
   *
   * @default none
   */
  endpoints?: string[];
  /**
   * Protects the VPC itself from deletion; what stands in it can still change.
   *
   * @default false
   */
  protect?: boolean;
  /**
   * How the role of its flow logs is made.
   *
   * @default at path /, without a boundary
   */
  iam?: RoleSettings;
}

/**
 * A VPC for EKS clusters: public, private and small load-balancer subnets in each zone.
 *
 * The load-balancer subnets are for load balancers with chosen addresses. They carry no role tag, so that no controller
 * takes one of them, and stay on the main route table, which knows nothing but the VPC and its links.
 */
export class Vpc extends pulumi.ComponentResource {
  /** Id of the VPC. */
  public readonly vpcId: pulumi.Output<string>;
  /** One public subnet per zone. */
  public readonly publicSubnetIds: pulumi.Output<string[]>;
  /** One private subnet per zone; known once each has its way out. */
  public readonly privateSubnetIds: pulumi.Output<string[]>;
  /** Zone of each private subnet. */
  public readonly privateZones: pulumi.Output<string[]>;
  /** Private subnets of the first two zones: those of clusters' control planes, which EKS lets no cluster change. */
  public readonly controlPlaneSubnetIds: pulumi.Output<string[]>;
  /** One load-balancer subnet per zone. */
  public readonly loadBalancerSubnetIds: pulumi.Output<string[]>;
  /** Route tables of private and load-balancer subnets. */
  public readonly routeTableIds: pulumi.Output<string[]>;
  /** Public addresses that traffic from inside comes from, without mask. */
  public readonly natAddresses: pulumi.Output<string[]>;

  constructor(name: string, args: VpcArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:Vpc", name, {}, opts);
    const { cidr, zones = 3, nat = NatMode.Single, endpoints = [] } = args;
    const options = childOptions(this, opts);

    const vpc = createVpc(name, args, options);
    const subnets = createSubnets(name, vpc, planSubnets(cidr, zones), options);
    const publicSubnets = createPublicRoutes(name, vpc, subnets.public, options);
    const gateways = createNatGateways(name, publicSubnets, nat, options);
    const tables = createPrivateTables(name, vpc, gateways, options);
    const privateSubnets = associate(name, "private", subnets.private, tables, options);
    if (args.flowLogs) createFlowLogs(name, vpc, args, options);
    createEndpoints(name, endpoints, { vpc, tables, subnets: privateSubnets }, options);

    this.vpcId = vpc.id;
    this.publicSubnetIds = pulumi.output(publicSubnets);
    this.privateSubnetIds = pulumi.output(privateSubnets);
    this.privateZones = pulumi.output(
      subnets.private.map(({ availabilityZone }) => availabilityZone),
    );
    this.controlPlaneSubnetIds = pulumi.output(privateSubnets.slice(0, CONTROL_PLANE_ZONES));
    this.loadBalancerSubnetIds = pulumi.output(subnets.loadBalancer.map(({ id }) => id));
    this.routeTableIds = pulumi.output([...tables.map(({ id }) => id), vpc.mainRouteTableId]);
    this.natAddresses = pulumi.output(gateways.map(({ publicIp }) => publicIp));
    this.registerOutputs({
      vpcId: this.vpcId,
      publicSubnetIds: this.publicSubnetIds,
      privateSubnetIds: this.privateSubnetIds,
      privateZones: this.privateZones,
      controlPlaneSubnetIds: this.controlPlaneSubnetIds,
      loadBalancerSubnetIds: this.loadBalancerSubnetIds,
      routeTableIds: this.routeTableIds,
      natAddresses: this.natAddresses,
    });
  }
}

/** What a load-balancer controller looks for (https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html). */
const TIERS = {
  [SubnetTier.Public]: { suffix: "public", tags: { "kubernetes.io/role/elb": "1" } },
  [SubnetTier.Private]: { suffix: "private", tags: { "kubernetes.io/role/internal-elb": "1" } },
  [SubnetTier.LoadBalancer]: { suffix: "load-balancer", tags: {} },
} satisfies Record<SubnetTier, { suffix: string; tags: Record<string, string> }>;

function createVpc(name: string, args: VpcArgs, options: pulumi.CustomResourceOptions) {
  const vpc = new aws.ec2.Vpc(
    name,
    {
      cidrBlock: args.cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: name },
    },
    { ...options, protect: args.protect },
  );
  // Whatever is made here without a group of its own gets this one, which AWS opens to itself and to the world.
  new aws.ec2.DefaultSecurityGroup(
    name,
    { vpcId: vpc.id, ingress: [], egress: [], tags: { Name: `${name}-closed` } },
    options,
  );
  return vpc;
}

function createSubnets(
  name: string,
  vpc: aws.ec2.Vpc,
  plans: SubnetPlan[],
  options: pulumi.CustomResourceOptions,
) {
  const zones = usableZones(options);
  const count = 1 + Math.max(...plans.map(({ zone }) => zone));
  const names = [...Array(count).keys()].map((zone) => zones.apply((all) => zoneName(all, zone)));
  const create = ({ tier, zone, cidr }: SubnetPlan) => {
    const subnet = `${name}-${TIERS[tier].suffix}-${zone}`;
    return new aws.ec2.Subnet(
      subnet,
      {
        vpcId: vpc.id,
        cidrBlock: cidr,
        availabilityZone: names[zone],
        tags: { Name: subnet, ...TIERS[tier].tags },
      },
      // Zones are taken by index: a list that AWS has changed moves no subnet.
      { ...options, ignoreChanges: ["availabilityZone"] },
    );
  };
  const ofTier = (tier: SubnetTier) => plans.filter((plan) => plan.tier === tier).map(create);
  return {
    public: ofTier(SubnetTier.Public),
    private: ofTier(SubnetTier.Private),
    loadBalancer: ofTier(SubnetTier.LoadBalancer),
  };
}

/** Local zones and zones that need an opt-in are left out: their indexes would shift when an account opts in. */
function usableZones({ parent }: pulumi.CustomResourceOptions): pulumi.Output<string[]> {
  return aws.getAvailabilityZonesOutput(
    {
      state: "available",
      filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }],
      excludeZoneIds: ZONES_REFUSED_BY_EKS,
    },
    { parent },
  ).names;
}

/** A subnet without a zone would be put in any, twice in the same one. Mocks of a user's may know no zones at all. */
function zoneName(names: string[] | undefined, zone: number): string {
  const found = names?.[zone];
  if (found !== undefined || names === undefined) return found!;
  throw new pulumi.RunError(
    `the region has ${names.length} zones that EKS accepts (${names.join(", ")}), the VPC asks for more: set zones to ${names.length}`,
  );
}
