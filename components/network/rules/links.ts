/** What links between VPCs take for granted. */
import { accountId, below, joinedWith, LinkVia, pairs, Severity } from "../../topology";
import type { Problem, Relations, Topology, Vpc } from "../../topology";
import { formatCidr, overlap, prefixLength } from "../../topology/cidr";
import { linkedVpcs } from "../links/links";
import type { NetworkPlan } from "../facts";
import type { NetworkRule } from "./rule";

/** VPCs that are peered with each other at most; with more, transit gateways need fewer links and routes. */
const MOST_PEERED = 4;

/** What EKS takes for Services where nothing is said (https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html). */
const SERVICE_RANGES = ["10.100.0.0/16", "172.20.0.0/16"];

/** VPCs that some route table would have to tell apart: joined ones, those joined with a third, all that are not peered. */
function pairsApart(relations: Relations): [Vpc, Vpc][] {
  const { topology, links } = relations;
  const all = pairs(linkedVpcs(relations), ({ id }) => id);
  if (topology.links.via !== LinkVia.Peering) return all;
  const neighbours = (vpc: Vpc) => joinedWith(vpc, links);
  const met = (a: Vpc, b: Vpc) =>
    neighbours(a).some((vpc) => vpc === b || neighbours(b).includes(vpc));
  return all.filter(([a, b]) => met(a, b));
}

function checkOverlap({ vpcs }: Topology, relations: Relations): Problem[] {
  const meeting = pairsApart(relations).filter(([a, b]) => overlap(a.cidrs, b.cidrs));
  const taken = [...Object.values(vpcs).flatMap((vpc) => vpc.cidrs), ...SERVICE_RANGES];
  // A range is offered to one VPC only, so that all offers can be taken together.
  const offers = new Map<Vpc, string>();
  for (const [, b] of meeting)
    if (!b.existing && !offers.has(b)) offers.set(b, freeRange(b, [...taken, ...offers.values()]));
  return meeting.map(([a, b]) => ({
    path: b.existing ? below(b.path, "existing", "cidrs") : below(b.path, "cidr"),
    got: b.cidrs.join(", "),
    allowed: `addresses that ${a.path} does not have: ${a.cidrs.join(", ")}`,
    fix: b.existing
      ? `the two cannot be joined: change ${a.path}, or leave the clusters of one of them out of the mesh`
      : `take a range of its own, such as ${offers.get(b)}`,
  }));
}

/** The first range of 10.0.0.0/8 that nothing has, as large as that of a VPC. */
function freeRange({ cidrs }: Vpc, taken: string[]): string {
  const prefix = Math.min(Math.max(prefixLength(cidrs[0]!), 16), 22);
  const size = 1n << BigInt(32 - prefix);
  const first = 10n << 24n;
  const last = 11n << 24n;
  let start = first;
  while (start + size < last && overlap([formatCidr(start, prefix)], taken)) start += size;
  return formatCidr(start, prefix);
}

/** A range that a cluster elsewhere may use for Services is never sent over the link there. */
function checkServiceRanges(_: Topology, relations: Relations): Problem[] {
  return linkedVpcs(relations).flatMap(({ path, cidrs, existing }) =>
    SERVICE_RANGES.filter((range) => overlap(cidrs, [range])).map((range) => ({
      path: existing ? below(path, "existing", "cidrs") : below(path, "cidr"),
      got: cidrs.join(", "),
      allowed: `addresses outside ${SERVICE_RANGES.join(" and ")}`,
      fix: existing
        ? `see that no cluster in the other VPCs has ${range} for Services: it would not reach this VPC`
        : "take another range: clusters in other VPCs that have this one for Services would not reach this VPC",
    })),
  );
}

function checkPeeringLimit(topology: Topology, relations: Relations): Problem[] {
  const linked = linkedVpcs(relations).map(({ id }) => id);
  if (topology.links.via !== LinkVia.Peering || linked.length <= MOST_PEERED) return [];
  return [
    {
      path: "links.via",
      got: `peering of ${linked.length} VPCs: ${linked.join(", ")}`,
      allowed: `peering up to ${MOST_PEERED} VPCs that need routes, transit-gateway for any number`,
      fix: "write links: { via: transit-gateway }, about USD 37 a month and VPC; it is never switched to by itself, since that replaces every route",
    },
  ];
}

function checkOrganization(topology: Topology, _: Relations, plan: NetworkPlan): Problem[] {
  return Object.values(plan.transitGateways).flatMap(({ region, from }) => {
    if (from.kind === "existing" || from.sharedWith.length === 0) return [];
    const others = from.sharedWith.map((key) => accountName(plan.providers[key]!.account));
    return [
      {
        path: "links.via",
        got: `a transit gateway in ${region} of ${accountName(topology.links.owner)}, shared with ${others.join(" and ")}`,
        allowed: "accounts of one organization that shares through AWS RAM",
        fix: "run `aws ram enable-sharing-with-aws-organization` once in the organization's management account; links.owner says whose the gateway is",
      },
    ];
  });
}

function accountName(role?: string): string {
  return role === undefined ? "the program's own account" : `account ${accountId(role)}`;
}

export const linkRules: NetworkRule[] = [
  {
    id: "vpc-cidr-overlap",
    summary: "VPCs with routes to each other, or to a third, share no address.",
    why: "A route leads to one place (https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-limitations).",
    severity: Severity.Problem,
    check: checkOverlap,
  },
  {
    id: "vpc-service-range",
    summary: "Joined VPCs stay clear of the ranges that EKS takes for Services.",
    why: "EKS keeps Services apart from its own VPC only (https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html).",
    severity: Severity.Warning,
    check: checkServiceRanges,
  },
  {
    id: "peering-limit",
    summary: "More than four VPCs are joined by transit gateways.",
    why: "Connections, routes and rules of a full mesh grow with the square of its size.",
    severity: Severity.Problem,
    check: checkPeeringLimit,
  },
  {
    id: "transit-gateway-organization",
    summary: "Accounts that share a transit gateway are in one organization.",
    why: "Only there no invitation has to be accepted by hand (https://docs.aws.amazon.com/ram/latest/userguide/getting-started-sharing.html#getting-started-sharing-orgs).",
    severity: Severity.Warning,
    check: checkOrganization,
  },
];
