/** Members on ECS. */
import type { Architecture, Capacity, CountDescription } from "./clusters";

/** What runs an ECS service's tasks. */
export const LaunchType = { Fargate: "fargate", Ec2: "ec2" } as const;
export type LaunchType = (typeof LaunchType)[keyof typeof LaunchType];

/**
 * An ECS service whose tasks carry a ztunnel of their own and join an ambient mesh by themselves: they get a token with their IAM
 * role, and istiod registers each by a WorkloadGroup. About USD 18 a month for a task of 0.5 vCPU and 1 GB on Fargate in us-east-1.
 *
 * Others come to a task by mutual TLS on port 15008 and by no other: its security group lets nothing else in. On Fargate, what the
 * application calls by `HTTP_PROXY` or `ALL_PROXY` goes through ztunnel; on EC2 all of its TCP does. There is no UDP. Istio calls
 * both ztunnel outside Kubernetes and its SOCKS port unstable.
 */
export interface EcsServiceDescription {
  /** Mesh that the tasks join: an ambient one. */
  mesh: string;
  /**
   * Cluster whose istiod serves them and whose API server makes their tokens; the tasks are on its network. Pods of this cluster and
   * tasks that it serves can call them, those of the mesh's other clusters cannot.
   */
  controlledBy: string;
  /** VPC of that network. Required where it has several, refused where it has one. */
  vpc?: string;
  /**
   * Where the tasks run.
   *
   * @default fargate
   */
  launchType?: LaunchType;
  /** Key of `ecsClusters`. Required with `ec2`; tasks on Fargate have a cluster made for them where it is left out. */
  ecsCluster?: string;
  /** Kubernetes namespace of their identity, made here; services of a mesh may share it. */
  namespace: string;
  /** Service account of their identity, made here: no two services of a cluster have one in common. */
  serviceAccount: string;
  /** Image of the application, with its tag or digest. It must listen on all addresses, not on localhost. */
  image: string;
  /**
   * Ports of the application, TCP, by name. What a port speaks is told by its name, as `http`, `grpc-api` or `tcp`
   * (https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/).
   */
  ports: Record<string, number>;
  /**
   * Number of tasks.
   *
   * @default 1, or the least of `scaling`
   */
  count?: number;
  /**
   * Lets the number of tasks follow their load, in place of `count`.
   *
   * @default none: it stays
   */
  scaling?: EcsScalingDescription;
  /**
   * CPU units of a task, of which ztunnel and its helpers have no share of their own; 1024 are a vCPU.
   *
   * @default 512
   */
  cpu?: number;
  /**
   * Memory of a task, MiB. ztunnel and its helpers take about 150 of it, more in a large mesh.
   *
   * @default 1024
   */
  memory?: number;
  /**
   * How Fargate is bought. Tasks on Spot have two minutes to leave. Refused with `ec2`: the instances say it.
   *
   * @default on-demand
   */
  capacity?: Capacity;
  /**
   * Tasks that are on-demand before the first is on Spot; of those beyond, one in five is. Only with `capacity: spot`.
   *
   * @default none: all are on Spot
   */
  onDemandBase?: number;
  /**
   * Processors of the image.
   *
   * @default on EC2 those of the instances, else x86
   */
  architecture?: Architecture;
  /**
   * Command of the application.
   *
   * @default the image's
   */
  command?: string[];
  /**
   * Environment of the application. Nothing secret: it stands in the task definition.
   *
   * @default none beside what leads to ztunnel
   */
  environment?: Record<string, string>;
  /**
   * Secrets in the environment of the application, by the variable's name: ARNs of Secrets Manager secrets or SSM parameters.
   *
   * @default none
   */
  secrets?: Record<string, string>;
  /** Tells whether the application is well: a task that is not is replaced. */
  healthCheck?: EcsHealthCheckDescription;
  /**
   * ARNs of managed IAM policies for the tasks' role, at most ten: what the application may do.
   *
   * @default none
   */
  policyArns?: string[];
  /**
   * Leads the application to ztunnel by `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`: programs that know SOCKS read
   * them. Without it the application is called by the mesh, and calls only what it leads to ztunnel itself. On EC2 nothing needs it.
   *
   * @default true on Fargate, false on EC2
   */
  proxyEnv?: boolean;
  /**
   * Ports of 127.0.0.1 that lead to Services, by a name of yours, for programs that know no SOCKS: a container of the image
   * `istio.forwarderImage` listens there before the application starts. On Fargate only.
   *
   * @example { pay: { host: "pay.pay.svc.cluster.local", port: 9090, local: 9001 } }
   * @default none
   */
  forward?: Record<string, EcsForwardDescription>;
  /**
   * Puts a waypoint of its own in front of the service, two Envoys or more in the cluster `controlledBy`: policies and routes that look into
   * HTTP name the Service in `targetRefs`. Policies about callers do then too, since tasks see the waypoint in their place.
   *
   * @default false: ztunnel alone, which knows connections and identities
   */
  waypoint?: boolean;
  /**
   * Lets whoever has `ecs:ExecuteCommand` run commands in the application's container
   * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html): they have the identity of the tasks then.
   *
   * @default false
   */
  exec?: boolean;
}

/** A Service that a port of the task leads to. */
export interface EcsForwardDescription {
  /** Name that the mesh knows the Service by, such as `pay.pay.svc.cluster.local`. */
  host: string;
  /** Its port. */
  port: number;
  /**
   * Port of 127.0.0.1 that leads there, from 1024 and outside 15000 to 15090.
   *
   * @default that of the Service
   */
  local?: number;
}

/** How the number of tasks follows their load. */
export interface EcsScalingDescription {
  /** Least number of tasks. */
  min: number;
  /** Largest number of tasks. */
  max: number;
  /**
   * Per cent of their CPU that tasks are kept at on average.
   *
   * @default 60
   */
  cpuPercent?: number;
}

/** A command that tells whether an application is well: it ends with 0 then. */
export interface EcsHealthCheckDescription {
  /**
   * The program and its arguments, run in the application's container.
   *
   * @default what the image says
   */
  command?: string[];
}

/**
 * An ECS cluster with instances of its own, or one that exists. Services on Fargate need none.
 *
 * Instances of Amazon Linux 2023 in an Auto Scaling group that ECS grows and shrinks with the tasks, and empties before they end:
 * a `c7g.large` is about USD 53 a month in us-east-1. Each task takes a network interface of its instance, of which a type has few
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html); the account setting `awsvpcTrunking`
 * gives more and is not touched here.
 */
export interface EcsClusterDescription {
  /** Mesh whose services run here. */
  mesh: string;
  /** Cluster on whose network the instances are. */
  controlledBy: string;
  /** VPC of that network. Required where it has several, refused where it has one. */
  vpc?: string;
  /** EC2 instance type, such as `c7g.large`. Required unless `existing`. */
  instanceType?: string;
  /**
   * Size of the Auto Scaling group.
   *
   * @default 1 to 4
   */
  count?: CountDescription;
  /**
   * How the instances are bought. Those on Spot have two minutes to lose their tasks.
   *
   * @default on-demand
   */
  capacity?: Capacity;
  /**
   * Days after which an instance is replaced by one with the image of then, so that it is patched; its tasks move first.
   *
   * @default 30
   */
  lifetimeDays?: number;
  /** An ECS cluster that exists, with capacity of its own. */
  existing?: ExistingEcsClusterDescription;
}

/** An ECS cluster that exists. Nothing in it is changed. */
export interface ExistingEcsClusterDescription {
  /** Its ARN. */
  clusterArn: string;
  /**
   * Name of the capacity provider of its instances, for services on EC2: tasks of theirs must not reach the instances' metadata
   * (`ECS_AWSVPC_BLOCK_IMDS=true`). Services on Fargate take `FARGATE` and `FARGATE_SPOT`, which the cluster must have.
   *
   * @default none: its services run on Fargate
   */
  capacityProvider?: string;
}
