/**
 * What follows from a description and more than one room needs: who is where, who serves and watches whom, who reaches whom.
 *
 * Objects refer to each other, so that nothing is looked up by key, and a planner walks from one to the next.
 */
import type { ChartValues, ExportDescription, SharedServiceDescription } from "../description";
import type { EcsService, MachineGroup } from "../outside";
import type { Api, Cluster, Mesh, Peer, PublishedPeer, Tenant, Topology, Vpc } from "../topology";

export interface Relations {
  topology: Topology;
  meshes: MeshRelation[];
  clusters: ClusterRelation[];
  /** Pairs of VPCs that need routes to each other, each once. */
  links: VpcPair[];
}

/** Two VPCs, ordered by their own ids, so that no third thing changes which is first. */
export interface VpcPair {
  a: Vpc;
  b: Vpc;
}

export interface MeshRelation {
  mesh: Mesh;
  /** Namespace of its istiods, gateways and of what istiod reads, the same in every cluster. */
  namespace: string;
  /** Key of its trust: its own, or the one that meshes without one share. */
  trust: string;
  /**
   * Identities of the roots that it accepts, the one that signs first: two meshes that have one in common accept each other's
   * certificates.
   */
  roots: string[];
  /** Revisions of its istiods, by name: each runs wherever its istiods do. One without a name where it has no named ones. */
  revisions: Revision[];
  members: Member[];
  controlPlanes: ControlPlane[];
  /** Members outside Kubernetes. */
  outside: Outside[];
  /** Networks that its members, machines and tasks are on; with several it needs east-west gateways. */
  networks: string[];
  /** VPCs that hold its clusters and its members outside Kubernetes. */
  vpcs: Vpc[];
  /** Every meshed VPC of the networks that it is on: addresses that its workloads and istiods may have. */
  reach: Vpc[];
  /** The same for its workloads alone: without the networks where only istiod is. */
  memberReach: Vpc[];
  /** Members in which other meshes come in; none where it exports nothing. */
  federationGateways: Member[];
  /** What it exports. */
  exports: Export[];
  /** What it imports. */
  imports: Export[];
  /** Tenants that share it, each with namespaces of its own. */
  tenants: TenantRelation[];
  /**
   * Tenants have clusters of it: Services are called from their own cluster, but for those of a tenant's own clusters and those that
   * tenants share.
   */
  isClusterLocal: boolean;
}

/** A tenant that has namespaces of its own in a mesh, in every cluster of it or in some. */
export interface TenantRelation {
  name: string;
  in: MeshRelation;
  tenant: Tenant;
  /** Where its pods run. */
  members: Member[];
  /** What it lets others call. */
  shares: Share[];
  /** What others let it call. */
  borrows: Share[];
}

/** A service that one tenant lets others call. */
export interface Share {
  of: TenantRelation;
  /** Host name of the Service. */
  host: string;
  service: SharedServiceDescription;
  to: TenantRelation[];
}

/** What policies and rules know of a mesh that services are exchanged with, wherever it is. */
export interface Partner {
  mesh: Pick<Mesh, "name" | "trustDomain">;
}

/** A mesh that is not of this description. */
export interface PeerRelation extends Partner {
  peer: Peer & { published: PublishedPeer };
}

/** Services that one mesh exports to others. One of the two ends is of this description. */
export interface Export {
  /** Name in the description. */
  name: string;
  from: MeshRelation | PeerRelation;
  to: (MeshRelation | PeerRelation)[];
  /** By host name. */
  services: ExportDescription["services"];
}

export interface ClusterRelation {
  cluster: Cluster;
  vpc: Vpc;
  /** Name that EKS knows it by; absent where it is not on EKS, or does not say so. */
  eksName?: string;
  /** Who may call its API server; absent for a cluster you bring, of which nothing is said, and where nobody has said it yet. */
  api?: Api;
  /** The meshes that it is a member of: one at most. */
  members: Member[];
  /** Control planes that run in it: those of several meshes, where they are external. */
  controlPlanes: ControlPlane[];
}

/** A mesh in a cluster whose pods are in it. */
export interface Member {
  in: MeshRelation;
  at: ClusterRelation;
  /** The control plane that runs beside its pods; absent in a remote. */
  controlPlane?: ControlPlane;
  /** Control planes elsewhere that serve a remote, in the order of failover; empty where istiod runs beside its pods. */
  servers: ControlPlane[];
  /** What serves its gateways. */
  picks: Revision;
  /** What serves its node agents. */
  agents: Revision;
  /** Control planes in other clusters that read this one's API server. */
  watchedBy: ControlPlane[];
  /** Other members on the same network: their pods call each other directly. */
  neighbours: Member[];
  /** What those that watch it may do there. */
  rights: ReaderRights;
}

/** How far a mesh's istiods may go in a cluster that they watch. */
export const ReaderRights = {
  /** Services and endpoints are read: the cluster runs an istiod of its own. */
  Read: "read",
  /** Webhooks are kept, and root certificates written, besides: the cluster runs no istiod. */
  Serve: "serve",
  /** The mesh's Istio configuration is kept here, for an istiod that runs elsewhere. */
  Configure: "configure",
} as const;
export type ReaderRights = (typeof ReaderRights)[keyof typeof ReaderRights];

/** A mesh's istiods in one cluster. */
export interface ControlPlane {
  of: MeshRelation;
  at: ClusterRelation;
  /** The cluster that they read their configuration from, and whose name is their cluster id: another one where they are external. */
  configuredIn: ClusterRelation;
  /** One for each revision of the mesh. */
  istiods: Istiod[];
  /** Members whose API servers they read: every one but that of their own cluster. */
  watches: Member[];
}

export interface Istiod {
  of: ControlPlane;
  revision: Revision;
  /** What it serves outside its cluster. Where there is none it needs no load balancer. */
  serves: Workloads[];
}

/** One revision of Istio that a mesh runs. */
export interface Revision {
  /** Absent: the only one, which has no name. */
  name?: string;
  version: string;
  /** The user's own of chart `istiod`, over those of the mesh; absent: none. */
  values?: ChartValues["istiod"];
}

/** What serves workloads that run in no cluster. */
interface Served {
  vpc: Vpc;
  /** The cluster that holds their objects and makes their tokens. */
  controlledBy: Member;
  /** The control plane that reads its configuration there. */
  servedBy: ControlPlane;
  /** What serves them. */
  picks: Revision;
}

/** A group of machines. */
export interface Machines extends Served {
  kind: "machines";
  group: MachineGroup;
}

/** Tasks of an ECS service. */
export interface Tasks extends Served {
  kind: "tasks";
  service: EcsService;
}

/** Workloads of a mesh that run in no cluster. */
export type Outside = Machines | Tasks;

export type Workloads = { kind: "pods"; member: Member } | Outside;
