/** What whoever administers a tenant may do in its namespaces. */
import { DataPlane } from "../../topology";
import type { TenantMeshPlan } from "../facts";

const READ = ["get", "list", "watch"];
const WRITE = [...READ, "create", "update", "patch", "delete", "deletecollection"];

interface PolicyRule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

const rule = (group: string, resources: string[], verbs: string[]): PolicyRule => ({
  apiGroups: [group],
  resources,
  verbs,
});

/** Of a tenant with hosts. */
const HOSTS = [
  rule("gateway.networking.k8s.io", ["httproutes"], WRITE),
  rule("gateway.networking.k8s.io", ["referencegrants"], READ),
];

/**
 * Left out, since others are hurt by them: NetworkPolicies, quotas and rights, which hold the tenant itself; Endpoints and EndpointSlices, by
 * which a Service leads to any address; Ingresses and Gateways, which make load balancers or listeners; EnvoyFilters, ProxyConfigs, WasmPlugins
 * and Sidecars, which change what proxies do; PeerAuthentications, by which plain text comes in; ReferenceGrants, by which Gateways of others
 * get Secrets. A tenant with hosts writes HTTPRoutes.
 */
export function tenantRules(
  mesh: Pick<TenantMeshPlan, "dataPlane" | "serviceEntries">,
  routes = false,
): PolicyRule[] {
  const entries = mesh.serviceEntries ? ["serviceentries"] : [];
  const entered = mesh.dataPlane === DataPlane.Sidecar ? ["workloadentries", "workloadgroups"] : [];
  return [
    rule("", ["configmaps", "persistentvolumeclaims", "pods", "secrets", "serviceaccounts"], WRITE),
    rule("", ["services"], WRITE),
    rule("", ["pods/attach", "pods/exec", "pods/portforward"], ["create", "get"]),
    rule("", ["pods/ephemeralcontainers"], ["get", "patch", "update"]),
    rule("", ["pods/eviction", "serviceaccounts/token"], ["create"]),
    rule(
      "",
      ["endpoints", "events", "limitranges", "pods/log", "pods/status", "resourcequotas"],
      READ,
    ),
    rule("apps", ["daemonsets", "deployments", "replicasets", "statefulsets"], WRITE),
    rule("apps", ["deployments/scale", "replicasets/scale", "statefulsets/scale"], WRITE),
    rule("autoscaling", ["horizontalpodautoscalers"], WRITE),
    rule("batch", ["cronjobs", "jobs"], WRITE),
    rule("policy", ["poddisruptionbudgets"], WRITE),
    rule("discovery.k8s.io", ["endpointslices"], READ),
    rule("networking.k8s.io", ["networkpolicies"], READ),
    rule(
      "networking.istio.io",
      ["destinationrules", "virtualservices", ...entries, ...entered],
      WRITE,
    ),
    rule("networking.istio.io", ["serviceentries", "sidecars"], READ),
    rule("security.istio.io", ["authorizationpolicies", "requestauthentications"], WRITE),
    rule("security.istio.io", ["peerauthentications"], READ),
    rule("telemetry.istio.io", ["telemetries"], WRITE),
    ...(routes ? HOSTS : []),
  ];
}
