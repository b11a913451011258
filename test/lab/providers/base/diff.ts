import { equal, isObject } from "./values";
import type { Props } from "./values";

export type ChangeKind = "add" | "delete" | "update";
export type Changes = Record<string, ChangeKind>;

const segment = (key: string) => (/^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `["${key}"]`);

/** Changed leaves by property path (`spec.ports[0].port`), the form of Pulumi's detailed diff. */
export function changesBetween(before: unknown, after: unknown, path = ""): Changes {
  if (equal(before, after)) return {};
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return merge([...keys].map((key) => changesAt(before, after, key, path)));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const indexes = [...Array(Math.max(before.length, after.length)).keys()];
    return merge(
      indexes.map((index) => {
        const at = `${path}[${index}]`;
        if (index >= before.length) return { [at]: "add" as const };
        if (index >= after.length) return { [at]: "delete" as const };
        return changesBetween(before[index], after[index], at);
      }),
    );
  }
  return { [path]: "update" };
}

function changesAt(before: Props, after: Props, key: string, path: string): Changes {
  const at = path === "" ? segment(key).replace(/^\./, "") : path + segment(key);
  if (!(key in before)) return { [at]: "add" };
  if (!(key in after)) return { [at]: "delete" };
  return changesBetween(before[key], after[key], at);
}

function merge(all: Changes[]): Changes {
  return Object.assign({}, ...all);
}

/** Is `path` the property `prefix` or something inside it? */
export function isWithin(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false;
  const next = path.charAt(prefix.length);
  return next === "" || next === "." || next === "[";
}
