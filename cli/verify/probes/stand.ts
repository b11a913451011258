/** Makes probes, waits until they stand, and removes them. */
import { setTimeout as sleep } from "node:timers/promises";
import { failureText } from "../failures";
import type { Access, Thing } from "../access";
import { isReady } from "../standing/read";

/** Seconds between looks. */
const PAUSE = 1;

/** Makes some objects in a cluster, in their order; the one line of why it could not. */
export async function makeAll(access: Access, objects: Thing[]): Promise<string | undefined> {
  for (const object of objects) {
    try {
      await access.create(object);
    } catch (error) {
      return `${object.kind} ${object.metadata.name} cannot be made: ${failureText(error)}`;
    }
  }
  return undefined;
}

/** Address of a pod once it is ready, or why it is not. */
export async function awaitPod(
  access: Access,
  pod: { namespace: string; name: string },
  seconds: number,
  signal: AbortSignal,
): Promise<{ address: string } | { failed: string }> {
  let last: Thing;
  const end = Date.now() + seconds * 1000;
  do {
    signal.throwIfAborted();
    try {
      last = await access.read("v1", "Pod", pod.name, pod.namespace);
    } catch (error) {
      return { failed: failureText(error) };
    }
    if (last && isReady(last) && last.status.podIP) return { address: last.status.podIP };
    await sleep(PAUSE * 1000, undefined, { signal });
  } while (Date.now() < end);
  return { failed: `not ready within ${seconds} s${stateOf(last)}` };
}

/** Why a pod is not ready, as the scheduler or the kubelet says it. */
function stateOf(pod?: Thing): string {
  if (!pod) return ": it is gone";
  const { conditions = [], containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  const waiting = [...initContainerStatuses, ...containerStatuses].flatMap((one: Thing) =>
    one.state?.waiting ? [one.state.waiting] : [],
  );
  const unscheduled = conditions.find(
    (one: Thing) => one.type === "PodScheduled" && one.status === "False",
  );
  const { reason, message } = unscheduled ?? waiting[0] ?? {};
  return reason ? `: ${[reason, message].filter(Boolean).join(", ").split("\n")[0]}` : "";
}

/** What is removed with a namespace, and what was made in those of others. */
export interface Made {
  namespace: string;
  elsewhere: Thing[];
}

/** Removes a namespace with all that is in it, and what is elsewhere, and waits until it is gone; the one line of what is left. */
export async function removeAll(
  access: Access,
  { namespace, elsewhere }: Made,
  seconds: number,
): Promise<string | undefined> {
  try {
    for (const { apiVersion, kind, metadata } of elsewhere)
      await access.remove(apiVersion, kind, metadata.name, metadata.namespace);
    await access.remove("v1", "Namespace", namespace);
    const end = Date.now() + seconds * 1000;
    while (await access.read("v1", "Namespace", namespace)) {
      if (Date.now() > end) return `namespace ${namespace} is not gone after ${seconds} s`;
      await sleep(PAUSE * 1000);
    }
    return undefined;
  } catch (error) {
    return `namespace ${namespace} is left: ${failureText(error)}`;
  }
}
