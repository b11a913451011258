/** What every node made here has in common. */
import { Architecture, Capacity } from "../../topology";

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

/** Who may be an instance of EC2. */
export const instanceTrustPolicy = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
};

/**
 * IMDSv2 only, and one hop: neither pods of a node nor containers of a machine can take its role
 * (https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html).
 */
export const instanceMetadata = {
  httpEndpoint: "enabled",
  httpTokens: "required",
  httpPutResponseHopLimit: 1,
};

/** Root volume of Amazon Linux, of so many GiB. */
export function nodeVolume<Text>(volumeSize: number = 50, kmsKeyId?: Text) {
  const disk = { encrypted: "true", volumeType: "gp3", deleteOnTermination: "true" };
  return { deviceName: "/dev/xvda", ebs: { ...disk, volumeSize, kmsKeyId } };
}

/** Node groups hand their own tags to nothing (https://docs.aws.amazon.com/eks/latest/userguide/eks-using-tags.html). */
export function nodeTags<Text>(clusterName: Text, tags: Record<string, string>) {
  return ["instance", "volume", "network-interface"].map((resourceType) => ({
    resourceType,
    tags: { ...tags, Name: clusterName },
  }));
}

/** Amazon Linux 2023 by processor, as EKS calls it, and an instance type that has both memory and network for a mesh. */
const images = {
  [Architecture.X86]: { amiType: "AL2023_x86_64_STANDARD", instanceType: "m6i.large" },
  [Architecture.Arm64]: { amiType: "AL2023_ARM_64_STANDARD", instanceType: "m7g.large" },
} satisfies Record<Architecture, { amiType: string; instanceType: string }>;

const capacityTypes = {
  [Capacity.OnDemand]: "ON_DEMAND",
  [Capacity.Spot]: "SPOT",
} satisfies Record<Capacity, string>;

/** What a node group is told about its instances. */
export interface NodeGroupFacts {
  minSize?: number;
  maxSize?: number;
  instanceTypes?: string[];
  architecture?: Architecture;
  capacity?: Capacity;
}

/** Two replicas of istiod and of gateways need two nodes, and EKS spreads a group over its subnets' zones. */
export function nodeGroupSettings(facts: NodeGroupFacts) {
  const { minSize = 2, maxSize = 6, instanceTypes = [], capacity = Capacity.OnDemand } = facts;
  const { amiType, instanceType } = images[facts.architecture ?? Architecture.X86];
  return {
    amiType,
    capacityType: capacityTypes[capacity],
    instanceTypes: instanceTypes.length > 0 ? instanceTypes : [instanceType],
    scalingConfig: { minSize, desiredSize: minSize, maxSize },
  };
}
