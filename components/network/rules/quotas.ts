/** What AWS allows of each thing, compared with what a plan uses. */
import { accountId, LinkVia, pathOf, Severity } from "../../topology";
import type { Problem, QuotasArgs, Rule, Topology } from "../../topology";
import { linkedPairs, planLinks } from "../links";
import { planGatewayGroups, planIstiodGroups } from "../loadBalancerGroups";
import { cidrsOf, providerOf } from "../membership";
import type { GatewayGroupPlan, PrefixListPlan, RulePlan } from "../plan";
import { natGateways } from "../planNetwork";
import { planPrefixLists } from "../prefixLists";
import { planClusterRules } from "../security";

type Quota = Exclude<keyof QuotasArgs, "eksClusters">;

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
  uses(topology: Topology): Use[];
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

/** Every use of a quota. */
export function quotaUses(topology: Topology, quota: Quota): Use[] {
  return QUOTAS[quota].uses(topology);
}

/** Every use of every quota, with what the accounts have of it. */
export function limitedUses(topology: Topology): (Use & { quota: Quota; limit: number })[] {
  return (Object.keys(QUOTAS) as Quota[]).flatMap((quota) => {
    const limit = topology.quotas[quota] ?? QUOTAS[quota].standard;
    return quotaUses(topology, quota).map((use) => ({ ...use, quota, limit }));
  });
}

/** EKS's own rule that lets the group in to itself. */
const OWN_RULE = 1;

function securityGroupRules(topology: Topology): Use[] {
  const lists = planPrefixLists(topology);
  const gateways = planGatewayGroups(topology);
  const istiods = planIstiodGroups(topology);
  const groups = Object.values({ ...gateways, ...istiods });
  const clusters = Object.entries(planClusterRules(topology)).map(([cluster, { rules }]) => {
    const fromLoadBalancers = groups
      .filter((group) => group.cluster === cluster)
      .flatMap(({ toCluster }) => toCluster);
    return {
      count: OWN_RULE + size([...rules, ...fromLoadBalancers], lists),
      what: `rules in the security group of cluster ${cluster}`,
    };
  });
  const ofGroups = (kind: string, owned: Record<string, GatewayGroupPlan>) =>
    Object.entries(owned).map(([key, { ingress }]) => ({
      count: size(ingress, lists),
      what: `rules in the security group of ${kind} ${key}`,
    }));
  return [...clusters, ...ofGroups("gateway", gateways), ...ofGroups("istiod", istiods)];
}

/** A reference to a prefix list counts as all the entries that the list may have. */
function size(rules: RulePlan[], lists: Record<string, PrefixListPlan>): number {
  return sum(rules.map(({ prefixList }) => (prefixList ? lists[prefixList].maxEntries : 1)));
}

/** The VPC itself and the way out. */
const OWN_ROUTES = 2;

function routesPerTable(topology: Topology): Use[] {
  const routes =
    topology.linkVia === LinkVia.TransitGateway
      ? routesToTransitGateways(topology)
      : routesToPeers(topology);
  return Object.entries(routes).map(([vpc, count]) => ({
    count: OWN_ROUTES + count,
    what: `routes in a table of ${topology.vpcs[vpc].path}`,
  }));
}

function routesToTransitGateways(topology: Topology): Record<string, number> {
  const lists = planPrefixLists(topology);
  const gateways = Object.values(planLinks(topology).transitGateways);
  return Object.fromEntries(
    gateways.flatMap(({ prefixLists }) =>
      Object.entries(prefixLists).map(([vpc, keys]) => [
        vpc,
        sum(keys.map((key) => lists[key].maxEntries)),
      ]),
    ),
  );
}

function routesToPeers(topology: Topology): Record<string, number> {
  const routes: Record<string, number> = {};
  for (const [a, b] of linkedPairs(topology)) {
    routes[a] = (routes[a] ?? 0) + cidrsOf(topology, [b]).length;
    routes[b] = (routes[b] ?? 0) + cidrsOf(topology, [a]).length;
  }
  return routes;
}

function elasticIps(topology: Topology): Use[] {
  return perPlace(topology, "Elastic IP addresses", natGateways);
}

function vpcs(topology: Topology): Use[] {
  return perPlace(topology, "VPCs", () => 1);
}

/** Per account and region, over the VPCs made here. */
function perPlace(
  topology: Topology,
  what: string,
  countOf: (vpc: Topology["vpcs"][string]) => number,
): Use[] {
  const made = Object.values(topology.vpcs).filter(({ existing }) => !existing);
  return [...new Set(made.map(providerOf))].map((provider) => {
    const there = made.filter((vpc) => providerOf(vpc) === provider);
    const [{ region, account }] = there;
    const where = account === "" ? region : `${region} of account ${accountId(account)}`;
    return { count: sum(there.map(countOf)), what: `${what} in ${where}` };
  });
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** A quota that the description names is a promise; the standard one may have been raised without a word here. */
function rulesOf(quota: Quota): Rule[] {
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
      check: (topology) => exceeding(topology, quota, topology.quotas[quota], "as quotas says"),
    },
    {
      ...base,
      id: `standard-quota-${label}`,
      severity: Severity.Warning,
      check: (topology) =>
        topology.quotas[quota] === undefined
          ? exceeding(topology, quota, standard, "what AWS gives every account")
          : [],
    },
  ];
}

function exceeding(
  topology: Topology,
  quota: Quota,
  limit: number | undefined,
  source: string,
): Problem[] {
  if (limit === undefined) return [];
  const { name, uses } = QUOTAS[quota];
  return uses(topology)
    .filter(({ count }) => count > limit)
    .map(({ count, what }) => ({
      path: pathOf("quotas", quota),
      got: `${count} ${what}`,
      allowed: `${limit}, ${source}`,
      fix: `have AWS raise "${name}" and write quotas: { ${quota}: ${count} }`,
    }));
}

export const quotaRules: Rule[] = (Object.keys(QUOTAS) as Quota[]).flatMap(rulesOf);
