/** Ports of Istio's (https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio). */
import { DataPlane } from "../topology/description";

/** Ports of an istiod that others come to, of its load balancer and of its relay. */
export const ISTIOD_PORTS = {
  /** Configuration and certificates for proxies. */
  xds: 15012,
  /** Injection and validation for API servers. */
  webhook: 15017,
} as const;

/** Ports of the Service that the chart makes for an istiod. */
export const ISTIOD_SERVICE = { xds: ISTIOD_PORTS.xds, webhook: 443 } as const;

/** Readiness of istiod, which is plain HTTP unlike the ports that are served (istio, pilot/pkg/bootstrap/server.go). */
export const ISTIOD_READY = { port: 8080, path: "/ready" } as const;

/** Readiness of every Istio gateway: what load balancers check. */
export const GATEWAY_READY = { port: 15021, path: "/healthz/ready" } as const;

/** One port carries all mesh traffic between networks: mTLS by SNI for sidecars, HBONE for ztunnels. */
export const EAST_WEST_PORT = {
  [DataPlane.Sidecar]: 15443,
  [DataPlane.Ambient]: 15008,
} as const satisfies Record<DataPlane, number>;

/** What ztunnels, and all that talks as they do, are called on, whatever the application's ports (istio/ztunnel, ARCHITECTURE.md). */
export const HBONE = EAST_WEST_PORT[DataPlane.Ambient];

/** What federation gateways listen on: none of Istio's own, so that no mesh's network gateway is opened to others by it. */
export const FEDERATION_PORT = 15444;

/** What ingress gateways listen on, where nothing else is said. */
export const INGRESS_PORTS = { http: 80, https: 443 } as const;

/** Metrics: of every proxy with its application's (pilot-agent, ztunnel), and of istiod and istio-cni. */
export const METRICS_PORTS = { proxy: 15020, controlPlane: 15014 } as const;

/** What proxies keep for themselves: no listener of a gateway can be there. */
export const PROXY_PORTS = [15000, 15001, 15002, 15004, 15006, 15008, 15020, 15021, 15053, 15090];

/** All that Istio listens on somewhere. */
export const ALL_PORTS = [
  ...[...PROXY_PORTS, 15003, 15009, 15010],
  ...[ISTIOD_PORTS.xds, METRICS_PORTS.controlPlane, ISTIOD_PORTS.webhook],
].sort((a, b) => a - b);
