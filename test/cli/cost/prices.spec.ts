import assert from "node:assert/strict";
import { instanceMonthly, LARGE } from "../../../cli/cost/instances";
import { FACTORS, monthly, PRICES } from "../../../cli/cost/prices";
import type { PriceName } from "../../../cli/cost/prices";

type Table = Readonly<Record<string, number>>;

/** A tenth: a wrong digit is further away. */
const NEAR = 0.1;

/** Regions in which a price is not where the factor says. */
function farFrom(prices: Table): string[] {
  const first = prices["us-east-1"]!;
  return Object.entries(prices)
    .filter(([region]) => FACTORS[region] !== undefined)
    .filter(([region, usd]) => Math.abs(usd / first / FACTORS[region]! - 1) > NEAR)
    .map(([region]) => region);
}

describe("prices by region", () => {
  const tables = Object.entries(PRICES).filter(([, { usd }]) => typeof usd !== "number");

  it("lie near to what the factors say, but for what the comment there names", () => {
    const far = tables.flatMap(([name, { usd }]) =>
      farFrom(usd as Table).map((region) => `${name} in ${region}`),
    );
    assert.deepEqual(far, ["loadBalancer in ap-northeast-2"]);
    assert.ok(tables.length >= 6, `${tables.length} tables`);
  });

  it("of every family of instances do, and are in Oregon what they are in Virginia", () => {
    for (const [family, prices] of Object.entries(LARGE)) {
      assert.deepEqual(farFrom(prices), [], family);
      assert.equal(prices["us-west-2"], prices["us-east-1"], family);
    }
  });

  it("of AWS's pages are these, where no plan of the tests has them", () => {
    const month = (name: PriceName, region: string) => monthly(name, region).usd.toFixed(2);
    assert.equal(month("transitGatewayAttachment", "us-east-1"), "36.50");
    assert.equal(month("extendedSupport", "sa-east-1"), "365.00");
    assert.equal(month("privateZone", "eu-west-1"), "0.50");
    assert.equal(month("disk", "us-east-1"), "0.08");
    assert.equal(month("interfaceEndpoint", "us-east-1"), "7.30");
  });

  it("of small instances are parts of a large one", () => {
    const large = instanceMonthly("t3.large", "us-east-1")!.usd;
    const parts = { nano: 16, micro: 8, small: 4, medium: 2 };
    for (const [size, part] of Object.entries(parts))
      assert.equal(instanceMonthly(`t3.${size}`, "us-east-1")!.usd, large / part, size);
  });
});
