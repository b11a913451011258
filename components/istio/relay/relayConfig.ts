/** What a relay of istiod does with connections, as a static configuration of Envoy. */
import { GATEWAY_READY, ISTIOD_PORTS, ISTIOD_READY } from "../ports";

/** Where the relay says whether an istiod answers behind it: as gateways say that they are ready. */
export const RELAY_READY = GATEWAY_READY;

type Purpose = keyof typeof ISTIOD_PORTS;

/**
 * The relay's configuration.
 *
 * @param backends addresses of istiods' load balancers, one list per istiod in the order of failover
 */
export function relayConfig(backends: readonly (readonly string[])[]) {
  const purposes = Object.keys(ISTIOD_PORTS) as Purpose[];
  return {
    admin: { address: socketAddress("127.0.0.1", 15000) },
    static_resources: {
      listeners: [...purposes.map(tcpListener), readyListener()],
      clusters: purposes.map((purpose) => cluster(purpose, backends)),
    },
  };
}

function tcpListener(purpose: Purpose) {
  const proxy = {
    "@type": type("extensions.filters.network.tcp_proxy.v3.TcpProxy"),
    stat_prefix: purpose,
    cluster: purpose,
    // An address that has just gone away costs a client no more than another attempt. While istiods are rolled, half of the
    // targets of an address may be on their way out and refuse: six in a row are one connection in 64, and silent ones are
    // over before the ten seconds of an API server that asks a webhook.
    max_connect_attempts: 6,
  };
  return {
    name: purpose,
    address: socketAddress("0.0.0.0", ISTIOD_PORTS[purpose]),
    per_connection_buffer_limit_bytes: BUFFER,
    filter_chains: [
      { filters: [{ name: "envoy.filters.network.tcp_proxy", typed_config: proxy }] },
    ],
  };
}

/**
 * Ready while an istiod answers: what waits for the relay waits for the whole way to istiod, and a Service without pods
 * says at once that none does. One healthy address is enough, whichever backend's it is.
 */
function readyListener() {
  const healthCheck = {
    "@type": type("extensions.filters.http.health_check.v3.HealthCheck"),
    pass_through_mode: false,
    headers: [{ name: ":path", string_match: { exact: RELAY_READY.path } }],
    // In percent, of all addresses of all backends.
    cluster_min_healthy_percentages: Object.fromEntries(
      Object.keys(ISTIOD_PORTS).map((purpose) => [purpose, { value: 1 }]),
    ),
  };
  const router = { "@type": type("extensions.filters.http.router.v3.Router") };
  const manager = {
    "@type": type("extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: "ready",
    route_config: { virtual_hosts: [] },
    http_filters: [
      { name: "envoy.filters.http.health_check", typed_config: healthCheck },
      { name: "envoy.filters.http.router", typed_config: router },
    ],
  };
  return {
    name: "ready",
    address: socketAddress("0.0.0.0", RELAY_READY.port),
    filter_chains: [
      {
        filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager }],
      },
    ],
  };
}

/**
 * Bytes that a relay holds of each connection and direction, as Envoy advises where clients are many
 * (https://www.envoyproxy.io/docs/envoy/latest/configuration/best_practices/edge). A thousand proxies that are slow to read a push
 * cost Envoy 1.40 72 MiB then, and 1,400 MiB with the default of 1 MiB; the rest waits where it comes from.
 */
const BUFFER = 32_768;

/** A client whose connection is refused tries again at once: more than these is an error somewhere else. */
const MOST_CONNECTIONS = 100_000;

function cluster(purpose: Purpose, backends: readonly (readonly string[])[]) {
  return {
    name: purpose,
    type: "STATIC",
    connect_timeout: "1s",
    per_connection_buffer_limit_bytes: BUFFER,
    load_assignment: {
      cluster_name: purpose,
      endpoints: backends.map((addresses, priority) => ({
        priority,
        lb_endpoints: addresses.map((address) => ({
          endpoint: { address: socketAddress(address, ISTIOD_PORTS[purpose]) },
        })),
      })),
      policy: { overprovisioning_factor: OVERPROVISIONING },
    },
    // With no healthy istiod a connection is refused at once. The default would spread over all that are not.
    common_lb_config: { healthy_panic_threshold: { value: 0 } },
    health_checks: [healthCheck(purpose)],
    transport_socket_matches: [tlsOfHealthChecks],
    // An address leads to several istiods: when some of its checks fail, connections to the others are none the worse. One to
    // an istiod that went without a word is found by itself after half a minute. Load balancers pass these packets on, and
    // forget connections that are idle for 350 seconds
    // (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/update-idle-timeout.html).
    upstream_connection_options: {
      tcp_keepalive: { keepalive_time: 15, keepalive_interval: 5, keepalive_probes: 3 },
    },
    // The default of 1024 is less than a cluster's proxies.
    circuit_breakers: {
      thresholds: [{ max_connections: MOST_CONNECTIONS, max_pending_requests: MOST_CONNECTIONS }],
    },
  };
}

/**
 * In percent. A load balancer has one address per zone and every address leads to every istiod behind it, so one healthy
 * address is a whole backend: the next priority must get nothing while it is there. Envoy's default of 140 would move
 * connections as soon as two of three are gone
 * (https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/priority).
 */
const OVERPROVISIONING = 100_000;

const HEALTH_CHECK_TLS = { purpose: "health-check" };

/** Connections are passed on as they come; only health checks speak TLS, and check no certificate. */
const tlsOfHealthChecks = {
  name: "health-check",
  match: HEALTH_CHECK_TLS,
  transport_socket: {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      "@type": type("extensions.transport_sockets.tls.v3.UpstreamTlsContext"),
      common_tls_context: { alpn_protocols: ["h2", "http/1.1"] },
    },
  },
};

/**
 * A load balancer accepts connections also where no istiod behind it is healthy, since it then sends to all
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html): only an answer of
 * istiod's own counts. It listens on 15012 once its caches are filled, so there the end of a TLS handshake is one; on
 * 15017 it answers `/ready` (istio, pilot/pkg/bootstrap/server.go and webhook.go).
 */
function healthCheck(purpose: Purpose) {
  const answers = {
    xds: { tcp_health_check: {} },
    webhook: {
      http_health_check: {
        ...{ host: "istiod", path: ISTIOD_READY.path, codec_client_type: "HTTP2" },
        // One istiod of several says that it is not ready: no more than that it refuses.
        retriable_statuses: [{ start: 500, end: 600 }],
      },
      // A new connection each time: one that is kept would not show that others are refused.
      reuse_connection: false,
    },
  } satisfies Record<Purpose, object>;
  return {
    timeout: "2s",
    interval: "2s",
    // The default looks once a minute at what has no connections, such as the next in the order of failover.
    no_traffic_interval: "2s",
    // A load balancer sends to an istiod that was rolled for two to three minutes on
    // (https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2366), half of all checks where it is one of two:
    // two in a row would say every few seconds that the address is gone. One answer shows that it is not.
    unhealthy_threshold: 5,
    healthy_threshold: 1,
    transport_socket_match_criteria: HEALTH_CHECK_TLS,
    ...answers[purpose],
  };
}

function socketAddress(address: string, port: number) {
  return { socket_address: { address, port_value: port } };
}

function type(message: string): string {
  return `type.googleapis.com/envoy.${message}`;
}
