/** Who reaches whom, plain and serialisable: what a plan prints, and what is then asked of real clusters. */
import type { DataPlane } from "../../topology";

export interface Reach {
  /** Who calls, and but for clients is called. */
  places: ReachPlace[];
  /** One for each caller and each called place. */
  cells: Cell[];
}

/** What stands for all workloads that are alike to those that call them. */
export interface ReachPlace {
  /**
   * Unique: `prod/east` for pods in mesh prod, `east` for those outside every mesh, `prod/east/public` for clients of a gateway,
   * `legacy.machines` for a group of machines, `echo.tasks` for the tasks of an ECS service,
   * `bank/payments.pay` for a service that mesh bank exports, `prod/east/web.tenant`
   * for pods of tenant web, and `prod/web.a-web` for a service that a tenant shares.
   */
  key: string;
  kind: PlaceKind;
  /** Where the pods are, or the gateway of the clients; the cluster that serves machines or tasks, or the first by which an exported service is reached. */
  cluster: string;
  /** Mesh of the pods, machines, tasks, exported service, or of the gateway; absent outside every mesh. */
  mesh?: string;
  /** Istio network of the cluster, or of the machines or tasks. */
  network: string;
  /** Name of the gateway in the description, of its clients. */
  gateway?: string;
  /** Name of the group in the description, of machines. */
  machines?: string;
  /** Name of the service in the description, of tasks. */
  tasks?: string;
  /** Name of the tenant in the description, of its pods and of a service that it shares. */
  tenant?: string;
  /** Host name in its own mesh, of an exported or shared service. */
  service?: string;
  /** How pods of the mesh join it. */
  dataPlane?: DataPlane;
  /** Who it is to those that it calls, with `*` where every namespace and service account has its own; absent for plain text. */
  identity?: string;
}

export const PlaceKind = {
  /** Pods of a cluster that are in its mesh. */
  InMesh: "in-mesh",
  /** Pods of a cluster that are in no mesh. */
  OutOfMesh: "out-of-mesh",
  /** Those whom the load balancer of an ingress gateway lets in; nobody calls them. */
  Clients: "clients",
  /** Machines of a group; they are called on their own ports. */
  Machines: "machines",
  /** Tasks of an ECS service; ztunnels call them. */
  Tasks: "tasks",
  /** A service that a mesh exports; those of other meshes call it, or do not. */
  Exported: "exported",
  /** Pods of a tenant, in one cluster of its mesh. */
  Tenant: "tenant",
  /** A service that a tenant shares; those of others call it, or do not. */
  Shared: "shared",
} as const;
export type PlaceKind = (typeof PlaceKind)[keyof typeof PlaceKind];

/**
 * Whether a request from one place gets to an application of another, on a port that nothing is opened for by itself.
 *
 * Pods of one mesh call each other by the name of a Service, clients by a route of their gateway, exported services by the name that the
 * importing mesh has for them, all others by the address of a pod, since nothing tells them more.
 */
export interface Cell {
  from: string;
  to: string;
  way: Way;
  /** As whom the called one sees the caller; absent for plain text, and where nothing gets there. */
  identity?: string;
  /** What must be there for it besides Istio; empty within a cluster, and where nothing gets there. */
  needs: Need[];
}

export type Way =
  | { kind: "direct" }
  /** Through one gateway of each list, in their order, by the keys that outputs have them by. */
  | { kind: "gateways"; through: string[][] }
  | { kind: "none"; why: Barrier };

/** What stops a request, the first on its way. */
export const Barrier = {
  /** The VPCs are not joined. */
  NoRoute: "no-route",
  /** No security group on the way lets it in. */
  Closed: "closed",
  /** The caller's sidecar sends to nothing but what its istiod knows. */
  RegistryOnly: "registry-only",
  /** Mutual TLS is strict there. */
  PlainText: "plain-text",
  /** What is between networks carries mutual TLS alone, which pods outside the mesh do not speak. */
  MutualTlsOnly: "mutual-tls-only",
  /** No istiod of the gateway's mesh watches that cluster. */
  Unwatched: "unwatched",
  /** The machines are clients only. */
  ClientOnly: "client-only",
  /** Only the istiod of another cluster knows the tasks. */
  Elsewhere: "elsewhere",
  /** It is not exported to the caller. */
  NotExported: "not-exported",
  /** A tenant calls, and lets in, nobody else; what is shared is a place of its own. */
  OtherTenant: "other-tenant",
  /** Services are called from their own cluster alone. */
  ClusterLocal: "cluster-local",
  /** It is not shared with the caller. */
  NotShared: "not-shared",
} as const;
export type Barrier = (typeof Barrier)[keyof typeof Barrier];

export type Need =
  /** Routes between two VPCs, by their ids. */
  | { kind: "route"; between: [string, string] }
  /** A rule of a security group, by the group's key and the rule's name. */
  | { kind: "rule"; group: string; way: "in" | "out"; rule: string }
  /** Ports that you open on a group of yours. */
  | { kind: "yours"; cluster: string; ports: string; sources: string[] };
