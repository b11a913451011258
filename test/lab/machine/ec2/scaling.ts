/** What an Auto Scaling group does next. Plain data. */

export type LifecycleState =
  "Pending:Wait" | "InService" | "Standby" | "Terminating:Wait" | "Terminated";

export interface ScalingGroup {
  readonly desired: number;
  /** Version of the launch template that instances are to have. */
  readonly version: string;
  /** Percent of the desired capacity that there may be while instances are refreshed. */
  readonly mostWhileRefreshing: number;
}

export interface Scaled {
  readonly id: string;
  /** Counts up: the least has been there longest. */
  readonly number: number;
  readonly zone: string;
  readonly version: string;
  readonly state: LifecycleState;
  readonly healthy: boolean;
}

export interface Steps {
  /** How many come. */
  readonly launch: number;
  /** Ids of those that go. */
  readonly terminate: readonly string[];
}

const counts = ({ state }: Scaled): boolean => state === "Pending:Wait" || state === "InService";
const serves = ({ state }: Scaled): boolean => state === "InService";

/**
 * - What is unhealthy goes, and another comes in its place
 *   (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html).
 * - Where the template has another version one more comes before each that goes, so that as many as are desired stay in service
 *   (https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html, launch before terminating).
 * - What is too much goes by the default termination policy.
 */
export function nextSteps(group: ScalingGroup, all: readonly Scaled[]): Steps {
  const there = all.filter(counts);
  const unhealthy = there.filter(({ healthy }) => !healthy).map(({ id }) => id);
  const kept = there.filter(({ healthy }) => healthy);
  const { launch, terminate } = refreshOr(group, kept);
  return { launch, terminate: [...unhealthy, ...terminate] };
}

function refreshOr(group: ScalingGroup, kept: readonly Scaled[]): Steps {
  const { desired, version, mostWhileRefreshing } = group;
  const old = kept.filter((one) => one.version !== version);
  const most = Math.max(desired + 1, Math.floor((desired * mostWhileRefreshing) / 100));
  const wanted = old.length > 0 ? Math.min(most, desired + old.length) : desired;
  const launch = Math.max(0, wanted - kept.length);
  if (old.length === 0) return { launch, terminate: leaving(kept, kept.length - desired) };
  return { launch, terminate: leaving(old, kept.filter(serves).length - desired) };
}

/**
 * The zone with the most first, there the oldest template, and then what has been there longest
 * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html).
 */
function leaving(from: readonly Scaled[], most: number): string[] {
  const rest = [...from];
  const gone: string[] = [];
  while (gone.length < most && rest.length > 0) {
    const inZone = (zone: string) => rest.filter((one) => one.zone === zone).length;
    rest.sort(
      (a, b) =>
        inZone(b.zone) - inZone(a.zone) ||
        Number(a.version) - Number(b.version) ||
        a.number - b.number,
    );
    gone.push(rest.shift()!.id);
  }
  return gone;
}

/** Of these zones that with the fewest instances, so that they stay balanced. */
export function zoneFor(zones: readonly string[], all: readonly Scaled[]): string {
  const inZone = (zone: string) => all.filter((one) => counts(one) && one.zone === zone).length;
  return zones.reduce((best, zone) => (inZone(zone) < inZone(best) ? zone : best));
}
