/** What people may do in a cluster, by what they are there. */

/**
 * EKS's policies (https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html). AmazonEKSAdminPolicy leaves out what
 * is of no namespace, and AmazonEKSAdminViewPolicy shows Secrets, the mesh's signing keys among them.
 */
export const accessPolicies = {
  admins: "AmazonEKSClusterAdminPolicy",
  viewers: "AmazonEKSViewPolicy",
};

/** Group of viewers, and ClusterRole that it has: AmazonEKSViewPolicy knows no object of a CRD. */
export const VIEWERS = "istio-patterns-viewers";

/** What a mesh is configured with: the CRDs of charts `base` and `gateway-crds-helm`. None of it is a Secret. */
const kinds = {
  "networking.istio.io": [
    ...["destinationrules", "envoyfilters", "gateways", "proxyconfigs", "serviceentries"],
    ...["sidecars", "virtualservices", "workloadentries", "workloadgroups"],
  ],
  "security.istio.io": ["authorizationpolicies", "peerauthentications", "requestauthentications"],
  "telemetry.istio.io": ["telemetries"],
  "extensions.istio.io": ["trafficextensions", "wasmplugins"],
  "gateway.networking.k8s.io": [
    ...["backendtlspolicies", "gatewayclasses", "gateways", "listenersets", "referencegrants"],
    ...["grpcroutes", "httproutes", "tcproutes", "tlsroutes", "udproutes"],
  ],
};

export const viewingRules = Object.entries(kinds).map(([group, resources]) => ({
  apiGroups: [group],
  resources,
  verbs: ["get", "list", "watch"],
}));
