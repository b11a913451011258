/** What a tenant's egress gateway is called. */
import { shortened } from "../../topology";

/** Longest name of a Helm release. */
const LONGEST_RELEASE = 53;

/** What namespaces of egress gateways begin with. */
export const EGRESS_PREFIX = "istio-egress-";

/** Namespace of a tenant's egress gateway, and name of its release, its Service and its service account. */
export function egressName(tenant: string): string {
  return shortened(EGRESS_PREFIX + tenant, LONGEST_RELEASE);
}

/** Labels of its pods: the chart makes them of the release's name. */
export function egressPods(tenant: string): Record<string, string> {
  return { istio: egressName(tenant).replace("istio-", "") };
}

/** Ports of the hosts that it leads to, and so its own, in their order. */
export function egressPorts(outside: Readonly<Record<string, readonly number[]>>): number[] {
  return [...new Set(Object.values(outside).flat())].sort((a, b) => a - b);
}
