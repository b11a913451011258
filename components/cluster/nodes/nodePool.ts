/** Auto Mode's nodes whose pods keep their address. */

/** Name of both objects. */
export const POOL = "keep-pod-addresses";

/** What a NodeClass needs of its cluster. */
export interface NodeClassFacts<Text> {
  /** Role of the nodes: the one of the built-in pools, which EKS has admitted to the cluster. */
  role: Text;
  subnetIds: Text[];
  securityGroupId: Text;
}

/** https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html */
export function nodeClassSpec<Text>({ role, subnetIds, securityGroupId }: NodeClassFacts<Text>) {
  return {
    role,
    subnetSelectorTerms: subnetIds.map((id) => ({ id })),
    securityGroupSelectorTerms: [{ id: securityGroupId }],
    snatPolicy: "Disabled",
  };
}

const requirement = (key: string, operator: string, ...values: string[]) => ({
  key,
  operator,
  values,
});

/**
 * As EKS's own general-purpose pool, which cannot be given another NodeClass
 * (https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html).
 */
export const nodePoolSpec = {
  template: {
    spec: {
      nodeClassRef: { group: "eks.amazonaws.com", kind: "NodeClass", name: POOL },
      requirements: [
        requirement("karpenter.sh/capacity-type", "In", "on-demand"),
        requirement("kubernetes.io/arch", "In", "amd64"),
        requirement("kubernetes.io/os", "In", "linux"),
        requirement("eks.amazonaws.com/instance-category", "In", "c", "m", "r"),
        requirement("eks.amazonaws.com/instance-generation", "Gt", "4"),
      ],
      expireAfter: "336h",
      terminationGracePeriod: "24h",
    },
  },
  disruption: {
    consolidationPolicy: "WhenEmptyOrUnderutilized",
    consolidateAfter: "30s",
    budgets: [{ nodes: "10%" }],
  },
};
