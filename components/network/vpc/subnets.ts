/** Which part of a VPC each subnet takes. */
import { lookUp } from "../../records";
import { SubnetTier } from "../../topology";
import { bounds, formatCidr, prefixLength } from "../../topology/cidr";

/** Zones that a VPC has room for; those not used yet keep their addresses. */
export const MOST_ZONES = 4;

export interface SubnetPlan {
  tier: SubnetTier;
  /** Index of the availability zone. */
  zone: number;
  cidr: string;
}

interface Sizes {
  /** Mask of the private subnets of zones 0 to 2: a quarter of the VPC each. */
  private: number;
  /** Mask of the private subnet of zone 3, which shares the last quarter with the small tiers. */
  fourthPrivate: number;
  public: number;
  /**
   * One address a load balancer. As wide as the VPC allows: addresses are chosen by a hash of names, and the more there are
   * the seldomer two meet. /24 leaves 251, /27 leaves 27 (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).
   */
  loadBalancer: number;
}

/** Masks by the VPC's own. Public subnets hold NAT gateways and load balancers only, so they stay small. */
const SIZES: Record<string, Sizes> = {
  16: { private: 18, fourthPrivate: 19, public: 22, loadBalancer: 24 },
  17: { private: 19, fourthPrivate: 20, public: 23, loadBalancer: 24 },
  18: { private: 20, fourthPrivate: 21, public: 24, loadBalancer: 24 },
  19: { private: 21, fourthPrivate: 22, public: 25, loadBalancer: 25 },
  20: { private: 22, fourthPrivate: 23, public: 26, loadBalancer: 26 },
  21: { private: 23, fourthPrivate: 24, public: 27, loadBalancer: 27 },
  22: { private: 24, fourthPrivate: 26, public: 28, loadBalancer: 27 },
};

/** Masks of VPCs that have room for the subnets, widest first. */
export const VPC_PREFIXES = Object.keys(SIZES).map(Number);

/**
 * Subnets of a VPC's first zones.
 *
 * Addresses are laid out for four zones whatever the number asked for, so another zone moves no subnet.
 */
export function planSubnets(vpcCidr: string, zones: number): SubnetPlan[] {
  return layOut(vpcCidr).filter(({ zone }) => zone < zones);
}

/** Widest first: each start is then a multiple of its own size, and nothing is lost in between. */
function layOut(vpcCidr: string): SubnetPlan[] {
  let next = bounds(vpcCidr).start;
  return wanted(lookUp(SIZES, String(prefixLength(vpcCidr))))
    .sort((a, b) => a.prefix - b.prefix)
    .map(({ tier, zone, prefix }) => {
      const cidr = formatCidr(next, prefix);
      next += 1n << BigInt(32 - prefix);
      return { tier, zone, cidr };
    });
}

function wanted(sizes: Sizes) {
  const zones = [...Array(MOST_ZONES).keys()];
  return [
    ...zones.map((zone) => ({
      tier: SubnetTier.Private,
      zone,
      prefix: zone < MOST_ZONES - 1 ? sizes.private : sizes.fourthPrivate,
    })),
    ...zones.map((zone) => ({ tier: SubnetTier.Public, zone, prefix: sizes.public })),
    ...zones.map((zone) => ({ tier: SubnetTier.LoadBalancer, zone, prefix: sizes.loadBalancer })),
  ];
}
