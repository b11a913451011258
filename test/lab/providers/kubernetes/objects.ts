import { setTimeout as sleep } from "node:timers/promises";
import { cancelled } from "../base/cancellation";
import { asProps, asText, equal, isObject } from "../base/values";
import type { Props } from "../base/values";
import { ApiError } from "./client";
import type { Client, Kind } from "./client";

export const DEFAULT_TIMEOUT_S = 600;
const MISSING_PARTS_RETRIES = 5;

export interface Identity {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}

export function identify(object: Props): Identity {
  const metadata = asProps(object.metadata);
  return {
    kind: { apiVersion: asText(object.apiVersion), kind: asText(object.kind) },
    namespace: asText(metadata.namespace),
    name: asText(metadata.name),
  };
}

export const idOf = ({ namespace, name }: Identity) => (namespace ? `${namespace}/${name}` : name);

export function annotation(object: Props, key: string): string {
  return asText(asProps(asProps(object.metadata).annotations)[key]);
}

/** A CRD or namespace that is made at the same time may be seconds away; the real provider waits too. */
export async function withPatience<T>(operation: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await operation();
    } catch (error) {
      const missing = error instanceof ApiError && error.code === 404;
      if (!missing || attempt === MISSING_PARTS_RETRIES) throw error;
      await sleep(500 * 2 ** attempt);
    }
  }
}

/** Asks until `done`; false when the time is up. */
export async function until(done: () => Promise<boolean>, seconds: number): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000;
  for (let pause = 100; ; pause = Math.min(pause * 1.5, 1000)) {
    cancelled.throwIfAborted();
    if (await done()) return true;
    if (Date.now() > deadline) return false;
    await sleep(pause);
  }
}

export async function removeAndWait(client: Client, object: Props, seconds: number): Promise<void> {
  const { kind, namespace, name } = identify(object);
  const policy = annotation(object, "pulumi.com/deletionPropagationPolicy") || "Foreground";
  const title = policy.charAt(0).toUpperCase() + policy.slice(1);
  try {
    const live = await client.get(kind, namespace, name);
    if (!live) return;
    const { uid } = asProps(live.metadata);
    await client.remove(kind, namespace, name, title);
    const gone = async () => {
      const left = await client.get(kind, namespace, name);
      return !left || asProps(left.metadata).uid !== uid;
    };
    if (await until(gone, seconds)) return;
  } catch (error) {
    // Gone meanwhile, or its CRD is.
    if (error instanceof ApiError && error.code === 404) return;
    throw error;
  }
  const left = asProps((await client.get(kind, namespace, name))?.metadata);
  const finalizers = JSON.stringify(left.finalizers ?? []);
  throw new Error(`timed out waiting until ${kind.kind} ${name} is gone; finalizers ${finalizers}`);
}

/** Bookkeeping that changes without anyone changing the object. */
const VOLATILE = ["managedFields", "resourceVersion", "generation"];

export function stable(object: Props): Props {
  const metadata = Object.entries(asProps(object.metadata)).filter(
    ([key]) => !VOLATILE.includes(key),
  );
  return { ...object, metadata: Object.fromEntries(metadata) };
}

export function sameObject(a: Props, b: Props): boolean {
  return equal(stable(a), stable(b));
}

/** Live values at the places that `shape` has: what someone changed by hand shows as changed inputs. */
export function project(shape: unknown, live: unknown): unknown {
  if (isObject(shape) && isObject(live)) {
    const kept = Object.entries(shape).filter(([key]) => key in live);
    return Object.fromEntries(kept.map(([key, value]) => [key, project(value, live[key])]));
  }
  if (Array.isArray(shape) && Array.isArray(live)) {
    return live.map((item, index) => (index < shape.length ? project(shape[index], item) : item));
  }
  return live;
}

/** A Secret's `stringData` is write-only: compare and project through `data`. */
export function readable(object: Props, shape: Props): Props {
  if (object.kind !== "Secret" || !isObject(shape.stringData)) return object;
  const data = asProps(object.data);
  const decoded = Object.keys(shape.stringData).flatMap((key) =>
    key in data ? [[key, Buffer.from(asText(data[key]), "base64").toString("utf8")]] : [],
  );
  return { ...object, stringData: Object.fromEntries(decoded) as Props };
}
