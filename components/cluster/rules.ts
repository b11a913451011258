import { natGateways } from "../network/plan";
import { natAddressesOf, pathOf, providerKey, Severity, today } from "../topology";
import type { Problem, Relations, Rule, Topology } from "../topology";
import { kubernetesRules } from "../versions/kubernetesRules";
import type { ClusterPlan } from "./facts";
import { controlPlaneRules } from "./eks/rules";
import { controllerRules } from "./loadBalancers/rules";
import { nodeRules } from "./nodes/rules";

/** A rule of this room: it may ask what the room has planned. */
type ClusterRule = Rule<Record<string, ClusterPlan>>;

/** https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html */
export const PUBLIC_CIDRS = 40;
export const EKS_CLUSTERS = 100;

/** Rules about clusters. */
export const clusterRules: ClusterRule[] = [
  ...kubernetesRules(today),
  ...controlPlaneRules,
  ...nodeRules,
  ...controllerRules,
  {
    id: "cluster-public-cidrs",
    summary: "At most 40 CIDRs may call a public API server, peers in other VPCs included.",
    why: "AWS does not raise this quota (https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html).",
    severity: Severity.Problem,
    check: checkPublicCidrs,
  },
  {
    id: "cluster-eks-quota",
    summary: "An account and region has at most 100 EKS clusters by default.",
    why: "AWS raises this quota on request (https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html).",
    severity: Severity.Warning,
    check: ({ quotas }, relations) =>
      quotas.eksClusters === undefined
        ? crowded(relations, EKS_CLUSTERS, "ask AWS to raise it, and say so in quotas.eksClusters")
        : [],
  },
  {
    id: "cluster-eks-quota-raised",
    summary: "An account and region has no more EKS clusters than its raised quota.",
    why: "EKS refuses the next one (https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html).",
    severity: Severity.Problem,
    check: ({ quotas }, relations) =>
      quotas.eksClusters === undefined
        ? []
        : crowded(
            relations,
            quotas.eksClusters,
            "ask AWS to raise it further, or spread the clusters over accounts or regions",
          ),
  },
  {
    id: "cluster-keeps-pod-addresses",
    summary:
      "A cluster you bring leaves its pods their addresses where its network has several VPCs.",
    why: "By default the VPC CNI gives packets to other VPCs the node's address (https://docs.aws.amazon.com/eks/latest/userguide/external-snat.html).",
    severity: Severity.Warning,
    check: (topology) =>
      Object.values(topology.clusters)
        .filter(({ existing, network }) => existing && topology.networks[network]!.vpcs.length > 1)
        .map((cluster) => ({
          path: pathOf("clusters", cluster.name, "existing"),
          got: `a cluster of yours on network ${cluster.network}, which has several VPCs`,
          allowed: "pods that keep their address on the way to the other VPCs",
          fix: "set AWS_VPC_K8S_CNI_EXTERNALSNAT=true on its VPC CNI, or snatPolicy: Disabled in its NodeClass",
        })),
  },
];

/** One problem per list, for the cluster that has most: the others' differ by a few. */
function checkPublicCidrs(
  topology: Topology,
  _: Relations,
  plans: Record<string, ClusterPlan>,
): Problem[] {
  const worst = new Map<string, { plan: ClusterPlan; nat: number }>();
  for (const plan of Object.values(plans)) {
    const nat = natAddresses(topology, plan.allowNatOf);
    const path = apiPath(topology, plan.name);
    if (plan.allowFrom.length + nat <= Math.max(PUBLIC_CIDRS, total(worst.get(path)))) continue;
    worst.set(path, { plan, nat });
  }
  return [...worst].map(([path, { plan, nat }]) => ({
    path,
    got: `${plan.allowFrom.length} of yours and ${nat} NAT addresses of ${plan.allowNatOf.length} VPCs whose istiods watch cluster ${plan.name}`,
    allowed: `${PUBLIC_CIDRS} in all`,
    fix: "use private and run Pulumi inside the network: peers then come over the link",
  }));
}

function total(list?: { plan: ClusterPlan; nat: number }): number {
  return list ? list.plan.allowFrom.length + list.nat : 0;
}

/** Public addresses of some VPCs: one per NAT gateway. */
function natAddresses({ vpcs }: Topology, ids: string[]): number {
  const counts = ids.map((id) => {
    const vpc = vpcs[id]!;
    return vpc.existing ? natAddressesOf(vpc) : natGateways(vpc);
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Where the list stands that is too long: the cluster's own, or everyone's. */
function apiPath({ clusters }: Topology, name: string): string {
  return clusters[name]!.api ? pathOf("clusters", name, "api") : "api";
}

function crowded({ clusters }: Relations, quota: number, fix: string): Problem[] {
  const counts = new Map<string, number>();
  for (const { vpc } of clusters.filter(({ cluster }) => !cluster.existing)) {
    const where = providerKey(vpc);
    counts.set(where, (counts.get(where) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > quota)
    .map(([where, count]) => ({
      path: "clusters",
      got: `${count} EKS clusters in ${where}`,
      allowed: `${quota} in an account and region`,
      fix,
    }));
}
