/**
 * The JSON Schema of a stack file, for editors: the description's schema with the interfaces' doc comments.
 * Run as a program it writes the committed file.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { REGIONS } from "../../components/topology/regions";
import { LABEL } from "../../components/topology/rules/names";
import { topologySchema } from "../../components/topology/schema";
import { istioVersions } from "../../components/versions/istio";
import { eksVersions } from "../../components/versions/kubernetes";
import { type InterfaceDoc, readDocs } from "./docs";

export const SCHEMA_FILE = join(__dirname, "../../schema/stack.schema.json");

type Json = z.core.JSONSchema.BaseSchema & {
  properties?: Record<string, Json>;
  /** What yaml-language-server shows under the pointer, with code as code. */
  markdownDescription?: string;
  /** What yaml-language-server writes for a key that is completed. */
  defaultSnippets?: object[];
};

/** Where it will be once the package is published; nothing resolves it before. */
const ID = "https://unpkg.com/istio-patterns/schema/stack.schema.json";

const BYTE = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

const CIDR = `^(${BYTE}\\.){3}${BYTE}/(3[0-2]|[12]?\\d)$`;

/** Sizes that EC2 takes of a VPC. */
const VPC = CIDR.replace(/[^/]*$/, "(1[6-9]|2[0-8])$");

const minors = [...new Set(Object.keys(istioVersions).map((one) => one.replace(/\.\d+$/, "")))];

/** Istio versions that are in the table, and newer patches. */
const ISTIO = `^(${minors.map((minor) => minor.replace(".", "\\.")).join("|")})\\.\\d+$`;

/** Forms of text that every rule asks for, by key, or by interface and key: an editor marks what the program would refuse. */
const FORMS: Record<string, Json> = {
  cidrs: { pattern: CIDR },
  podCidrs: { pattern: CIDR },
  allowFrom: { pattern: CIDR },
  region: { enum: [...REGIONS] },
  kubernetesVersion: { enum: Object.keys(eksVersions) },
  vpcId: { pattern: "^vpc-" },
  "VpcDescription.cidr": { pattern: VPC },
  "NetworkDescription.cidr": { pattern: VPC },
  "ApiDescription.allowFrom": { pattern: CIDR.replace("^", "^(?!0\\.0\\.0\\.0/0$)") },
  "IstioDescription.version": { pattern: ISTIO },
  "RevisionDescription.version": { pattern: ISTIO },
  "ExistingClusterDescription.endpoint": { pattern: "^https://" },
};

/** Maps whose keys are names of Kubernetes and AWS. */
const NAMED = [
  ...["TopologyDescription.networks", "TopologyDescription.clusters", "TopologyDescription.meshes"],
  ...["TopologyDescription.virtualMachines", "TopologyDescription.ecsServices"],
  ...["TopologyDescription.ecsClusters", "NetworkDescription.vpcs", "MeshDescription.ingress"],
  ...["IstioDescription.revisions", "IstioDescription.tags", "TrustDescription.roots"],
  ...["TenantsDescription.of", "FederationDescription.exports", "FederationDescription.peers"],
];

/** What an object has at least one of. */
const ONE_OF: Record<string, string[]> = { ApiDescription: ["allowFrom", "private"] };

/** What is accepted where a key alone would not be. */
const SNIPPETS: Record<string, object[]> = {
  api: [
    { label: "allowFrom", body: { allowFrom: ["$1/32"] } },
    { label: "private", body: { private: { cidrs: ["$1"] } } },
  ],
};

/** A list's elements, a map's values, or the schema itself. */
function innermost(schema: Json): Json {
  const inner = schema.items ?? schema.additionalProperties;
  return typeof inner === "object" && !Array.isArray(inner) ? innermost(inner as Json) : schema;
}

function say(schema: Json, text: string): void {
  if (text === "") return;
  schema.description = text;
  schema.markdownDescription = text;
}

/** Adds the comments of an interface to its schema; each property must have one on both sides. */
function describe(schema: Json, name: string, docs: Record<string, InterfaceDoc>): void {
  const { properties } = docs[name];
  if (ONE_OF[name]) schema.anyOf = ONE_OF[name].map((key) => ({ required: [key] }));
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const doc = properties[key];
    if (!doc?.text) throw new Error(`${name}.${key} has no doc comment`);
    const words =
      doc.default && property.default === undefined ? `\n\nDefault: ${doc.default}` : "";
    say(property, `${doc.text}${words}`);
    const inner = innermost(property);
    const form = FORMS[`${name}.${key}`] ?? FORMS[key];
    if (form && inner.type === "string") Object.assign(inner, form);
    if (NAMED.includes(`${name}.${key}`)) property.propertyNames = { pattern: LABEL.source };
    if (SNIPPETS[key]) property.defaultSnippets = SNIPPETS[key];
    const type = doc.type === undefined ? undefined : docs[doc.type];
    if (!type) continue;
    // An entry of a map is what its interface says, not what the map is.
    if (inner !== property) say(inner, type.text);
    describe(inner, doc.type!, docs);
  }
  const missing = Object.keys(properties).filter((key) => !schema.properties?.[key]);
  if (missing.length > 0) throw new Error(`${name}.${missing.join(", ")} not in the schema`);
}

function descriptionSchema(): Json {
  const docs = readDocs();
  const schema = z.toJSONSchema(topologySchema, {
    io: "input",
    target: "draft-7",
    override: ({ jsonSchema }) => {
      // A bound of JavaScript's numbers alone, and a property of every JSON key.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      delete jsonSchema.propertyNames;
      // Editors write defaults out; an empty map or list says nothing.
      if (["{}", "[]"].includes(JSON.stringify(jsonSchema.default))) delete jsonSchema.default;
    },
  }) as Json;
  delete schema.$schema;
  describe(schema, "TopologyDescription", docs);
  return { ...schema, description: docs.TopologyDescription.text };
}

/** A value of a config key: text, or what `pulumi config set --secret` writes. */
const configValue = {
  anyOf: [
    { type: "string" },
    {
      type: "object",
      properties: { secure: { type: "string" } },
      required: ["secure"],
      additionalProperties: false,
    },
  ],
};

/** The schema of a whole stack file (https://www.pulumi.com/docs/iac/concepts/config/). */
export function stackSchema(): object {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: ID,
    type: "object",
    properties: {
      config: {
        type: "object",
        description: "Configuration by key.",
        properties: {
          "aws:region": {
            ...{ type: "string", enum: REGIONS },
            description: "AWS region of VPCs that name none.",
          },
          "istio-patterns:topology": descriptionSchema(),
        },
        required: ["istio-patterns:topology"],
        patternProperties: {
          "^istio-patterns:(?!topology$)": {
            description:
              "Secret that the description names by its key, such as a root or a kubeconfig.",
            ...configValue,
          },
        },
      },
      environment: { description: "Pulumi ESC environments that the stack imports." },
      secretsprovider: { type: "string", description: "What encrypts the stack's secrets." },
      encryptedkey: { type: "string", description: "Written by Pulumi." },
      encryptionsalt: { type: "string", description: "Written by Pulumi." },
    },
    required: ["config"],
    additionalProperties: false,
  };
}

/** The committed text. */
export function schemaText(): string {
  return `${JSON.stringify(stackSchema(), null, 2)}\n`;
}

if (require.main === module) writeFileSync(SCHEMA_FILE, schemaText());
