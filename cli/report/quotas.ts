/** What a plan uses of the AWS quotas that such deployments meet first. */
import type { Facts } from "../../components/mesh";
import type { RulePlan } from "../../components/network/plan";
import { accountId } from "../../components/topology";
import type { Topology } from "../../components/topology";
import type { Graph, Registration } from "../graph";
import type { QuotaReport } from "./report";

/** AWS defaults (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html, eks/latest/userguide/service-quotas.html). */
const DEFAULTS = { vpcs: 5, elasticIps: 5, eksClusters: 100, securityGroupRules: 60 } as const;

/** AWS does not raise this one (https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html). */
const PUBLIC_CIDRS = 40;

export function reportQuotas(topology: Topology, facts: Facts, graph: Graph): QuotaReport[] {
  const limits = { ...DEFAULTS, ...topology.quotas };
  const perRegion = (quota: string, type: string, limit: number) => {
    const places = countBy(graph.ofType(type), (resource) => placeOf(graph, resource));
    return Object.entries(places).map(([where, used]) => ({ quota, where, used, limit }));
  };
  return [
    ...perRegion("VPCs", "aws:ec2/vpc:Vpc", limits.vpcs),
    ...perRegion("Elastic IP addresses", "aws:ec2/eip:Eip", limits.elasticIps),
    ...perRegion("EKS clusters", "eks:index:Cluster", limits.eksClusters),
    ...rulesOfGroups(facts, limits.securityGroupRules),
    ...publicCidrs(graph),
  ];
}

/** The fullest security group: a rule that refers to a prefix list counts as often as the list may have entries. */
function rulesOfGroups({ network }: Facts, limit: number): QuotaReport[] {
  const weight = ({ prefixList }: RulePlan) =>
    prefixList === undefined ? 1 : network.prefixLists[prefixList].maxEntries;
  const groups = Object.values(network.gatewayGroups);
  const toCluster = (cluster: string) =>
    groups.filter((group) => group.cluster === cluster).flatMap((group) => group.toCluster);
  const sizes = [
    ...Object.entries(network.clusterRules).map(([cluster, { rules }]): [string, RulePlan[]] => [
      `cluster ${cluster}`,
      [...rules, ...toCluster(cluster)],
    ]),
    ...Object.entries(network.gatewayGroups).map(([key, group]): [string, RulePlan[]] => [
      `gateway ${key}`,
      group.ingress,
    ]),
  ].map(([where, rules]) => ({ where, used: sum(rules.map(weight)) }));
  const fullest = sizes.sort((a, b) => b.used - a.used)[0];
  return fullest && fullest.used > 0
    ? [{ quota: "Rules of the fullest security group", ...fullest, limit }]
    : [];
}

function publicCidrs(graph: Graph): QuotaReport[] {
  const longest = graph
    .ofType("eks:index:Cluster")
    .map(({ name, inputs }) => ({ where: name, used: (inputs.publicAccessCidrs ?? []).length }))
    .sort((a, b) => b.used - a.used)[0];
  return longest && longest.used > 0
    ? [{ quota: "CIDRs of the longest API allow list", ...longest, limit: PUBLIC_CIDRS }]
    : [];
}

/** Quotas hold per account and region: those of the AWS provider that makes it. */
function placeOf(graph: Graph, resource: Registration): string {
  const urn = resource.provider ?? resource.providers.aws;
  if (urn === undefined) return "";
  const { region, assumeRoles } = graph.get(urn).inputs;
  const roles: { roleArn: string }[] = JSON.parse(assumeRoles ?? "[]");
  return [region, ...roles.map(({ roleArn }) => `account ${accountId(roleArn)}`)].join(" ");
}

function countBy<T>(items: T[], key: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
