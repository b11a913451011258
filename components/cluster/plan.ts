/** Which clusters stand where, and who may call their API servers. */
import { ChartName, chartReference } from "../versions/charts";
import type { ChartReference } from "../versions/charts";
import { find, keyed } from "../records";
import { versionAt } from "../versions/versionAt";
import {
  holdsTenants,
  installsController,
  istioAt,
  planRoles,
  providerKey,
  tagsOf,
} from "../topology";
import type { ClusterRelation, Relations, Topology } from "../topology";
import type { FirewallPlan } from "../network/firewall/facts";
import type { ClusterPlan } from "./facts";

/** One plan per cluster, made here or brought along. */
export function planClusters(
  { topology, clusters }: Relations,
  publicApi: FirewallPlan["publicApi"],
): Record<string, ClusterPlan> {
  const plans = clusters.map((relation) => {
    const allowNatOf = find(publicApi, relation.cluster.name) ?? [];
    return { ...planCluster(topology, relation), allowNatOf };
  });
  return keyed(plans, ({ name }) => name);
}

function planCluster(
  topology: Topology,
  relation: ClusterRelation,
): Omit<ClusterPlan, "allowNatOf"> {
  const { cluster, vpc, eksName, api } = relation;
  return {
    name: cluster.name,
    eksName,
    provider: providerKey(vpc),
    account: vpc.account,
    region: vpc.region,
    vpc: vpc.id,
    network: cluster.network,
    kubernetesVersion: cluster.kubernetesVersion,
    nodes: cluster.nodes,
    privateApi: api?.private !== undefined,
    allowFrom: api?.allowFrom ?? [],
    deletionProtection: topology.protect,
    encryptionKey: find(topology.encryptionKeys, vpc.region),
    upgradePolicy: cluster.upgradePolicy,
    zonalShift: cluster.zonalShift,
    logs: cluster.logs,
    networkPolicies: holdsTenants(relation),
    access: cluster.access,
    iam: planRoles(topology.iam, vpc.account),
    tags: tagsOf(topology),
    loadBalancerController: controllerChart(topology, relation),
    existing: cluster.existing,
  };
}

function controllerChart(
  topology: Topology,
  relation: ClusterRelation,
): ChartReference | undefined {
  if (!installsController(relation.cluster)) return undefined;
  const { charts } = istioAt(relation, topology);
  return chartReference(charts, ChartName.LoadBalancerController, versionAt(relation, topology));
}
