/** What routes and security groups let through. */
import type { NetworkPlan } from "../../network";
import { balancerGroup, clusterGroup } from "../../network/firewall/groups";
import { find } from "../../records";
import type { ClusterRelation, Relations, Vpc } from "../../topology";
import { Barrier } from "./facts";
import { balancerIn, entry, exit, givenEntry } from "./groups";
import type { Caller } from "./groups";
import { inTurn, OPEN } from "./passage";
import type { Passage } from "./passage";

/** A load balancer before pods of a cluster, and the ports that one comes by. */
export interface Front {
  key: string;
  before: ClusterRelation;
  ports: number[];
}

export interface Packets {
  /** From the pods of one cluster to those of another, on any port. */
  toPods(from: ClusterRelation, to: ClusterRelation): Passage;
  /** From the pods of a cluster through a load balancer to the pods behind it. */
  through(from: ClusterRelation, front: Front): Passage;
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
    toPods: (from, to) =>
      once([from.cluster.name, to.cluster.name], () => toPods(relations, network, from, to)),
    through: (from, front) =>
      once([from.cluster.name, front.key], () => through(relations, network, from, front)),
    fromClients: (front) => once([front.key], () => passing(network, front)),
  };
}

/** Every port of an application. */
const ANY_PORT = [0, 65535] as const;

/** What is in one cluster carries one group, which EKS opens to itself (https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html). */
function toPods(
  relations: Relations,
  network: NetworkPlan,
  from: ClusterRelation,
  to: ClusterRelation,
): Passage {
  if (from === to) return OPEN;
  const entered = enter(network, callerAt(from), to, ANY_PORT);
  return inTurn([routed(relations, from.vpc, to.vpc), entered]);
}

function through(
  relations: Relations,
  network: NetworkPlan,
  from: ClusterRelation,
  front: Front,
): Passage {
  const way = routed(relations, from.vpc, front.before.vpc);
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

function callerAt(at: ClusterRelation): Caller {
  const { cluster, vpc } = at;
  return { group: clusterGroup(at), label: `cluster ${cluster.name}`, addresses: vpc.cidrs };
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
