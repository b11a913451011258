import assert from "node:assert/strict";
import { containsCidr, overlapCidr } from "cidr-tools";
import fc from "fast-check";
import { MOST_ZONES, planSubnets, VPC_PREFIXES } from "../../../components/network/vpc/subnets";
import { SubnetTier } from "../../../components/topology";
import { networkOf, prefixLength } from "../../../components/topology/cidr";

/** A VPC's range of any size that is allowed, at its first address. */
const vpcCidr = fc
  .tuple(fc.constantFrom(...VPC_PREFIXES), fc.nat(255), fc.nat(255))
  .map(([prefix, second, third]) => {
    const mask = 2 ** 32 - 2 ** (32 - prefix);
    const address = (((10 << 24) | (second << 16) | (third << 8)) & mask) >>> 0;
    return `10.${(address >> 16) & 255}.${(address >> 8) & 255}.0/${prefix}`;
  });
const zones = fc.integer({ min: 2, max: MOST_ZONES });

function tier(cidr: string, count: number, wanted: SubnetTier): string[] {
  return planSubnets(cidr, count)
    .filter((subnet) => subnet.tier === wanted)
    .map((subnet) => subnet.cidr);
}

describe("planSubnets", () => {
  it("lays out a /16 over three zones", () => {
    assert.deepEqual(planSubnets("10.10.0.0/16", 3), [
      { tier: "private", zone: 0, cidr: "10.10.0.0/18" },
      { tier: "private", zone: 1, cidr: "10.10.64.0/18" },
      { tier: "private", zone: 2, cidr: "10.10.128.0/18" },
      { tier: "public", zone: 0, cidr: "10.10.224.0/22" },
      { tier: "public", zone: 1, cidr: "10.10.228.0/22" },
      { tier: "public", zone: 2, cidr: "10.10.232.0/22" },
      { tier: "load-balancer", zone: 0, cidr: "10.10.240.0/24" },
      { tier: "load-balancer", zone: 1, cidr: "10.10.241.0/24" },
      { tier: "load-balancer", zone: 2, cidr: "10.10.242.0/24" },
    ]);
  });

  it("fills a /22 to its last address with four zones", () => {
    const masks = planSubnets("10.10.0.0/22", 4).map(({ cidr }) => prefixLength(cidr));
    assert.deepEqual(masks, [24, 24, 24, 26, 27, 27, 27, 27, 28, 28, 28, 28]);
    assert.equal(
      masks.reduce((sum, mask) => sum + 2 ** (32 - mask), 0),
      1024,
    );
  });

  it("is as wide in each tier as the VPC allows", () => {
    const widths = (prefix: number) => {
      const masks = (wanted: SubnetTier) =>
        tier(`10.0.0.0/${prefix}`, MOST_ZONES, wanted).map(prefixLength);
      return [SubnetTier.Private, SubnetTier.Public, SubnetTier.LoadBalancer].map(masks);
    };
    const inEach = (mask: number) => Array(MOST_ZONES).fill(mask);
    assert.deepEqual(Object.fromEntries(VPC_PREFIXES.map((prefix) => [prefix, widths(prefix)])), {
      16: [[18, 18, 18, 19], inEach(22), inEach(24)],
      17: [[19, 19, 19, 20], inEach(23), inEach(24)],
      18: [[20, 20, 20, 21], inEach(24), inEach(24)],
      19: [[21, 21, 21, 22], inEach(25), inEach(25)],
      20: [[22, 22, 22, 23], inEach(26), inEach(26)],
      21: [[23, 23, 23, 24], inEach(27), inEach(27)],
      22: [[24, 24, 24, 26], inEach(28), inEach(27)],
    });
  });

  it("starts each subnet at a multiple of its size, as AWS asks", () => {
    fc.assert(
      fc.property(vpcCidr, zones, (cidr, count) => {
        for (const subnet of planSubnets(cidr, count))
          assert.equal(networkOf(subnet.cidr), subnet.cidr);
      }),
    );
  });

  it("never overlaps, whatever the range and the zones", () => {
    fc.assert(
      fc.property(vpcCidr, zones, (cidr, count) => {
        const subnets = planSubnets(cidr, count).map((subnet) => subnet.cidr);
        assert.equal(subnets.length, 3 * count);
        subnets.forEach((subnet, index) => {
          for (const other of subnets.slice(index + 1)) assert.ok(!overlapCidr(subnet, other));
        });
      }),
    );
  });

  it("stays inside the VPC", () => {
    fc.assert(
      fc.property(vpcCidr, zones, (cidr, count) => {
        for (const subnet of planSubnets(cidr, count)) assert.ok(containsCidr(cidr, subnet.cidr));
      }),
    );
  });

  it("gives each of three zones a quarter of the VPC for pods", () => {
    fc.assert(
      fc.property(vpcCidr, (cidr) => {
        const masks = tier(cidr, 3, SubnetTier.Private).map(prefixLength);
        assert.deepEqual(masks, Array(3).fill(prefixLength(cidr) + 2));
      }),
    );
  });

  it("moves no subnet when a zone is added", () => {
    fc.assert(
      fc.property(vpcCidr, fc.integer({ min: 2, max: MOST_ZONES - 1 }), (cidr, count) => {
        const more = planSubnets(cidr, count + 1).filter(({ zone }) => zone < count);
        assert.deepEqual(more, planSubnets(cidr, count));
      }),
    );
  });
});
