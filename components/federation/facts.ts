/** Cross-room facts about meshes that exchange services. */
import type { ChartSource, LoadBalancers, PublishedMesh } from "../topology";

export interface FederationPlan {
  /** Namespaces of gateways and of what opens them, by cluster. */
  namespaces: Record<string, { cluster: string; loadBalancers: LoadBalancers }>;
  /** By gateway key (mesh, cluster and `federation`). */
  gateways: Record<string, FederationGatewayPlan>;
  /** What an exchanging mesh says, by mesh and each cluster that one of its istiods is configured in. */
  configurations: Record<string, FederationConfigurationPlan>;
  /** What meshes put out for others in other stacks, by mesh. */
  published: Record<string, PublishedPlan>;
}

/** What others must know of a mesh, but for its roots, which are outputs. */
export type PublishedPlan = Omit<PublishedMesh, "roots">;

/** A gateway that other meshes come in by. */
export interface FederationGatewayPlan {
  mesh: string;
  cluster: string;
  /** Istio network that it leads into. */
  network: string;
  /** AWS region of the network's VPC that it stands in. */
  region: string;
  vpc: string;
  /** Istio version of the chart. */
  version: string;
  /** Revision of the control plane that serves it; absent: the one without a name. */
  revision?: string;
  loadBalancers: LoadBalancers;
  /** Physical name of the load balancer. */
  loadBalancerName: string;
  /** Private address of the load balancer in each load-balancer subnet, in the subnets' order. */
  addresses: string[];
  /** Name in EKS of the cluster; absent where that is not known. */
  targetCluster?: string;
  /** Nobody can delete the load balancer. */
  deletionProtection: boolean;
  charts: { source: ChartSource; location?: string };
}

/** Where other meshes come in, to a mesh of the description or to another. */
export interface EntrancePlan extends Pick<
  FederationGatewayPlan,
  "mesh" | "cluster" | "network" | "region" | "addresses"
> {
  /** Absent: that of gateways made here. */
  port?: number;
}

/** What one mesh offers, refuses and imports, in one cluster that its configuration is read from. */
export interface FederationConfigurationPlan {
  mesh: string;
  cluster: string;
  /** Root namespace of the mesh: what stands there holds for all of it. */
  namespace: string;
  /** Hosts that its gateways lead to. */
  offers: string[];
  /** Meshes that it exchanges services with, by trust domain. */
  peers: Record<string, PeerPlan>;
  /** By the name of their objects. */
  imports: Record<string, ImportPlan>;
  /** Absent in a mesh of sidecars. */
  ambient?: AmbientExchangePlan;
}

/** What an ambient mesh needs besides: gateways that speak for its workloads. */
export interface AmbientExchangePlan {
  trustDomain: string;
  /** Revision of the istiod that makes the way out; absent: the one without a name. */
  revision?: string;
}

/** What another mesh may call. */
export interface PeerPlan {
  mesh: string;
  /** By host. */
  services: Record<string, OfferPlan>;
}

export interface OfferPlan {
  ports: number[];
  /** Namespaces of the other mesh that may call it. */
  namespaces: string[];
}

/** A service of another mesh. */
export interface ImportPlan {
  /** Mesh that exports it. */
  from: string;
  /** Name that it has here. */
  host: string;
  /** Name that it has there. */
  original: string;
  /** By name. */
  ports: Record<string, number>;
  /** SPIFFE ids of those who may answer. */
  identities: string[];
  /** Namespaces here that may call it. */
  namespaces: string[];
  /** Addresses of the other mesh's gateways, with where each leads. */
  endpoints: Record<string, { network: string; region: string; port?: number }>;
  /** Those gateways open mutual TLS, as of an ambient mesh. */
  opened?: boolean;
  /** Port of the mesh's own way out for each port, by name; absent where workloads go there themselves. */
  exits?: Record<string, number>;
}
