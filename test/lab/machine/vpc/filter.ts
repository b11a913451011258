import type { CloudNetwork, Group, GroupRule } from "./cloudNetwork";
import { holds } from "./ranges";
import { routedPairs } from "./routing";

/** What has an address in a VPC, and the security groups that it carries; one without any lets everything in and out. */
export interface Interface {
  readonly address: string;
  readonly groups: readonly string[];
}

/** Which packets open a connection: answers of an open one always pass, since security groups remember it. */
export interface Filter {
  /** Ranges of all VPCs: what is outside them is not decided here. */
  readonly ranges: readonly string[];
  /** Ranges of subnets with routes there and back. */
  readonly routed: readonly (readonly [from: string, to: string])[];
  readonly interfaces: readonly Interface[];
  readonly groups: ReadonlyMap<string, Group>;
}

export function filterOf(network: CloudNetwork, interfaces: readonly Interface[]): Filter {
  return {
    ranges: [...network.vpcs.values()].flat(),
    routed: routedPairs(network).map(([from, to]) => [from.cidr, to.cidr] as const),
    interfaces,
    groups: network.groups,
  };
}

export interface Packet {
  readonly from: string;
  readonly to: string;
  readonly protocol: "tcp" | "udp";
  readonly port: number;
}

/** Names of AWS for protocols, by number too (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html). */
const protocolNames: Readonly<Record<string, string>> = { "6": "tcp", "17": "udp" };
export const protocolOf = ({ protocol }: GroupRule): string => protocolNames[protocol] ?? protocol;

export type Reason = "no route" | "nobody there" | "not let out" | "not let in";

/** Why a packet that would open a connection is dropped; undefined where it passes. */
export function dropped(filter: Filter, packet: Packet): Reason | undefined {
  const { from, to } = packet;
  const { ranges, routed, interfaces } = filter;
  const inVpc = (address: string) => ranges.some((range) => holds(range, address));
  if (!inVpc(from) || !inVpc(to)) return undefined;
  if (!routed.some(([a, b]) => holds(a, from) && holds(b, to))) return "no route";
  const [source, target] = [from, to].map((address) =>
    interfaces.find((one) => one.address === address),
  );
  if (!source || !target) return "nobody there";
  if (!lets(filter, "out", source, target, packet)) return "not let out";
  return lets(filter, "in", target, source, packet) ? undefined : "not let in";
}

function lets(
  { groups }: Filter,
  direction: keyof Group,
  own: Interface,
  other: Interface,
  { protocol, port }: Packet,
): boolean {
  const matches = (rule: GroupRule) =>
    ["-1", protocol].includes(protocolOf(rule)) &&
    (!rule.ports || (rule.ports[0] <= port && port <= rule.ports[1])) &&
    (rule.cidrs.some((cidr) => holds(cidr, other.address)) ||
      (rule.group !== undefined && other.groups.includes(rule.group)));
  return (
    own.groups.length === 0 || own.groups.some((id) => groups.get(id)?.[direction].some(matches))
  );
}
