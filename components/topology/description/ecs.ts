/** Members on ECS. */

/** What runs an ECS service's tasks. */
export const LaunchType = { Fargate: "fargate", Ec2: "ec2" } as const;
export type LaunchType = (typeof LaunchType)[keyof typeof LaunchType];

/** An ECS service whose tasks carry ztunnel. */
export interface EcsServiceDescription {
  /** Mesh that the tasks join. */
  mesh: string;
  /** Cluster whose istiod serves them; the tasks are on its network. */
  controlledBy: string;
  /** VPC of that network. Required where it has several, refused where it has one. */
  vpc?: string;
  /**
   * Where the tasks run.
   *
   * @default fargate
   */
  launchType?: LaunchType;
  /** Kubernetes namespace of their identity. */
  namespace: string;
  /** Service account of their identity. */
  serviceAccount: string;
  /** Image of the application. */
  image: string;
  /** Ports of the application by name. */
  ports: Record<string, number>;
  /**
   * Number of tasks.
   *
   * @default 1
   */
  count?: number;
  /**
   * CPU units of a task.
   *
   * @default 512
   */
  cpu?: number;
  /**
   * Memory of a task, MiB.
   *
   * @default 1024
   */
  memory?: number;
}
