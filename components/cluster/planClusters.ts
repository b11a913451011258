/** Which clusters stand where, and who may call their API servers. */
import { watchRelation } from "../access/relation";
import { ChartName, chartReference } from "../istio/charts";
import type { ChartReference } from "../istio/charts";
import { Compute, providerKey } from "../topology";
import type { Api, Cluster, Topology } from "../topology";
import type { ClusterPlan } from "./plan";

/** One plan per cluster, made here or brought along. */
export function planClusters(topology: Topology): Record<string, ClusterPlan> {
  return Object.fromEntries(
    Object.values(topology.clusters).map((cluster) => [
      cluster.name,
      planCluster(topology, cluster),
    ]),
  );
}

function planCluster(topology: Topology, cluster: Cluster): ClusterPlan {
  const vpc = topology.vpcs[cluster.vpc];
  const api = apiOf(topology, cluster);
  return {
    name: cluster.name,
    eksName: eksName(topology, cluster),
    provider: providerKey(vpc.account, vpc.region),
    account: vpc.account,
    region: vpc.region,
    vpc: cluster.vpc,
    network: cluster.network,
    kubernetesVersion: cluster.kubernetesVersion,
    compute: cluster.compute,
    keepPodAddresses: keepsPodAddresses(topology, cluster),
    privateApi: api.private,
    allowFrom: api.allowFrom,
    allowNatOf: api.private || cluster.existing ? [] : watchersElsewhere(topology, cluster),
    gatewayApi: cluster.gatewayApi,
    loadBalancerController: controllerChart(topology, cluster),
    existing: cluster.existing,
  };
}

/** Name that EKS knows a cluster by; "" for a cluster that is not on EKS, or does not say so. */
export function eksName(topology: Topology, cluster: Cluster): string {
  return cluster.existing ? (cluster.existing.eksName ?? "") : `${topology.name}-${cluster.name}`;
}

/** Who reaches a cluster's API server. Nothing is said about that of a cluster you bring. */
export function apiOf(topology: Topology, cluster: Cluster): Api {
  const closed: Api = { allowFrom: [], private: false };
  return cluster.existing ? closed : (cluster.api ?? topology.api ?? closed);
}

/**
 * Peers in other VPCs of one network send to pods, and take what answers for the pod only if it has the pod's
 * address; by default EKS replaces it with the node's outside the VPC
 * (https://docs.aws.amazon.com/eks/latest/userguide/external-snat.html).
 */
export function keepsPodAddresses(topology: Topology, cluster: Cluster): boolean {
  return topology.networks[cluster.network].vpcs.length > 1;
}

/**
 * VPCs whose istiods call this API server from outside its own VPC: there the public name resolves to public
 * addresses, so that calls arrive from their NAT gateways
 * (https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html).
 */
function watchersElsewhere(topology: Topology, cluster: Cluster): string[] {
  const vpcs = watchRelation(topology)
    .filter(({ watched }) => watched === cluster.name)
    .map(({ watcher }) => topology.clusters[watcher].vpc)
    .filter((vpc) => vpc !== cluster.vpc);
  return [...new Set(vpcs)].sort();
}

/** Auto Mode brings its own controller, and yours is yours. */
function controllerChart(topology: Topology, cluster: Cluster): ChartReference | undefined {
  if (cluster.existing || cluster.compute === Compute.AutoMode) return undefined;
  const { charts, version } = topology.istio;
  return chartReference(charts, ChartName.LoadBalancerController, version);
}
