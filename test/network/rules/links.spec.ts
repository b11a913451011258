import assert from "node:assert/strict";
import { LinkVia } from "../../../components/topology";
import type { TopologyDescription } from "../../../components/topology";
import { brought } from "../../support/variants";
import { check, networksApart } from "../support";

const transit = { links: { via: LinkVia.TransitGateway } };

describe("vpc-cidr-overlap", () => {
  it("names every pair of joined VPCs that share addresses, and offers each a range that nothing else has", () => {
    const cidrs = ["10.0.0.0/16", "10.0.0.0/17", "10.0.128.0/17"];
    const description = networksApart(3, {}, (index) => ({ cidr: cidrs[index] }));
    assert.deepEqual(check("vpc-cidr-overlap", description), [
      "networks.n2.cidr: got 10.0.0.0/17; allowed: addresses that networks.n1 does not have: 10.0.0.0/16; fix: take a range of its own, such as 10.1.0.0/17",
      "networks.n3.cidr: got 10.0.128.0/17; allowed: addresses that networks.n1 does not have: 10.0.0.0/16; fix: take a range of its own, such as 10.1.128.0/17",
    ]);
  });

  it("tells what to do where the VPC exists", () => {
    const made = { cidr: "10.20.0.0/18" };
    const description = { ...brought, networks: { ...brought.networks, made } };
    assert.deepEqual(check("vpc-cidr-overlap", description), [
      "networks.old.existing.cidrs: got 10.20.0.0/16; allowed: addresses that networks.made does not have: 10.20.0.0/18; fix: the two cannot be joined: change networks.made, or leave the clusters of one of them out of the mesh",
    ]);
  });

  /** Each of two meshes joins the VPC in the middle with another one of the same addresses. */
  const aroundOne: TopologyDescription = {
    ...networksApart(3, {}, (index) => ({ cidr: index === 1 ? "10.0.0.0/16" : "10.5.0.0/16" })),
    clusters: {
      c1: { network: "n1" },
      c2: { network: "n2" },
      c3: { network: "n3" },
      c4: { network: "n2" },
    },
    meshes: { one: { clusters: { c1: {}, c2: {} } }, two: { clusters: { c3: {}, c4: {} } } },
  };

  it("tells apart what one route table leads to", () => {
    assert.deepEqual(check("vpc-cidr-overlap", aroundOne), [
      "networks.n3.cidr: got 10.5.0.0/16; allowed: addresses that networks.n1 does not have: 10.5.0.0/16; fix: take a range of its own, such as 10.1.0.0/16",
    ]);
  });

  const twoIslands: TopologyDescription = {
    ...networksApart(4, {}, (index) => ({ cidr: index % 2 === 0 ? "10.1.0.0/16" : "10.3.0.0/16" })),
    meshes: { one: { clusters: { c1: {}, c2: {} } }, two: { clusters: { c3: {}, c4: {} } } },
  };

  it("tells apart everything on a transit gateway", () => {
    assert.equal(check("vpc-cidr-overlap", { ...twoIslands, ...transit }).length, 2);
  });

  it("lets VPCs share addresses that nothing joins", () => {
    assert.deepEqual(check("vpc-cidr-overlap", twoIslands), []);
    assert.deepEqual(check("vpc-cidr-overlap", networksApart(4)), []);
  });
});

describe("vpc-service-range", () => {
  it("warns of addresses that clusters elsewhere may have for Services", () => {
    const description = networksApart(2, {}, (index) =>
      index === 0 ? { cidr: "172.20.0.0/18" } : {},
    );
    assert.deepEqual(check("vpc-service-range", description), [
      "networks.n1.cidr: got 172.20.0.0/18; allowed: addresses outside 10.100.0.0/16 and 172.20.0.0/16; fix: take another range: clusters in other VPCs that have this one for Services would not reach this VPC",
    ]);
  });

  it("says what to check where the VPC exists", () => {
    const old = { existing: { ...brought.networks.old.existing!, cidrs: ["10.100.0.0/16"] } };
    const description = { ...brought, networks: { ...brought.networks, old } };
    assert.deepEqual(check("vpc-service-range", description), [
      "networks.old.existing.cidrs: got 10.100.0.0/16; allowed: addresses outside 10.100.0.0/16 and 172.20.0.0/16; fix: see that no cluster in the other VPCs has 10.100.0.0/16 for Services: it would not reach this VPC",
    ]);
  });

  it("lets a VPC have them that nothing is joined with", () => {
    assert.deepEqual(
      check(
        "vpc-service-range",
        networksApart(1, {}, () => ({ cidr: "10.100.0.0/16" })),
      ),
      [],
    );
    assert.deepEqual(check("vpc-service-range", networksApart(3)), []);
  });
});

describe("peering-limit", () => {
  it("asks for transit gateways beyond four VPCs", () => {
    assert.deepEqual(check("peering-limit", networksApart(5)), [
      "links.via: got peering of 5 VPCs: n1, n2, n3, n4, n5; allowed: peering up to 4 VPCs that need routes, transit-gateway for any number; fix: write links: { via: transit-gateway }, about USD 37 a month and VPC; it is never switched to by itself, since that replaces every route",
    ]);
  });

  it("lets four VPCs peer, and five stand on transit gateways", () => {
    assert.deepEqual(check("peering-limit", networksApart(4)), []);
    assert.deepEqual(check("peering-limit", networksApart(5, transit)), []);
  });
});

describe("transit-gateway-organization", () => {
  const account = { roleArn: "arn:aws:iam::111111111111:role/deployer" };
  const other = { roleArn: "arn:aws:iam::222222222222:role/deployer" };
  const rest =
    "allowed: accounts of one organization that shares through AWS RAM; fix: run `aws ram enable-sharing-with-aws-organization` once in the organization's management account; links.owner says whose the gateway is";

  it("tells what several accounts need, region by region", () => {
    const places = [
      {},
      { account },
      { account: other, region: "us-east-1" },
      { account, region: "us-east-1" },
      { region: "us-west-2" },
    ];
    const description = networksApart(5, transit, (index) => places[index]);
    assert.deepEqual(check("transit-gateway-organization", description), [
      `links.via: got a transit gateway in eu-west-1 of the program's own account, shared with account 111111111111; ${rest}`,
      `links.via: got a transit gateway in us-east-1 of the program's own account, shared with account 222222222222 and account 111111111111; ${rest}`,
    ]);
  });

  it("names the owner, and the program's account among those that attach", () => {
    const links = { ...transit.links, owner: other };
    const description = networksApart(2, { links });
    assert.deepEqual(check("transit-gateway-organization", description), [
      `links.via: got a transit gateway in eu-west-1 of account 222222222222, shared with the program's own account; ${rest}`,
    ]);
  });

  it("says nothing where all VPCs are the owner's, nor of peering", () => {
    const ofOther = () => ({ account: other });
    const links = { ...transit.links, owner: other };
    for (const description of [
      networksApart(2, transit),
      networksApart(2, { links }, ofOther),
      networksApart(2, {}, (index) => (index === 1 ? { account } : {})),
    ])
      assert.deepEqual(check("transit-gateway-organization", description), []);
  });
});
