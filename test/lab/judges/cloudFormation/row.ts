import type { Registration, Value, Values } from "../../../../engine";

/** A resource of a CloudFormation template. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Values;
}

/** What one of Pulumi's types is in CloudFormation. An input that no field names becomes the property of its name. */
export interface Row {
  readonly type: string;
  /** Inputs whose property has another name. */
  readonly names?: Readonly<Record<string, string>>;
  /** Inputs that stand elsewhere or in another form there: the properties that they become. */
  readonly forms?: Readonly<Record<string, (value: Value) => Values>>;
  /** Inputs that no property holds, with the reason why nothing of AWS's is left out. */
  readonly without?: Readonly<Record<string, string>>;
  /** Property that gets Pulumi's own name where the program gives none. */
  readonly autonamed?: string;
  /** The property that holds tags, with the provider's default ones among them; absent where AWS takes none. */
  readonly tags?: { readonly property: string; readonly as: "list" | "map" };
}

/** A resource that CloudFormation knows as properties of another. */
export interface Part {
  /** Pulumi's type of the other. */
  readonly of: string;
  /** The input that comes from it, or inputs that have the same value in both. */
  readonly by: string | readonly string[];
  readonly adds: (inputs: Values, resource: Registration) => Values;
  /** What it is where the other is not planned; without it, that is an error. */
  readonly alone?: (inputs: Values, resource: Registration) => Resource;
}

/** What Pulumi appends to a logical name that becomes a physical one. */
export const automaticSuffix = "-0123456";

export const tagged = { property: "Tags", as: "list" } as const;

/** A document that Pulumi takes as a string. */
export const document = (property: string) => (value: Value) => ({
  [property]: typeof value === "string" ? JSON.parse(value) : value,
});

/** Load balancers and their target groups have most settings as attributes, which are strings. */
export const attribute = (property: string, key: string) => (value: Value) => ({
  [property]: [{ Key: key, Value: String(value) }],
});

/** Keys with capitals, all the way down. */
export function capitalised(value: Value): Value {
  if (Array.isArray(value)) return value.map(capitalised);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [capital(key), capitalised(item)]),
  );
}

export const capital = (key: string): string => key[0].toUpperCase() + key.slice(1);

export const tagList = (tags: Record<string, string>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
