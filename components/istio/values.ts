/** Chart values put together from fragments, each with the reason why it differs from the chart's default. */

/** Values of one chart. Leaves may be Pulumi Outputs: planners place them but never read them. */
export type HelmValues = Record<string, unknown>;

/** Values that belong together, when they apply, and why. */
export interface Fragment<Facts> {
  /** Why the chart's default is wrong here, with the page or issue that says so. */
  why: string;
  /** @default always */
  when?(facts: Facts): boolean;
  values(facts: Facts): HelmValues;
}

/** The values of one chart: what the fragments say, then the user's own. */
export function composeValues<Facts>(
  fragments: readonly Fragment<Facts>[],
  facts: Facts,
  extra: HelmValues = {},
): HelmValues {
  return [
    ...fragments.filter(({ when }) => when?.(facts) ?? true).map(({ values }) => values(facts)),
    extra,
  ].reduce(mergeValues, {});
}

/**
 * Lists that name what a pod holds: one more volume does not take back another.
 * Every other list is replaced, as Helm does.
 */
const APPENDED = new Set(["initContainers", "volumes", "volumeMounts", "extensionProviders"]);

/** Merges maps in depth; `over` wins. */
export function mergeValues(under: HelmValues, over: HelmValues): HelmValues {
  const merged = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) {
    merged.set(key, mergeValue(key, merged.get(key), value));
  }
  // Not by assignment: a user's key may be called "__proto__".
  return Object.fromEntries(merged);
}

function mergeValue(key: string, under: unknown, over: unknown): unknown {
  if (isMap(under) && isMap(over)) return mergeValues(under, over);
  if (APPENDED.has(key) && Array.isArray(under) && Array.isArray(over)) return [...under, ...over];
  return over;
}

/** A plain object: not a list, not null, not an Output or any other instance of a class. */
export function isMap(value: unknown): value is HelmValues {
  return (
    typeof value === "object" &&
    value !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null)
  );
}
