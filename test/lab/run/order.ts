/** What must hold at every moment of a rollout behind load balancers. */

/** A pod as the API tells of it. */
export interface PodSeen {
  readonly name: string;
  readonly address: string;
  /** Came with the rollout. */
  readonly isNew: boolean;
  readonly ready: boolean;
  /** Was told to go. */
  readonly leaving: boolean;
}

/** A target as its load balancer has it. */
export interface TargetSeen {
  readonly group: string;
  readonly address: string;
  readonly state: string;
  /** Gets new connections. */
  readonly sentTo: boolean;
  /** Takes connections. */
  readonly takes: boolean;
}

/** Pods and targets at one moment. */
export interface Moment {
  readonly pods: readonly PodSeen[];
  readonly targets: readonly TargetSeen[];
}

const healthy = ({ state }: TargetSeen): boolean => state === "healthy";

/** Pods that were Ready when they first were, though their load balancer did not send to them yet. */
function tooEarly(moments: readonly Moment[]): string[] {
  const known = new Set<string>();
  return moments.flatMap(({ pods, targets }) => {
    const groups = new Set(targets.map(({ group }) => group));
    const first = pods.filter(({ name, isNew, ready }) => isNew && ready && !known.has(name));
    first.forEach(({ name }) => known.add(name));
    return first
      .filter(
        ({ address }) =>
          targets.filter((one) => one.address === address && healthy(one)).length < groups.size,
      )
      .map(({ name }) => `${name} was Ready before its targets were healthy`);
  });
}

function withoutTarget({ targets }: Moment): string[] {
  const groups = [...new Set(targets.map(({ group }) => group))];
  return groups
    .filter((group) => !targets.some((one) => one.group === group && healthy(one)))
    .map((group) => `no target of ${group} was healthy`);
}

function forsaken({ pods, targets }: Moment): string[] {
  return targets
    .filter(({ sentTo, takes }) => sentTo && !takes)
    .map(({ address, group }) => {
      const name = pods.find((pod) => pod.address === address)?.name ?? address;
      return `${name} took no connection while ${group} sent to it`;
    });
}

/** What a rollout has broken, each once; `servesOn` where pods are to take connections for as long as they are sent any. */
export function disorders(moments: readonly Moment[], servesOn: boolean): string[] {
  const found = moments.flatMap((moment) => [
    ...withoutTarget(moment),
    ...(servesOn ? forsaken(moment) : []),
  ]);
  return [...new Set([...tooEarly(moments), ...found])];
}
