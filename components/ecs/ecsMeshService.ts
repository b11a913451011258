import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../options";
import { Architecture, Capacity, LaunchType } from "../topology";
import { factsOf } from "./membership";
import type { TaskForward, TaskMembership } from "./membership";
import { serviceSettings, taskSettings, TIMEOUTS } from "./service";
import { containerDefinitions, VOLUME } from "./tasks/containers";

/** The application's container. */
export interface TaskApplication {
  /** Image with its tag or digest. */
  image: string;
  /** Ports that it listens on, on all addresses, by name. */
  ports: Record<string, number>;
  /**
   * Its command.
   *
   * @default the image's
   */
  command?: string[];
  /**
   * Its environment.
   *
   * @default none beside what leads to ztunnel
   */
  environment?: Record<string, string>;
  /**
   * ARNs of Secrets Manager secrets or SSM parameters by variable.
   *
   * @default none
   */
  secrets?: Record<string, string>;
  /**
   * Command that ends with 0 where it is well.
   *
   * @default what the image says
   */
  healthCommand?: string[];
  /**
   * Leads it to ztunnel by `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.
   *
   * @default true on Fargate, false on EC2
   */
  proxyEnv?: boolean;
  /**
   * Ports of 127.0.0.1 that lead to Services, by a name of yours. On Fargate only.
   *
   * @default none
   */
  forward?: Record<string, TaskForward>;
}

/** How the number of tasks follows their load. */
export interface TaskScaling {
  /** Least number of tasks. */
  min: number;
  /** Largest number of tasks. */
  max: number;
  /** Per cent of their CPU that tasks are kept at on average. */
  cpuPercent: number;
}

/** What an ECS service in a mesh is made from. */
export interface EcsMeshServiceArgs {
  /** Name of the service, of its Service and of what begins its WorkloadGroups. */
  service: string;
  /** Family of its task definitions, once in its account and region. */
  family: pulumi.Input<string>;
  /** AWS region of the tasks. */
  region: string;
  /** ARN of the ECS cluster. */
  clusterArn: pulumi.Input<string>;
  /** Private subnets of the tasks. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Security group of the tasks, which lets in port 15008 alone. */
  securityGroupId: pulumi.Input<string>;
  /** ARN of the role that containers have. */
  taskRoleArn: pulumi.Input<string>;
  /** ARN of the role that ECS starts them with. */
  executionRoleArn: pulumi.Input<string>;
  /** Name of the log group. */
  logGroupName: pulumi.Input<string>;
  /** What they are told of their mesh. */
  membership: TaskMembership;
  /** The application. */
  application: TaskApplication;
  /**
   * Number of tasks; with `scaling` that of the beginning.
   *
   * @default 1
   */
  count?: number;
  /**
   * Lets the number of tasks follow their load.
   *
   * @default none: it stays
   */
  scaling?: TaskScaling;
  /**
   * Lets ECS Exec into the application; the tasks' role must let it too.
   *
   * @default false
   */
  exec?: boolean;
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
  /**
   * What runs the tasks.
   *
   * @default fargate
   */
  launchType?: LaunchType;
  /**
   * Capacity provider of the ECS cluster. Required on EC2.
   *
   * @default that of Fargate which `capacity` says
   */
  capacityProvider?: pulumi.Input<string>;
  /**
   * How Fargate is bought.
   *
   * @default on-demand
   */
  capacity?: Capacity;
  /**
   * Tasks that are on-demand before the first is on Spot; of those beyond, one in five is. Only with `capacity` Spot.
   *
   * @default none: all are on Spot
   */
  onDemandBase?: number;
  /**
   * Processors of the images.
   *
   * @default x86
   */
  architecture?: Architecture;
}

/**
 * An ECS service whose tasks carry a ztunnel of their own and join an ambient mesh by themselves. Each makes its own token
 * with the tasks' role, so that no secret is in the state or in the task definition.
 *
 * They must be registered first: see `TaskRegistration`. `up` ends when they are healthy, or fails; a later deployment that fails is
 * rolled back.
 */
export class EcsMeshService extends pulumi.ComponentResource {
  /** Name of the ECS service. */
  public readonly serviceName: pulumi.Output<string>;
  /** ARN of the task definition. */
  public readonly taskDefinitionArn: pulumi.Output<string>;

  constructor(name: string, args: EcsMeshServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:EcsMeshService", name, {}, opts);
    const children = childOptions(this, opts);
    const { count = 1, scaling, capacity = Capacity.OnDemand, exec = false } = args;
    const { launchType = LaunchType.Fargate, capacityProvider, onDemandBase } = args;
    const definition = createDefinition(name, args, children);
    const service = new aws.ecs.Service(
      name,
      {
        ...serviceSettings({ launchType, capacity, capacityProvider, onDemandBase }),
        cluster: args.clusterArn,
        taskDefinition: definition.arn,
        ...{ desiredCount: count, enableExecuteCommand: exec },
        networkConfiguration: {
          ...{ subnets: args.subnetIds, securityGroups: [args.securityGroupId] },
          assignPublicIp: false,
        },
      },
      // What scales it says how many there are.
      { ...children, customTimeouts: TIMEOUTS, ignoreChanges: scaling && ["desiredCount"] },
    );
    if (scaling) scale(name, { ...args, scaling }, service, children);

    this.serviceName = service.name;
    this.taskDefinitionArn = definition.arn;
    this.registerOutputs({
      serviceName: this.serviceName,
      taskDefinitionArn: this.taskDefinitionArn,
    });
  }
}

/** Adds and takes tasks by the CPU that they use (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html). */
function scale(
  name: string,
  { clusterArn, scaling }: { clusterArn: pulumi.Input<string>; scaling: TaskScaling },
  service: aws.ecs.Service,
  opts: pulumi.CustomResourceOptions,
): void {
  const cluster = pulumi.output(clusterArn).apply((arn) => arn.split("/").at(-1));
  const place = {
    serviceNamespace: "ecs",
    scalableDimension: "ecs:service:DesiredCount",
    resourceId: pulumi.interpolate`service/${cluster}/${service.name}`,
  };
  const { min: minCapacity, max: maxCapacity, cpuPercent: targetValue } = scaling;
  const target = new aws.appautoscaling.Target(name, { ...place, minCapacity, maxCapacity }, opts);
  const predefinedMetricSpecification = {
    predefinedMetricType: "ECSServiceAverageCPUUtilization",
  };
  new aws.appautoscaling.Policy(
    name,
    {
      ...{ ...place, resourceId: target.resourceId, policyType: "TargetTrackingScaling" },
      targetTrackingScalingPolicyConfiguration: { predefinedMetricSpecification, targetValue },
    },
    opts,
  );
}

function createDefinition(
  name: string,
  args: EcsMeshServiceArgs,
  opts: pulumi.CustomResourceOptions,
): aws.ecs.TaskDefinition {
  const { cpu = 512, memory = 1024, architecture = Architecture.X86 } = args;
  const { launchType = LaunchType.Fargate } = args;
  return new aws.ecs.TaskDefinition(
    name,
    {
      ...taskSettings({ launchType, cpu, memory, architecture }),
      family: args.family,
      taskRoleArn: args.taskRoleArn,
      executionRoleArn: args.executionRoleArn,
      volumes: [{ name: VOLUME }],
      containerDefinitions: containers(args),
    },
    opts,
  );
}

function containers(args: EcsMeshServiceArgs): pulumi.Output<string> {
  const { service, region, logGroupName, membership, application } = args;
  const { launchType = LaunchType.Fargate } = args;
  const { environment = {}, secrets = {}, forward = {}, healthCommand, ...app } = application;
  const { proxyEnv = launchType === LaunchType.Fargate } = application;
  const facts = {
    ...{ ...factsOf(membership), ...app, service, region, launchType },
    ...{ environment, secrets, proxyEnv, forward, healthCheck: { command: healthCommand } },
  };
  const { endpoint, certificateAuthority, rootCertificate: roots } = membership;
  return pulumi
    .output({ endpoint, certificateAuthority, roots, logGroup: logGroupName })
    .apply((values) => JSON.stringify(containerDefinitions(facts, values)));
}
