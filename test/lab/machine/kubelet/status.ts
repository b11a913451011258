import type { Json } from "../kube";

export interface ContainerState {
  readonly name: string;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restarts: number;
  /** Undefined while it runs. */
  readonly waiting?: string;
  readonly exitCode?: number;
}

const now = () => new Date().toISOString().replace(/\.\d+/, "");

function statusOf(container: Json, state: ContainerState, before: Json): Json {
  const was = before?.state?.running ?? before?.state?.terminated;
  const startedAt = before?.restartCount === state.restarts ? (was?.startedAt ?? now()) : now();
  const running = state.waiting
    ? { waiting: { reason: "ContainerCreating", message: state.waiting } }
    : { running: { startedAt } };
  const finishedAt = before?.state?.terminated?.finishedAt ?? now();
  const reason = state.exitCode === 0 ? "Completed" : "Error";
  const over = { exitCode: state.exitCode, reason, startedAt, finishedAt };
  return {
    name: container.name,
    image: container.image,
    imageID: container.image,
    ready: state.ready,
    started: state.started,
    restartCount: state.restarts,
    state: state.exitCode === undefined ? running : { terminated: over },
  };
}

export const isSidecar = (container: Json): boolean => container.restartPolicy === "Always";

/**
 * A pod's status from its containers' states and the status that it has, the way a kubelet composes it. Conditions of readiness
 * gates are set by others: the pod is not Ready before all of them hold
 * (https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-readiness-gate).
 */
export function podStatus(
  pod: Json,
  states: ReadonlyMap<string, ContainerState>,
  addresses: { readonly pod: string; readonly host: string },
): Json {
  const before = pod.status ?? {};
  const none = { ready: false, started: false, restarts: 0, waiting: "not started" };
  const compose = (containers: Json[] = [], known: Json[] = []) =>
    containers.map((one) =>
      statusOf(
        one,
        states.get(one.name) ?? { ...none, name: one.name },
        known.find(({ name }) => name === one.name),
      ),
    );
  const initContainerStatuses = compose(pod.spec.initContainers, before.initContainerStatuses);
  const containerStatuses = compose(pod.spec.containers, before.containerStatuses);
  const initialized = initContainerStatuses.every(
    ({ state, started }: Json) => state.terminated || started,
  );
  const ready = [...initContainerStatuses, ...containerStatuses].every(
    (status: Json) => status.ready || status.state.terminated?.exitCode === 0,
  );
  const over = containerStatuses.every(({ state }: Json) => state.terminated);
  const failed = containerStatuses.some(({ state }: Json) => state.terminated?.exitCode > 0);
  return {
    phase: over ? (failed ? "Failed" : "Succeeded") : initialized ? "Running" : "Pending",
    startTime: before.startTime ?? now(),
    hostIP: addresses.host,
    hostIPs: [{ ip: addresses.host }],
    podIP: addresses.pod,
    podIPs: [{ ip: addresses.pod }],
    initContainerStatuses,
    containerStatuses,
    conditions: conditionsOf(pod, { initialized, ready: ready && !over }),
  };
}

/** Those of a kubelet alone: a patch that merges them leaves the others as they are. */
function conditionsOf(pod: Json, { initialized, ready }: Record<string, boolean>): Json[] {
  const closed = closedGate(pod);
  // A reason that no longer holds is taken out.
  const why = closed
    ? { reason: "ReadinessGatesNotReady", message: `the gate ${closed} is not open` }
    : { reason: null, message: null };
  return [
    conditionOf(pod, "PodScheduled", true),
    conditionOf(pod, "Initialized", initialized),
    conditionOf(pod, "ContainersReady", ready),
    { ...conditionOf(pod, "Ready", ready && !closed), ...why },
  ];
}

function conditionOf(pod: Json, type: string, value: boolean): Json {
  const status = value ? "True" : "False";
  const before = conditionIn(pod, type);
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : now();
  return { type, status, lastTransitionTime };
}

export const podPath = ({ metadata }: Json): string =>
  `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;

/** Whether an object is of a condition. */
export const holds = (object: Json, type: string): boolean =>
  conditionIn(object, type)?.status === "True";

export function conditionIn({ status }: Json, type: string): Json | undefined {
  return status?.conditions?.find((one: Json) => one.type === type);
}

/** First readiness gate that does not hold. */
export function closedGate(pod: Json): string | undefined {
  const gates: Json[] = pod.spec.readinessGates ?? [];
  return gates.map(({ conditionType }) => conditionType).find((type) => !holds(pod, type));
}

/** Whether a pod's conditions are what a status says. */
export function isTold(pod: Json, { conditions }: Json): boolean {
  return conditions.every(({ type, status }: Json) => conditionIn(pod, type)?.status === status);
}

/** The states of a pod that does what it should. */
export function pretended(pod: Json): Map<string, ContainerState> {
  const ends = pod.spec.restartPolicy !== "Always";
  const fine = { ready: true, started: true, restarts: 0 };
  const over = { ready: false, started: false, restarts: 0, exitCode: 0 };
  const states = new Map<string, ContainerState>();
  for (const { name, ...rest } of pod.spec.initContainers ?? []) {
    states.set(name, { name, ...(isSidecar(rest) ? fine : over) });
  }
  for (const { name } of pod.spec.containers) states.set(name, { name, ...(ends ? over : fine) });
  return states;
}
