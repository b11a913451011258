/** What no shape can say: nodes that must not stand anywhere in a description. */
import { pathOf } from "./path";
import type { Problem } from "./problem";

/** A problem with the keys that lead to it, so that the shape says nothing more about that place. */
export interface Located {
  keys: PropertyKey[];
  problem: Problem;
}

const SECRET_PLACES =
  "trust.secret and existing.kubeconfig.secret name config keys; everything else is plain";

/** The fix wherever a secret stands in the description. */
export const SECRET_FIX =
  "keep it under a key of its own with `pulumi config set --secret <key> <value>` and name that key here";

/** Values that `pulumi config set --secret` left inside the description. */
function secretNode(keys: PropertyKey[], node: object): Located[] {
  if (Object.keys(node).join() !== "secure") return [];
  const path = pathOf(...keys);
  return [{ keys, problem: { path, got: "a secret", allowed: SECRET_PLACES, fix: SECRET_FIX } }];
}

/** `__proto__` is a legal JSON key that JavaScript maps cannot hold. */
function unusableKey(keys: PropertyKey[], node: object): Located[] {
  if (!Object.hasOwn(node, "__proto__")) return [];
  const path = pathOf(...keys, "__proto__");
  const fix = "choose another name";
  return [{ keys, problem: { path, got: "this name", allowed: "any other name", fix } }];
}

/** Everything that the whole tree is searched for. Iterative: a description can be nested deeper than the stack. */
export function scan(description: unknown): Located[] {
  const found: Located[] = [];
  const waiting: { keys: PropertyKey[]; node: unknown }[] = [{ keys: [], node: description }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { keys, node } = next;
    if (typeof node !== "object" || node === null) continue;
    const here = [...secretNode(keys, node), ...unusableKey(keys, node)];
    found.push(...here);
    if (here.length > 0) continue;
    const children = Object.entries(node).map(([key, child]) => ({
      keys: [...keys, Array.isArray(node) ? Number(key) : key],
      node: child,
    }));
    waiting.push(...children.reverse());
  }
  return found;
}
