/** What is open, as security groups have it. */

export interface FirewallPlan {
  /** Groups that have rules of ours, or may have some, by key. */
  groups: Record<string, GroupPlan>;
  /** Ids of the VPCs whose pods call a public API server from their NAT addresses, by cluster. */
  publicApi: Record<string, string[]>;
  /** What must be open on groups that are yours and that the description does not name. */
  yoursToOpen: YoursToOpen[];
}

export interface GroupPlan {
  /** Unique among all; part of logical names. */
  name: string;
  /** What carries it, for people: `cluster east`, `load balancer of gateway prod/east/public`, `machines legacy`, `tasks echo`. */
  label: string;
  /** Cluster that carries it, before whose pods its load balancer stands, or whose istiod serves the machines or tasks that carry it. */
  cluster: string;
  vpc: string;
  provider: string;
  /** What has it. */
  of: GroupOwner;
  in: RulePlan[];
  out: RulePlan[];
}

/** A group that a cluster's nodes, pods and API server carry, made by EKS or by you, or one that is made for others. */
export type GroupOwner =
  | { kind: "cluster" }
  | { kind: "balancer" | "machines" | "tasks"; key: string; description: string };

/** One rule of a group. */
export interface RulePlan {
  /** Unique in its group and direction, and stable: part of the logical name. */
  name: string;
  /** The other side: where what comes in is from, or what goes out leads. */
  side: Side;
  ports: Ports;
  protocol: Protocol;
  /** Why the ports are open; becomes the rule's description (AWS: at most 255 characters, no apostrophes). */
  reason: string;
  /** Reasons of narrower openings that this one lets in too, and that need no rule of their own. */
  alsoFor: string[];
  /** Those who make what stands in the cluster come in by it: all that is there waits for it. Absent: they do not. */
  isWayIn?: true;
}

export type Ports = readonly [first: number, last: number];

/** Protocol of ports. */
export const Protocol = { Tcp: "tcp", Udp: "udp" } as const;
export type Protocol = (typeof Protocol)[keyof typeof Protocol];

/** `443`, `15012-15017`, or `53/udp`: what is not said is TCP. */
export function portsText({
  ports: [first, last],
  protocol,
}: Pick<RulePlan, "ports" | "protocol">) {
  const range = first === last ? `${first}` : `${first}-${last}`;
  return protocol === Protocol.Tcp ? range : `${range}/${protocol}`;
}

/** The other side of a rule. */
export type Side =
  | { kind: "cidr"; cidr: string }
  /** Key of a prefix list. */
  | { kind: "list"; list: string }
  /** Key of a group. */
  | { kind: "group"; group: string }
  /** Id of a group or prefix list of the user's. */
  | { kind: "given-group" | "given-list"; id: string };

export interface YoursToOpen {
  /** Whose nodes and pods carry the group. */
  cluster: string;
  /** Clusters, load balancers and ranges that call it. */
  from: string[];
  ports: Ports;
  protocol: Protocol;
  reason: string;
}
