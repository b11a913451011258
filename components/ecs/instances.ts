/** Instances that tasks run on. Plain data. */
import { Architecture } from "../topology";

/** Newest image for ECS of Amazon Linux 2023, which AWS keeps (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html). */
const IMAGES = {
  [Architecture.X86]: "amazon-linux-2023",
  [Architecture.Arm64]: "amazon-linux-2023/arm64",
} satisfies Record<Architecture, string>;

/**
 * What a launch template has for it. It is looked up when an instance starts, so that no new image changes the template
 * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/using-systems-manager-parameters.html).
 */
export function imageId(architecture: Architecture): string {
  return `resolve:ssm:/aws/service/ecs/optimized-ami/${IMAGES[architecture]}/recommended/image_id`;
}

/** What lets an instance be one of an ECS cluster (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html). */
export const INSTANCE_POLICY = "service-role/AmazonEC2ContainerServiceforEC2Role";

/**
 * The agent's settings (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html). Tasks do not reach the
 * instance's metadata, and so not its role. Logs are written with the role that starts tasks; an instance that Spot takes back
 * loses its tasks first.
 */
export function userData(cluster: string): string {
  const settings = {
    ...{
      ECS_CLUSTER: cluster,
      ECS_AWSVPC_BLOCK_IMDS: true,
      ECS_ENABLE_SPOT_INSTANCE_DRAINING: true,
    },
    ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE: true,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return ["#!/bin/sh", "cat >> /etc/ecs/ecs.config <<'END'", ...lines, "END", ""].join("\n");
}

const DAY = 24 * 60 * 60;

/** ECS adds it to groups that it scales, and asks for it to stay (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/asg-capacity-providers.html). */
const MANAGED = { key: "AmazonECSManaged", value: "true", propagateAtLaunch: true };

/**
 * What the Auto Scaling group is told beside its template. How many instances there are is ECS's to say, which empties one before
 * it ends, whatever ends it; `destroy` waits for no task.
 */
export function groupSettings(facts: {
  minSize: number;
  maxSize: number;
  lifetimeDays: number;
  tags: Record<string, string>;
}) {
  const { minSize, maxSize, lifetimeDays, tags } = facts;
  const own = Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: true }));
  return {
    ...{ minSize, maxSize, maxInstanceLifetime: lifetimeDays * DAY, healthCheckType: "EC2" },
    ...{ forceDelete: true, waitForCapacityTimeout: "20m", tags: [...own, MANAGED] },
    instanceRefresh: {
      strategy: "Rolling",
      preferences: { minHealthyPercentage: 100, maxHealthyPercentage: 110 },
    },
  };
}

/** As many instances as tasks need, each emptied before it ends (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html). */
export const scalingSettings = {
  managedDraining: "ENABLED",
  managedScaling: { status: "ENABLED", targetCapacity: 100 },
  managedTerminationProtection: "DISABLED",
};
