/** What routes and security groups let through. */
import type { NetworkPlan } from "../../network";
import {
  balancerGroup,
  clusterGroup,
  outsideGroup,
  outsideLabel,
} from "../../network/firewall/groups";
import { HBONE } from "../../istio/ports";
import { find } from "../../records";
import type { ClusterRelation, Relations, Vpc } from "../../topology";
import { Barrier } from "./facts";
import { balancerIn, entry, exit, givenEntry, leaving } from "./groups";
import type { Called, Caller } from "./groups";
import { inTurn, OPEN } from "./passage";
import type { Passage } from "./passage";
import type { Site } from "./places";

/** A load balancer before pods of a cluster, and the ports that one comes by. */
export interface Front {
  key: string;
  before: ClusterRelation;
  ports: number[];
}

export interface Packets {
  /** To pods on any port, or to machines or tasks on all of theirs. */
  direct(from: Site, to: Site): Passage;
  /** The same on the port of ztunnels alone. */
  hbone(from: Site, to: Site): Passage;
  /** From pods, machines or tasks through a load balancer to the pods behind it. */
  through(from: Site, front: Front): Passage;
  /** The same for whomever a load balancer lets in. */
  fromClients(front: Front): Passage;
}

/** The same is asked for pods in a mesh and outside, so every answer is kept. */
export function packetsOf(relations: Relations, network: NetworkPlan): Packets {
  const known = new Map<string, Passage>();
  const once = (parts: string[], ask: () => Passage): Passage => {
    const key = parts.join(" ");
    const answer = known.get(key) ?? ask();
    known.set(key, answer);
    return answer;
  };
  return {
    direct: (from, to) =>
      once([groupOf(from), groupOf(to)], () => over(relations, network, [from, to], portsOf(to))),
    hbone: (from, to) =>
      once([groupOf(from), groupOf(to), "hbone"], () =>
        over(relations, network, [from, to], [HBONE]),
      ),
    through: (from, front) =>
      once([groupOf(from), front.key], () => through(relations, network, from, front)),
    fromClients: (front) => once([front.key], () => passing(network, front)),
  };
}

type Ports = readonly [number, number];

/** Every port of an application. */
const ANY_PORT: Ports = [0, 65535];

/** Ports that a place is called on by its address. */
function portsOf(to: Site): (number | Ports)[] {
  if (to.kind === "pods") return [ANY_PORT];
  return Object.values(to.of.kind === "machines" ? to.of.group.ports : to.of.service.ports);
}

/** What is in one cluster carries one group, which EKS opens to itself (https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html). */
function over(
  relations: Relations,
  network: NetworkPlan,
  [from, to]: [Site, Site],
  all: (number | Ports)[],
): Passage {
  if (from.kind === "pods" && from.of === to.of) return OPEN;
  const there = { group: groupOf(to), addresses: to.of.vpc.cidrs };
  const ranges = all.map((ports): Ports => (typeof ports === "number" ? [ports, ports] : ports));
  return inTurn([
    routed(relations, from.of.vpc, to.of.vpc),
    ...ranges.flatMap((ports) => [
      leave(network, from, there, ports),
      to.kind === "pods"
        ? enter(network, callerAt(from), to.of, ports)
        : entry(network, groupOf(to), callerAt(from), ports),
    ]),
  ]);
}

/** Tasks go out to little; pods and machines may call everything. */
function leave(network: NetworkPlan, from: Site, to: Called, ports: Ports): Passage {
  if (from.kind === "pods" || from.of.kind === "machines") return OPEN;
  return leaving(network, groupOf(from), to, ports);
}

function groupOf(site: Site): string {
  return site.kind === "pods" ? clusterGroup(site.of) : outsideGroup(site.of);
}

function through(relations: Relations, network: NetworkPlan, from: Site, front: Front): Passage {
  const way = routed(relations, from.of.vpc, front.before.vpc);
  const { key, before, ports } = front;
  const there = { group: balancerGroup({ key }), addresses: before.vpc.cidrs };
  const out = ports.map((port) => leave(network, from, there, [port, port]));
  return inTurn([way, ...out, passing(network, front, callerAt(from))]);
}

/** Into a load balancer, out of it, and into the pods behind it. */
function passing(network: NetworkPlan, { key, before, ports }: Front, caller?: Caller): Passage {
  const group = balancerGroup({ key });
  const balancer = balancerIn(network, group);
  return inTurn(
    ports.flatMap((port) => [
      entry(network, group, caller, [port, port]),
      exit(network, group, clusterGroup(before), [port, port]),
      enter(network, balancer, before, [port, port]),
    ]),
  );
}

function routed({ links }: Relations, from: Vpc, to: Vpc): Passage {
  if (from === to) return OPEN;
  const link = links.find(({ a, b }) => (a === from && b === to) || (a === to && b === from));
  if (!link) return { open: false, why: Barrier.NoRoute };
  return { open: true, needs: [{ kind: "route", between: [link.a.id, link.b.id] }] };
}

function callerAt(site: Site): Caller {
  const label = site.kind === "pods" ? `cluster ${site.of.cluster.name}` : outsideLabel(site.of);
  return { group: groupOf(site), label, addresses: site.of.vpc.cidrs };
}

/** Into the group of a cluster, ours or yours. */
function enter(network: NetworkPlan, caller: Caller, to: ClusterRelation, ports: Ports): Passage {
  const group = clusterGroup(to);
  return find(network.firewall.groups, group)
    ? entry(network, group, caller, ports)
    : givenEntry(network, caller, to.cluster.name, ports);
}
