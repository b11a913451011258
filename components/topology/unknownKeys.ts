/** Keys that nothing reads: what is beside them can be read all the same. */
import { valueAt } from "./known";
import { pathOf } from "./path";
import type { Problem } from "./problem";
import { knownKeys } from "./schemaNodes";
import { closest } from "./suggest";

export interface UnknownKey {
  /** Keys that lead to the map that it is in. */
  path: PropertyKey[];
  key: string;
  /** The key that was probably meant. */
  meant?: string;
  problem: Problem;
}

/** One unknown key, and what it should be. */
export function unknownKeyAt(path: PropertyKey[], key: string): UnknownKey {
  const known = knownKeys(path);
  const meant = closest(key, known);
  return {
    ...{ path, key, meant },
    problem: {
      path: pathOf(...path, key),
      got: "an unknown key",
      allowed: known.join(", "),
      fix: meant === undefined ? "remove it" : `did you mean ${JSON.stringify(meant)}?`,
    },
  };
}

/** Reads a description as if its unknown keys were mended: under the key that was meant, else not at all. Changes it in place. */
export function mendKeys(description: unknown, unknown: UnknownKey[]): void {
  for (const { path, key, meant } of unknown) {
    const holder = valueAt(description, path) as Record<string, unknown>;
    if (meant !== undefined && holder[meant] === undefined) holder[meant] = holder[key];
    delete holder[key];
  }
}
