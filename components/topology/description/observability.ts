/** What a mesh tells of its traffic, and whom. */

/** What a mesh tells of its traffic. Prometheus's annotations stand at every proxy anyway (`metrics`). */
export interface ObservabilityDescription {
  /**
   * Whether every Envoy (sidecars, gateways, waypoints) writes a line of JSON for each request or connection to its standard output.
   * ztunnel logs each connection in any case; with this as JSON too.
   *
   * @default false
   */
  accessLogs?: boolean;
  /**
   * Where Envoys send spans. ztunnel makes none: in an ambient mesh what passes a gateway or waypoint is traced.
   *
   * @default no traces
   */
  tracing?: TracingDescription;
  /**
   * Who scrapes metrics from outside the cluster. Inside it nothing needs opening.
   *
   * @default nobody
   */
  metrics?: MetricsDescription;
}

/** A collector of spans. */
export interface TracingDescription {
  /**
   * Host and port of a collector that takes OTLP over gRPC: a Service (`otel.obs.svc:4317`), or a host that a ServiceEntry of yours
   * brings into the mesh. Where istiod knows no such host, nothing is traced.
   */
  address: string;
  /**
   * Share of requests that are traced, per cent.
   *
   * @default 1
   */
  sampling?: number;
}

/** Scrapers outside the cluster. */
export interface MetricsDescription {
  /** CIDRs of the scrapers: ports 15020 (proxies, with their applications' metrics) and 15014 (istiod and node agents) open to them. */
  from: string[];
}
