/** What the schema finds, in the words of a description's author. */
import { z } from "zod";
import type { TopologyDescription } from "./description";
import { pathOf } from "./path";
import { DESCRIPTION_KEY, type Problem, written } from "./problem";
import { scan } from "./scan";
import { type FilledDescription, topologySchema } from "./schema";
import { oneOf, suggest } from "./suggest";

type Issue = z.core.$ZodIssue;

/** The schema's kinds of value, as a message names them. */
const KINDS: Record<string, string> = {
  object: "a map",
  record: "a map",
  array: "a list",
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

const VERSION_KEYS = ["version", "kubernetesVersion"];

function valueAt(description: unknown, keys: PropertyKey[]): unknown {
  return keys.reduce<unknown>(
    (node, key) =>
      typeof node === "object" && node !== null
        ? (node as Record<PropertyKey, unknown>)[key]
        : undefined,
    description,
  );
}

/** YAML reads 1.30 as the number 1.3, and 012 or yes as something else again. */
function quotes(key: PropertyKey | undefined, value: unknown): string {
  if (typeof value === "number" && VERSION_KEYS.includes(String(key)))
    return `write it in quotes, such as "1.30": YAML reads 1.30 as the number 1.3`;
  return `write it in quotes: "${String(value)}"`;
}

function fixOfType(issue: Issue & { code: "invalid_type" }, value: unknown): string {
  const key = issue.path.at(-1);
  const isScalar = typeof value === "number" || typeof value === "boolean";
  const isMap = issue.expected === "object" || issue.expected === "record";
  if (issue.expected === "string" && isScalar) return quotes(key, value);
  if (value === undefined) return "add it";
  if (isMap && value === null) return `write {} where nothing is to be said`;
  if (issue.expected === "array") return `write a list: [${written(value)}]`;
  if (issue.expected === "boolean" || issue.expected === "number" || issue.expected === "int")
    return `write ${KINDS[issue.expected]}, without quotes`;
  return isMap ? fixOfMap(issue.path, value) : `write ${KINDS[issue.expected] ?? issue.expected}`;
}

/** A map as it may be written there: with the names that stand there as a list or as text, or with the key of a secret. */
function fixOfMap(path: PropertyKey[], value: unknown): string {
  const node = nodeAt(path);
  if (node?.properties?.secret) return "write { secret: <key> }, the config key that holds it";
  const names = (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string");
  if (!node?.additionalProperties || names.length === 0) return "write a map";
  return `write a map: { ${names.map((name) => `${name}: {}`).join(", ")} }`;
}

/** What a field names, by its key: the section of the description that has the names. */
const NAMED_IN: Record<string, keyof TopologyDescription> = {
  network: "networks",
  mesh: "meshes",
  controlledBy: "clusters",
};

/** Names that may stand where one is missing. */
function namesFor(key: PropertyKey | undefined, description: unknown): string[] {
  const section = NAMED_IN[String(key)];
  const names = section === undefined ? undefined : valueAt(description, [section]);
  return typeof names === "object" && names !== null ? Object.keys(names) : [];
}

function ofType(
  issue: Issue & { code: "invalid_type" },
  value: unknown,
  description: unknown,
): Omit<Problem, "path"> {
  const names = value === undefined ? namesFor(issue.path.at(-1), description) : [];
  return {
    got: written(value),
    allowed: names.length > 0 ? oneOf(names) : (KINDS[issue.expected] ?? issue.expected),
    fix: fixOfType(issue, value),
  };
}

function ofChoice(issue: Issue & { code: "invalid_value" }, value: unknown): Omit<Problem, "path"> {
  const choices = issue.values.map(String);
  const fix =
    typeof value === "string"
      ? suggest(value, choices, "choose one of these")
      : "choose one of these";
  return { got: written(value), allowed: choices.join(", "), fix };
}

function ofBound(issue: Issue & { code: "too_small" | "too_big" }, value: unknown) {
  if (issue.origin === "string")
    return {
      got: written(value),
      allowed: "text that is not empty",
      fix: "fill it in, or remove it",
    };
  const allowed =
    issue.code === "too_small" ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
  return { got: written(value), allowed, fix: `choose ${allowed}` };
}

/** The JSON Schema of the map or value at a path. */
interface SchemaNode {
  properties?: Record<string, SchemaNode>;
  additionalProperties?: SchemaNode;
}

/** The schema at a path. */
function nodeAt(path: PropertyKey[]): SchemaNode | undefined {
  const whole = z.toJSONSchema(topologySchema, { io: "input" }) as SchemaNode;
  return path.reduce<SchemaNode | undefined>(
    (at, key) => at?.properties?.[String(key)] ?? at?.additionalProperties,
    whole,
  );
}

/** Keys of the map at a path, as the schema has them. */
function knownKeys(path: PropertyKey[]): string[] {
  return Object.keys(nodeAt(path)?.properties ?? {});
}

function ofUnknownKeys(issue: Issue & { code: "unrecognized_keys" }): Problem[] {
  const known = knownKeys(issue.path);
  return issue.keys.map((key) => ({
    path: pathOf(...issue.path, key),
    got: "an unknown key",
    allowed: known.join(", "),
    fix: suggest(key, known, "remove it"),
  }));
}

function problemsOf(issue: Issue, description: unknown): Problem[] {
  const path = issue.path.length === 0 ? DESCRIPTION_KEY : pathOf(...issue.path);
  const value = valueAt(description, issue.path);
  switch (issue.code) {
    case "unrecognized_keys":
      return ofUnknownKeys(issue);
    case "invalid_type":
      return [{ path, ...ofType(issue, value, description) }];
    case "invalid_value":
      return [{ path, ...ofChoice(issue, value) }];
    case "too_small":
    case "too_big":
      return [{ path, ...ofBound(issue, value) }];
    default:
      return [{ path, got: written(value), allowed: issue.message, fix: "correct it" }];
  }
}

function isWithin(keys: PropertyKey[], outer: PropertyKey[]): boolean {
  return outer.every((key, index) => keys[index] === key);
}

/** All shape problems at once; the filled description where there is none. */
export function checkShape(description: unknown): {
  filled?: FilledDescription;
  problems: Problem[];
} {
  const located = scan(description);
  const result = topologySchema.safeParse(description);
  const issues = (result.error?.issues ?? []).filter(
    ({ path }) => !located.some(({ keys }) => isWithin(path, keys)),
  );
  const problems = [
    ...located.map(({ problem }) => problem),
    ...issues.flatMap((issue) => problemsOf(issue, description)),
  ];
  return problems.length > 0 ? { problems } : { filled: result.data, problems };
}
