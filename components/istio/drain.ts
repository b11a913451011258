/** How pods and what sends to them part: a pod takes connections for as long as it gets any. All in seconds. */

/**
 * A network load balancer takes two to three minutes to leave a target that was taken out, whatever the deregistration delay
 * says (https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2366).
 */
const BALANCER_LAG = 180;

/**
 * Envoy ends its connections bit by bit over this time (istio, pkg/config/mesh/mesh.go). The agent in its pod would kill it
 * five seconds after the first.
 */
const ENVOY_DRAIN = 45;

/** What the ends of processes and connections take besides. */
const MARGIN = 15;

const PARTED = BALANCER_LAG + ENVOY_DRAIN + MARGIN;

/** Of gateways, behind network load balancers. */
export const gatewayDrain = {
  /** A pod that goes serves as before for so long. */
  sleep: BALANCER_LAG,
  /** Then Envoy ends what is open. */
  envoy: ENVOY_DRAIN,
  /** Then the pod is killed. */
  grace: PARTED,
  /** The load balancer cuts no connection that the pod may still end by itself. */
  deregistration: PARTED,
} as const;

/**
 * Of istiod. Its chart knows neither hook nor grace period: Kubernetes' own of 30 seconds holds, and istiod refuses new
 * connections from the first (istio, pilot/pkg/bootstrap/server.go). Relays try another target then.
 */
export const istiodDrain = { deregistration: 30 } as const;

/**
 * Of relays, which stand behind no load balancer: nodes leave a pod as soon as they hear of it. Envoy alone ends at once,
 * and its clients connect anew.
 */
export const relayDrain = { sleep: 10, grace: 30 } as const;

/** Keeps a container as it is for some seconds after its pod is told to go; needs no shell in the image. */
export function serveOn(seconds: number) {
  return { preStop: { sleep: { seconds } } };
}

/** Annotation of pods by which Istio's agent gives Envoy the time to drain (istio, pilot/cmd/pilot-agent/config/config.go). */
export function envoyDrain(seconds: number): Record<string, string> {
  return { "proxy.istio.io/config": JSON.stringify({ terminationDrainDuration: `${seconds}s` }) };
}
