/** What a run of the program registered: every resource as the engine would see it. */

/** Stands where a value would only be known after deployment. */
export const UNKNOWN = "<unknown>";

/** Stands where a secret would, in everything that is printed. */
export const SECRET = "[secret]";

/** A graph holds values of every resource type; who asks knows which. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Value = any;
export type Values = Record<string, Value>;

export interface Registration {
  urn: string;
  type: string;
  name: string;
  /** URN of the parent; absent for the stack. */
  parent?: string;
  /** A provider makes it; false for components. */
  custom: boolean;
  /** A component that its provider's plugin expands: its children are not seen here. */
  remote: boolean;
  /** Read (`get`), not made. */
  read: boolean;
  /** Plain values: secrets unwrapped, `UNKNOWN` where the value is not known. */
  inputs: Values;
  /** Paths of the inputs that are secret, such as `stringData.token`. */
  secrets: string[];
  /** Paths of the inputs that are not known. */
  unknowns: string[];
  /** What the engine made up in its provider's place: the id, and outputs that only a deployment knows. */
  computed: Values;
  /** What a component registered as its outputs. */
  outputs: Values;
  outputSecrets: string[];
  /** URNs that must be complete first, by `dependsOn` or because an input holds their output. */
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  /** URN of the explicit provider; absent where the engine would take the default one. */
  provider?: string;
  /** URNs of the providers that a component hands down, by package. */
  providers: Record<string, string>;
  protect: boolean;
  retainOnDelete: boolean;
  deleteBeforeReplace: boolean;
  deletedWith?: string;
  ignoreChanges: string[];
  replaceOnChanges: string[];
  additionalSecretOutputs: string[];
  aliases: string[];
  timeouts: { create?: string; update?: string; delete?: string };
  version: string;
  importId: string;
}

/** One call of a provider function. */
export interface Call {
  token: string;
  inputs: Values;
  /** What the engine made up in the provider's place. */
  result: Values;
}

/** The resources of one run and what follows from them. */
export class Graph {
  private readonly byUrn: Map<string, Registration>;
  private readonly children = new Map<string, Registration[]>();

  constructor(
    readonly resources: Registration[],
    readonly calls: Call[],
    /** What the program logged for the user: warnings and information. */
    readonly messages: string[],
  ) {
    this.byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    for (const resource of resources) {
      if (!resource.parent) continue;
      const siblings = this.children.get(resource.parent) ?? [];
      this.children.set(resource.parent, [...siblings, resource]);
    }
  }

  /** The stack's outputs. */
  get outputs(): Values {
    return this.stack?.outputs ?? {};
  }

  /** Paths of the stack's outputs that are secret. */
  get outputSecrets(): string[] {
    return this.stack?.outputSecrets ?? [];
  }

  find(urn: string): Registration | undefined {
    return this.byUrn.get(urn);
  }

  get(urn: string): Registration {
    const found = this.find(urn);
    if (!found) throw new Error(`no resource ${urn}`);
    return found;
  }

  ofType(type: string): Registration[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The only resource of a type, or of a type and name; throws where there is none or several. */
  one(type: string, name?: string): Registration {
    const all = this.ofType(type);
    const found = all.filter((resource) => name === undefined || resource.name === name);
    const [only] = found;
    if (only && found.length === 1) return only;
    const names = all.map((resource) => resource.name).join(", ") || "none";
    throw new Error(`${found.length} of ${type} ${name ?? ""}; there are: ${names}`);
  }

  childrenOf(resource: Registration): Registration[] {
    return this.children.get(resource.urn) ?? [];
  }

  /** A resource and everything below it. */
  subtree(resource: Registration): Registration[] {
    return [resource, ...this.childrenOf(resource).flatMap((child) => this.subtree(child))];
  }

  parentOf(resource: Registration): Registration | undefined {
    return resource.parent ? this.get(resource.parent) : undefined;
  }

  providerOf(resource: Registration): Registration | undefined {
    return resource.provider ? this.get(resource.provider) : undefined;
  }

  /** URNs that the engine waits for before it starts on this one: dependencies, provider and parent. */
  waitsFor(resource: Registration): string[] {
    const all = [
      ...resource.dependencies,
      ...Object.values(resource.propertyDependencies).flat(),
      ...(resource.provider ? [resource.provider] : []),
      ...(resource.parent ? [resource.parent] : []),
    ];
    return [...new Set(all)].filter((urn) => this.byUrn.has(urn));
  }

  /**
   * Whether `a` can start only when `b` is complete, directly or through others.
   *
   * For components it is asked of what is in them: every resource of `a`, and all of `b`.
   */
  dependsOn(a: Registration, b: Registration): boolean {
    const made = (resource: Registration) =>
      this.subtree(resource).filter((each) => each.custom || each.remote);
    const [waiting, needed] = [made(a), made(b)];
    if (waiting.length === 0 || needed.length === 0) return false;
    return waiting.every((each) => {
      const before = this.before(each);
      return needed.every((other) => before.has(other.urn));
    });
  }

  /** URNs of everything that must be complete before a resource starts. */
  before(resource: Registration): Set<string> {
    const seen = new Set<string>();
    const queue = this.waitsFor(resource);
    for (let urn = queue.pop(); urn !== undefined; urn = queue.pop()) {
      if (seen.has(urn)) continue;
      seen.add(urn);
      queue.push(...this.waitsFor(this.get(urn)));
    }
    return seen;
  }

  /** Every string that stands in a secret input or output, for checks that none of them is printed. */
  secretValues(): string[] {
    const values = this.resources.flatMap((resource) => [
      ...resource.secrets.map((path) => valueAt(resource.inputs, path)),
      ...resource.outputSecrets.map((path) => valueAt(resource.outputs, path)),
    ]);
    return [...new Set(values.flatMap(strings))].filter(
      (value) => value !== "" && value !== UNKNOWN,
    );
  }

  private get stack(): Registration | undefined {
    return this.resources.find((resource) => resource.type === "pulumi:pulumi:Stack");
  }
}

/** The inputs with every secret replaced. */
export function redacted({ inputs, secrets }: Pick<Registration, "inputs" | "secrets">): Values {
  return mapPaths(inputs, secrets, () => SECRET);
}

/** The values with what stands at some paths changed; the very same ones where there are no paths. */
export function mapPaths(
  values: Values,
  paths: string[],
  change: (value: Value, path: string) => unknown,
): Values {
  if (paths.length === 0) return values;
  const changed = new Set(paths);
  const walk = (value: Value, path: string): Value => {
    if (changed.has(path)) return change(value, path);
    if (Array.isArray(value)) return value.map((item, index) => walk(item, `${path}[${index}]`));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, walk(item, childPath(path, key))]),
    );
  };
  return walk(values, "");
}

/** Every leaf of some values with its path, in their order; an empty list or map is one. */
export function pathsTo(values: Value, root = ""): [path: string, value: Value][] {
  if (values === null || typeof values !== "object") return [[root, values]];
  const isList = Array.isArray(values);
  const keys = Object.keys(values);
  if (keys.length === 0) return [[root, values]];
  return keys.flatMap((key) =>
    pathsTo(values[key], isList ? `${root}[${key}]` : childPath(root, key)),
  );
}

/** Path of a key inside a value: `a.b`, or `a["b.c"]` where the key has a dot or bracket. */
export function childPath(path: string, key: string): string {
  if (/[.[\]"]/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** `clusters.east.zones[0]` and `hosts["a.example"]` step by step. */
export function stepsOf(path: string): (string | number)[] {
  const steps = path.matchAll(/\[(\d+|"(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g);
  return [...steps].map(([, quoted, plain]) => plain ?? JSON.parse(quoted!));
}

/** What stands at a path, if anything does. */
export function valueAt(value: Value, path: string): Value {
  return stepsOf(path).reduce<Value>((at, step) => at?.[step], value);
}

function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap(strings);
}
