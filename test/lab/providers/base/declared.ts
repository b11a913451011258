import * as fs from "node:fs";
import * as path from "node:path";
import { UNKNOWN } from "./values";
import type { Props } from "./values";

const known = new Map<string, readonly string[]>();

/** Output-only properties of a resource type as its SDK declares them: the stand-ins have no schema. */
export function declaredOutputs(token: string): readonly string[] {
  const cached = known.get(token);
  if (cached) return cached;
  const [pkg, module] = token.split(":");
  const root = path.dirname(require.resolve(`@pulumi/${pkg}/package.json`));
  const file = path.join(root, `${module.replace(/^index\//, "")}.js`);
  const source = fs.readFileSync(file, "utf8");
  const outputs = [...source.matchAll(/resourceInputs\["(\w+)"\] = undefined \/\*out\*\//g)];
  const names = outputs.map(([, name]) => name);
  known.set(token, names);
  return names;
}

/** What a preview answers: outputs that only exist afterwards are unknown, not absent. */
export function withUnknowns(
  token: string,
  inputs: Props,
  computed: readonly string[] = [],
): Props {
  const absent = computed.filter((field) => inputs[field] === undefined);
  const names = [...declaredOutputs(token), ...absent];
  return { ...Object.fromEntries(names.map((name) => [name, UNKNOWN])), ...inputs };
}
