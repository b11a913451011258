import * as pulumi from "@pulumi/pulumi";
import { HBONE, ISTIOD_PORTS } from "../istio/ports";
import { LaunchType } from "../topology";
import { factsOf } from "./membership";
import type { TaskForward, TaskMembership } from "./membership";
import type { TaskRegistrationArgs } from "./taskRegistration";
import { VOLUME } from "./tasks/containers";
import { ownContainers } from "./tasks/ownContainers";
import type { OwnContainer } from "./tasks/ownContainers";

/** What the mesh's containers come into a task definition of yours by. */
export interface MeshTaskDefinitionArgs {
  /** Name of the service, of its Service and of what begins its WorkloadGroups. */
  service: string;
  /** AWS region of the tasks. */
  region: string;
  /** Containers of yours, as ECS's API has them (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html). */
  containers: pulumi.Input<OwnContainer[]>;
  /** Ports that they listen on, on all addresses, by name: the task is called once all of them listen. */
  ports: Record<string, number>;
  /** Log group of the mesh's containers, to which the execution role writes. */
  logGroupName: pulumi.Input<string>;
  /** What they are told of their mesh. */
  membership: TaskMembership;
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

/** A port of TCP that the tasks' security group opens. */
export interface MeshTaskPort {
  /** Its number. */
  port: number;
  /** Who comes in by it, or what it leads out to. */
  peer: string;
}

/** What of a task definition the mesh has a say in, and what else its tasks need. */
export interface MeshTaskDefinition {
  /** All containers, yours among them, as `aws.ecs.TaskDefinition` takes them. */
  containerDefinitions: pulumi.Output<string>;
  /** Volumes beside yours. */
  volumes: { name: string }[];
  /** A task has an address of its own. */
  networkMode: "awsvpc";
  /** What `TaskRegistration` takes beside the tasks' role and zones: it makes the access entry and the objects in the cluster. */
  registration: Omit<TaskRegistrationArgs, "roleArn" | "zones">;
  /** What the tasks' security group opens, and no more: on Fargate nothing else refuses plain text. */
  securityGroup: { ingress: MeshTaskPort[]; egress: MeshTaskPort[] };
}

/**
 * Adds the mesh's containers to a task definition of yours: yours wait for ztunnel, and are stopped once clients have heard that the task
 * leaves. The rest of the task definition and the service stay yours; see that deployments keep 100 per cent of the tasks healthy.
 *
 * Says what else such tasks need: make `TaskRegistration` of it, in a cluster that has a `TaskPolicy`, before the service; and a
 * security group that opens what it lists.
 *
 * Throws where a container has a name of the mesh's, where one listens on a port of Istio's, and where ECS would refuse the length.
 *
 * @example
 * const { registration, securityGroup, ...definition } = meshTaskDefinition({ service: "echo", ... });
 * new aws.ecs.TaskDefinition("echo", { ...definition, family: "echo", cpu: "512", memory: "1024", taskRoleArn });
 */
export function meshTaskDefinition(args: MeshTaskDefinitionArgs): MeshTaskDefinition {
  const { service, region, ports, forward = {}, membership, logGroupName: logGroup } = args;
  const { launchType = LaunchType.Fargate } = args;
  const { proxyEnv = launchType === LaunchType.Fargate } = args;
  const facts = {
    ...{ ...factsOf(membership), service, region, ports, forward, launchType, proxyEnv },
  };
  const { endpoint, certificateAuthority, rootCertificate: roots } = membership;
  const values = { endpoint, certificateAuthority, roots, logGroup };
  const containers = args.containers as pulumi.Input<object[]>;
  const { clusterName, namespace, serviceAccount, network } = membership;
  return {
    containerDefinitions: pulumi
      .output({ values, containers })
      .apply((known) =>
        JSON.stringify(ownContainers(facts, known.values, known.containers as OwnContainer[])),
      ),
    ...{ volumes: [{ name: VOLUME }], networkMode: "awsvpc" },
    registration: { service, clusterName, namespace, serviceAccount, ports, network, region },
    securityGroup: {
      ingress: [{ port: HBONE, peer: "pods, tasks and machines of the mesh" }],
      egress: [
        { port: HBONE, peer: "pods, tasks and gateways of the mesh" },
        { port: ISTIOD_PORTS.xds, peer: "istiod" },
        { port: 443, peer: "the cluster's API server, and AWS" },
      ],
    },
  };
}
