/** Which clusters stand where, and who may call their API servers. */
import { ChartName, chartReference } from "../versions/charts";
import type { ChartReference } from "../versions/charts";
import { keyed } from "../records";
import { LoadBalancers, providerKey } from "../topology";
import type { Cluster, ClusterRelation, Relations, Topology } from "../topology";
import type { ClusterPlan } from "./facts";

/** One plan per cluster, made here or brought along. */
export function planClusters({ topology, clusters }: Relations): Record<string, ClusterPlan> {
  const plans = clusters.map((relation) => planCluster(topology, relation));
  return keyed(plans, ({ name }) => name);
}

function planCluster(topology: Topology, relation: ClusterRelation): ClusterPlan {
  const { cluster, vpc, eksName, api } = relation;
  const isPublic = !api?.private && !cluster.existing;
  return {
    name: cluster.name,
    eksName,
    provider: providerKey(vpc),
    account: vpc.account,
    region: vpc.region,
    vpc: vpc.id,
    network: cluster.network,
    kubernetesVersion: cluster.kubernetesVersion,
    nodes: cluster.nodes.kind,
    keepPodAddresses: keepsPodAddresses(topology, cluster),
    privateApi: api?.private !== undefined,
    allowFrom: api?.allowFrom ?? [],
    allowNatOf: isPublic ? watchersElsewhere(relation) : [],
    gatewayApi: cluster.gatewayApi,
    loadBalancerController: controllerChart(topology, cluster),
    existing: cluster.existing,
  };
}

/**
 * Peers in other VPCs of one network send to pods, and take what answers for the pod only if it has the pod's
 * address; by default EKS replaces it with the node's outside the VPC
 * (https://docs.aws.amazon.com/eks/latest/userguide/external-snat.html).
 */
export function keepsPodAddresses({ networks }: Topology, { network }: Cluster): boolean {
  return networks[network]!.vpcs.length > 1;
}

/**
 * VPCs whose istiods call this API server from outside its own VPC: there the public name resolves to public
 * addresses, so that calls arrive from their NAT gateways
 * (https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html).
 */
function watchersElsewhere({ vpc, members }: ClusterRelation): string[] {
  const watching = members.flatMap(({ watchedBy }) => watchedBy.map(({ at }) => at.vpc));
  const elsewhere = watching.filter((other) => other !== vpc);
  return [...new Set(elsewhere.map(({ id }) => id))].sort();
}

/** Auto Mode brings its own controller, and yours is yours. */
function controllerChart(topology: Topology, cluster: Cluster): ChartReference | undefined {
  if (cluster.existing || cluster.loadBalancers !== LoadBalancers.Controller) return undefined;
  const { charts, version } = topology.istio;
  return chartReference(charts, ChartName.LoadBalancerController, version);
}
