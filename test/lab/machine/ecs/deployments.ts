/** What a service does next: how many tasks of which deployment start and stop. */

/** A task as far as its service is concerned. */
export interface TaskSeen {
  readonly deployment: number;
  readonly isHealthy: boolean;
  readonly isLeaving: boolean;
}

export interface Wish {
  readonly desired: number;
  /** Per cent of `desired` that stay, and that may be there, while tasks are replaced. */
  readonly least: number;
  readonly most: number;
}

export interface Step {
  /** Tasks of the primary deployment that start. */
  readonly start: number;
  /** Positions of tasks that stop. */
  readonly stop: readonly number[];
}

/**
 * New tasks come as far as there may be more, old ones go as far as enough healthy ones stay, those first that are not
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html).
 */
export function nextStep(tasks: readonly TaskSeen[], primary: number, wish: Wish): Step {
  const staying = [...tasks.entries()].filter(([, one]) => !one.isLeaving);
  const own = staying.filter(([, { deployment }]) => deployment === primary);
  const room = Math.floor((wish.desired * wish.most) / 100) - staying.length;
  const start = Math.max(0, Math.min(wish.desired - own.length, room));
  const healthy = staying.filter(([, { isHealthy }]) => isHealthy).length;
  let spare = healthy - Math.ceil((wish.desired * wish.least) / 100);
  const surplus = Math.max(0, own.length - wish.desired);
  const old = staying.filter(([, { deployment }]) => deployment !== primary);
  const candidates = [...old, ...own.slice(own.length - surplus)];
  const stop = candidates.flatMap(([index, { isHealthy }]) =>
    !isHealthy || spare-- > 0 ? [index] : [],
  );
  return { start, stop };
}

/** So many failures end a deployment (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeploymentCircuitBreaker.html). */
export function threshold(desired: number): number {
  return Math.min(200, Math.max(3, Math.ceil(desired * 0.5)));
}
