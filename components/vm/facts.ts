/** Cross-room facts about machines. */
import type { Capacity, CountDescription, DataPlane, MetadataAccess, RolePlan } from "../topology";

export interface MachinesPlan {
  /** Groups of machines, by name. */
  groups: Record<string, MachineGroupPlan>;
  /** Namespaces of their identities and Services, by cluster and name. */
  namespaces: Record<string, { cluster: string; namespace: string }>;
  /** Services beside those in the clusters that serve the groups, by cluster and group. */
  services: Record<string, { cluster: string; group: string }>;
  /** Clusters that hold entries of machines, with the key of the member that must be there first. */
  guarded: Record<string, Guarded>;
}

/** What stands in a cluster before machines or tasks register there. */
export interface Guarded {
  /** Key of the member that must be there first. */
  member: string;
}

/** A group of machines. */
export interface MachineGroupPlan {
  name: string;
  mesh: string;
  /** Of the mesh. */
  dataPlane: DataPlane;
  /** Cluster of their WorkloadGroup, whose API server makes their tokens: Istio's cluster id. */
  cluster: string;
  /** Name that EKS knows the cluster by. */
  eksName: string;
  /** Key of the member that must be there first. */
  member: string;
  vpc: string;
  /** Key of the AWS provider of the machines. */
  provider: string;
  region: string;
  /** Istio network. */
  network: string;
  /** Physical name of the Auto Scaling group, known early since the machines and their role name it. */
  autoScalingGroup: string;
  /** Kubernetes group of their role there. */
  kubernetesGroup: string;
  namespace: string;
  serviceAccount: string;
  /** Ports of the application by name; none where nobody calls them. */
  ports: Record<string, number>;
  trustDomain: string;
  /** Private name of the istiod that serves them. */
  istiodHost: string;
  instanceType: string;
  /** What launch templates have for an image. */
  imageId: string;
  /** Root device of the image, where it is known: it is encrypted here. */
  rootDevice?: string;
  capacity: Capacity;
  count: CountDescription;
  lifetimeDays: number;
  userData?: string;
  probe: { command?: string[]; periodSeconds: number };
  policyArns: string[];
  metadata: MetadataAccess;
  /** Folder of the agent's package; absent: the image has the agent. */
  packageLocation?: string;
  packageSha256?: string;
  /** ARN of the user's KMS key in its region; absent: there is none. */
  encryptionKey?: string;
  /** Tags of the instances, which take none from a provider. */
  tags: Record<string, string>;
  /** How its role is made. */
  iam: RolePlan;
}
