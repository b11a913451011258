/** The reference of the description, made of the JSON Schema that its doc comments make. Run as a program it writes the page. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readDocs } from "./docs";
import type { InterfaceDoc, PropertyDoc } from "./docs";
import { stackSchema } from "./stackSchema";

export const REFERENCE = join(__dirname, "../../docs/reference.md");

const ROOT = "TopologyDescription";

interface Schema {
  type?: string;
  enum?: string[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  default?: unknown;
  pattern?: string;
  minimum?: number;
  maximum?: number;
}

type Docs = Record<string, InterfaceDoc>;

/** A section of the page: an interface, and one of the places where it stands. */
interface Section {
  name: string;
  schema: Schema;
}

/** `NetworkDescription` is what an entry of `networks` is; pages say `network`. */
function titleOf(name: string): string {
  const words = name.replace(/Description$/, "").replace(/(?<=[a-z])(?=[A-Z])/g, " ");
  return name === ROOT ? "The description" : words.charAt(0) + words.slice(1).toLowerCase();
}

function anchorOf(name: string): string {
  return titleOf(name).toLowerCase().replaceAll(" ", "-");
}

/** Interfaces in the order in which a reader comes to them, each once. */
function sectionsOf(docs: Docs, name: string, schema: Schema, seen = new Map<string, Section>()) {
  if (seen.has(name)) return seen;
  seen.set(name, { name, schema });
  const inside = Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const { type } = docs[name]!.properties[key]!;
    return type !== undefined && docs[type] ? [{ type, inner: innermost(property) }] : [];
  });
  for (const { type, inner } of inside) sectionsOf(docs, type, inner, seen);
  return seen;
}

function innermost(schema: Schema): Schema {
  const inner = schema.items ?? schema.additionalProperties;
  return typeof inner === "object" ? innermost(inner) : schema;
}

/** `map of NetworkDescription`, with a link to what it is. */
function kindOf(schema: Schema, doc: PropertyDoc, docs: Docs): string {
  if (schema.items) return `list: ${kindOf(schema.items, doc, docs)}`;
  if (typeof schema.additionalProperties === "object")
    return `map: ${kindOf(schema.additionalProperties, doc, docs)}`;
  if (doc.type !== undefined && docs[doc.type])
    return `[${titleOf(doc.type).toLowerCase()}](#${anchorOf(doc.type)})`;
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(", ");
  const least = schema.minimum === undefined ? "" : `, at least ${schema.minimum}`;
  return schema.type === undefined ? "any value" : `${WORDS[schema.type] ?? schema.type}${least}`;
}

const WORDS: Record<string, string> = {
  string: "text",
  boolean: "`true` or `false`",
  integer: "whole number",
  object: "map of values",
};

/** What is taken where nothing is said: in words where the comment has them. */
function defaultOf(schema: Schema, doc: PropertyDoc, isRequired: boolean): string {
  if (isRequired) return "**required**";
  if (doc.default !== undefined) return doc.default;
  return schema.default === undefined
    ? ""
    : `\`${JSON.stringify(schema.default).replace(/^"|"$/g, "")}\``;
}

/** One line of a table. */
const cell = (text: string) => text.replace(/\n+/g, " ").replaceAll("|", "\\|");

function sectionText({ name, schema }: Section, docs: Docs): string {
  const { text, properties } = docs[name]!;
  const rows = Object.entries(schema.properties ?? {}).map(([key, property]) => {
    const doc = properties[key]!;
    const isRequired = schema.required?.includes(key) ?? false;
    const cells = [kindOf(property, doc, docs), defaultOf(property, doc, isRequired), doc.text];
    return `| \`${key}\` | ${cells.map(cell).join(" | ")} |`;
  });
  return [
    `## ${titleOf(name)}`,
    text,
    ["| Key | Takes | Default | Means |", "| --- | --- | --- | --- |", ...rows].join("\n"),
  ].join("\n\n");
}

const HEAD = `# Reference of the description

What stands under \`istio-patterns:topology\` of a stack file, and in \`topology\` of a \`MeshTopology\`. This page is made of the doc comments in
\`components/topology/description/\`, as are the hovers of an editor. Ranges, versions and names are checked beyond that by rules, which
\`istio-patterns explain\` lists.`;

export function referenceText(): string {
  const docs = readDocs();
  const stack = stackSchema() as Schema;
  const schema = stack.properties!.config!.properties!["istio-patterns:topology"]!;
  const sections = [...sectionsOf(docs, ROOT, schema).values()];
  return `${[HEAD, ...sections.map((section) => sectionText(section, docs))].join("\n\n")}\n`;
}

if (require.main === module) writeFileSync(REFERENCE, referenceText());
