import type * as pulumi from "@pulumi/pulumi";
import { LaunchType } from "../topology";
import { factsOf } from "./membership";
import type { TaskForward, TaskMembership } from "./membership";
import { VOLUME } from "./tasks/containers";
import { ownContainers } from "./tasks/ownContainers";
import type { OwnContainer } from "./tasks/ownContainers";

/** What the mesh's containers come into a task definition of yours by. */
export interface MeshTaskDefinitionArgs {
  /** Name of the service, as `TaskRegistration` has it. */
  service: string;
  /** AWS region of the tasks. */
  region: string;
  /** Containers of yours, as ECS's API has them (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html). */
  containers: OwnContainer[];
  /** Ports that they listen on, by name, as `TaskRegistration` has them: the task is called once all of them listen. */
  ports: Record<string, number>;
  /** Log group of the mesh's containers, to which the execution role writes. */
  logGroupName: string;
  /** What they are told of their mesh. */
  membership: pulumi.Unwrap<TaskMembership>;
  /**
   * What runs the tasks.
   *
   * @default fargate
   */
  launchType?: LaunchType;
  /**
   * Leads the containers to ztunnel by variables.
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

/** What of a task definition the mesh has a say in. */
export interface MeshTaskDefinition {
  /** All containers, yours among them, as `aws.ecs.TaskDefinition` takes them. */
  containerDefinitions: string;
  /** Volumes beside yours. */
  volumes: { name: string }[];
  /** A task has an address of its own. */
  networkMode: "awsvpc";
}

/**
 * Adds the mesh's containers to a task definition of yours: yours wait for ztunnel, and are stopped once clients have heard that the task
 * leaves. The rest of the task definition and the service stay yours; see that deployments keep 100 per cent of the tasks healthy.
 *
 * What else such tasks need: `TaskRegistration`, with their role, and once in a cluster `TaskPolicy`; a security group that lets in 15008
 * from the mesh, and lets out 15008, 15012 to istiod and 443; and no other port of theirs open to anybody, since on Fargate nothing
 * else refuses plain text. Throws where a container has a name of the mesh's, or listens on a port of Istio's.
 *
 * @example
 * const { containerDefinitions } = pulumi.output({ service: "echo", ... }).apply(meshTaskDefinition);
 */
export function meshTaskDefinition(args: MeshTaskDefinitionArgs): MeshTaskDefinition {
  const { service, region, ports, forward = {}, membership, logGroupName: logGroup } = args;
  const { launchType = LaunchType.Fargate } = args;
  const { proxyEnv = launchType === LaunchType.Fargate } = args;
  const known = { ...factsOf(membership), service, region, ports, forward };
  const { endpoint, certificateAuthority, rootCertificate: roots } = membership;
  const values = { endpoint, certificateAuthority, roots, logGroup };
  const all = ownContainers({ ...known, launchType, proxyEnv }, values, args.containers);
  return {
    ...{ containerDefinitions: JSON.stringify(all), networkMode: "awsvpc" },
    volumes: [{ name: VOLUME }],
  };
}
