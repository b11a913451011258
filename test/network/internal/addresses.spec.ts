import assert from "node:assert/strict";
import { parseCidr } from "cidr-tools";
import fc from "fast-check";
import {
  addressesOf,
  loadBalancerRanges,
  usableAddresses,
} from "../../../components/network/internal/addresses";
import type { TopologyDescription } from "../../../components/topology";
import { topologyOf } from "../../support/topologies";
import { brought } from "../../support/variants";
import { networksApart } from "../support";

describe("loadBalancerRanges", () => {
  const rangesOf = (description: TopologyDescription, vpc: string) =>
    loadBalancerRanges(topologyOf(description).vpcs[vpc]);
  const rangesIn = (vpc: object) =>
    rangesOf(
      networksApart(1, {}, () => vpc),
      "n1",
    );

  it("are those of tier load-balancer, in a VPC made here as in yours", () => {
    assert.deepEqual(rangesOf(brought, "made"), [
      "10.10.240.0/24",
      "10.10.241.0/24",
      "10.10.242.0/24",
    ]);
    assert.deepEqual(rangesOf(brought, "old"), ["10.20.32.0/27", "10.20.32.32/27"]);
  });

  it("are one per zone, and stay where another zone comes", () => {
    const ranges = ["10.1.240.0/24", "10.1.241.0/24", "10.1.242.0/24", "10.1.243.0/24"];
    for (const zones of [2, 3, 4])
      assert.deepEqual(rangesIn({ zones }), ranges.slice(0, zones), `${zones} zones`);
  });

  it("are in the order of the subnets' ids, whatever order they are written in", () => {
    const description = structuredClone(brought);
    const { existing } = description.networks.old;
    existing!.subnets = Object.fromEntries(Object.entries(existing!.subnets).reverse());
    assert.deepEqual(rangesOf(description, "old"), ["10.20.32.0/27", "10.20.32.32/27"]);
  });

  it("are none where the VPC has a size that a rule refuses", () => {
    for (const cidr of ["10.0.0.0/12", "10.0.0.0/26"]) assert.deepEqual(rangesIn({ cidr }), []);
    for (const cidr of ["10.0.0.0/16", "10.0.0.0/22"]) assert.equal(rangesIn({ cidr }).length, 3);
  });
});

describe("usableAddresses", () => {
  it("leaves out the five that AWS keeps, in the narrowest of some subnets", () => {
    const masks = [24, 25, 26, 27, 28, 29, 30];
    const counts = masks.map((mask) => usableAddresses([`10.0.0.0/${mask}`]));
    assert.deepEqual(counts, [251, 123, 59, 27, 11, 3, 0]);
    assert.equal(usableAddresses(["10.0.0.0/24", "10.0.1.0/27", "10.0.2.0/25"]), 27);
    assert.equal(usableAddresses([]), 0);
  });
});

describe("addressesOf", () => {
  it("counts from the first address that AWS leaves, in each subnet", () => {
    const ranges = ["10.0.0.0/24", "10.0.9.64/27"];
    assert.deepEqual(addressesOf(ranges, 0), ["10.0.0.4", "10.0.9.68"]);
    assert.deepEqual(addressesOf(ranges, 26), ["10.0.0.30", "10.0.9.94"]);
    assert.deepEqual(addressesOf(["10.0.0.0/16"], 1000), ["10.0.3.236"]);
    assert.deepEqual(addressesOf([], 0), []);
  });

  /** Subnets of every size that AWS makes, next to each other. */
  const subnets = fc
    .array(fc.integer({ min: 16, max: 28 }), { minLength: 1, maxLength: 4 })
    .map((masks) => masks.map((mask, index) => `10.${index}.0.0/${mask}`));

  it("has an address of its own in every subnet for each number below the usable ones, and for no other", () => {
    fc.assert(
      fc.property(subnets, fc.double({ min: 0, max: 1, noNaN: true }), (ranges, part) => {
        const usable = usableAddresses(ranges);
        const number = Math.min(usable - 1, Math.floor(part * usable));
        const isFree = (address: string, zone: number) => {
          const { start, end } = parseCidr(ranges[zone]);
          const at = parseCidr(address).start;
          return at >= start + 4n && at < end;
        };
        for (const each of [0, number, usable - 1]) {
          const addresses = addressesOf(ranges, each);
          assert.equal(addresses.length, ranges.length);
          assert.ok(addresses.every(isFree), `${each} in ${ranges.join()}`);
        }
        assert.ok(!addressesOf(ranges, usable).every(isFree), `${usable} in ${ranges.join()}`);
        if (number > 0)
          assert.notDeepEqual(addressesOf(ranges, number), addressesOf(ranges, number - 1));
      }),
    );
  });
});
