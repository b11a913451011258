/** Reads a stack file as Pulumi does, without decrypting anything. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseDocument } from "yaml";
import type { YAMLError } from "yaml";
import type { CheckContext } from "../components/mesh";
import { stackTagsOf } from "../components/mesh/stackTags";
import { DESCRIPTION_KEY, STACK_TAGS, written } from "../components/topology";
import { SECRET } from "../engine";
import type { Values } from "../engine";
import { refuseFile } from "./problems";
import type { Source } from "./problems";

export interface StackFile {
  /** Absent where it was made. */
  source?: Source;
  /** Name of the stack that the file configures. */
  stack: string;
  /** What stands under `istio-patterns:topology`. */
  description: unknown;
  region?: string;
  /** Every other key as the engine hands it to a program; secrets are placeholders. */
  config: Record<string, string>;
  secretKeys: string[];
}

const SHOULD_BE = "a stack file: YAML with `config:` and, under it, " + DESCRIPTION_KEY;
const START = "start from a file in stacks/";

/** Reads and splits a stack file; refuses one that cannot be one. */
export function readStackFile(path: string, stack = stackNameOf(path)): StackFile {
  return parseStackFile({ path, text: readText(path) }, stack);
}

/** Splits what was read of a stack file; refuses what cannot be one. */
export function parseStackFile(source: Source, stack: string): StackFile {
  const { path } = source;
  const config = readConfig(source);
  const description = config[DESCRIPTION_KEY];
  if (description === undefined) {
    const got = Object.keys(config).join(", ") || "nothing";
    refuseFile({ path: `${path}: config`, got, allowed: SHOULD_BE, fix: START });
  }
  const region = config["aws:region"];
  if (region !== undefined && typeof region !== "string") {
    refuseFile({
      path: `${path}: config["aws:region"]`,
      got: written(region),
      allowed: "a region as text",
      fix: "write it like `aws:region: eu-west-1`",
    });
  }
  const others = Object.entries(config).filter(([key]) => key !== DESCRIPTION_KEY);
  return {
    source,
    stack,
    description: typeof description === "string" ? fromJson(description) : description,
    region,
    config: Object.fromEntries(others.map(([key, value]) => [key, configText(value)])),
    secretKeys: others.filter(([, value]) => isSecure(value)).map(([key]) => key),
  };
}

/** What a stack file says beside its description. */
export function contextOf({ stack, region, config }: StackFile): CheckContext {
  const stackTags = stackTagsOf(config[STACK_TAGS]);
  return { name: stack, region, stackTags, offline: true };
}

/** `Pulumi.dev.yaml` is the stack dev; a file with another name configures any stack, and is planned as "demo". */
export function stackNameOf(path: string): string {
  return /^Pulumi\.(.+)\.ya?ml$/.exec(basename(path))?.[1] ?? "demo";
}

function readConfig({ path, text }: Source): Values {
  // Pulumi reads with yaml.v3: plain values of YAML 1.2 and the merge keys of YAML 1.1
  // (https://pkg.go.dev/gopkg.in/yaml.v3#readme-compatibility).
  const document = parseDocument(text, { prettyErrors: true, merge: true });
  const [error] = document.errors;
  if (error) refuseYaml(path, error);
  const content = toValue(path, document);
  const isMap = (value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isMap(content) || !isMap(content.config)) {
    const got = isMap(content) ? `config: ${written(content.config)}` : written(content);
    refuseFile({ path, got, allowed: SHOULD_BE, fix: START });
  }
  return content.config;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const got = { ENOENT: "no such file", EISDIR: "a directory" }[code ?? ""] ?? String(code);
    return refuseFile({ path, got, allowed: "a stack file that can be read", fix: START });
  }
}

/** Building the value is where aliases are followed, and where those that multiply without end are refused. */
function toValue(path: string, document: ReturnType<typeof parseDocument>): Values {
  try {
    return document.toJS() as Values;
  } catch (error) {
    return unreadable(path, (error as Error).message);
  }
}

/** As editors and terminals know a place: `file:line:column`. */
function refuseYaml(path: string, { message, linePos }: YAMLError): never {
  const [{ line, col }] = linePos ?? [{ line: 1, col: 1 }];
  const got = message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, "");
  return unreadable(`${path}:${line}:${col}`, got);
}

function unreadable(path: string, got: string): never {
  return refuseFile({ path, got, allowed: "YAML", fix: "correct the syntax there" });
}

function isSecure(value: unknown): boolean {
  return typeof value === "object" && value !== null && "secure" in value;
}

/** A value as the engine would pass it: text as it is, the rest as JSON. */
function configText(value: unknown): string {
  if (isSecure(value)) return SECRET;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** `pulumi config set` without `--path` stores an object as its JSON text. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
