/** The ports that a plan opens: to whom, and why. */
import type { Facts } from "../../components/mesh";
import type { NetworkPlan, RulePlan } from "../../components/network/plan";
import type { PortReport, PortsReport } from "./report";

export function reportPorts({ network }: Facts): PortsReport[] {
  const clusters = Object.keys(network.clusterRules).map((cluster) => ({
    target: `nodes and pods of cluster ${cluster}`,
    rules: [
      ...network.clusterRules[cluster].rules,
      ...Object.values(network.gatewayGroups)
        .filter((group) => group.cluster === cluster)
        .flatMap((group) => group.toCluster),
    ],
  }));
  const gateways = Object.entries(network.gatewayGroups).map(([key, group]) => ({
    target: `load balancer of gateway ${key}`,
    rules: group.ingress,
  }));
  return [...gateways, ...clusters]
    .filter(({ rules }) => rules.length > 0)
    .map(({ target, rules }) => ({
      target,
      rules: rules.map((rule) => reportRule(network, rule)),
    }));
}

function reportRule(network: NetworkPlan, rule: RulePlan): PortReport {
  const { fromPort, toPort, reason } = rule;
  const ports = fromPort === toPort ? `${fromPort}` : `${fromPort}-${toPort}`;
  return { ports, from: sourceOf(network, rule), reason };
}

function sourceOf(network: NetworkPlan, { cidr, prefixList, gateway, cluster }: RulePlan): string {
  if (cidr !== undefined) return cidr;
  if (gateway !== undefined) return "its load balancer";
  if (cluster !== undefined) return `cluster ${cluster}`;
  const { cidrs } = network.prefixLists[prefixList!];
  return cidrs.length <= 2 ? cidrs.join(", ") : `${cidrs.length} networks of the mesh`;
}
