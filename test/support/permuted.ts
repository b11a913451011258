/** The same value with the keys of every map in another order. */
export function permuted(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => permuted(item, random));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, permuted(item, random)]);
  return Object.fromEntries(
    entries
      .map((entry) => ({ entry, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ entry }) => entry),
  );
}
