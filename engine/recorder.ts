/** Records every request that a program sends to the mock monitor, refuses what the engine would, and answers the rest. */
import * as pulumi from "@pulumi/pulumi";
import type { Callback as Transform } from "@pulumi/pulumi/proto/callback_pb";
import type {
  ReadResourceRequest,
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { childPath, UNKNOWN } from "./graph";
import type { Registration, Value, Values } from "./graph";
import { refusal } from "./refusals";
import { Transforms } from "./transforms";

const { specialSecretSig, specialSigKey, unknownValue } = pulumi.runtime;

type Callback = (error: unknown, response: Value) => void;

/** Root of every URN's chain of types; it is left out of the chain. */
const STACK_TYPE = "pulumi:pulumi:Stack";

/** What the engine or the cluster would refuse to register: the program is wrong, whatever its config says. */
export class EngineRefusal extends Error {}

/** What a provider answers: an id, and outputs in the wire format. */
export interface Answer {
  id: string | undefined;
  state: Values;
}

/** What of the SDK's mock monitor is replaced or filled in; not all of it is declared in every version of the SDK. */
export interface Monitor {
  resources: Map<string, { urn: string; id: string | null; state: Values }>;
  registerResource(req: RegisterResourceRequest, done: Callback): Promise<void>;
  readResource(req: ReadResourceRequest, done: Callback): Promise<void>;
  registerResourceOutputs(req: RegisterResourceOutputsRequest, done: Callback): void;
  registerStackTransform(transform: Transform, done: Callback): void;
}

/** Answers a registration, given its inputs in the wire format. */
export type Provider = (registration: Registration, wire: Values) => Answer;

export class Recorder {
  readonly registrations: Registration[] = [];
  readonly refusals: Error[] = [];
  private readonly byUrn = new Map<string, Registration>();
  private readonly objects = new Map<string, Registration>();
  private readonly transforms = new Transforms();
  /** Tags that AWS providers add to what they make, by the provider's URN. */
  private readonly defaultTags = new Map<string, Values>();

  /**
   * Takes the monitor's place wherever resources are concerned.
   *
   * The monitor's own answers cost another trip through the wire format, and its URNs hold one level of parents, so
   * that two resources would be taken for one.
   */
  attach(monitor: Monitor, provider: Provider): void {
    const register = (registration: Registration, wire: Values, done: Callback) => {
      try {
        this.add(registration, wire);
        const { id, state } = provider(registration, wire);
        const { urn } = registration;
        monitor.resources.set(urn, { urn, id: id ?? null, state });
        done(null, responseOf(urn, id, withoutUndefined(state)));
      } catch (error) {
        this.refuse(error, done);
      }
    };
    monitor.registerResource = async (req: RegisterResourceRequest, done: Callback) => {
      try {
        await this.transforms.run(req);
      } catch (error) {
        return this.refuse(error, done);
      }
      const registration = fromRegister(req);
      this.transforms.note(registration.urn, req.getParent(), req);
      register(registration, wireOf(req.getObject()), done);
    };
    monitor.registerStackTransform = (callback, done) => {
      this.transforms.add(callback);
      done(null, {});
    };
    monitor.readResource = async (req: ReadResourceRequest, done: Callback) =>
      register(fromRead(req), wireOf(req.getProperties()), done);
    monitor.registerResourceOutputs = (req, done) => {
      const { value, secrets } = plain(wireOf(req.getOutputs()));
      const registration = this.byUrn.get(req.getUrn());
      if (registration) Object.assign(registration, { outputs: value, outputSecrets: secrets });
      done(null, {});
    };
  }

  private refuse(error: unknown, done: Callback): void {
    this.refusals.push(error as Error);
    done(error, undefined);
  }

  /** Region of an AWS provider that the program made, by its URN. */
  regionOf(provider?: string): string | undefined {
    return provider ? this.byUrn.get(provider)?.inputs.region : undefined;
  }

  private add(registration: Registration, wire: Values): void {
    const { value, secrets, unknowns } = plain(wire);
    Object.assign(registration, { inputs: value, secrets, unknowns });
    this.inheritProviders(registration);
    this.refuseDuplicates(registration);
    this.refuseAsProviders(registration);
    this.registrations.push(registration);
    this.byUrn.set(registration.urn, registration);
    const { urn, inputs } = registration;
    if (inputs.defaultTags) this.defaultTags.set(urn, JSON.parse(inputs.defaultTags).tags ?? {});
  }

  /** The engine hands a component's providers down to the components in it. */
  private inheritProviders(registration: Registration): void {
    if (registration.custom || !registration.parent) return;
    const above = this.byUrn.get(registration.parent)?.providers;
    registration.providers = { ...above, ...registration.providers };
  }

  private refuseAsProviders(registration: Registration): void {
    const { type, name, provider, providers } = registration;
    const tags = this.defaultTags.get(provider ?? providers.aws ?? "");
    const why = refusal(registration, tags ?? {});
    if (why) throw new EngineRefusal(`${type} "${name}": ${why}`);
  }

  private refuseDuplicates(registration: Registration): void {
    const { urn, type, name } = registration;
    if (this.byUrn.has(urn)) {
      throw new EngineRefusal(
        `duplicate resource URN ${urn}: two resources of type ${type} are named "${name}" under parents of the same ` +
          `types (a URN holds the parents' types, not their names); give one of them another name`,
      );
    }
    const object = objectKey(registration);
    const other = object && this.objects.get(object);
    if (other) {
      throw new EngineRefusal(
        `${type} "${name}" and "${other.name}" are the same object in the cluster: ${object.split(" ")[1]}`,
      );
    }
    if (object) this.objects.set(object, registration);
  }
}

/** What makes two Kubernetes objects or Helm releases the same to the cluster, where it is known before deployment. */
function objectKey({ type, inputs, provider = "" }: Registration): string | undefined {
  if (!type.startsWith("kubernetes:") || type.endsWith("Patch")) return undefined;
  const release = type === "kubernetes:helm.sh/v3:Release";
  const name = release ? inputs.name : inputs.metadata?.name;
  const namespace = (release ? inputs.namespace : inputs.metadata?.namespace) ?? "";
  if (!name || name === UNKNOWN || namespace === UNKNOWN) return undefined;
  return `${type} ${namespace}/${name} ${provider}`;
}

/** A URN as the engine forms it: the chain of the parents' types, then the name. */
function urnOf(parent: string | undefined, type: string, name: string): string {
  const chain = parent ? parent.split("::")[2] : "";
  const qualified = chain === "" || chain === STACK_TYPE ? type : `${chain}$${type}`;
  const { getStack, getProject } = pulumi;
  return ["urn:pulumi:" + getStack(), getProject(), qualified, name].join("::");
}

/** Answers both kinds of request: what the SDK asks of a response (sdk/nodejs/runtime/resource.ts). */
function responseOf(urn: string, id: string | undefined, state: Values) {
  const struct = () => ({ toJavaScript: () => state });
  return {
    getUrn: () => urn,
    getId: () => id ?? "",
    getObject: struct,
    getProperties: struct,
    getPropertydependenciesMap: () => undefined,
    getResult: () => 0,
    getUnknown: () => false,
  };
}

/** The wire format has no undefined. */
function withoutUndefined(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutUndefined(item)]));
}

/** URN of a provider reference, which is `<urn>::<id>`. */
export function providerUrn(reference: string): string {
  return reference.slice(0, reference.lastIndexOf("::"));
}

function fromRegister(req: RegisterResourceRequest): Registration {
  const timeouts = req.getCustomtimeouts();
  return {
    ...identity(req),
    custom: req.getCustom(),
    remote: req.getRemote(),
    read: false,
    propertyDependencies: Object.fromEntries(
      [...req.getPropertydependenciesMap().entries()].map(([key, dependencies]) => [
        key,
        dependencies.getUrnsList(),
      ]),
    ),
    providers: Object.fromEntries(
      [...req.getProvidersMap().entries()].map(([key, ref]) => [key, providerUrn(ref)]),
    ),
    protect: req.getProtect() ?? false,
    retainOnDelete: req.getRetainondelete() ?? false,
    deleteBeforeReplace: req.getDeletebeforereplace(),
    deletedWith: req.getDeletedwith() || undefined,
    ignoreChanges: req.getIgnorechangesList(),
    replaceOnChanges: req.getReplaceonchangesList(),
    aliases: req.getAliasesList().map((alias) => alias.getUrn() || alias.getSpec()!.getName()),
    timeouts: {
      create: timeouts?.getCreate() || undefined,
      update: timeouts?.getUpdate() || undefined,
      delete: timeouts?.getDelete() || undefined,
    },
    importId: req.getImportid(),
  };
}

function fromRead(req: ReadResourceRequest): Registration {
  return {
    ...identity(req),
    custom: true,
    remote: false,
    read: true,
    propertyDependencies: {},
    providers: {},
    protect: false,
    retainOnDelete: false,
    deleteBeforeReplace: false,
    ignoreChanges: [],
    replaceOnChanges: [],
    aliases: [],
    timeouts: {},
    importId: req.getId(),
  };
}

/** What registering and reading have in common. Inputs are filled in by the recorder. */
function identity(req: RegisterResourceRequest | ReadResourceRequest) {
  const [parent, type, name] = [req.getParent() || undefined, req.getType(), req.getName()];
  return {
    urn: urnOf(parent, type, name),
    type,
    name,
    parent,
    inputs: {},
    secrets: [],
    unknowns: [],
    computed: {},
    outputs: {},
    outputSecrets: [],
    dependencies: req.getDependenciesList(),
    provider: req.getProvider() ? providerUrn(req.getProvider()) : undefined,
    additionalSecretOutputs: req.getAdditionalsecretoutputsList(),
    version: req.getVersion(),
  };
}

function wireOf(struct: { toJavaScript(): unknown } | undefined): Values {
  return (struct?.toJavaScript() as Values) ?? {};
}

/** A value of the wire format without its markers, and where they were. */
function plain(wire: Values) {
  const secrets: string[] = [];
  const unknowns: string[] = [];
  const walk = (value: Value, path: string): Value => {
    if (value === unknownValue) {
      unknowns.push(path);
      return UNKNOWN;
    }
    if (Array.isArray(value)) return value.map((item, index) => walk(item, `${path}[${index}]`));
    if (value === null || typeof value !== "object") return value;
    if (value[specialSigKey] === specialSecretSig) {
      secrets.push(path);
      return walk(value.value, path);
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, walk(item, childPath(path, key))]),
    );
  };
  return { value: walk(wire, ""), secrets, unknowns };
}
