/** What every node made here has in common. */

/** Managed policies of a managed node's role (https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html). */
export const nodePolicies = [
  "AmazonEKSWorkerNodePolicy",
  "AmazonEKS_CNI_Policy",
  "AmazonEC2ContainerRegistryPullOnly",
];

/** The same for Auto Mode, whose network is EKS's own (https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html). */
export const autoModeNodePolicies = [
  "AmazonEKSWorkerNodeMinimalPolicy",
  "AmazonEC2ContainerRegistryPullOnly",
];

/** Who may be a node. */
export const nodeTrustPolicy = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
};

/**
 * IMDSv2 only, and one hop: pods cannot take the node's role
 * (https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html).
 */
export const nodeMetadata = {
  httpEndpoint: "enabled",
  httpTokens: "required",
  httpPutResponseHopLimit: 1,
};

/** Root volume of Amazon Linux. */
export const nodeVolume = {
  deviceName: "/dev/xvda",
  ebs: { encrypted: "true", volumeType: "gp3", volumeSize: 50, deleteOnTermination: "true" },
};

/** Two replicas of istiod and of gateways need two nodes, and EKS spreads a group over its subnets' zones. */
export const nodeScaling = { minSize: 2, desiredSize: 2, maxSize: 6 };

export const nodeGroupSettings = {
  amiType: "AL2023_x86_64_STANDARD",
  capacityType: "ON_DEMAND",
  instanceTypes: ["m6i.large"],
};
