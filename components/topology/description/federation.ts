/** What meshes offer to each other. */

/** Meshes that exchange services. Each keeps its own roots, trust domain and control planes. */
export interface FederationDescription {
  /** Gateways that other meshes come in by, by exporting mesh. */
  gateways?: Record<string, FederationGatewayDescription>;
  /** Services that one mesh exports to others, by a name for each export. */
  exports?: Record<string, ExportDescription>;
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
  /** The exporting mesh. */
  from: string;
  /** The importing meshes. */
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
  /** Who may call it, as `<importing mesh>/<namespace>`. Nothing else in another mesh knows its name or is let in. */
  allow: string[];
  /**
   * Host name that importing meshes know it by, where it may not be its own: one of theirs has the same namespace and name. A DNS
   * name outside `svc.cluster.local`.
   *
   * @default its own
   */
  alias?: string;
}
