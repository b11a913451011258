/** What is drawn, before it has a place: boxes that hold boxes, and what joins them. */

export const BoxKind = {
  Network: "network",
  Vpc: "vpc",
  Cluster: "cluster",
  Istiod: "istiod",
  Relay: "relay",
  Pods: "pods",
  Gateway: "gateway",
  Balancer: "balancer",
  Machines: "machines",
  Tasks: "tasks",
  Tenant: "tenant",
  Mesh: "mesh",
  Link: "link",
  Internet: "internet",
} as const;
export type BoxKind = (typeof BoxKind)[keyof typeof BoxKind];

export interface Box {
  /** Unique in a drawing. */
  id: string;
  kind: BoxKind;
  title: string;
  lines: string[];
}

export const EdgeKind = {
  /** Calls between members of a mesh. */
  Mesh: "mesh",
  /** Configuration and certificates, from the istiod that comes first. */
  Serves: "serves",
  /** The same, from the next one while the first is away. */
  Failover: "failover",
  /** Calls of services that one mesh exports to another. */
  Export: "export",
  Link: "link",
  Internet: "internet",
  /** From a load balancer to what is behind it. */
  Balances: "balances",
} as const;
export type EdgeKind = (typeof EdgeKind)[keyof typeof EdgeKind];

export interface Edge {
  kind: EdgeKind;
  /** Ids of boxes. */
  from: string;
  to: string;
  /** Edges of one net share their lines, as cables share a duct; absent for those within one cell. */
  net?: string;
  /** Ends with an arrowhead. */
  arrows: ("from" | "to")[];
}

/** What stands in one cell of the grid: a cluster with what runs in it and, below, its load balancers; or a box alone. */
export interface Cell {
  frame?: Box;
  inside: Box[];
  below: Box[];
}

export interface VpcGroup {
  box: Box;
  cells: Cell[];
}

export interface NetworkGroup {
  box: Box;
  vpcs: VpcGroup[];
}

export interface Drawing {
  title: string;
  subtitle: string;
  networks: NetworkGroup[];
  /** What belongs to no network: the internet, meshes, links. */
  hubs: Box[];
  edges: Edge[];
}
