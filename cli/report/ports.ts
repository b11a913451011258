/** The ports that a plan opens: to whom, and why. */
import type { Facts } from "../../components/mesh";
import type { FirewallPlan, NetworkPlan, RulePlan } from "../../components/network";
import { portsText } from "../../components/network";
import { lookUp } from "../../components/records";
import type { PortReport, PortsReport } from "./report";

/** By what carries the security group. */
export function reportPorts({ network }: Facts): PortsReport[] {
  return Object.values(network.firewall.groups)
    .filter(({ in: rules }) => rules.length > 0)
    .map(({ label, in: rules }) => ({
      target: label,
      rules: joined(rules.map((rule) => reportRule(network, rule))),
    }));
}

/** Ports that a load balancer lets in. */
export function portsOf({ groups }: FirewallPlan, balancer: string): number[] {
  const own = Object.values(groups).find(({ of }) => of.kind === "balancer" && of.key === balancer);
  return [...new Set((own?.in ?? []).map(({ ports: [first] }) => first))];
}

function reportRule(network: NetworkPlan, rule: RulePlan): PortReport {
  const { reason, alsoFor } = rule;
  return { ports: portsText(rule), from: sourcesOf(network, rule), reason, alsoFor };
}

/** One line per ports and reasons, with everyone who gets in for them. */
function joined(lines: PortReport[]): PortReport[] {
  const byPurpose = new Map<string, PortReport>();
  for (const line of lines) {
    const purpose = JSON.stringify([line.ports, line.reason, line.alsoFor]);
    const others = byPurpose.get(purpose)?.from ?? [];
    byPurpose.set(purpose, { ...line, from: [...others, ...line.from] });
  }
  return [...byPurpose.values()];
}

function sourcesOf({ firewall, prefixLists }: NetworkPlan, { side }: RulePlan): string[] {
  switch (side.kind) {
    case "cidr":
      return [side.cidr];
    case "list":
      return lookUp(prefixLists, side.list).cidrs;
    case "group":
      return [lookUp(firewall.groups, side.group).label];
    case "given-group":
    case "given-list":
      return [side.id];
  }
}
