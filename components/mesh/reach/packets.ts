/** What routes and security groups let through. */
import type { NetworkPlan } from "../../network";
import { balancerGroup, clusterGroup, machineGroup } from "../../network/firewall/groups";
import { find } from "../../records";
import type { ClusterRelation, Relations, Vpc } from "../../topology";
import { Barrier } from "./facts";
import { balancerIn, entry, exit, givenEntry } from "./groups";
import type { Caller } from "./groups";
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
  /** From pods or machines to pods on any port, or to machines on all of theirs. */
  direct(from: Site, to: Site): Passage;
  /** From pods or machines through a load balancer to the pods behind it. */
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
      once([groupOf(from), groupOf(to)], () => direct(relations, network, from, to)),
    through: (from, front) =>
      once([groupOf(from), front.key], () => through(relations, network, from, front)),
    fromClients: (front) => once([front.key], () => passing(network, front)),
  };
}

/** Every port of an application. */
const ANY_PORT = [0, 65535] as const;

/** What is in one cluster carries one group, which EKS opens to itself (https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html). */
function direct(relations: Relations, network: NetworkPlan, from: Site, to: Site): Passage {
  if (from.kind === "pods" && from.of === to.of) return OPEN;
  const way = routed(relations, from.of.vpc, to.of.vpc);
  if (to.kind === "pods") return inTurn([way, enter(network, callerAt(from), to.of, ANY_PORT)]);
  const ports = Object.values(to.of.group.ports);
  const entered = ports.map((port) => entry(network, groupOf(to), callerAt(from), [port, port]));
  return inTurn([way, ...entered]);
}

function groupOf(site: Site): string {
  return site.kind === "pods" ? clusterGroup(site.of) : machineGroup(site.of);
}

function through(relations: Relations, network: NetworkPlan, from: Site, front: Front): Passage {
  const way = routed(relations, from.of.vpc, front.before.vpc);
  return inTurn([way, passing(network, front, callerAt(from))]);
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
  const name = site.kind === "pods" ? site.of.cluster.name : site.of.group.name;
  const label = `${site.kind === "pods" ? "cluster" : "machines"} ${name}`;
  return { group: groupOf(site), label, addresses: site.of.vpc.cidrs };
}

/** Into the group of a cluster, ours or yours. */
function enter(
  network: NetworkPlan,
  caller: Caller,
  to: ClusterRelation,
  ports: readonly [number, number],
): Passage {
  const group = clusterGroup(to);
  return find(network.firewall.groups, group)
    ? entry(network, group, caller, ports)
    : givenEntry(network, caller, to.cluster.name, ports);
}
