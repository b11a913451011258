/** The values of a record made from others, under the same keys. */
export function mapValues<T, U>(
  record: Record<string, T>,
  map: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}

/** A record of some things, each under its key; of two with one key the later stands. */
export function keyed<T>(things: readonly T[], keyOf: (thing: T) => string): Record<string, T> {
  return Object.fromEntries(things.map((thing) => [keyOf(thing), thing]));
}

/** Things by key, in the order in which the keys first come. */
export function grouped<T>(things: readonly T[], keyOf: (thing: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    const group = groups.get(key);
    if (group) group.push(thing);
    else groups.set(key, [thing]);
  }
  return groups;
}

/** What stands under a key, if anything does: users' names may be those of an object's own methods. */
export function find<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** What stands under a key that somebody has promised; that nothing does is a bug, and named as one. */
export function lookUp<T>(record: Readonly<Record<string, T>>, key: string): T {
  const found = find(record, key);
  if (found === undefined) throw new Error(`there is nothing under ${JSON.stringify(key)}`);
  return found;
}
