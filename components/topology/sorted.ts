/** A description in the order in which it is read, whatever order it was written in. */

type Container = Record<string, unknown> | unknown[];

/**
 * The same value with the keys of every map in alphabetical order, as the Pulumi engine hands config objects to a program:
 * what is planned from a file is then what `up` plans (pulumi, sdk/go/common/resource/config: Go marshals maps sorted).
 *
 * Iterative, since a description can be nested deeper than the stack.
 */
export function sorted(description: unknown): unknown {
  const whole = [description];
  const waiting: Container[] = [whole];
  for (let holder = waiting.pop(); holder; holder = waiting.pop()) {
    for (const [key, child] of Object.entries(holder)) {
      if (!isContainer(child)) continue;
      const copy = Array.isArray(child) ? [...child] : sortedMap(child);
      Object.assign(holder, { [key]: copy });
      waiting.push(copy);
    }
  }
  return whole[0];
}

function sortedMap(map: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isContainer(value: unknown): value is Container {
  if (typeof value !== "object" || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}
