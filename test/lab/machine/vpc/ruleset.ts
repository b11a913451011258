import type { Group, GroupRule } from "./cloudNetwork";
import { packetHooks, tableOf } from "../nft";
import { protocolOf, type Filter, type Interface } from "./filter";

/** Names of sets and chains hold no hyphen in nftables. */
const nameOf = (text: string): string => text.replace(/[^A-Za-z0-9]/g, "_");
const setOf = (group: string): string => `carries_${nameOf(group)}`;
const chainOf = (direction: keyof Group, groups: readonly string[]): string =>
  `${direction}_${groups.map(nameOf).join("__")}`;

function set(name: string, type: string, elements: readonly string[]): string[] {
  const unique = [...new Set(elements)].sort();
  const held = unique.length > 0 ? [`elements = { ${unique.join(", ")} }`] : [];
  return [`set ${name} {`, `type ${type}`, ...held, "}"];
}

/** Lines that let through what one rule matches; the other side is where a packet goes, or comes from. */
function linesOf(rule: GroupRule, side: "saddr" | "daddr", known: ReadonlySet<string>): string[] {
  const { cidrs, group, ports } = rule;
  const protocol = protocolOf(rule);
  const range = ports ? ` th dport ${ports.join("-")}` : "";
  const match = protocol === "-1" ? "" : ` meta l4proto ${protocol}${range}`;
  const others = [
    ...(cidrs.length > 0 ? [`{ ${[...new Set(cidrs)].sort().join(", ")} }`] : []),
    ...(group !== undefined && known.has(group) ? [`@${setOf(group)}`] : []),
  ];
  return others.map((other) => `ip ${side} ${other}${match} return`);
}

function chain(
  { groups }: Filter,
  direction: keyof Group,
  carried: readonly string[],
  known: ReadonlySet<string>,
): string[] {
  const side = direction === "in" ? "saddr" : "daddr";
  const rules = carried.flatMap((id) => groups.get(id)?.[direction] ?? []);
  const lines = rules.flatMap((rule) => linesOf(rule, side, known));
  return [`chain ${chainOf(direction, carried)} {`, ...lines, "drop", "}"];
}

/** Which chain decides for an address. */
function dispatch(direction: keyof Group, interfaces: readonly Interface[]): string[] {
  const side = direction === "in" ? "daddr" : "saddr";
  const entries = interfaces
    .filter(({ groups }) => groups.length > 0)
    .map(({ address, groups }) => `${address} : jump ${chainOf(direction, groups)}`);
  return entries.length > 0 ? [`ip ${side} vmap { ${entries.sort().join(", ")} }`] : [];
}

/** The lab asks its load balancers at their own addresses; no pod is behind this interface. */
const itself = ["iif lo return", "oif lo return"];

/** A filter in the language of nft: what AWS drops without a word, the kernel does too. */
export function rulesetOf(filter: Filter): string {
  const { interfaces } = filter;
  const combinations = new Map(
    interfaces
      .filter(({ groups }) => groups.length > 0)
      .map(({ groups }) => [groups.join(), groups]),
  );
  const carried = new Set(interfaces.flatMap(({ groups }) => groups));
  const chains = [...combinations.values()].flatMap((groups) => [
    ...chain(filter, "in", groups, carried),
    ...chain(filter, "out", groups, carried),
  ]);
  const carriers = [...carried].flatMap((group) => {
    const mine = interfaces.filter(({ groups }) => groups.includes(group));
    return set(
      setOf(group),
      "ipv4_addr",
      mine.map(({ address }) => address),
    );
  });
  const pairs = filter.routed.map(([from, to]) => `${from} . ${to}`);
  return tableOf("vpc", [
    ...set("ranges", "ipv4_addr; flags interval; auto-merge", filter.ranges),
    ...set("routed", "ipv4_addr . ipv4_addr; flags interval", pairs),
    ...set(
      "there",
      "ipv4_addr",
      interfaces.map(({ address }) => address),
    ),
    ...carriers,
    ...chains,
    "chain packets {",
    "ip saddr != @ranges return",
    "ip daddr != @ranges return",
    // Routes know no connections; security groups let every packet of an open one pass.
    "ip saddr . ip daddr != @routed drop",
    "ct state established,related return",
    "ip saddr != @there drop",
    "ip daddr != @there drop",
    ...dispatch("out", interfaces),
    ...dispatch("in", interfaces),
    "}",
    ...packetHooks(itself),
  ]);
}
