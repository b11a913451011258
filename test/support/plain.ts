/** The same value without keys that hold nothing, which JSON leaves out. What is neither map nor list stays what it is. */
export function withoutAbsent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAbsent);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, withoutAbsent(inner)]),
  );
}

/** A description without what is undefined, as a stack file has it. */
export function written<T extends object>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

function isMap(value: unknown): value is object {
  return (
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}
