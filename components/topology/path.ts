const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/**
 * A path as `pulumi config set --path` takes it: `clusters.east.network`, `runsIn[0]`, `services["a.b"]`
 * (https://www.pulumi.com/docs/iac/concepts/config/#structured-configuration).
 */
export function pathOf(...keys: PropertyKey[]): string {
  return keys.reduce<string>(step, "");
}

/** A path below another one. */
export function below(path: string, ...keys: PropertyKey[]): string {
  return keys.reduce<string>(step, path);
}

function step(path: string, key: PropertyKey): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!PLAIN_KEY.test(String(key))) return `${path}[${JSON.stringify(String(key))}]`;
  return path === "" ? String(key) : `${path}.${String(key)}`;
}
