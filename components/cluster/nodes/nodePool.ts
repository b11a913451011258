/** Auto Mode's nodes. */

/** Name of both objects; `default`, `general-purpose` and `system` are EKS's own. */
export const POOL = "workloads";

/** What a NodeClass needs of its cluster. */
export interface NodeClassFacts<Text> {
  /** Role of the nodes, by name; the cluster admits it. */
  role: Text;
  subnetIds: Text[];
  securityGroupId: Text;
}

/**
 * https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html
 *
 * Peers in other VPCs of a network send to pods, and take what answers for the pod only if it has the pod's address; by default
 * nodes replace it with their own. It is off whether there are such VPCs or not: a change would replace every node.
 */
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
  // A workload that scales without end must end somewhere. As in EKS's own example of a pool.
  limits: { cpu: "1000", memory: "1000Gi" },
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
