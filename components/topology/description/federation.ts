/** What meshes offer to each other. */
import type { StackOutput } from "./clusters";

/** Meshes that exchange services. Each keeps its own roots, trust domain and control planes. */
export interface FederationDescription {
  /** Gateways that other meshes come in by, by exporting mesh. */
  gateways?: Record<string, FederationGatewayDescription>;
  /** Services that one mesh exports to others, by a name for each export. */
  exports?: Record<string, ExportDescription>;
  /** Meshes that are not of this description, by the name that exports know them by. */
  peers?: Record<string, PeerDescription>;
}

/** A mesh of another stack, or one that was made otherwise. One of the two. */
export interface PeerDescription {
  /** Output of its stack. Read before anything is planned: the other stack has been up once. */
  output?: PeerOutput;
  /** What such an output would say, written by hand. */
  given?: PublishedMesh;
}

/** An output that a stack puts out of its meshes, such as `federation` of this package's program. */
export interface PeerOutput extends StackOutput {
  /**
   * Name that the mesh has there.
   *
   * @default that of the peer
   */
  mesh?: string;
}

/** What others must know of a mesh to exchange services with it. */
export interface PublishedMesh {
  /** Version of this form: 1. */
  version: number;
  /** Its trust domain, which no mesh here has. */
  trustDomain: string;
  /** Its root certificates, as PEM. */
  roots: string;
  /** Ranges that its workloads have their addresses in. */
  cidrs: string[];
  /**
   * Gateways that other meshes come in by, by cluster.
   *
   * @default none: nothing can be imported from it
   */
  gateways?: Record<string, PublishedGateway>;
  /**
   * Services that it exports, by host name. What is imported is held against them.
   *
   * @default what is imported is taken as it stands
   */
  exports?: Record<string, PublishedService>;
}

/** A gateway that other meshes come in by. */
export interface PublishedGateway {
  /** Addresses of its load balancer, to which routes of yours lead. */
  addresses: string[];
  /**
   * Port of its load balancer.
   *
   * @default 15444
   */
  port?: number;
  /** Istio network that it leads into. */
  network: string;
  /** AWS region that it stands in. */
  region: string;
}

/** A service that a mesh exports. */
export interface PublishedService {
  /** Ports of the Service by name. */
  ports: Record<string, number>;
  /** Service accounts that its pods run as. */
  serviceAccounts: string[];
  /** Who may call it, as `<trust domain>/<namespace>`. */
  allow: string[];
}

/**
 * Gateways of one exporting mesh: in each cluster an Envoy that passes mutual TLS on without opening it, behind an internal network load
 * balancer. About USD 17 a month and cluster.
 */
export interface FederationGatewayDescription {
  /**
   * Clusters that get one. A gateway leads to endpoints on its own network; with several, clients take one of their own region first
   * and move over to the others.
   */
  clusters: string[];
  /**
   * Numbers of the addresses of their load balancers, by cluster: the number counts the usable addresses of a load-balancer subnet
   * from 0.
   *
   * @default a hash of mesh and cluster; say one only where two hashes are the same
   */
  addressNumbers?: Record<string, number>;
}

/** Services that one mesh exports to others. */
export interface ExportDescription {
  /** The exporting mesh, or peer. */
  from: string;
  /** The importing meshes, or peers. */
  to: string[];
  /** Exported services by host name, such as `payments.pay.svc.cluster.local`. */
  services: Record<string, ExportedServiceDescription>;
}

/** One exported service. */
export interface ExportedServiceDescription {
  /**
   * Ports of the Service by name, which begins with what they speak: `grpc`, `http`, `http2`, `tcp`, or anything else for TCP
   * (https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/). No other port is exported.
   */
  ports: Record<string, number>;
  /** Service accounts that its pods run as, in its namespace: clients refuse whoever answers as another. */
  serviceAccounts: string[];
  /** Who may call it, as `<importing mesh or peer>/<namespace>`. Nothing else in another mesh knows its name or is let in. */
  allow: string[];
  /**
   * Host name that importing meshes know it by, where it may not be its own: one of theirs has the same namespace and name. A DNS
   * name outside `svc.cluster.local`.
   *
   * @default its own
   */
  alias?: string;
}
