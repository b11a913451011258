/** Whether single packets get through by the planned routes and rules, told without the planner of reach. */
import { containsCidr } from "cidr-tools";
import type { NetworkPlan, RulePlan } from "../../../components/network";
import type { Topology } from "../../../components/topology";

/** Of every application, and opened by itself for nothing. */
const PORTS = [1, 9999, 65535];

/** Whether all packets of a cluster's pods get to those of another, or none; anything between is an error. */
export function podsReach(
  topology: Topology,
  network: NetworkPlan,
  from: string,
  to: string,
): boolean {
  if (from === to) return true;
  if (!isRouted(topology, network, from, to)) return false;
  const answers = addressesOf(topology, from).flatMap((address) =>
    PORTS.map((port) => isLetIn(network, `cluster/${to}`, { from, address, port })),
  );
  return agreed(answers, `${from} to ${to}`);
}

/** The same through a load balancer before the pods of a cluster, by one of its ports. */
export function balancerPasses(
  topology: Topology,
  network: NetworkPlan,
  from: string,
  balancer: string,
  port: number,
): boolean {
  const before = balancer.split("/")[1];
  if (!isRouted(topology, network, from, before)) return false;
  const answers = addressesOf(topology, from).map((address) =>
    isLetIn(network, `balancer/${balancer}`, { from, address, port }),
  );
  return agreed(answers, `${from} to ${balancer}`) && leads(network, balancer, port);
}

/** Whether a load balancer sends a port on to its pods, and they let it in. */
export function leads(network: NetworkPlan, balancer: string, port: number): boolean {
  const group = `balancer/${balancer}`;
  const pods = `cluster/${balancer.split("/")[1]}`;
  const isSent = network.firewall.groups[group].out.some(
    ({ side, ports }) =>
      isWithin(port, ports) && (side.kind === "group" ? side.group === pods : side.kind === "cidr"),
  );
  const own = network.firewall.groups[pods];
  if (!own) return isSent && saysYours(network, pods, port, /^load balancer of /);
  return (
    isSent &&
    own.in.some(
      ({ side, ports }) => side.kind === "group" && side.group === group && isWithin(port, ports),
    )
  );
}

function agreed(answers: boolean[], what: string): boolean {
  const [first, ...others] = new Set(answers);
  if (others.length > 0) throw new Error(`${what}: some packets of one place get through`);
  return first;
}

function isRouted({ clusters, vpcs, links }: Topology, network: NetworkPlan, a: string, b: string) {
  const [from, to] = [vpcs[clusters[a].vpc], vpcs[clusters[b].vpc]];
  if (from === to || links.via === "existing") return true;
  if (links.via === "peering")
    return [`${from.id}/${to.id}`, `${to.id}/${from.id}`].some((key) => key in network.peerings);
  const leadsTo = (one: typeof from, other: typeof from) =>
    containsCidr(network.routeLists[one.id]?.cidrs ?? [], other.cidrs);
  const gateways = Object.values(network.transitGateways);
  const isAttached = ({ id }: typeof from) => gateways.some(({ vpcs: own }) => own.includes(id));
  const areJoined =
    from.region === to.region ||
    from.region in links.transitGateways ||
    [`${from.region}/${to.region}`, `${to.region}/${from.region}`].some(
      (key) => key in network.transitGatewayPeerings,
    );
  return [from, to].every(isAttached) && areJoined && leadsTo(from, to) && leadsTo(to, from);
}

/** First and last address of each range of a cluster's VPC. */
function addressesOf({ clusters, vpcs }: Topology, cluster: string): string[] {
  return vpcs[clusters[cluster].vpc].cidrs.flatMap((cidr) => {
    const [start, prefix] = cidr.split("/");
    const number = start.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    const last = number + 2 ** (32 - Number(prefix)) - 1;
    return [start, [24, 16, 8, 0].map((bits) => Math.floor(last / 2 ** bits) % 256).join(".")];
  });
}

interface Packet {
  from: string;
  address: string;
  port: number;
}

function isLetIn(network: NetworkPlan, group: string, packet: Packet): boolean {
  const own = network.firewall.groups[group];
  if (!own) return saysYours(network, group, packet.port, new RegExp(packet.from), packet.address);
  return own.in.some((rule) => isWithin(packet.port, rule.ports) && isFrom(network, rule, packet));
}

function isFrom(network: NetworkPlan, { side }: RulePlan, { from, address }: Packet): boolean {
  switch (side.kind) {
    case "cidr":
      return containsCidr(side.cidr, address);
    case "list":
      return containsCidr(network.prefixLists[side.list].cidrs, address);
    case "group":
      return side.group === `cluster/${from}`;
    default:
      return false;
  }
}

function isWithin(port: number, [first, last]: readonly [number, number]): boolean {
  return first <= port && port <= last;
}

function saysYours(
  { firewall }: NetworkPlan,
  group: string,
  port: number,
  by: RegExp,
  address?: string,
): boolean {
  return firewall.yoursToOpen.some(
    ({ cluster, from, ports }) =>
      group === `cluster/${cluster}` &&
      isWithin(port, ports) &&
      from.some((one) =>
        /^[\d.]+\/\d+$/.test(one) ? address && containsCidr(one, address) : by.test(one),
      ),
  );
}
