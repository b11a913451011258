/** What an Auto Scaling group does next. Plain data. */

export type LifecycleState =
  "Pending:Wait" | "InService" | "Standby" | "Terminating:Wait" | "Terminated";

export interface Scaled {
  readonly id: string;
  /** Counts up: the least has been there longest. */
  readonly number: number;
  readonly zone: string;
  readonly state: LifecycleState;
  readonly healthy: boolean;
}

export interface Steps {
  /** How many come. */
  readonly launch: number;
  /** Ids of those that go. */
  readonly terminate: readonly string[];
}

/** One in standby is neither counted nor asked whether it is healthy (https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-enter-exit-standby.html). */
const counts = ({ state }: Scaled): boolean => state === "Pending:Wait" || state === "InService";

/**
 * - What is unhealthy goes, and another comes in its place
 *   (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html).
 * - What is too much goes by the default termination policy.
 */
export function nextSteps(desired: number, all: readonly Scaled[]): Steps {
  const there = all.filter(counts);
  const unhealthy = there.filter(({ healthy }) => !healthy).map(({ id }) => id);
  const kept = there.filter(({ healthy }) => healthy);
  return {
    launch: Math.max(0, desired - kept.length),
    terminate: [...unhealthy, ...leaving(kept, kept.length - desired)],
  };
}

/**
 * The zone with the most first, and there what has been there longest
 * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html).
 */
function leaving(from: readonly Scaled[], most: number): string[] {
  const rest = [...from];
  const gone: string[] = [];
  while (gone.length < most) {
    const inZone = (zone: string) => rest.filter((one) => one.zone === zone).length;
    rest.sort((a, b) => inZone(b.zone) - inZone(a.zone) || a.number - b.number);
    gone.push(rest.shift()!.id);
  }
  return gone;
}

/** Of these zones that with the fewest instances, so that they stay balanced. */
export function zoneFor(zones: readonly string[], all: readonly Scaled[]): string {
  const inZone = (zone: string) => all.filter((one) => counts(one) && one.zone === zone).length;
  return zones.reduce((best, zone) => (inZone(zone) < inZone(best) ? zone : best));
}
