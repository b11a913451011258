/** How much a tenant's namespace may use. */
import type { TenantUsePlan } from "../facts";

/**
 * Kinds that every istiod of the mesh holds in memory, as a ResourceQuota counts them. Where Kubernetes has just heard of a kind it is
 * counted, and taken, only minutes later (kubernetes, pkg/controller/resourcequota).
 */
const HELD = [
  ...[
    "destinationrules",
    "serviceentries",
    "virtualservices",
    "workloadentries",
    "workloadgroups",
  ].map((kind) => `count/${kind}.networking.istio.io`),
  "count/requestauthentications.security.istio.io",
  "count/telemetries.telemetry.istio.io",
  "services",
];

/** Likewise, of tenants that have hosts. */
const ROUTES = "count/httproutes.gateway.networking.k8s.io";

/** What the plan itself keeps there: one policy, and one for each service that others may call. */
const OWN = 1;

/** https://kubernetes.io/docs/concepts/policy/resource-quotas/; routes are counted where their kind is known. */
export function quotaSpec(
  { quota }: Pick<TenantUsePlan, "quota">,
  shares: number,
  routes = false,
): { hard: Record<string, string> } {
  const { pods, cpu, memory, istioObjects } = quota;
  return {
    hard: {
      pods: String(pods),
      ...(cpu !== undefined && { "requests.cpu": cpu }),
      ...(memory !== undefined && { "requests.memory": memory }),
      // Whoever makes one reaches the internet, or every node.
      "services.loadbalancers": "0",
      "services.nodeports": "0",
      ...Object.fromEntries(
        [...HELD, ...(routes ? [ROUTES] : [])].map((kind) => [kind, String(istioObjects)]),
      ),
      "count/authorizationpolicies.security.istio.io": String(istioObjects + OWN + shares),
    },
  };
}

/** What a container requests that says nothing: with a quota of requests Kubernetes takes no pod without. */
const REQUEST = { cpu: "100m", memory: "128Mi" };

/** https://kubernetes.io/docs/concepts/policy/limit-range/ */
export function limitsSpec({ limits: { cpu, memory } }: Pick<TenantUsePlan, "limits">) {
  const most = { memory, ...(cpu !== undefined && { cpu }) };
  return { limits: [{ type: "Container", default: most, defaultRequest: REQUEST }] };
}
