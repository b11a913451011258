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
 * Every list but these and the next is replaced, as Helm does.
 */
const APPENDED = new Set(["initContainers", "volumes", "volumeMounts", "extensionProviders"]);

/** Lists of what has a name, merged by it, as Kubernetes does: one more setting of a container does not take back another. */
const BY_NAME = new Set(["containers", "env"]);

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
  if (!Array.isArray(under) || !Array.isArray(over)) return over;
  if (APPENDED.has(key)) return [...(under as unknown[]), ...(over as unknown[])];
  return BY_NAME.has(key) && isNamed(under) && isNamed(over) ? mergeNamed(under, over) : over;
}

type Named = HelmValues & { name: string };

function mergeNamed(under: Named[], over: Named[]): HelmValues[] {
  const merged = new Map(under.map((item): [string, HelmValues] => [item.name, item]));
  for (const item of over) merged.set(item.name, mergeValues(merged.get(item.name) ?? {}, item));
  return [...merged.values()];
}

function isNamed(list: unknown[]): list is Named[] {
  return list.every((item) => isMap(item) && typeof item.name === "string");
}

/** A plain object: not a list, not null, not an Output or any other instance of a class. */
export function isMap(value: unknown): value is HelmValues {
  return (
    typeof value === "object" &&
    value !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null)
  );
}
