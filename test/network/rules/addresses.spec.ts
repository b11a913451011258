import assert from "node:assert/strict";
import { networkRules } from "../../../components/network";
import type { ExistingVpcDescription, TopologyDescription } from "../../../components/topology";
import { brought } from "../../support/variants";
import { check, networksApart } from "../support";

function withCidr(cidr: string): TopologyDescription {
  return networksApart(1, {}, () => ({ cidr }));
}

function withExisting(change: Partial<ExistingVpcDescription>): TopologyDescription {
  const existing = { ...brought.networks.old.existing!, ...change };
  return { ...brought, networks: { ...brought.networks, old: { existing } } };
}

describe("cidr-form", () => {
  const rest =
    "allowed: an IPv4 range in CIDR form, such as 10.10.0.0/16; fix: write an address of four numbers up to 255, a slash and the length of the mask";

  it("refuses what is no IPv4 range, wherever it stands", () => {
    assert.deepEqual(check("cidr-form", withCidr("10.10.0.0")), [
      `networks.n1.cidr: got "10.10.0.0"; ${rest}`,
    ]);
    const subnets = { s1: { cidr: "10.20.0.0/33", zone: "eu-west-1a", tier: "private" as const } };
    assert.deepEqual(check("cidr-form", withExisting({ cidrs: ["10.20/16"], subnets })), [
      `networks.old.existing.cidrs[0]: got "10.20/16"; ${rest}`,
      `networks.old.existing.subnets.s1.cidr: got "10.20.0.0/33"; ${rest}`,
    ]);
    const lab = { ...brought.clusters.lab.existing!, podCidrs: ["fd00::/8"] };
    const clusters = { ...brought.clusters, lab: { network: "old", existing: lab } };
    assert.deepEqual(check("cidr-form", { ...brought, clusters }), [
      `clusters.lab.existing.podCidrs[0]: got "fd00::/8"; ${rest}`,
    ]);
  });

  it("is asked before the rules and planners that calculate with ranges", () => {
    const [rule] = networkRules.filter(({ id }) => id === "cidr-form");
    assert.equal(rule.foundation, true);
  });

  it("lets ranges pass", () => {
    assert.deepEqual(check("cidr-form", brought), []);
  });
});

describe("cidr-host-bits", () => {
  it("says where the range starts", () => {
    assert.deepEqual(check("cidr-host-bits", withCidr("10.10.3.0/16")), [
      'networks.n1.cidr: got "10.10.3.0/16"; allowed: a range that starts at its first address; fix: write 10.10.0.0/16',
    ]);
  });

  it("leaves a VPC that takes another length to the rule about that", () => {
    assert.deepEqual(check("cidr-host-bits", withCidr("10.1.0.0/8")), []);
    assert.deepEqual(check("vpc-cidr-size", withCidr("10.1.0.0/8")), [
      'networks.n1.cidr: got "10.1.0.0/8"; allowed: a mask of /16 to /22; fix: AWS makes no VPC wider than /16: take one /16 of it, such as 10.1.0.0/16',
    ]);
  });

  it("lets ranges pass that start at their first address", () => {
    assert.deepEqual(check("cidr-host-bits", brought), []);
  });
});

describe("cidr-private", () => {
  it("refuses public addresses", () => {
    assert.deepEqual(check("cidr-private", withCidr("11.0.0.0/16")), [
      'networks.n1.cidr: got "11.0.0.0/16"; allowed: a range inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10; fix: use private addresses: what public ones belong to can no longer be reached from the VPC',
    ]);
  });

  it("lets private addresses pass", () => {
    for (const cidr of ["172.16.0.0/16", "100.64.0.0/16"])
      assert.deepEqual(check("cidr-private", withCidr(cidr)), []);
  });
});

describe("vpc-cidr-size", () => {
  it("refuses a range that is too wide for AWS", () => {
    assert.deepEqual(check("vpc-cidr-size", withCidr("10.0.0.0/12")), [
      'networks.n1.cidr: got "10.0.0.0/12"; allowed: a mask of /16 to /22; fix: AWS makes no VPC wider than /16: take one /16 of it, such as 10.0.0.0/16',
    ]);
  });

  it("refuses a range that is too small for its subnets", () => {
    assert.deepEqual(check("vpc-cidr-size", withCidr("10.0.0.0/23")), [
      'networks.n1.cidr: got "10.0.0.0/23"; allowed: a mask of /16 to /22; fix: its subnets would not fit: take at least a /22',
    ]);
  });

  it("lets sizes between pass, and any size of a VPC that exists", () => {
    for (const cidr of ["10.0.0.0/16", "10.0.0.0/22"])
      assert.deepEqual(check("vpc-cidr-size", withCidr(cidr)), []);
    assert.deepEqual(check("vpc-cidr-size", withExisting({ cidrs: ["10.20.0.0/24"] })), []);
  });
});
