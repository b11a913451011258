/** What a plan uses of the AWS quotas that such deployments meet first. */
import { EKS_CLUSTERS, PUBLIC_CIDRS } from "../../components/cluster/rules";
import { limitedUses } from "../../components/network/rules/quotas";
import { accountId } from "../../components/topology";
import type { Planned } from "../../components/mesh";
import type { Graph, Registration } from "../../engine";
import type { QuotaReport } from "./report";

/** Of each quota what comes nearest to its limit; of those that hold per region, every region. */
export function reportQuotas({ topology, relations, facts }: Planned, graph: Graph): QuotaReport[] {
  const uses = limitedUses(relations, facts.network).map(({ quota, what, count, limit }) => ({
    quota,
    what,
    used: count,
    limit,
  }));
  const everywhere = uses.filter(({ quota }) => quota === "vpcs" || quota === "elasticIps");
  const fullest = (["securityGroupRules", "routesPerTable"] as const).flatMap((quota) =>
    uses
      .filter((use) => use.quota === quota)
      .sort((a, b) => b.used - a.used)
      .slice(0, 1),
  );
  return [
    ...everywhere,
    ...eksClusters(graph, topology.quotas.eksClusters ?? EKS_CLUSTERS),
    ...fullest,
    ...publicCidrs(graph),
  ].map(({ what, used, limit }) => ({ what, used, limit }));
}

function eksClusters(graph: Graph, limit: number): QuotaReport[] {
  const places = graph.ofType("eks:index:Cluster").map((cluster) => placeOf(graph, cluster));
  return [...new Set(places)].map((place) => ({
    what: `EKS clusters in ${place}`,
    used: places.filter((other) => other === place).length,
    limit,
  }));
}

function publicCidrs(graph: Graph): QuotaReport[] {
  return graph
    .ofType("eks:index:Cluster")
    .map(({ name, inputs }) => ({
      what: `CIDRs that may call the API server of ${name}`,
      used: (inputs.publicAccessCidrs ?? []).length,
      limit: PUBLIC_CIDRS,
    }))
    .sort((a, b) => b.used - a.used)
    .slice(0, 1)
    .filter(({ used }) => used > 0);
}

/** Quotas hold per account and region: those of the AWS provider that makes it. */
function placeOf(graph: Graph, resource: Registration): string {
  const { region, assumeRoles } = awsOf(graph, resource).inputs;
  const roles: { roleArn: string }[] = JSON.parse(assumeRoles ?? "[]");
  return [region, ...roles.map(({ roleArn }) => `of account ${accountId(roleArn)}`)].join(" ");
}

/** Region of the AWS provider that makes a resource. */
export function regionOf(graph: Graph, resource: Registration): string {
  return awsOf(graph, resource).inputs.region;
}

function awsOf(graph: Graph, { provider, providers }: Registration): Registration {
  return graph.get((provider ?? providers.aws)!);
}
