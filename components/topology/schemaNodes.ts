/** What the schema has at a path: its keys, and an example of what may stand there. */
import { z } from "zod";
import { topologySchema } from "./schema";
import { namesFor, unmeshed } from "./known";

/** The JSON Schema of a map or value. */
export interface SchemaNode {
  type?: string;
  enum?: string[];
  items?: SchemaNode;
  minimum?: number;
  required?: string[];
  properties?: Record<string, SchemaNode>;
  additionalProperties?: SchemaNode | false;
}

/** The schema at a path. */
export function nodeAt(path: PropertyKey[]): SchemaNode | undefined {
  const whole = z.toJSONSchema(topologySchema, { io: "input" }) as SchemaNode;
  return path.reduce<SchemaNode | undefined>(
    (at, key) => at?.properties?.[String(key)] ?? (at?.additionalProperties || undefined),
    whole,
  );
}

/** Keys of the map at a path, as the schema has them. */
export function knownKeys(path: PropertyKey[]): string[] {
  return Object.keys(nodeAt(path)?.properties ?? {});
}

/** Sections whose fields are optional, while something must be said. */
const COMMON: Record<string, string> = {
  api: "{ allowFrom: [203.0.113.7/32] }",
  networks: "{ main: { cidr: 10.10.0.0/16 } }",
  "networks.*": "{ cidr: 10.10.0.0/16 }",
  "networks.*.vpcs": "{ east: { cidr: 10.10.0.0/16 } }",
  "networks.*.vpcs.*": "{ cidr: 10.10.0.0/16 }",
};

const PORTS = "{ http: 8080 }";

/** Names that an example shows. */
const MOST = 4;

/** A map that may stand at a path, with names that the description has; `{}` where nothing needs to be said. */
export function exampleAt(path: PropertyKey[], description: unknown): string {
  const [section, , ...fields] = path.map(String);
  const pattern = [section, ...(path.length > 1 ? ["*"] : []), ...fields];
  if (pattern[0] === "networks" && pattern.length === 4) pattern[3] = "*";
  const common = COMMON[pattern.join(".")];
  if (common !== undefined) return common;
  if (path.at(-1) === "ports") return PORTS;
  if (pattern.join(".") === "meshes.*.clusters") return membersOf(description);
  if (section === "meshes" && path.length === 1)
    return `{ prod: { clusters: ${membersOf(description)} } }`;
  return exampleOf(nodeAt(path), String(path.at(-1)), description);
}

function membersOf(description: unknown): string {
  const names = unmeshed(description);
  if (names.length === 0) return "{ east: {} }";
  const shown = names.slice(0, MOST).map((name) => `${name}: {}`);
  return `{ ${[...shown, ...(names.length > MOST ? ["..."] : [])].join(", ")} }`;
}

function exampleOf(node: SchemaNode = {}, key: string, description: unknown): string {
  if (node.enum) return node.enum[0]!;
  if (node.properties) return exampleOfFields(node, node.required ?? [], description);
  if (node.additionalProperties)
    return `{ ${NAMES[key] ?? "<name>"}: ${exampleOf(node.additionalProperties, key, description)} }`;
  if (node.items) return `[${exampleOf(node.items, key, description)}]`;
  if (node.type === "boolean") return "true";
  if (node.type === "number" || node.type === "integer") return String(node.minimum ?? 1);
  return namesFor(key, description)[0] ?? `<${key}>`;
}

/** How an entry of a section may be called. */
const NAMES: Record<string, string> = { clusters: "east" };

function exampleOfFields(
  { properties = {} }: SchemaNode,
  keys: string[],
  description: unknown,
): string {
  const fields = keys.map((key) =>
    key === "ports" ? `ports: ${PORTS}` : `${key}: ${exampleOf(properties[key], key, description)}`,
  );
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

/** A map of a section that may be left out, with one field that it may have. */
export function fieldAt(path: PropertyKey[], description: unknown): string {
  const example = exampleAt(path, description);
  const node = nodeAt(path) ?? {};
  const scalar = Object.entries(node.properties ?? {}).find(([, { enum: choices, type }]) =>
    Boolean(choices ?? (type !== "object" && type)),
  );
  return example === "{}" && scalar ? exampleOfFields(node, [scalar[0]], description) : example;
}
