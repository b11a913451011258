/** What no shape can say: nodes that must not stand anywhere in a description. */
import { pathOf } from "./path";
import { DESCRIPTION_KEY, type Problem } from "./problem";

/** A problem with the keys that lead to it, so that the shape says nothing more about that place. */
export interface Located {
  keys: PropertyKey[];
  problem: Problem;
}

const SECRET_PLACES =
  "secrets of trust.roots and existing.kubeconfig name config keys; everything else is plain";

/** The fix wherever a secret stands in the description. */
export const SECRET_FIX =
  "keep it under a key of its own with `pulumi config set --secret istio-patterns:<key> <value>` and name that key here";

/** What `pulumi config set --secret` writes inside a description. */
function isSecret(node: object): boolean {
  return Object.keys(node).join() === "secure";
}

function secretAt(keys: PropertyKey[]): Located {
  const path = keys.length === 0 ? DESCRIPTION_KEY : pathOf(...keys);
  return { keys, problem: { path, got: "a secret", allowed: SECRET_PLACES, fix: SECRET_FIX } };
}

/** `__proto__` is a legal JSON key that JavaScript maps cannot hold. */
function unusableKeyAt(keys: PropertyKey[]): Located {
  const path = pathOf(...keys, "__proto__");
  const fix = "choose another name";
  return { keys, problem: { path, got: "this name", allowed: "any other name", fix } };
}

/** A place in the tree, linked to the one that holds it: copying keys at each would be quadratic. */
interface Place {
  node: unknown;
  key?: PropertyKey;
  holder?: Place;
}

function keysOf({ key, holder }: Place): PropertyKey[] {
  const keys: PropertyKey[] = [];
  for (let place: Omit<Place, "node"> | undefined = { key, holder }; place; place = place.holder)
    if (place.key !== undefined) keys.push(place.key);
  return keys.reverse();
}

/** Everything that the whole tree is searched for. Iterative: a description can be nested deeper than the stack. */
export function scan(description: unknown): Located[] {
  const found: Located[] = [];
  const waiting: Place[] = [{ node: description }];
  for (let place = waiting.pop(); place; place = waiting.pop()) {
    const { node } = place;
    if (typeof node !== "object" || node === null) continue;
    if (isSecret(node)) found.push(secretAt(keysOf(place)));
    else if (Object.hasOwn(node, "__proto__")) found.push(unusableKeyAt(keysOf(place)));
    else waiting.push(...placesIn(node, place).reverse());
  }
  return found;
}

function placesIn(node: object, holder: Place): Place[] {
  return Object.entries(node).map(([key, child]) => ({
    node: child,
    key: Array.isArray(node) ? Number(key) : key,
    holder,
  }));
}
