import type { Json } from "../kube";

interface Program {
  readonly image: RegExp;
  readonly entrypoint: readonly string[];
}

/** What an image starts when a container names no command: the entry points of the published images. */
const programs = [
  { image: /\/pilot[:@]/, entrypoint: ["/usr/local/bin/pilot-discovery"] },
  { image: /\/proxyv2[:@]/, entrypoint: ["/usr/local/bin/pilot-agent"] },
  { image: /\/ztunnel[:@]/, entrypoint: ["/usr/local/bin/ztunnel"] },
  { image: /\/agnhost[:@]/, entrypoint: ["/usr/local/bin/agnhost"] },
  { image: /\/aws-cli[:@]/, entrypoint: ["/usr/local/bin/aws"] },
  // A server of HTTP in its place, which says what it was asked.
  { image: /\/httpd[:@]/, entrypoint: ["/usr/local/bin/agnhost", "netexec", "--http-port=80"] },
] as const satisfies readonly Program[];

/** Binaries of the lab that every container finds in /usr/local/bin. */
export const binaries = ["pilot-discovery", "pilot-agent", "envoy", "agnhost"] as const;

export function entrypointOf({ image, command }: Json): readonly string[] {
  const found = command ?? programs.find((program) => program.image.test(image))?.entrypoint;
  if (!found) throw new Error(`the lab does not know what the image ${image} starts`);
  return found;
}

/** A container whose Envoy is a waypoint to istiod, as that of an ambient gateway is. */
export const isWaypoint = ({ args = [] }: Json): boolean => args[1] === "waypoint";

/** istiod, the relay, gateways and agnhost with its sidecar are run; whatever else a test wants to be real it says itself. */
export function runsByDefault(pod: Json): boolean {
  return pod.spec.containers.some(
    ({ image, command = [], args = [] }: Json) =>
      /\/(pilot|agnhost)[:@]/.test(image) ||
      /\benvoy$/.test(command[0]) ||
      /^(router|waypoint)$/.test(args[1]),
  );
}

/** A gateway that sends to ztunnels. */
const sendsHbone = ({ env = [] }: Json): boolean =>
  env.some((one: Json) => one.name === "ISTIO_META_ENABLE_HBONE" && one.value === "true");

/**
 * Variables without which the Envoy of the lab refuses what istiod gives a proxy of a kind. Waypoints and gateways of ambient meshes from
 * 1.29.2 on are given objects of a factory of Istio's own, `istio.hashable_string` (istio/istio, pilot/pkg/networking/core/listener.go).
 */
export function variablesOf(container: Json): Record<string, string> {
  const isGiven = isWaypoint(container) || sendsHbone(container);
  return isGiven ? { ISTIO_META_ISTIO_VERSION: "1.29.0" } : {};
}
