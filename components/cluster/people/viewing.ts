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

/** What a mesh is configured with. None of it is a Secret. */
export const viewingRules = [
  {
    apiGroups: [
      ...["networking.istio.io", "security.istio.io", "telemetry.istio.io", "extensions.istio.io"],
      "gateway.networking.k8s.io",
    ],
    resources: ["*"],
    verbs: ["get", "list", "watch"],
  },
];
