import assert from "node:assert/strict";
import {
  bounds,
  contains,
  formatAddress,
  formatCidr,
  hasInside,
  isCidr,
  isPrivate,
  merge,
  networkOf,
  overlap,
  prefixLength,
  sameAddresses,
} from "../../components/topology/cidr";

describe("ranges", () => {
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

  it("tells the first and the last address, and writes them", () => {
    const { start, end } = bounds("10.10.4.0/22");
    assert.deepEqual([start, end], [0x0a0a0400n, 0x0a0a07ffn]);
    assert.deepEqual([start, end].map(formatAddress), ["10.10.4.0", "10.10.7.255"]);
    assert.equal(formatCidr(start, 22), "10.10.4.0/22");
    const whole = bounds("0.0.0.0/0");
    assert.deepEqual([whole.start, whole.end], [0n, 0xffffffffn]);
    assert.equal(formatAddress(whole.end), "255.255.255.255");
    const one = bounds("192.168.0.1/32");
    assert.equal(one.start, one.end);
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

  it("knows ranges with addresses that the internet never sees, however wide", () => {
    const inside = ["10.1.2.3/32", "172.16.0.0/12", "192.168.0.0/24", "100.127.255.255/32"];
    const ofHosts = ["127.0.0.1/32", "169.254.169.254/32"];
    const wider = ["0.0.0.0/0", "8.0.0.0/6", "172.0.0.0/8", "169.254.0.0/15"];
    for (const cidr of [...inside, ...ofHosts, ...wider]) assert.ok(hasInside(cidr), cidr);
    const around = ["9.0.0.0/8", "11.0.0.0/8", "172.15.0.0/16", "172.32.0.0/11", "192.169.0.0/16"];
    const besides = ["100.63.0.0/16", "100.128.0.0/9", "126.0.0.0/8", "128.0.0.0/8"];
    for (const cidr of [...around, ...besides, "169.253.0.0/16", "203.0.113.0/24"])
      assert.ok(!hasInside(cidr), cidr);
  });
});
