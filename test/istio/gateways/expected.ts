/** What gateways are to have, whoever makes them. */
import type { NodeKind, TopologyDescription } from "../../../components/topology";
import { pair } from "../support";

export const KEY = `prod/east/east-west`;

export function on(kind: NodeKind, mesh: Parameters<typeof pair>[1] = {}): TopologyDescription {
  return pair("different", mesh, {
    clusters: { east: { network: "net-east", nodes: { kind } }, west: { network: "net-west" } },
  });
}

/** Annotations of an internal load balancer, without the prefix. */
export const internal = {
  scheme: "internal",
  "nlb-target-type": "ip",
  "healthcheck-protocol": "HTTP",
  "healthcheck-port": "15021",
  "healthcheck-path": "/healthz/ready",
  attributes: "load_balancing.cross_zone.enabled=true",
  "target-group-attributes":
    "preserve_client_ip.enabled=false,deregistration_delay.timeout_seconds=240," +
    "deregistration_delay.connection_termination.enabled=true",
  "security-groups": "sg-1",
};

const PREFIX = "service.beta.kubernetes.io/aws-load-balancer-";

export function annotations(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${PREFIX}${name}`, value]),
  );
}

export const KEPT = "load_balancing.cross_zone.enabled=true,deletion_protection.enabled=true";

/** Serves on while its load balancer still sends, then ends what is open. */
export const drained = {
  lifecycle: { preStop: { sleep: { seconds: 180 } } },
  terminationGracePeriodSeconds: 240,
  podAnnotations: { "proxy.istio.io/config": '{"terminationDrainDuration":"45s"}' },
};
