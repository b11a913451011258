/** What the rules of security groups let through. */
import type { NetworkPlan, RulePlan } from "../../network";
import { portsText, Protocol } from "../../network/firewall/facts";
import type { Ports } from "../../network/firewall/facts";
import { lookUp } from "../../records";
import { contains, isCidr, overlap } from "../../topology/cidr";
import { Barrier } from "./facts";
import type { Passage } from "./passage";

/** Who sends packets, as rules know it. */
export interface Caller {
  /** Key of the group that it carries. */
  group: string;
  /** How it is called where the group that it comes to is yours. */
  label: string;
  /** Addresses that it may have; none for load balancers, which rules name by their group. */
  addresses: string[];
}

/** Who is sent packets, as rules know it. */
export type Called = Pick<Caller, "group" | "addresses">;

/** A load balancer as the caller of the pods behind it. */
export function balancerIn({ firewall }: NetworkPlan, group: string): Caller {
  return { group, label: lookUp(firewall.groups, group).label, addresses: [] };
}

/** Into a group of ours; without a caller for whomever it lets in. */
export function entry(
  network: NetworkPlan,
  group: string,
  caller: Caller | undefined,
  ports: Ports,
): Passage {
  const rules = lookUp(network.firewall.groups, group).in.filter((rule) => covers(rule, ports));
  return by(group, "in", caller ? lettingIn(network, rules, caller) : rules);
}

/** Out of a load balancer to the group of some pods, or to their addresses. */
export function exit({ firewall }: NetworkPlan, group: string, to: string, ports: Ports): Passage {
  const rules = lookUp(firewall.groups, group).out.filter((rule) => covers(rule, ports));
  const leading = rules.filter(({ side }) => side.kind !== "group" || side.group === to);
  return by(group, "out", leading);
}

/** Out of the group of some tasks, which lets out what is planned alone. */
export function leaving(network: NetworkPlan, group: string, to: Called, ports: Ports): Passage {
  const rules = lookUp(network.firewall.groups, group).out.filter((rule) => covers(rule, ports));
  const leading = rules.filter(
    (rule) =>
      (rule.side.kind === "group" && rule.side.group === to.group) ||
      holds(rangesOf(network, rule), to.addresses),
  );
  return by(group, "out", leading);
}

/** Into a group of yours that the description does not name: open is what you are told to open. */
export function givenEntry(
  { firewall }: NetworkPlan,
  { label, addresses }: Caller,
  cluster: string,
  ports: Ports,
): Passage {
  const opening = firewall.yoursToOpen
    .filter((one) => one.cluster === cluster && covers(one, ports))
    .find(({ from }) => from.includes(label) || holds(from.filter(isCidr), addresses));
  if (!opening) return { open: false, why: Barrier.Closed };
  const { from: sources } = opening;
  return { open: true, needs: [{ kind: "yours", cluster, ports: portsText(opening), sources }] };
}

/** The rule that names the caller's group, or those that together hold its addresses. */
function lettingIn(network: NetworkPlan, rules: RulePlan[], caller: Caller): RulePlan[] {
  const byGroup = rules.find(({ side }) => side.kind === "group" && side.group === caller.group);
  if (byGroup) return [byGroup];
  const open = rules.flatMap((rule) => rangesOf(network, rule));
  if (!holds(open, caller.addresses)) return [];
  return rules.filter((rule) => overlap(rangesOf(network, rule), caller.addresses));
}

/** Addresses that a rule names; what is behind a group or an id of yours is not known by address. */
function rangesOf({ prefixLists }: NetworkPlan, { side }: RulePlan): string[] {
  if (side.kind === "cidr") return [side.cidr];
  return side.kind === "list" ? lookUp(prefixLists, side.list).cidrs : [];
}

function holds(ranges: string[], addresses: string[]): boolean {
  return addresses.length > 0 && contains(ranges, addresses);
}

function covers({ ports, protocol }: Pick<RulePlan, "ports" | "protocol">, wanted: Ports): boolean {
  return protocol === Protocol.Tcp && ports[0] <= wanted[0] && wanted[1] <= ports[1];
}

function by(group: string, way: "in" | "out", rules: RulePlan[]): Passage {
  if (rules.length === 0) return { open: false, why: Barrier.Closed };
  return {
    open: true,
    needs: rules.map(({ name }) => ({ kind: "rule", group, way, rule: name })),
  };
}
