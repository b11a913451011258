/** What is said of links has an effect. */
import { LinkVia } from "../description";
import { below, pathOf } from "../path";
import { type Problem, written } from "../problem";
import { type Rule, Severity } from "../rule";
import type { Topology } from "../topology";
import { idPattern, when } from "./support";

const WITHOUT_GATEWAYS: Partial<Record<LinkVia, string>> = {
  [LinkVia.Peering]: "nothing leads on from a VPC that is peered",
  [LinkVia.Existing]: "links and routes are somebody else's",
};

/** Keys of `links` that are about transit gateways, and what they say. */
function aboutGateways({ links }: Topology): { path: string; said: unknown }[] {
  const { owner, transitGateways, reachable } = links;
  const maps = { transitGateways, reachable };
  return [
    ...(owner === undefined ? [] : [{ path: "links.owner", said: owner }]),
    ...Object.entries(maps).flatMap(([key, map]) =>
      Object.keys(map).length === 0 ? [] : [{ path: pathOf("links", key), said: map }],
    ),
  ];
}

function checkWay(topology: Topology): Problem[] {
  const { via } = topology.links;
  const why = WITHOUT_GATEWAYS[via];
  if (why === undefined) return [];
  return aboutGateways(topology).map(({ path, said }) => ({
    path,
    got: written(said),
    allowed: `nothing with via: ${via}: ${why}`,
    fix: "remove it, or write via: transit-gateway",
  }));
}

function checkOwner({ links: { owner, transitGateways } }: Topology): Problem[] {
  return when(owner !== undefined && Object.keys(transitGateways).length > 0, {
    path: "links",
    got: "owner and transitGateways",
    allowed: "owner for transit gateways made here, or transitGateways for yours",
    fix: "remove one of the two",
  });
}

const TRANSIT_GATEWAY = idPattern("tgw");

function checkIds({ links }: Topology): Problem[] {
  return Object.entries(links.transitGateways).flatMap(([region, id]) =>
    when(!TRANSIT_GATEWAY.test(id), {
      path: pathOf("links", "transitGateways", region, "existing"),
      got: written(id),
      allowed: "the id of a transit gateway: tgw- and 17 hexadecimal digits",
      fix: "copy it from `aws ec2 describe-transit-gateways`",
    }),
  );
}

function checkReachable({ links }: Topology): Problem[] {
  return Object.entries(links.reachable).flatMap(([name, cidrs]) =>
    when(cidrs.length === 0, {
      path: below(pathOf("links", "reachable", name), "cidrs"),
      got: "[]",
      allowed: "at least one CIDR",
      fix: `list the addresses of ${name}, or remove it`,
    }),
  );
}

const severity = Severity.Problem;

export const linkFormRules: Rule[] = [
  {
    id: "links-way",
    summary:
      "Owners, transit gateways and places behind them are said where VPCs are joined by transit gateways.",
    why: "They would have no effect: each side of a peering belongs to the account of its VPC, and peering leads to nothing behind the other VPC (https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-limitations).",
    severity,
    check: checkWay,
  },
  {
    id: "links-owner-existing",
    summary: "Transit gateways are made here for an owner, or are yours.",
    why: "Yours have an owner already.",
    severity,
    check: checkOwner,
  },
  {
    id: "transit-gateway-id",
    summary: "A transit gateway of yours is named by its id.",
    why: "Attachments take nothing else (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTransitGatewayVpcAttachment.html).",
    severity,
    check: checkIds,
  },
  {
    id: "reachable-empty",
    summary: "A place behind transit gateways has addresses.",
    why: "It would have no effect.",
    severity,
    check: checkReachable,
  },
];
