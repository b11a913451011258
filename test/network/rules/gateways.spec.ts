import assert from "node:assert/strict";
import { LinkVia } from "../../../components/topology";
import type { LinksDescription } from "../../../components/topology";
import { brought } from "../../support/variants";
import { check, networksApart } from "../support";

const id = "tgw-0123456789abcdef0";
const hub: LinksDescription = {
  via: LinkVia.TransitGateway,
  transitGateways: { "eu-west-1": { existing: id } },
};
const inTwo = (index: number) => (index === 1 ? { region: "us-east-1" } : {});

describe("transit-gateway-regions", () => {
  it("asks for one of yours in every region where VPCs are joined", () => {
    assert.deepEqual(check("transit-gateway-regions", networksApart(2, { links: hub }, inTwo)), [
      "links.transitGateways.us-east-1: got nothing; allowed: a transit gateway of yours in every region where VPCs are joined, or in none; fix: name that of us-east-1: one made here could not be peered with yours",
    ]);
  });

  it("refuses one that no VPC is attached to", () => {
    const got = `got "${id}"; allowed: regions where VPCs are joined`;
    const links = { ...hub, transitGateways: { "eu-west-2": { existing: id } } };
    assert.deepEqual(
      check("transit-gateway-regions", networksApart(2, { links }))[1],
      [`links.transitGateways.eu-west-2: ${got}: eu-west-1; fix: did you mean "eu-west-1"?`][0],
    );
    assert.deepEqual(check("transit-gateway-regions", networksApart(1, { links: hub })), [
      `links.transitGateways.eu-west-1: ${got}: nothing, since there is none; fix: remove it`,
    ]);
  });

  it("lets one in each region pass, for a single VPC too that leads to places behind it", () => {
    assert.deepEqual(check("transit-gateway-regions", networksApart(2, { links: hub })), []);
    const links = { ...hub, reachable: { office: { cidrs: ["172.16.0.0/12"] } } };
    assert.deepEqual(check("transit-gateway-regions", networksApart(1, { links })), []);
  });
});

describe("reachable-overlap", () => {
  const leading = (...cidrs: string[]) =>
    networksApart(1, { links: { ...hub, reachable: { office: { cidrs } } } });

  it("refuses addresses of a VPC, and so a route to everywhere", () => {
    const rest =
      "allowed: addresses that networks.n1 does not have: 10.1.0.0/16; fix: leave them out: a route to them would lead away from the VPC";
    assert.deepEqual(
      check("reachable-overlap", leading("172.16.0.0/12", "10.1.4.0/24", "0.0.0.0/0")),
      [
        `links.reachable.office.cidrs[1]: got "10.1.4.0/24"; ${rest}`,
        `links.reachable.office.cidrs[2]: got "0.0.0.0/0"; ${rest}`,
      ],
    );
  });

  it("lets other addresses pass, which must be ranges", () => {
    assert.deepEqual(check("reachable-overlap", leading("172.16.0.0/12")), []);
    assert.deepEqual(check("cidr-form", leading("office")), [
      'links.reachable.office.cidrs[0]: got "office"; allowed: an IPv4 range in CIDR form, such as 10.10.0.0/16; fix: write an address of four numbers up to 255, a slash and the length of the mask',
    ]);
    assert.deepEqual(check("cidr-host-bits", leading("172.16.9.0/12")), [
      'links.reachable.office.cidrs[0]: got "172.16.9.0/12"; allowed: a range that starts at its first address; fix: write 172.16.0.0/12',
    ]);
  });
});

describe("existing-vpc-route-tables", () => {
  const without = structuredClone(brought);
  delete without.networks.old.existing!.routeTables;

  it("names the places behind transit gateways that routes lead to", () => {
    const links = { ...hub, reachable: { office: { cidrs: ["172.16.0.0/12"] } } };
    assert.deepEqual(check("existing-vpc-route-tables", { ...without, links }), [
      "networks.old.existing.routeTables: got {}; allowed: the route tables of the subnets that clusters use; fix: name them: routes to networks.made, links.reachable.office are added there",
    ]);
  });

  it("asks for none where somebody else routes", () => {
    const links = { via: LinkVia.Existing };
    assert.deepEqual(check("existing-vpc-route-tables", { ...without, links }), []);
  });
});
