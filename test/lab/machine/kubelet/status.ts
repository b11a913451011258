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

function statusOf(container: Json, state: ContainerState): Json {
  const startedAt = now();
  const running = state.waiting
    ? { waiting: { reason: "ContainerCreating", message: state.waiting } }
    : { running: { startedAt } };
  const over = { exitCode: state.exitCode, reason: "Completed", startedAt, finishedAt: startedAt };
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

/** A pod's status from its containers' states, the way a kubelet composes it. */
export function podStatus(
  pod: Json,
  states: ReadonlyMap<string, ContainerState>,
  addresses: { readonly pod: string; readonly host: string },
): Json {
  const none = { ready: false, started: false, restarts: 0, waiting: "not started" };
  const compose = (containers: Json[] = []) =>
    containers.map((one) => statusOf(one, states.get(one.name) ?? { ...none, name: one.name }));
  const initContainerStatuses = compose(pod.spec.initContainers);
  const containerStatuses = compose(pod.spec.containers);
  const initialized = initContainerStatuses.every(
    ({ state, started }: Json) => state.terminated || started,
  );
  const ready = [...initContainerStatuses, ...containerStatuses].every(
    (status: Json) => status.ready || status.state.terminated?.exitCode === 0,
  );
  const over = containerStatuses.every(({ state }: Json) => state.terminated);
  const condition = (type: string, value: boolean) => ({
    type,
    status: value ? "True" : "False",
    lastTransitionTime: now(),
  });
  const gates = (pod.spec.readinessGates ?? []).map(({ conditionType }: Json) => conditionType);
  return {
    phase: over ? "Succeeded" : initialized ? "Running" : "Pending",
    startTime: now(),
    hostIP: addresses.host,
    hostIPs: [{ ip: addresses.host }],
    podIP: addresses.pod,
    podIPs: [{ ip: addresses.pod }],
    initContainerStatuses,
    containerStatuses,
    conditions: [
      condition("PodScheduled", true),
      condition("Initialized", initialized),
      condition("ContainersReady", ready && !over),
      condition("Ready", ready && !over),
      ...gates.map((gate: string) => condition(gate, true)),
    ],
  };
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
