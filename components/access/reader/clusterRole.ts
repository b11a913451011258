/** What an istiod may do in a cluster that it watches. */
import { istiodName } from "../../topology";

const read = ["get", "list", "watch"];

interface PolicyRule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/**
 * The rules of the `istiod` chart's own reader role (templates/reader-clusterrole.yaml), which cannot be used itself:
 * its name holds the revision, and a binding's role cannot be changed.
 *
 * Secrets among them: istiod opens an informer on those of every cluster that it watches.
 */
export const readerRules: PolicyRule[] = [
  {
    apiGroups: [
      "config.istio.io",
      "security.istio.io",
      "networking.istio.io",
      "authentication.istio.io",
      "rbac.istio.io",
      "telemetry.istio.io",
      "extensions.istio.io",
    ],
    resources: ["*"],
    verbs: read,
  },
  {
    apiGroups: [""],
    resources: [
      "endpoints",
      "pods",
      "services",
      "nodes",
      "replicationcontrollers",
      "namespaces",
      "secrets",
      "configmaps",
    ],
    verbs: read,
  },
  { apiGroups: ["networking.istio.io"], resources: ["workloadentries"], verbs: read },
  {
    apiGroups: ["networking.x-k8s.io", "gateway.networking.k8s.io"],
    resources: ["gateways"],
    verbs: read,
  },
  {
    apiGroups: ["apiextensions.k8s.io"],
    resources: ["customresourcedefinitions"],
    verbs: read,
  },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
  {
    apiGroups: ["multicluster.x-k8s.io"],
    resources: ["serviceexports"],
    verbs: [...read, "create", "delete"],
  },
  { apiGroups: ["multicluster.x-k8s.io"], resources: ["serviceimports"], verbs: read },
  { apiGroups: ["apps"], resources: ["replicasets"], verbs: read },
  { apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] },
  { apiGroups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"], verbs: ["create"] },
];

/**
 * With the remote profile's further rules: the leader among istiods, `istio-ca-root-cert` and the webhooks' CA bundles.
 */
export const serverRules: PolicyRule[] = [
  ...readerRules,
  { apiGroups: [""], resources: ["configmaps"], verbs: ["create", ...read, "update"] },
  {
    apiGroups: ["admissionregistration.k8s.io"],
    resources: ["mutatingwebhookconfigurations"],
    verbs: [...read, "update", "patch"],
  },
  {
    apiGroups: ["admissionregistration.k8s.io"],
    resources: ["validatingwebhookconfigurations"],
    verbs: [...read, "update"],
  },
];

/**
 * Names of the roles that the chart makes for an istiod where it keeps its configuration (templates/clusterrole.yaml and
 * role.yaml). The namespace follows in those of cluster roles.
 */
export function istiodRoles(istiod: string) {
  const revision = istiod.slice(istiodName().length);
  return {
    clusterRoles: [`istiod-clusterrole${revision}`, `istiod-gateway-controller${revision}`],
    role: istiod,
  };
}
