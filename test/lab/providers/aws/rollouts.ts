/** Waiting for the tasks of a service, where somebody runs them: see CONTRACT.md. */
import type { Store } from "../base/store";
import { asList, asText } from "../base/values";
import type { Props } from "../base/values";

const KIND = "rollouts";
const AGENT = "agent";

/** Milliseconds between two looks. */
const PAUSE = 300;

/** What the provider waits for where the program sets no time (registry of Pulumi, aws.ecs.Service). */
const PATIENCE = 20 * 60;

const rolloutOf = (store: Store, id: string): Props | undefined =>
  store.fact(KIND, encodeURIComponent(id));

/** Waits as `waitForSteadyState` does; the answer is why a deployment has failed. */
export async function untilSteady(
  store: Store,
  { id, outputs }: { readonly id: string; readonly outputs: Props },
  seconds: number,
): Promise<string | undefined> {
  if (!store.fact(KIND, AGENT) || !outputs.waitForSteadyState) return undefined;
  const asked = asText(outputs.taskDefinition);
  const what = `waiting for ECS Service (${id}) to reach steady state`;
  for (const end = endOf(seconds); Date.now() < end; await pause()) {
    const { taskDefinition, rollout, isSteady, failed } = rolloutOf(store, id) ?? {};
    if (asList(failed).includes(asked))
      return `${what}: deployment failed: tasks failed to start: ${asText(asList(rolloutOf(store, id)?.events).at(-1))}`;
    if (taskDefinition === asked && rollout === "COMPLETED" && isSteady) return undefined;
  }
  return `${what}: timeout`;
}

/** Waits until the last task of a service that was deleted is gone. */
export async function untilDrained(store: Store, id: string, seconds: number): Promise<void> {
  if (!store.fact(KIND, AGENT)) return;
  for (const end = endOf(seconds); rolloutOf(store, id); await pause())
    if (Date.now() > end) throw new Error(`waiting for ECS Service (${id}) to drain: timeout`);
}

const endOf = (seconds: number): number => Date.now() + (seconds || PATIENCE) * 1000;

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE));
