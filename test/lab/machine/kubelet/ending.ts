/** How long a pod may go on once it is told to go. */
import type { Json } from "../kube";
import { lived } from "../pace";

/** What a kubelet gives a container whose hook took all the time that there was (minimumGracePeriodInSeconds). */
export const leastSeconds = 2;

/** Times of a pod's end, in milliseconds since the epoch. */
export interface Ending {
  readonly told: number;
  readonly killed: number;
}

/** When a pod was told to go, and when it is killed: `mostSeconds` later at most. */
export function endingOf({ metadata }: Json, mostSeconds = Infinity): Ending {
  const { deletionTimestamp, deletionGracePeriodSeconds: grace = 0 } = metadata;
  const told = Date.parse(deletionTimestamp) - grace * 1000;
  return { told, killed: told + Math.min(lived(grace), mostSeconds) * 1000 };
}

/** Seconds that a container's hook waits before the container is told to go. */
export function sleepOf(container: Json): number {
  return lived(container.lifecycle?.preStop?.sleep?.seconds ?? 0);
}

/** When a pod is gone that ends as soon as its hooks let it. */
export function pretendedEnd(pod: Json, mostSeconds?: number): number {
  const { told, killed } = endingOf(pod, mostSeconds);
  const containers: Json[] = pod.spec.containers;
  return Math.min(killed, told + Math.max(...containers.map(sleepOf)) * 1000);
}
