import assert from "node:assert/strict";
import {
  contains,
  isCidr,
  isPrivate,
  merge,
  networkOf,
  overlap,
  prefixLength,
  sameAddresses,
} from "../../components/network/addresses";

describe("addresses", () => {
  it("takes IPv4 ranges in CIDR form and nothing else", () => {
    for (const cidr of ["10.0.0.0/16", "0.0.0.0/0", "255.255.255.255/32"]) assert.ok(isCidr(cidr));
    const others = ["10.0.0.0", "10.0.0/16", "10.0.0.256/16", "10.0.0.0/33", "10.0.0.0/", "::/0"];
    for (const text of [...others, "010.0.0.0/8", " 10.0.0.0/8", "10.0.0.0/08", "x"])
      assert.ok(!isCidr(text), text);
  });

  it("finds the range that an address with host bits stands in", () => {
    assert.equal(networkOf("10.10.7.9/16"), "10.10.0.0/16");
    assert.equal(networkOf("10.10.0.0/16"), "10.10.0.0/16");
    assert.equal(prefixLength("10.10.0.0/16"), 16);
  });

  it("merges neighbours, in ascending order", () => {
    assert.deepEqual(merge(["10.11.0.0/16", "10.10.0.0/16", "10.10.3.0/24", "10.2.0.0/16"]), [
      "10.2.0.0/16",
      "10.10.0.0/15",
    ]);
    assert.deepEqual(merge([]), []);
  });

  it("compares lists, the empty one included", () => {
    assert.ok(overlap(["10.0.0.0/8"], ["10.1.0.0/16"]));
    assert.ok(!overlap(["10.0.0.0/16"], ["10.1.0.0/16"]));
    assert.ok(!overlap([], ["10.1.0.0/16"]));
    assert.ok(contains(["10.0.0.0/17", "10.0.128.0/17"], ["10.0.0.0/16"]));
    assert.ok(!contains([], ["10.0.0.0/16"]));
    assert.ok(sameAddresses(["10.0.0.0/17", "10.0.128.0/17"], ["10.0.0.0/16"]));
  });

  it("knows the private ranges, that of carriers included", () => {
    for (const cidr of ["10.1.0.0/16", "172.31.0.0/16", "192.168.4.0/22", "100.64.0.0/16"])
      assert.ok(isPrivate(cidr), cidr);
    for (const cidr of ["11.0.0.0/16", "172.32.0.0/16", "8.0.0.0/6"]) assert.ok(!isPrivate(cidr));
  });
});
