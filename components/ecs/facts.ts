/** Cross-room facts about ECS services. */
import type {
  Architecture,
  Capacity,
  CountDescription,
  Forward,
  LaunchType,
  RolePlan,
} from "../topology";
import type { Guarded } from "../vm/facts";

export interface TasksPlan {
  /** ECS services, by name. */
  services: Record<string, EcsServicePlan>;
  /** ECS clusters that are made for them: one for each mesh and VPC with tasks on Fargate, and those of the description. */
  ecsClusters: Record<string, EcsClusterPlan>;
  /** Namespaces of their identities and Services, by cluster and name. */
  namespaces: Record<string, { cluster: string; namespace: string }>;
  /** Clusters that hold entries of tasks, with the key of the member that must be there first. */
  guarded: Record<string, Guarded>;
}

/** An ECS cluster of a mesh in a VPC that is made here. */
export interface EcsClusterPlan {
  key: string;
  /** Physical name. */
  name: string;
  vpc: string;
  /** Key of the AWS provider. */
  provider: string;
  /** Absent: its tasks run on Fargate. */
  instances?: EcsInstancesPlan;
}

/** Instances of an ECS cluster. */
export interface EcsInstancesPlan {
  region: string;
  /** What an Auto Scaling group has for their image. */
  imageId: string;
  instanceType: string;
  count: CountDescription;
  capacity: Capacity;
  lifetimeDays: number;
  /** Tags of what the group makes. */
  tags: Record<string, string>;
  /** ARN of the user's KMS key in its region; absent: there is none. */
  encryptionKey?: string;
  /** How their role is made. */
  iam: RolePlan;
}

/** An availability zone that tasks may stand in. */
export interface ZonePlan {
  /** Part of logical names. */
  key: string;
  /** Its name; absent where only AWS knows it yet. */
  name?: string;
}

/** An ECS service. */
export interface EcsServicePlan {
  name: string;
  mesh: string;
  /** Cluster of its WorkloadGroups, whose API server makes its tokens: Istio's cluster id. */
  cluster: string;
  /** Name that EKS knows the cluster by. */
  eksName: string;
  /** Key of the member that must be there first. */
  member: string;
  launchType: LaunchType;
  /** Key of its ECS cluster; absent: it is yours. */
  ecsCluster?: string;
  /** Your ECS cluster's ARN, and the capacity provider there. */
  existing?: { clusterArn: string; capacityProvider?: string };
  vpc: string;
  /** Zones of the VPC's private subnets. */
  zones: ZonePlan[];
  /** Key of the AWS provider of the tasks. */
  provider: string;
  region: string;
  /** Istio network. */
  network: string;
  /** Family of its task definitions. */
  family: string;
  /** Kubernetes group of its role there. */
  kubernetesGroup: string;
  namespace: string;
  serviceAccount: string;
  /** Ports of the application by name. */
  ports: Record<string, number>;
  /** Private name of the istiod that serves it. */
  istiodHost: string;
  /** Image of ztunnel, of the version of that istiod. */
  ztunnelImage: string;
  /** Image with the AWS CLI, for what gets tokens and leaves the mesh. */
  helperImage: string;
  /** Image with socat, for what leads ports of the task to Services. */
  forwarderImage: string;
  image: string;
  command?: string[];
  environment: Record<string, string>;
  /** ARNs by variable. */
  secrets: Record<string, string>;
  healthCheck: { command?: string[] };
  proxyEnv: boolean;
  /** Services behind ports of the task, by name. */
  forward: Record<string, Forward>;
  /** The waypoint in front of it, with the revision that makes it where that has a name; absent: there is none. */
  waypoint?: { revision?: string };
  count: number;
  scaling?: { min: number; max: number; cpuPercent: number };
  cpu: number;
  memory: number;
  capacity: Capacity;
  /** Tasks on-demand before the first on Spot; absent: none. */
  onDemandBase?: number;
  architecture: Architecture;
  policyArns: string[];
  exec: boolean;
  /** ARN of the user's KMS key in its region; absent: there is none. */
  encryptionKey?: string;
  /** How its roles are made. */
  iam: RolePlan;
}
