/** Property values as the engine sends them, and the two marks it hides in them: unknown and secret. */
export type Props = Record<string, unknown>;
export type Path = readonly (string | number)[];

export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

export function isObject(value: unknown): value is Props {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSecret(value: unknown): value is Props {
  return isObject(value) && value[SIGNATURE] === SECRET;
}

/** A copy without secret envelopes, and where they were. */
export function openSecrets(value: unknown, path: Path = []): { plain: unknown; secrets: Path[] } {
  if (isSecret(value)) {
    return { plain: openSecrets(value.value, path).plain, secrets: [path] };
  }
  if (!Array.isArray(value) && !isObject(value)) return { plain: value, secrets: [] };
  const secrets: Path[] = [];
  const open = (child: unknown, key: string | number) => {
    const opened = openSecrets(child, [...path, key]);
    secrets.push(...opened.secrets);
    return opened.plain;
  };
  const plain = Array.isArray(value)
    ? value.map(open)
    : Object.fromEntries(Object.entries(value).map(([key, child]) => [key, open(child, key)]));
  return { plain, secrets };
}

/**
 * Puts an envelope at every path that exists; a path below another envelope is already covered, and an
 * unknown gets none: the SDK would take the envelope for a known, empty value.
 */
export function sealSecrets(value: unknown, secrets: readonly Path[]): unknown {
  if (value === undefined || value === null || value === UNKNOWN) return value;
  if (secrets.length === 0) return value;
  if (secrets.some((path) => path.length === 0)) return { [SIGNATURE]: SECRET, value };
  const below = (key: string | number) =>
    secrets.filter((path) => String(path[0]) === String(key)).map((path) => path.slice(1));
  if (Array.isArray(value)) return value.map((child, index) => sealSecrets(child, below(index)));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, sealSecrets(child, below(key))]),
  );
}

export function isUnknown(value: unknown): boolean {
  return value === UNKNOWN;
}

export function hasUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}

/** Without keys that are null or undefined: the engine and the SDK mean "absent" by both. */
export function compact<T>(value: T): T {
  if (Array.isArray(value)) return value.map(compact) as T;
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, child]) => child !== null && child !== undefined);
  return Object.fromEntries(kept.map(([key, child]) => [key, compact(child)])) as T;
}

export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((child, index) => equal(child, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => key in b && equal(a[key], b[key]))
  );
}

export function asProps(value: unknown): Props {
  return isObject(value) ? value : {};
}

export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}
