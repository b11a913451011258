/** What runs in no cluster, with every default filled in. */
import type {
  AgentPackageDescription,
  AgentSource,
  Architecture,
  Capacity,
  CountDescription,
  ExistingEcsClusterDescription,
  Inbound,
  LaunchType,
  MetadataAccess,
} from "./description";

/** A group of machines. */
export interface MachineGroup {
  name: string;
  mesh: string;
  /** Cluster whose istiod serves them. */
  controlledBy: string;
  network: string;
  /** Id of the VPC, a key of `Topology.vpcs`; empty where a rule will say that it cannot be told. */
  vpc: string;
  namespace: string;
  serviceAccount: string;
  /** Ports of the application, by name. */
  ports: Record<string, number>;
  inbound: Inbound;
  instanceType: string;
  /** Processors of the image. */
  architecture: Architecture;
  image: string;
  capacity: Capacity;
  count: CountDescription;
  lifetimeDays: number;
  userData?: string;
  /** Without a command every port is asked. */
  probe: { command?: string[]; periodSeconds: number };
  policyArns: string[];
  /** Absent: what the cluster picks. */
  revision?: string;
  metadata: MetadataAccess;
  ssm: boolean;
  agentPackage: AgentPackageDescription & { source: AgentSource };
}

/** A Service behind a port of a task. */
export interface Forward {
  /** Name that the mesh knows it by. */
  host: string;
  /** Its port, and the one of 127.0.0.1 that leads there. */
  port: number;
  local: number;
}

/** An ECS service. */
export interface EcsService {
  name: string;
  mesh: string;
  /** Cluster whose istiod serves its tasks. */
  controlledBy: string;
  /** That of the cluster; empty where a rule will say that there is no such cluster. */
  network: string;
  /** Id of the VPC, a key of `Topology.vpcs`; empty where a rule will say that it cannot be told. */
  vpc: string;
  launchType: LaunchType;
  /** Key of `Topology.ecsClusters`; absent: Fargate has one made for it. */
  ecsCluster?: string;
  namespace: string;
  serviceAccount: string;
  image: string;
  /** Ports of the application, by name. */
  ports: Record<string, number>;
  count: number;
  /** Absent: the number stays. */
  scaling?: { min: number; max: number; cpuPercent: number };
  /** CPU units and MiB of a task. */
  cpu: number;
  memory: number;
  capacity: Capacity;
  /** Absent: none. */
  onDemandBase?: number;
  architecture: Architecture;
  /** Absent: the image's. */
  command?: string[];
  environment: Record<string, string>;
  /** ARNs by variable. */
  secrets: Record<string, string>;
  /** Without a command the image's own check holds. */
  healthCheck: { command?: string[] };
  policyArns: string[];
  proxyEnv: boolean;
  /** Services behind ports of the task, by name. */
  forward: Record<string, Forward>;
  /** One of its own stands in front of its Service. */
  waypoint: boolean;
  exec: boolean;
}

/** What ECS services run on. */
export interface EcsCluster {
  name: string;
  mesh: string;
  /** Cluster on whose network it is. */
  controlledBy: string;
  /** That of the cluster; empty where a rule will say that there is no such cluster. */
  network: string;
  /** Id of the VPC, a key of `Topology.vpcs`; empty where a rule will say that it cannot be told. */
  vpc: string;
  /** Empty where it exists, or a rule will say that none is named. */
  instanceType: string;
  count: CountDescription;
  capacity: Capacity;
  lifetimeDays: number;
  existing?: ExistingEcsClusterDescription;
}
