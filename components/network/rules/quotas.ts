/** What AWS allows of each thing, compared with what a plan uses. */
import { accountId, LinkVia, pathOf, providerKey, Severity } from "../../topology";
import type { Problem, QuotasDescription, Relations, Vpc } from "../../topology";
import { mapValues } from "../../records";
import type { NetworkPlan, PrefixListPlan } from "../facts";
import type { RulePlan } from "../firewall/facts";
import { natGateways } from "../plan";
import { cidrsOf } from "../ranges";
import type { NetworkRule } from "./rule";

type Quota = Exclude<keyof QuotasDescription, "eksClusters" | "trustPolicyLength">;

interface Use {
  count: number;
  /** What is counted, where. */
  what: string;
}

interface QuotaRow {
  /** What AWS gives every account. */
  standard: number;
  /** Name in the Service Quotas console. */
  name: string;
  uses(relations: Relations, plan: NetworkPlan): Use[];
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const QUOTAS = {
  securityGroupRules: {
    standard: 60,
    name: "Inbound or outbound rules per security group",
    uses: securityGroupRules,
  },
  routesPerTable: { standard: 500, name: "Routes per route table", uses: routesPerTable },
  elasticIps: { standard: 5, name: "EC2-VPC Elastic IPs", uses: elasticIps },
  vpcs: { standard: 5, name: "VPCs per Region", uses: vpcs },
} satisfies Record<Quota, QuotaRow>;

/** Every use of every quota, with what the accounts have of it. */
export function limitedUses(
  relations: Relations,
  plan: NetworkPlan,
): (Use & { quota: Quota; limit: number })[] {
  return (Object.keys(QUOTAS) as Quota[]).flatMap((quota) => {
    const limit = relations.topology.quotas[quota] ?? QUOTAS[quota].standard;
    return QUOTAS[quota].uses(relations, plan).map((use) => ({ ...use, quota, limit }));
  });
}

/** EKS's own rule that lets the group in to itself. */
const OWN_RULE = 1;

function securityGroupRules(_: Relations, { firewall, prefixLists }: NetworkPlan): Use[] {
  return Object.values(firewall.groups).map(({ label, of, in: rules }) => ({
    count: (of.kind === "cluster" ? OWN_RULE : 0) + size(rules, prefixLists),
    what: `rules in the security group of ${label}`,
  }));
}

/** A reference to a prefix list counts as all the entries that the list may have. */
function size(rules: RulePlan[], lists: Record<string, PrefixListPlan>): number {
  return sum(rules.map(({ side }) => (side.kind === "list" ? lists[side.list]!.maxEntries : 1)));
}

/** The VPC itself and the way out. */
const OWN_ROUTES = 2;

function routesPerTable(relations: Relations, plan: NetworkPlan): Use[] {
  const { topology } = relations;
  const routes =
    topology.links.via === LinkVia.Peering ? routesToPeers(relations) : routesByLists(plan);
  return Object.entries(routes).map(([vpc, count]) => ({
    count: OWN_ROUTES + count,
    what: `routes in a table of ${topology.vpcs[vpc]!.path}`,
  }));
}

/** A route to a prefix list counts as all the entries that the list may have. */
function routesByLists({ routeLists }: NetworkPlan): Record<string, number> {
  return mapValues(routeLists, ({ maxEntries }) => maxEntries);
}

function routesToPeers({ links }: Relations): Record<string, number> {
  const routes: Record<string, number> = {};
  const add = (from: Vpc, to: Vpc) => {
    routes[from.id] = (routes[from.id] ?? 0) + cidrsOf([to]).length;
  };
  for (const { a, b } of links) {
    add(a, b);
    add(b, a);
  }
  return routes;
}

function elasticIps(relations: Relations): Use[] {
  return perPlace(relations, "Elastic IP addresses", natGateways);
}

function vpcs(relations: Relations): Use[] {
  return perPlace(relations, "VPCs", () => 1);
}

/** Per account and region, over the VPCs made here. */
function perPlace({ topology }: Relations, what: string, countOf: (vpc: Vpc) => number): Use[] {
  const made = Object.values(topology.vpcs).filter(({ existing }) => !existing);
  const places = new Map(made.map((vpc) => [providerKey(vpc), vpc]));
  return [...places].map(([provider, { region, account }]) => {
    const there = made.filter((vpc) => providerKey(vpc) === provider);
    const id = accountId(account);
    const where = id === undefined ? region : `${region} of account ${id}`;
    return { count: sum(there.map(countOf)), what: `${what} in ${where}` };
  });
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** A quota that the description names is a promise; the standard one may have been raised without a word here. */
function rulesOf(quota: Quota): NetworkRule[] {
  const { standard, name } = QUOTAS[quota];
  const label = quota.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const base = {
    summary: `The plan stays within the quota "${name}".`,
    why: "AWS refuses what goes beyond it (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html).",
  };
  return [
    {
      ...base,
      id: `quota-${label}`,
      severity: Severity.Problem,
      check: ({ quotas }, relations, plan) =>
        exceeding(relations, plan, quota, quotas[quota], "as quotas says"),
    },
    {
      ...base,
      id: `standard-quota-${label}`,
      severity: Severity.Warning,
      check: ({ quotas }, relations, plan) =>
        quotas[quota] === undefined
          ? exceeding(relations, plan, quota, standard, "what AWS gives every account")
          : [],
    },
  ];
}

function exceeding(
  relations: Relations,
  plan: NetworkPlan,
  quota: Quota,
  limit: number | undefined,
  source: string,
): Problem[] {
  if (limit === undefined) return [];
  const { name, uses } = QUOTAS[quota];
  return uses(relations, plan)
    .filter(({ count }) => count > limit)
    .map(({ count, what }) => ({
      path: pathOf("quotas", quota),
      got: `${count} ${what}`,
      allowed: `${limit}, ${source}`,
      fix: `have AWS raise "${name}" and write quotas: { ${quota}: ${count} }`,
    }));
}

export const quotaRules: NetworkRule[] = (Object.keys(QUOTAS) as Quota[]).flatMap(rulesOf);
