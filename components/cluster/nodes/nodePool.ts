/** Auto Mode's nodes. */
import { Architecture, Capacity } from "../../topology";

/** Name of both objects; `default`, `general-purpose` and `system` are EKS's own. */
export const POOL = "workloads";

/** What a NodeClass needs of its cluster. */
export interface NodeClassFacts<Text> {
  /** Role of the nodes, by name; the cluster admits it. */
  role: Text;
  subnetIds: Text[];
  securityGroupId: Text;
  /** Size of a node's disk in GiB; absent: EKS's own. */
  diskGiB?: number;
  /** ARN of the key of its disks; absent: AWS's own. */
  diskKeyArn?: Text;
  /** NetworkPolicies hold for the pods; absent: as EKS has it. */
  networkPolicies?: boolean;
  /** Of instances, their disks and network interfaces. */
  tags: Record<string, string>;
}

/**
 * https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html
 *
 * Peers in other VPCs of a network send to pods, and take what answers for the pod only if it has the pod's address; by default
 * nodes replace it with their own. It is off whether there are such VPCs or not: a change would replace every node.
 */
export function nodeClassSpec<Text>(facts: NodeClassFacts<Text>) {
  const { role, subnetIds, securityGroupId, diskGiB, diskKeyArn: kmsKeyID, tags } = facts;
  const ephemeralStorage = {
    ...(diskGiB === undefined ? {} : { size: `${diskGiB}Gi` }),
    ...(kmsKeyID === undefined ? {} : { kmsKeyID }),
  };
  return {
    role,
    subnetSelectorTerms: subnetIds.map((id) => ({ id })),
    securityGroupSelectorTerms: [{ id: securityGroupId }],
    snatPolicy: "Disabled",
    // What no policy is about stays open (https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html).
    ...(facts.networkPolicies && { networkPolicy: "DefaultAllow" }),
    ...(Object.keys(ephemeralStorage).length > 0 ? { ephemeralStorage } : {}),
    ...(Object.keys(tags).length > 0 ? { tags } : {}),
  };
}

const requirement = (key: string, operator: string, ...values: string[]) => ({
  key,
  operator,
  values,
});

const architectures = {
  [Architecture.X86]: "amd64",
  [Architecture.Arm64]: "arm64",
} satisfies Record<Architecture, string>;

/** What nodes a pool may add, and how many. */
export interface NodePoolFacts {
  vcpuLimit?: number;
  memoryLimitGiB?: number;
  /** Empty: what EKS's own pool takes. */
  instanceTypes?: string[];
  architectures?: Architecture[];
  capacity?: Capacity;
}

/**
 * As EKS's own general-purpose pool, which cannot be given another NodeClass
 * (https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html), where nothing else is said.
 */
export function nodePoolSpec(facts: NodePoolFacts) {
  // A workload that scales without end must end somewhere. As in EKS's own example of a pool.
  const { vcpuLimit = 1000, memoryLimitGiB = 1000 } = facts;
  return {
    limits: { cpu: String(vcpuLimit), memory: `${memoryLimitGiB}Gi` },
    template: {
      spec: {
        nodeClassRef: { group: "eks.amazonaws.com", kind: "NodeClass", name: POOL },
        requirements: requirements(facts),
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
}

function requirements(facts: NodePoolFacts) {
  const { instanceTypes = [], capacity = Capacity.OnDemand } = facts;
  const processors = (facts.architectures ?? [Architecture.X86]).map((one) => architectures[one]);
  return [
    requirement("karpenter.sh/capacity-type", "In", capacity),
    requirement("kubernetes.io/arch", "In", ...processors),
    requirement("kubernetes.io/os", "In", "linux"),
    ...(instanceTypes.length > 0
      ? [requirement("node.kubernetes.io/instance-type", "In", ...instanceTypes)]
      : [
          requirement("eks.amazonaws.com/instance-category", "In", "c", "m", "r"),
          requirement("eks.amazonaws.com/instance-generation", "Gt", "4"),
        ]),
  ];
}
