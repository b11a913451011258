import { asList, asProps, asText } from "../../base/values";
import type { Props } from "../../base/values";
import { jsonDocument, sameVpc } from "../checks";
import { arn, to, toLoosely } from "../table";
import type { Check, Draft, Table } from "../table";
import { valuesAt } from "../world";

const NAME = /^[\w-]+$/;
const FARGATE = ["FARGATE", "FARGATE_SPOT"];

const containersOf = ({ inputs }: Pick<Draft, "inputs">): Props[] =>
  asList(JSON.parse(asText(inputs.containerDefinitions))).map(asProps);

/** RegisterTaskDefinition (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html). */
const definitionIsShort: Check = ({ inputs }) =>
  Buffer.byteLength(asText(inputs.containerDefinitions)) <= 64 * 1024
    ? undefined
    : "ClientException: Actual length exceeds the max allowed length of 65536";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
const containersAreWhole: Check = (draft) => {
  const containers = containersOf(draft);
  const names = containers.map(({ name }) => asText(name));
  if (containers.some(({ name, image }) => !name || !image))
    return "ClientException: Container.name and Container.image should not be null or empty.";
  if (new Set(names).size < names.length)
    return "ClientException: Duplicate container names in a task definition.";
  return containers.some(({ essential = true }) => essential)
    ? undefined
    : "ClientException: Container definitions must contain at least one essential container.";
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html */
const dependenciesHold: Check = (draft) => {
  const containers = new Map(containersOf(draft).map((one) => [asText(one.name), one]));
  for (const { name, dependsOn } of containers.values()) {
    for (const { containerName, condition } of asList(dependsOn).map(asProps)) {
      const needed = containers.get(asText(containerName));
      if (!needed)
        return `ClientException: Container ${asText(name)} depends on unknown container ${asText(containerName)}`;
      if (condition === "HEALTHY" && !needed.healthCheck)
        return `ClientException: Container ${asText(containerName)} has no health check to be HEALTHY by`;
      if (["SUCCESS", "COMPLETE"].includes(asText(condition)) && (needed.essential ?? true))
        return `ClientException: A container that others wait for to be ${asText(condition)} cannot be essential: ${asText(containerName)}`;
    }
  }
  return circle(containers);
};

function circle(containers: Map<string, Props>): string | undefined {
  const reach = (name: string, seen: string[]): boolean =>
    seen.includes(name) ||
    asList(containers.get(name)?.dependsOn)
      .map((one) => asText(asProps(one).containerName))
      .some((next) => reach(next, [...seen, name]));
  const turning = [...containers.keys()].some((name) => reach(name, []));
  return turning ? "ClientException: circular dependencies between containers" : undefined;
}

/** Health checks, restarts and stopping, in the bounds that ContainerDefinition has. */
const numbersFit: Check = (draft) => {
  for (const { name, restartPolicy, stopTimeout = 30, healthCheck } of containersOf(draft)) {
    const { restartAttemptPeriod: period = 300 } = asProps(restartPolicy);
    if (Number(period) < 60 || Number(period) > 1800)
      return `ClientException: restartAttemptPeriod of ${asText(name)} must be between 60 and 1800`;
    if (Number(stopTimeout) > 120)
      return `ClientException: stopTimeout of ${asText(name)} must not be above 120 on Fargate`;
    const { interval = 30, timeout = 5, retries = 3, startPeriod = 0 } = asProps(healthCheck);
    const bounds = [
      [interval, 5, 300],
      [timeout, 2, 60],
      [retries, 1, 10],
      [startPeriod, 0, 300],
    ].map((bound) => bound.map(Number));
    if (bounds.some(([value, least, most]) => value < least || value > most))
      return `ClientException: health check of ${asText(name)} is out of bounds`;
  }
  return undefined;
};

/** What a task on Fargate cannot have (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html). */
const fitsFargate: Check = (draft) => {
  const { requiresCompatibilities, networkMode, cpu, memory, executionRoleArn } = draft.inputs;
  if (!asList(requiresCompatibilities).includes("FARGATE")) return undefined;
  const containers = containersOf(draft);
  if (networkMode !== "awsvpc")
    return "ClientException: Fargate only supports network mode 'awsvpc'.";
  if (!isPair(Number(cpu), Number(memory)))
    return `ClientException: No Fargate configuration exists for given values: ${asText(cpu)} CPU, ${asText(memory)} memory.`;
  if (!executionRoleArn && containers.some(({ logConfiguration }) => logConfiguration))
    return "ClientException: Fargate requires task definition to have execution role ARN to support log driver awslogs.";
  if (containers.some(({ privileged }) => privileged))
    return "ClientException: Fargate does not support privileged containers.";
  const added = containers.flatMap(({ linuxParameters }) =>
    valuesAt(linuxParameters, "capabilities.add"),
  );
  return added.every((one) => one === "SYS_PTRACE")
    ? undefined
    : `ClientException: The following capabilities are not supported on Fargate: ${added.join()}`;
};

/** Least and most memory of a size in GiB, in steps. */
const PAIRS: Record<number, [least: number, most: number, step: number]> = {
  256: [1, 2, 1],
  512: [1, 4, 1],
  1024: [2, 8, 1],
  2048: [4, 16, 1],
  4096: [8, 30, 1],
  8192: [16, 60, 4],
  16384: [32, 120, 8],
};

function isPair(cpu: number, memory: number): boolean {
  const [least, most, step] = PAIRS[cpu] ?? [0, -1, 1];
  const gib = memory / 1024;
  const isSmallest = cpu === 256 && memory === 512;
  return isSmallest || (gib >= least && gib <= most && (gib - least) % step === 0);
}

/** Of a family, whose revisions begin with 1. */
function revisionOf({ inputs, world, before }: Draft): number {
  if (before) return Number(before.outputs.revision);
  const family = world
    .list("ecs.TaskDefinition")
    .filter((other) => other.inputs.family === inputs.family);
  return 1 + Math.max(0, ...family.map(({ outputs }) => Number(outputs.revision)));
}

/** ECS adds the tag to a group that it scales; the provider of Auto Scaling would take it away again (registry of Pulumi, aws.ecs.CapacityProvider). */
const groupIsManaged: Check = ({ inputs, world }) => {
  const { autoScalingGroupArn, managedTerminationProtection } = asProps(
    inputs.autoScalingGroupProvider,
  );
  const group = world.find("autoscaling.Group", autoScalingGroupArn);
  if (!group)
    return `ClientException: The specified Auto Scaling group ARN does not exist: ${asText(autoScalingGroupArn)}`;
  if (managedTerminationProtection === "ENABLED" && !group.inputs.protectFromScaleIn)
    return "ClientException: managed termination protection needs an Auto Scaling group with scale-in protection.";
  const tags = asList(group.inputs.tags).map((tag) => asText(asProps(tag).key));
  return tags.includes("AmazonECSManaged")
    ? undefined
    : "the Auto Scaling group would lose the tag AmazonECSManaged with the next update";
};

/** PutClusterCapacityProviders. */
const providersAreKnown: Check = ({ inputs, world }) => {
  const unknown = asList(inputs.capacityProviders).find(
    (one) => !FARGATE.includes(asText(one)) && !world.find("ecs.CapacityProvider", one),
  );
  return unknown === undefined
    ? undefined
    : `InvalidParameterException: The specified capacity provider ${asText(unknown)} was not found.`;
};

/** CreateService: the strategy names providers of the cluster. */
const strategyIsOfCluster: Check = ({ inputs, world }) => {
  const cluster = world.find("ecs.Cluster", inputs.cluster);
  const own = world
    .list("ecs.ClusterCapacityProviders")
    .filter((one) => one.inputs.clusterName === cluster?.outputs.name)
    .flatMap((one) => asList(one.inputs.capacityProviders));
  const asked = valuesAt(inputs, "capacityProviderStrategies.capacityProvider");
  const stranger = asked.find((one) => !own.includes(one));
  return stranger === undefined
    ? undefined
    : `InvalidParameterException: The specified capacity provider ${asText(stranger)} is not associated with the cluster.`;
};

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html */
const rebalancingFits: Check = ({ inputs }) =>
  inputs.availabilityZoneRebalancing === "ENABLED" &&
  Number(inputs.deploymentMaximumPercent ?? 200) <= 100
    ? "InvalidParameterException: maximumPercent must be above 100 with availability zone rebalancing."
    : undefined;

/** RegisterScalableTarget: of a service that there is. */
const serviceIsThere: Check = ({ inputs, world }) => {
  const [, cluster, service] = asText(inputs.resourceId).split("/");
  const found = world
    .list("ecs.Service")
    .some(
      (one) =>
        one.outputs.name === service &&
        world.outputs("ecs.Cluster", one.inputs.cluster).name === cluster,
    );
  return found
    ? undefined
    : `ObjectNotFoundException: ECS service doesn't exist: ${asText(inputs.resourceId)}`;
};

const capacityIsInRange: Check = ({ inputs }) =>
  Number(inputs.minCapacity) <= Number(inputs.maxCapacity)
    ? undefined
    : "ValidationException: Maximum capacity cannot be less than minimum capacity";

const SCALED = ["resourceId", "scalableDimension", "serviceNamespace"];

export const ecs: Table = {
  "appautoscaling.Target": {
    id: ({ inputs }) => asText(inputs.resourceId),
    arn: arn("application-autoscaling", ({ id }) => `scalable-target/${id}`),
    required: [...SCALED, "minCapacity", "maxCapacity"],
    replace: SCALED,
    checks: [serviceIsThere, capacityIsInRange],
  },
  "appautoscaling.Policy": {
    id: ({ inputs }) => asText(inputs.name),
    arn: arn("autoscaling", ({ id }) => `scalingPolicy:lab:${id}`),
    name: { field: "name", max: 255 },
    required: SCALED,
    replace: ["name", ...SCALED],
    references: { resourceId: to("appautoscaling.Target") },
  },
  "ecs.CapacityProvider": {
    id: (draft) => providerArn(draft),
    arn: (draft) => providerArn(draft),
    name: { field: "name", max: 255, pattern: /^(?!aws|ecs|fargate)[\w-]+$/i },
    required: ["autoScalingGroupProvider"],
    replace: ["name", "autoScalingGroupProvider.autoScalingGroupArn"],
    references: { "autoScalingGroupProvider.autoScalingGroupArn": toLoosely("autoscaling.Group") },
    checks: [groupIsManaged],
  },
  "ecs.Cluster": {
    id: (draft) => clusterArn(draft),
    arn: (draft) => clusterArn(draft),
    name: { field: "name", max: 255, pattern: NAME },
    replace: ["name"],
  },
  "ecs.ClusterCapacityProviders": {
    id: ({ inputs }) => asText(inputs.clusterName),
    required: ["clusterName"],
    replace: ["clusterName"],
    references: { clusterName: to("ecs.Cluster") },
    checks: [providersAreKnown],
  },
  // The provider's id is the family alone; here each revision is a file of its own.
  "ecs.TaskDefinition": {
    id: (draft) => `${asText(draft.inputs.family)}:${revisionOf(draft)}`,
    arn: arn(
      "ecs",
      (draft) => `task-definition/${asText(draft.inputs.family)}:${revisionOf(draft)}`,
    ),
    name: { field: "family", max: 255, pattern: NAME },
    required: ["containerDefinitions"],
    replace: [
      ...["family", "containerDefinitions", "cpu", "memory", "networkMode", "volumes"],
      ...["requiresCompatibilities", "runtimePlatform", "taskRoleArn", "executionRoleArn"],
    ],
    references: { taskRoleArn: toLoosely("iam.Role"), executionRoleArn: toLoosely("iam.Role") },
    checks: [
      ...[jsonDocument("containerDefinitions"), definitionIsShort, containersAreWhole],
      ...[dependenciesHold, numbersFit, fitsFargate],
    ],
    outputs: (draft) => ({ revision: revisionOf(draft) }),
  },
  "ecs.Service": {
    id: (draft) => serviceArn(draft),
    arn: (draft) => serviceArn(draft),
    name: { field: "name", max: 255, pattern: NAME },
    runsTasks: true,
    replace: ["capacityProviderStrategies", "cluster", "launchType", "name", "schedulingStrategy"],
    references: {
      cluster: to("ecs.Cluster"),
      taskDefinition: toLoosely("ecs.TaskDefinition"),
      "networkConfiguration.subnets": to("ec2.Subnet"),
      "networkConfiguration.securityGroups": to("ec2.SecurityGroup"),
    },
    checks: [strategyIsOfCluster, rebalancingFits, subnetsAndGroups],
  },
};

const providerArn = arn("ecs", ({ inputs }) => `capacity-provider/${asText(inputs.name)}`);
const clusterArn = arn("ecs", ({ inputs }) => `cluster/${asText(inputs.name)}`);
const serviceArn = arn("ecs", ({ inputs, world }) => {
  const cluster = asText(world.outputs("ecs.Cluster", inputs.cluster).name);
  return `service/${cluster}/${asText(inputs.name)}`;
});

/** A task's network interface is in one VPC with its groups. */
function subnetsAndGroups(draft: Draft): string | undefined {
  const { subnets, securityGroups } = asProps(draft.inputs.networkConfiguration);
  const inputs = { subnets, securityGroups };
  return sameVpc(
    ["subnets", "ec2.Subnet"],
    ["securityGroups", "ec2.SecurityGroup"],
  )({
    ...draft,
    inputs,
  });
}
