/** What the schema finds, in the words of a description's author. */
import type { z } from "zod";
import { namesFor, valueAt } from "./known";
import { pathOf } from "./path";
import { DESCRIPTION_KEY, type Problem, written } from "./problem";
import { scan } from "./scan";
import { type FilledDescription, topologySchema } from "./schema";
import { exampleAt, fieldAt, nodeAt } from "./schemaNodes";
import { oneOf, suggest } from "./suggest";
import { mendKeys, unknownKeyAt } from "./unknownKeys";

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

/** YAML reads 1.30 as the number 1.3, and 012 or yes as something else again. */
function quotes(key: PropertyKey | undefined, value: unknown): string {
  if (typeof value === "number" && VERSION_KEYS.includes(String(key)))
    return `write it in quotes, such as "1.30": YAML reads 1.30 as the number 1.3`;
  return `write it in quotes: "${String(value)}"`;
}

type TypeIssue = Issue & { code: "invalid_type" };

function fixOfType(issue: TypeIssue, value: unknown, description: unknown): string {
  const key = issue.path.at(-1);
  const isScalar = typeof value === "number" || typeof value === "boolean";
  const isMap = issue.expected === "object" || issue.expected === "record";
  if (issue.expected === "string" && isScalar) return quotes(key, value);
  if (isMap) return fixOfMap(issue.path, value, description);
  if (value === undefined) return "add it";
  if (issue.expected === "array") return `write a list: [${written(value)}]`;
  if (issue.expected === "boolean" || issue.expected === "number" || issue.expected === "int")
    return `write ${KINDS[issue.expected]}, without quotes`;
  return `write ${KINDS[issue.expected] ?? issue.expected}`;
}

/** A map as it may be written there: with the names that stand there as a list or as text, or with the key of a secret. */
function fixOfMap(path: PropertyKey[], value: unknown, description: unknown): string {
  if (path.length === 0) return value === undefined ? "add it" : "write a map";
  const node = nodeAt(path);
  if (node?.properties?.secret) return "write { secret: <key> }, the config key that holds it";
  const example = exampleAt(path, description);
  if (value === undefined) return `add it, such as ${example}`;
  if (value === null && example === "{}") return "write {} where nothing is to be said";
  const names = (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string");
  if (!node?.additionalProperties || names.length === 0)
    return `write a map, such as ${fieldAt(path, description)}`;
  return `write a map: { ${names.map((name) => `${name}: {}`).join(", ")} }`;
}

/** Where a name belongs, those that there are; a number may be one of them without its quotes. */
function ofType(issue: TypeIssue, value: unknown, description: unknown): Omit<Problem, "path"> {
  const names = namesFor(issue.path.at(-1), description);
  const isOther = value !== undefined && !names.includes(String(value));
  const allowed = names.length > 0 ? oneOf(names) : (KINDS[issue.expected] ?? issue.expected);
  const fix =
    names.length > 0 && isOther ? "name one of these" : fixOfType(issue, value, description);
  return { got: written(value), allowed, fix };
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

function problemsOf(issue: Issue, description: unknown): Problem[] {
  const path = issue.path.length === 0 ? DESCRIPTION_KEY : pathOf(...issue.path);
  const value = valueAt(description, issue.path);
  switch (issue.code) {
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

/** What the shape of a description is found to be. */
export interface Shape {
  /** Absent where a value is of the wrong form. Unknown keys are mended here. */
  read?: { description: unknown; filled: FilledDescription };
  problems: Problem[];
}

/**
 * All shape problems at once; the filled description where they are nothing but unknown keys.
 *
 * @param description nobody else's: unknown keys are mended in place
 */
export function checkShape(description: unknown): Shape {
  const located = scan(description);
  const isOurs = ({ path }: Issue) => !located.some(({ keys }) => isWithin(path, keys));
  const { result, issues, unknown } = withoutUnknownKeys(description, isOurs);
  const problems = [
    ...located.map(({ problem }) => problem),
    ...issues.flatMap((issue) => problemsOf(issue, description)),
  ];
  const filled = problems.length > 0 ? undefined : result.data;
  return { read: filled && { description, filled }, problems: [...problems, ...unknown] };
}

/** Reads again what stands under mended keys, until all keys are known. */
function withoutUnknownKeys(description: unknown, isOurs: (issue: Issue) => boolean) {
  const problems: Problem[] = [];
  for (;;) {
    const result = topologySchema.safeParse(description);
    const issues = (result.error?.issues ?? []).filter(isOurs);
    const unknown = issues.flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => unknownKeyAt(issue.path, key))
        : [],
    );
    if (unknown.length === 0) return { result, issues, unknown: problems };
    problems.push(...unknown.map(({ problem }) => problem));
    mendKeys(description, unknown);
  }
}
