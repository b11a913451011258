import type { ClusterState, Endpoint, Target } from "./clusterState";
import type { Json } from "./kube";
import { conditionIn, holds, podPath } from "./kubelet/status";
import { lived, pace } from "./pace";
import { bindingKinds, gateOf, registrars, type BindingKind, bindingsPath } from "./registrars";
import type { Store } from "./store";

export interface Registered extends Target {
  /** Absent: an address that somebody else wrote. */
  readonly pod?: Json;
  readonly state: "initial" | "healthy" | "unhealthy" | "draining";
  /** When the state began, in milliseconds. */
  readonly since: number;
  /** Health checks that it failed in a row. */
  readonly failures: number;
}

/** A binding, and the cluster and controller that it is of. */
interface Bound {
  readonly cluster: ClusterState;
  readonly kind: BindingKind;
  readonly binding: Json;
}

export const keyOf = ({ address, port }: Target): string => `${address}:${port}`;

const age = ({ since }: Registered): number => (Date.now() - since) / 1000;

/** Whether a load balancer sends new connections to a target that was taken out. */
export const isSentTo = (target: Registered): boolean =>
  target.state === "draining" && age(target) < pace.lag;

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html */
const delayOf = ({ deregistrationDelay = 300 }: Json): number => lived(deregistrationDelay);

/** Whether the connections of a target that was taken out are over. */
export function isCut(target: Registered, group: Json): boolean {
  const isOver = target.state === "draining" && age(target) >= delayOf(group);
  return isOver && group.connectionTermination === true;
}

/**
 * Pods that a controller registers: also those that only their gates keep from being ready, and none that is on its way out
 * (kubernetes-sigs/aws-load-balancer-controller, pkg/backend/endpoint_resolver.go).
 */
function isRegistrable({ ready, terminating, pod }: Endpoint): boolean {
  if (ready) return true;
  return !terminating && pod && holds(pod, "ContainersReady");
}

/** Who is in which target group and how it is, and what controllers write of it into the conditions of pods. */
export class TargetGroups {
  readonly #groups = new Map<string, Map<string, Registered>>();

  constructor(
    readonly store: Store,
    readonly clusters: readonly ClusterState[],
  ) {}

  /** Targets of a group, those that were taken out a while ago among them. */
  targets(arn: string): Registered[] {
    return [...(this.#groups.get(arn)?.values() ?? [])];
  }

  /** Registers and takes out what the bindings of this moment say. */
  register(): void {
    const groups = this.store.outputs("lb.TargetGroup");
    for (const arn of this.#groups.keys()) {
      if (!groups.some((group) => group.arn === arn)) this.#groups.delete(arn);
    }
    for (const group of groups) {
      const endpoints = this.#bound(group).flatMap((bound) => endpointsOf(bound));
      const known = this.#groups.get(group.arn) ?? new Map<string, Registered>();
      this.#groups.set(group.arn, registered(known, endpoints, group));
    }
  }

  /** Takes down what health checks have found, by group: a healthy target is unhealthy after two that fail. */
  observe(healthy: ReadonlyMap<string, ReadonlySet<string>>): void {
    for (const [arn, targets] of this.#groups) {
      for (const [key, target] of targets) {
        const isNew = target.state === "initial" && age(target) < pace.registration;
        if (isNew || target.state === "draining") continue;
        targets.set(key, checked(target, healthy.get(arn)?.has(key) ?? false));
      }
    }
  }

  /** Opens and closes the gates of pods, and holds bindings until their targets are out of the group. */
  async tell(): Promise<void> {
    for (const group of this.store.outputs("lb.TargetGroup")) {
      for (const bound of this.#bound(group)) await this.#tell(bound, group);
    }
    for (const bound of this.#bindings()) await keepFinalizer(bound);
  }

  async #tell(bound: Bound, { arn }: Json): Promise<void> {
    const targets = this.#groups.get(arn);
    for (const endpoint of endpointsOf(bound)) {
      const state = targets?.get(keyOf(endpoint))?.state;
      await setGate(bound, endpoint.pod, state === "healthy");
    }
  }

  #bindings(): Bound[] {
    return this.clusters.flatMap((cluster) =>
      bindingKinds.flatMap((kind) =>
        cluster.all(kind).map((binding) => ({ cluster, kind, binding })),
      ),
    );
  }

  /** Bindings of a group whose registrar may use it. */
  #bound(group: Json): Bound[] {
    return this.#bindings().filter(
      ({ cluster, kind, binding }) =>
        binding.spec.targetGroupARN === group.arn &&
        !binding.metadata.deletionTimestamp &&
        registrars[kind].mayRegister(this.store, cluster.name, group),
    );
  }
}

/** Failed checks in a row that make a healthy target unhealthy; AWS's default for network load balancers. */
const UNHEALTHY_THRESHOLD = 2;

function checked(target: Registered, passed: boolean): Registered {
  const failures = passed ? 0 : target.failures + 1;
  const isBorne = target.state === "healthy" && failures < UNHEALTHY_THRESHOLD;
  const state = passed || isBorne ? "healthy" : "unhealthy";
  const since = state === target.state ? target.since : Date.now();
  return { ...target, state, since, failures };
}

function endpointsOf({ cluster, binding }: Bound): Endpoint[] {
  const { metadata, spec } = binding;
  const { name, port } = spec.serviceRef;
  return cluster.endpoints(metadata.namespace, name, port).filter(isRegistrable);
}

/** What a group holds once these endpoints are all that is bound to it. */
function registered(
  known: ReadonlyMap<string, Registered>,
  endpoints: readonly Endpoint[],
  group: Json,
): Map<string, Registered> {
  const since = Date.now();
  const bound = endpoints.map(({ address, port, pod }): [string, Registered] => {
    const key = keyOf({ address, port });
    const before = known.get(key);
    const isKept = before && before.state !== "draining";
    return [
      key,
      isKept ? { ...before, pod } : { address, port, pod, state: "initial", since, failures: 0 },
    ];
  });
  const here = new Set(bound.map(([key]) => key));
  const leaving = [...known]
    .filter(([key]) => !here.has(key))
    .map(([key, target]): [string, Registered] => [
      key,
      target.state === "draining" ? target : { ...target, state: "draining", since },
    ])
    .filter(([, target]) => age(target) < Math.max(pace.lag, delayOf(group)));
  return new Map([...bound, ...leaving]);
}

async function setGate({ cluster, kind, binding }: Bound, pod: Json, open: boolean) {
  const type = gateOf(kind, binding);
  const gates: Json[] = pod?.spec.readinessGates ?? [];
  const status = open ? "True" : "False";
  if (!gates.some(({ conditionType }) => conditionType === type)) return;
  if (conditionIn(pod, type)?.status === status) return;
  const condition = { type, status, lastTransitionTime: new Date().toISOString() };
  await cluster.kube
    .patch(`${podPath(pod)}/status`, { status: { conditions: [condition] } }, "strategic")
    .catch(() => {});
}

/** A controller holds a binding until its targets are out of the group, and leaves no gate closed behind it. */
async function keepFinalizer(bound: Bound): Promise<void> {
  const { cluster, kind, binding } = bound;
  const { metadata } = binding;
  const { finalizer } = registrars[kind];
  const finalizers: string[] = metadata.finalizers ?? [];
  const held = finalizers.includes(finalizer);
  if (held !== Boolean(metadata.deletionTimestamp)) return;
  if (held) {
    const { namespace } = metadata;
    const mine = cluster.all("pods").filter((pod) => pod.metadata.namespace === namespace);
    for (const pod of mine) await setGate(bound, pod, true);
  }
  const wanted = held ? finalizers.filter((one) => one !== finalizer) : [...finalizers, finalizer];
  const path = bindingsPath(kind, metadata.namespace);
  const patch = { metadata: { finalizers: wanted } };
  await cluster.kube.patch(`${path}/${metadata.name}`, patch).catch(() => {});
}
