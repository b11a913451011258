/** The ports that a plan opens: to whom, and why. */
import type { Facts } from "../../components/mesh";
import type { NetworkPlan, RulePlan } from "../../components/network/facts";
import { lookUp } from "../../components/records";
import type { PortReport, PortsReport } from "./report";

export function reportPorts({ network }: Facts): PortsReport[] {
  const clusters = Object.entries(network.clusterRules).map(([cluster, { rules }]) => ({
    target: `nodes and pods of cluster ${cluster}`,
    rules: [
      ...rules,
      ...Object.values(network.gatewayGroups)
        .filter((group) => group.cluster === cluster)
        .flatMap((group) => group.toCluster),
    ],
  }));
  const gateways = Object.entries(network.gatewayGroups).map(([key, group]) => ({
    target: `load balancer of ${Object.hasOwn(network.istiods, key) ? "istiod" : "gateway"} ${key}`,
    rules: group.ingress,
  }));
  return [...gateways, ...clusters]
    .filter(({ rules }) => rules.length > 0)
    .map(({ target, rules }) => ({ target, rules: joinSources(network, rules) }));
}

/** One line per ports and reason, with everyone who gets in for it. */
function joinSources(network: NetworkPlan, rules: RulePlan[]): PortReport[] {
  const joined = new Map<string, PortReport>();
  for (const rule of rules) {
    const { fromPort, toPort, reason } = rule;
    const ports = fromPort === toPort ? `${fromPort}` : `${fromPort}-${toPort}`;
    const line = joined.get(`${ports} ${reason}`) ?? { ports, from: [], reason };
    joined.set(`${ports} ${reason}`, {
      ...line,
      from: [...line.from, ...sourcesOf(network, rule)],
    });
  }
  return [...joined.values()];
}

function sourcesOf(network: NetworkPlan, rule: RulePlan): string[] {
  const { cidr, prefixList, gateway, cluster } = rule;
  if (cidr !== undefined) return [cidr];
  if (gateway !== undefined) return [`load balancer of ${gateway.split("/").pop()}`];
  return cluster !== undefined
    ? [`cluster ${cluster}`]
    : lookUp(network.prefixLists, prefixList!).cidrs;
}
