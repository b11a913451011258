/**
 * What AWS asks for, as data: list prices on demand in USD, without free tiers, savings plans, taxes and traffic.
 *
 * From https://aws.amazon.com/eks/pricing/, https://aws.amazon.com/vpc/pricing/,
 * https://aws.amazon.com/elasticloadbalancing/pricing/, https://aws.amazon.com/transit-gateway/pricing/,
 * https://aws.amazon.com/privatelink/pricing/, https://aws.amazon.com/kms/pricing/, https://aws.amazon.com/route53/pricing/,
 * https://aws.amazon.com/ebs/pricing/, https://aws.amazon.com/cloudwatch/pricing/ and https://aws.amazon.com/ec2/pricing/on-demand/.
 */

/** Month in which the prices were last compared. */
export const PRICES_OF = "2026-03";

/** What AWS itself counts a month as. */
export const HOURS = 730;

/** What is paid for. By the hour, but for keys, zones, disks and logs. */
export interface Prices {
  eksCluster: number;
  natGateway: number;
  publicAddress: number;
  loadBalancer: number;
  /** For each zone that it stands in. */
  interfaceEndpoint: number;
  transitGatewayAttachment: number;
  /** A month. */
  key: number;
  /** A month. */
  hostedZone: number;
  /** A GiB and month of gp3. */
  disk: number;
  /** A GB that is taken in. */
  logs: number;
}

/** The same in every commercial region. */
const EVERYWHERE = { eksCluster: 0.1, publicAddress: 0.005, key: 1, hostedZone: 0.5 };

export const REGIONS: Readonly<Record<string, Prices>> = {
  "us-east-1": {
    ...EVERYWHERE,
    ...{ natGateway: 0.045, loadBalancer: 0.0225, interfaceEndpoint: 0.01 },
    ...{ transitGatewayAttachment: 0.05, disk: 0.08, logs: 0.5 },
  },
  "us-east-2": {
    ...EVERYWHERE,
    ...{ natGateway: 0.045, loadBalancer: 0.0225, interfaceEndpoint: 0.01 },
    ...{ transitGatewayAttachment: 0.05, disk: 0.08, logs: 0.5 },
  },
  "us-west-2": {
    ...EVERYWHERE,
    ...{ natGateway: 0.045, loadBalancer: 0.0225, interfaceEndpoint: 0.01 },
    ...{ transitGatewayAttachment: 0.05, disk: 0.08, logs: 0.5 },
  },
  "eu-west-1": {
    ...EVERYWHERE,
    ...{ natGateway: 0.048, loadBalancer: 0.0252, interfaceEndpoint: 0.011 },
    ...{ transitGatewayAttachment: 0.05, disk: 0.088, logs: 0.57 },
  },
  "eu-central-1": {
    ...EVERYWHERE,
    ...{ natGateway: 0.052, loadBalancer: 0.027, interfaceEndpoint: 0.012 },
    ...{ transitGatewayAttachment: 0.06, disk: 0.0952, logs: 0.63 },
  },
};

/** Of the first region, for what the table does not have: most regions are within a fifth of it, São Paulo is not. */
export const ELSEWHERE = { of: "us-east-1", factor: 1.15 } as const;

/** Linux instances by the hour in us-east-1; another region is as much dearer as its NAT gateways are. */
export const INSTANCES: Readonly<Record<string, number>> = {
  "t3.medium": 0.0416,
  "t3.large": 0.0832,
  "t4g.large": 0.0672,
  "m5.large": 0.096,
  "m5.xlarge": 0.192,
  "m6i.large": 0.096,
  "m6i.xlarge": 0.192,
  "m6g.large": 0.077,
  "m7i.large": 0.1008,
  "m7i.xlarge": 0.2016,
  "m7g.large": 0.0816,
  "m7g.xlarge": 0.1632,
  "m8g.large": 0.08976,
  "c6i.large": 0.085,
  "c7g.large": 0.0725,
  "r6i.large": 0.126,
  "r7g.large": 0.1071,
};

/** Spot prices move by the hour; this is about what they come to. */
export const SPOT = 0.4;

/** What is logged depends on use; so much is counted, in GB a month. */
export const LOGGED = { eachTypeOfControlPlane: 1, flowLog: 5 } as const;

/** Prices of a region, and whether they are its own. */
export function pricesIn(region: string): { prices: Prices; own: boolean } {
  const own = REGIONS[region];
  if (own) return { prices: own, own: true };
  const { of, factor } = ELSEWHERE;
  const entries = Object.entries(REGIONS[of]!).map(([what, price]) => [
    what,
    what in EVERYWHERE ? price : price * factor,
  ]);
  return { prices: Object.fromEntries(entries) as Prices, own: false };
}
