import type { Registration, Value, Values } from "../../../../engine";
import type { Planned, Subject } from "../subjects";
import { automaticSuffix, capital, capitalised, tagList, type Resource, type Row } from "./row";
import { absent, parts, rows } from "./types";

/** A CloudFormation template of what is planned for one account and region. */
export interface Template {
  readonly subject: string;
  readonly region: string;
  readonly resources: Readonly<Record<string, Resource>>;
  /** What a template's resource is in the plan, by the name that it has in the template. */
  readonly planned: Readonly<Record<string, Planned>>;
}

/** Templates of all that is planned for AWS, one for each account and region; a type that no table has is an error. */
export function templatesOf({ name: subject, resources }: Subject): Template[] {
  const all = resources.filter(({ resource }) => resource.type.startsWith("aws:"));
  const made = all.filter((one) => !absent[one.resource.type] && !hasWhole(one, all));
  const providers = [...new Set(made.map(({ provider }) => provider))].sort();
  return providers.map((provider) => {
    const here = made.filter((one) => one.provider === provider);
    const named = here.map((one, index) => [`Resource${index}`, one] as const);
    return {
      subject,
      region: here[0].region,
      resources: Object.fromEntries(named.map(([name, one]) => [name, resourceOf(one, all)])),
      planned: Object.fromEntries(named),
    };
  });
}

function resourceOf(one: Planned, all: readonly Planned[]): Resource {
  const { resource, defaultTags } = one;
  const { alone } = parts[resource.type] ?? {};
  if (alone) return alone(resource.inputs, resource);
  const row = rowOf(resource);
  const properties = [
    ...Object.entries(resource.inputs)
      .filter(([input]) => !row.tags || input !== "tags")
      .map(([input, value]) => propertiesOf(row, input, value)),
    tagsOf(row, { ...defaultTags, ...resource.inputs.tags }),
    ...all.filter((other) => isPartOf(other, resource)).map(({ resource: part }) => adds(part)),
  ];
  const { autonamed } = row;
  const name = autonamed ? { [autonamed]: `${resource.name}${automaticSuffix}` } : {};
  return { Type: row.type, Properties: { ...name, ...properties.reduce(merged, {}) } };
}

function rowOf({ type }: Registration): Row {
  const row = rows[type];
  if (!row) throw new Error(`${type} is in no table of test/lab/judges/cloudFormation/tables`);
  return row;
}

/** What an input becomes. */
export function propertiesOf(row: Row, input: string, value: Value): Values {
  if (row.without?.[input] !== undefined) return {};
  const form = row.forms?.[input];
  if (form) return form(value);
  return { [row.names?.[input] ?? capital(input)]: capitalised(value) };
}

function tagsOf({ tags }: Row, values: Record<string, string>): Values {
  if (!tags || Object.keys(values).length === 0) return {};
  return { [tags.property]: tags.as === "list" ? tagList(values) : values };
}

/** Whether it says something of the resource that is a resource of its own for Pulumi alone. */
function isPartOf({ resource }: Planned, whole: Registration): boolean {
  const part = parts[resource.type];
  if (part?.of !== whole.type) return false;
  const { by } = part;
  if (typeof by === "string") return resource.propertyDependencies[by].includes(whole.urn);
  return by.every((input) => resource.inputs[input] === whole.inputs[input]);
}

/** Whether it is a part of what is planned too; it must be of one, and may be of none where it is something alone. */
function hasWhole(one: Planned, all: readonly Planned[]): boolean {
  const { urn, type } = one.resource;
  if (!parts[type]) return false;
  const found = all.filter(({ resource }) => isPartOf(one, resource)).length;
  if (found === 1) return true;
  if (found === 0 && parts[type].alone) return false;
  throw new Error(`${urn} is part of ${found} of ${parts[type].of}, not of one`);
}

const adds = (part: Registration): Values => parts[part.type].adds(part.inputs, part);

/** Lists one after the other, objects as one. */
function merged(one: Value, other: Value): Value {
  if (Array.isArray(one) && Array.isArray(other)) return [...one, ...other];
  if (!isObject(one) || !isObject(other)) return other;
  const both = Object.entries(other).map(([key, value]) => [
    key,
    key in one ? merged(one[key], value) : value,
  ]);
  return { ...one, ...Object.fromEntries(both) };
}

const isObject = (value: Value): value is Values =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** As a file: a form that CloudFormation takes, with the region for cfn-lint. */
export function written({ resources, region }: Template): string {
  const Metadata = { "cfn-lint": { config: { regions: [region] } } };
  return JSON.stringify({ AWSTemplateFormatVersion: "2010-09-09", Metadata, Resources: resources });
}
