import type * as pulumi from "@pulumi/pulumi";
import { lookUp } from "../../records";
import type { ClusterHandle } from "../../handles";
import type { AwsOptions } from "../../options";
import { logicalName } from "../../topology";
import type { Networks } from "../create";
import type { GatewayGroupPlan, NetworkPlan, RulePlan } from "../facts";
import { SecurityRules } from "./securityRules";
import type { GatewaySecurity, SecurityRule } from "./securityRules";

/** What rules refer to. */
interface Ids extends Networks {
  clusters: Record<string, ClusterHandle>;
}

type Gateway = [key: string, group: GatewayGroupPlan];

/**
 * Opens what the mesh needs, cluster by cluster.
 *
 * @returns the security group of each load balancer, by the key of its gateway or istiod
 */
export function createSecurityRules(
  name: string,
  plan: NetworkPlan,
  ids: Ids,
  options: AwsOptions,
): Record<string, pulumi.Output<string>> {
  const groups: Record<string, pulumi.Output<string>> = {};
  for (const cluster of Object.keys(ids.clusters)) {
    const gateways = Object.entries(plan.gatewayGroups).filter(
      ([, group]) => group.cluster === cluster,
    );
    Object.assign(groups, createRulesOf(name, cluster, gateways, plan, ids, options));
  }
  return groups;
}

function createRulesOf(
  name: string,
  cluster: string,
  gateways: Gateway[],
  plan: NetworkPlan,
  ids: Ids,
  options: AwsOptions,
): Record<string, pulumi.Output<string>> {
  const rules = plan.clusterRules[cluster]?.rules ?? [];
  if (rules.length === 0 && gateways.length === 0) return {};
  const { vpc, provider } = plan.clusterRules[cluster] ?? gateways[0]![1];
  const security = new SecurityRules(
    logicalName(name, cluster),
    {
      vpcId: lookUp(ids.vpcs, vpc).vpcId,
      clusterSecurityGroupId: lookUp(ids.clusters, cluster).securityGroupId,
      ingress: rules.map((rule) => ruleArgs(rule, ids)),
      gateways: Object.fromEntries(
        gateways.map(([key, group]) => [
          suffix(key),
          gatewayArgs(logicalName(name, key), group, ids),
        ]),
      ),
    },
    options(provider),
  );
  const { gatewaySecurityGroupIds } = security;
  return Object.fromEntries(
    gateways.map(([key]) => [
      key,
      gatewaySecurityGroupIds.apply((all) => lookUp(all, suffix(key))),
    ]),
  );
}

/** Mesh and gateway; the cluster is in the component's own name. */
function suffix(key: string): string {
  const [mesh, , gateway] = key.split("/");
  return logicalName(mesh, gateway);
}

function gatewayArgs(groupName: string, group: GatewayGroupPlan, ids: Ids): GatewaySecurity {
  const toArgs = (rules: RulePlan[]) => rules.map((rule) => ruleArgs(rule, ids));
  return {
    groupName,
    description: group.description,
    ingress: toArgs(group.ingress),
    egress: toArgs(group.egress),
    toCluster: toArgs(group.toCluster),
  };
}

function ruleArgs(rule: RulePlan, ids: Ids): SecurityRule {
  const { name, fromPort, toPort, reason, cidr, prefixList, cluster } = rule;
  return {
    ...{ name, fromPort, toPort, reason, cidr },
    prefixListId: prefixList === undefined ? undefined : ids.prefixLists[prefixList],
    securityGroupId:
      cluster === undefined ? undefined : lookUp(ids.clusters, cluster).securityGroupId,
  };
}
