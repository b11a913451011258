/** How a group of machines is kept: hooks, refreshes, disks. Plain data. */
import { Capacity } from "../topology";

const DAY = 24 * 60 * 60;

/**
 * A machine counts as in service once its agent is ready, and is given up where that takes half an hour; before it ends it has left
 * the mesh, or five minutes have passed (https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html). It ends
 * the hooks by their names.
 */
export const lifecycleHooks = [
  {
    name: "launch",
    lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
    heartbeatTimeout: 1800,
    defaultResult: "ABANDON",
  },
  {
    name: "terminate",
    lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
    heartbeatTimeout: 300,
    defaultResult: "CONTINUE",
  },
];

/** New ones come before old ones go (https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html). */
export const instanceRefresh = {
  strategy: "Rolling",
  preferences: { minHealthyPercentage: 100, maxHealthyPercentage: 110 },
};

/** What the group is told beside its image. */
export function groupSettings(facts: {
  minSize: number;
  maxSize: number;
  lifetimeDays: number;
  capacity: Capacity;
}) {
  const { minSize, maxSize, lifetimeDays, capacity } = facts;
  return {
    ...{ minSize, maxSize, healthCheckType: "EC2", healthCheckGracePeriod: 60 },
    ...{ maxInstanceLifetime: lifetimeDays * DAY, capacityRebalance: capacity === Capacity.Spot },
    ...{ instanceRefresh, initialLifecycleHooks: lifecycleHooks },
    // `up` ends when the machines are in the mesh, or fails.
    waitForCapacityTimeout: "20m",
  };
}

/** Root disk of an image whose device is known; another image says itself what its disks are. */
export function rootDisk<Text>(deviceName?: string, kmsKeyId?: Text) {
  const ebs = { encrypted: "true", volumeType: "gp3", deleteOnTermination: "true", kmsKeyId };
  return deviceName === undefined ? [] : [{ deviceName, ebs }];
}

/** Market of instances that AWS may take back. */
export function marketOptions(capacity: Capacity) {
  return capacity === Capacity.Spot ? { marketType: "spot" } : undefined;
}

/** Tags as an Auto Scaling group has them; instances get them from it. */
export function groupTags(tags: Record<string, string>) {
  return Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: true }));
}

/** What instances bring with them gets no tags from the group. */
export function templateTags(tags: Record<string, string>) {
  return ["volume", "network-interface"].map((resourceType) => ({ resourceType, tags }));
}
