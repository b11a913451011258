/** Transit gateways that exist, and places behind transit gateways. */
import { below, LinkVia, oneOf, pathOf, Severity, suggest, written } from "../../topology";
import type { Problem, Relations, Topology } from "../../topology";
import { isCidr, overlap } from "../../topology/cidr";
import { linkedVpcs } from "../links/links";
import type { NetworkRule } from "./rule";
import { legible, reachableCidrs } from "./written";

const PATH = pathOf("links", "transitGateways");

function checkRegions({ links }: Topology, relations: Relations): Problem[] {
  const named = Object.keys(links.transitGateways);
  if (named.length === 0 || links.via !== LinkVia.TransitGateway) return [];
  const used = new Set(linkedVpcs(relations).map(({ region }) => region));
  const regions = [...used];
  const missing = regions.filter((region) => !named.includes(region));
  const idle = named.filter((region) => !used.has(region));
  return [
    ...missing.map((region) => ({
      path: below(PATH, region),
      got: "nothing",
      allowed: "a transit gateway of yours in every region where VPCs are joined, or in none",
      fix: `name that of ${region}: one made here could not be peered with yours`,
    })),
    ...idle.map((region) => ({
      path: below(PATH, region),
      got: written(links.transitGateways[region]),
      allowed: `regions where VPCs are joined: ${oneOf(regions)}`,
      fix: suggest(region, regions, "remove it"),
    })),
  ];
}

function checkOverlap(topology: Topology): Problem[] {
  return legible(reachableCidrs(topology)).flatMap(({ path, cidr }) =>
    Object.values(topology.vpcs)
      .filter(({ cidrs }) => overlap(cidrs.filter(isCidr), [cidr]))
      .map((vpc) => ({
        path,
        got: written(cidr),
        allowed: `addresses that ${vpc.path} does not have: ${vpc.cidrs.join(", ")}`,
        fix: "leave them out: a route to them would lead away from the VPC",
      })),
  );
}

export const gatewayRules: NetworkRule[] = [
  {
    id: "transit-gateway-regions",
    summary:
      "Transit gateways of yours are named in every region where VPCs are joined, and nowhere else.",
    why: "A transit gateway takes attachments of its own region only, and peering with yours needs their owner (https://docs.aws.amazon.com/vpc/latest/tgw/tgw-peering.html).",
    severity: Severity.Problem,
    check: checkRegions,
  },
  {
    id: "reachable-overlap",
    summary: "No VPC has addresses of a place behind transit gateways.",
    why: "A route leads to one place, and addresses of a VPC to the VPC itself (https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html).",
    severity: Severity.Problem,
    check: checkOverlap,
  },
];
