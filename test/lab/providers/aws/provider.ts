import { withUnknowns } from "../base/declared";
import { changesBetween, isWithin } from "../base/diff";
import type {
  ChangeCall,
  CheckCall,
  Difference,
  Failure,
  Live,
  Provider,
  ResourceCall,
} from "../base/provider";
import type { Store } from "../base/store";
import { asProps, asText, equal, isUnknown, UNKNOWN } from "../base/values";
import type { Props } from "../base/values";
import { NotReady } from "../base/provider";
import { answerInvoke } from "./invokes";
import { untilDrained, untilSteady } from "./rollouts";
import type { Draft, ResourceType, Table } from "./table";
import { refusedTags } from "./tags";
import { newId, unresolved, userOf, valuesAt, World } from "./world";

const GLOBAL_MODULES = ["iam", "route53"];
/** Names that the provider made up, under the key that Pulumi's AWS provider uses for it. */
const DEFAULTS = "__defaults";

/** `aws:ec2/subnet:Subnet` as the tables and the store write it: `ec2.Subnet`. */
export function shortType(token: string): string {
  const [, module = "", name = ""] = token.split(":");
  return `${module.split("/")[0]}.${name}`;
}

/** Runs the tables: everything that is not the same for all resource types stands in them. */
export class AwsProvider implements Provider {
  readonly name = "aws";
  readonly components = {};
  private config: Props = {};
  private readonly world: World;

  constructor(
    readonly version: string,
    private readonly table: Table,
    private readonly store: Store,
  ) {
    this.world = new World(store, table);
  }

  configure(config: Props): void {
    this.config = config;
  }

  configReplaces(): readonly string[] {
    return ["region", "assumeRoles"];
  }

  secrets(): readonly (readonly string[])[] {
    return [];
  }

  check(call: CheckCall): { inputs: Props; failures: Failure[] } {
    const type = this.typeOf(call.type);
    const inputs: Props = { ...type.defaults, ...call.inputs };
    if (type.name && inputs[type.name.field] === undefined && inputs.namePrefix === undefined) {
      const { field } = type.name;
      const kept = call.oldInputs[DEFAULTS] ? call.oldInputs[field] : undefined;
      inputs[field] = kept ?? `${call.name}-${call.suffix.slice(0, 7)}`;
      inputs[DEFAULTS] = [field];
    }
    return { inputs, failures: checkInputs(type, inputs) };
  }

  diff(call: ChangeCall): Difference {
    const type = this.typeOf(call.type);
    const changes = changesBetween(call.oldInputs, call.inputs);
    const forcing = [...(type.replace ?? []), "region"];
    const replaces = Object.keys(changes).filter((at) => forcing.some((by) => isWithin(at, by)));
    // As Pulumi's AWS provider does: a name that the program chose cannot exist twice.
    const field = type.name?.field ?? "";
    const chosen = field !== "" && call.inputs[DEFAULTS] === undefined;
    const deleteBeforeReplace = chosen && equal(call.inputs[field], call.oldInputs[field]);
    return { changes, replaces, deleteBeforeReplace: replaces.length > 0 && deleteBeforeReplace };
  }

  create(call: ResourceCall): Live | Promise<Live> {
    const type = this.typeOf(call.type);
    if (call.preview) {
      const inputs = this.withRegion(call.type, call.inputs);
      return { id: "", outputs: preview(type, withUnknowns(call.type, inputs, type.computed)) };
    }
    const made = this.store.alone(() => {
      const draft = this.draft(call, newId(type.prefix ?? ""));
      return this.write(type, type.id ? { ...draft, id: type.id(draft) } : draft, call.urn);
    });
    return this.steady(type, made, call);
  }

  secondsOf(type: string): number {
    return this.typeOf(type).seconds ?? 0;
  }

  update(call: ChangeCall): Live | Promise<Live> {
    if (call.preview) return { id: call.id, outputs: { ...call.oldOutputs, ...call.inputs } };
    const type = this.typeOf(call.type);
    const changed = this.store.alone(() => {
      const before = this.store.get(shortType(call.type), call.id);
      if (!before) throw new Error(`${shortType(call.type)} '${call.id}' does not exist`);
      const draft = { ...this.draft(call, call.id), before };
      return this.write(type, draft, call.urn);
    });
    return this.steady(type, changed, call);
  }

  private steady(
    { runsTasks }: ResourceType,
    live: Live,
    { timeout }: ResourceCall,
  ): Live | Promise<Live> {
    if (!runsTasks) return live;
    return untilSteady(this.store, live, timeout).then((problem) => {
      if (problem) throw new NotReady(problem, live);
      return live;
    });
  }

  read(call: ChangeCall): Live | undefined {
    const type = this.typeOf(call.type);
    const self = this.store.get(shortType(call.type), call.id);
    if (!self) return undefined;
    const shown = type.live?.(self, this.world) ?? {};
    return {
      id: self.id,
      outputs: { ...self.outputs, ...shown },
      inputs: { ...self.inputs, ...shown },
    };
  }

  delete(call: ChangeCall): void | Promise<void> {
    const type = this.typeOf(call.type);
    this.store.alone(() => {
      const self = this.store.get(shortType(call.type), call.id);
      if (!self) return;
      const [holder] = this.world.holders(self);
      if (holder) {
        throw new Error(`DependencyViolation: ${self.id} is in use by ${holder.type} ${holder.id}`);
      }
      const blocked = type.blocked?.(self, this.world);
      if (blocked) throw new Error(blocked);
      const left = type.leaves?.(self, this.world) ?? [];
      for (const product of this.store.all().filter((it) => it.owner === self.id)) {
        this.store.remove(product.type, product.id);
      }
      this.store.remove(self.type, self.id);
      for (const it of left) this.store.put(it);
    });
    if (type.runsTasks) return untilDrained(this.store, call.id, call.timeout);
  }

  invoke(token: string, args: Props): Props {
    return answerInvoke(token, {
      args,
      world: this.world,
      region: asText(args.region) || this.region(),
      account: this.account(),
    });
  }

  private write(type: ResourceType, draft: Draft, urn: string): Live {
    refuse(type, draft);
    const problem = refusedTags(draft, this.tags(draft));
    if (problem) throw new Error(problem);
    if (!draft.before && this.store.get(draft.type, draft.id)) {
      throw new Error(`${draft.type} '${draft.id}' already exists`);
    }
    const outputs = this.outputs(type, draft);
    const { id, account, region, inputs } = draft;
    this.store.put({ type: draft.type, id, account, region, urn, inputs, outputs });
    if (!draft.before) for (const it of type.along?.(draft) ?? []) this.store.put(it);
    for (const it of type.touches?.(draft) ?? []) this.store.put(it);
    // What it touches may be itself (an accepted peering), so the answer is what is stored now.
    return { id, outputs: this.store.get(draft.type, id)?.outputs ?? outputs };
  }

  private outputs(type: ResourceType, draft: Draft): Props {
    const tags = this.tags(draft);
    return {
      ...(draft.before?.outputs ?? {}),
      ...this.withRegion(draft.type, draft.inputs),
      ...(Object.keys(tags).length > 0 ? { tagsAll: tags } : {}),
      ...(type.arn ? { arn: type.arn(draft) } : {}),
      ...type.outputs?.(draft),
    };
  }

  private tags({ inputs }: Draft): Props {
    return { ...asProps(this.defaultTags()), ...asProps(inputs.tags) };
  }

  private draft(call: ResourceCall, id: string): Draft {
    const type = shortType(call.type);
    const global = GLOBAL_MODULES.includes(type.split(".")[0]);
    const region = global ? "global" : asText(call.inputs.region) || this.region();
    const { inputs } = call;
    const { world, caller } = this;
    return { type, id, inputs, account: this.account(), region, caller, world };
  }

  private withRegion(token: string, inputs: Props): Props {
    const global = GLOBAL_MODULES.includes(shortType(token).split(".")[0]);
    return global ? inputs : { ...inputs, region: inputs.region ?? this.region() };
  }

  private typeOf(token: string): ResourceType {
    const type = this.table[shortType(token)];
    if (!type) throw new Error(`aws stand-in: no resource type ${token}; add a row to its tables`);
    return type;
  }

  private region(): string {
    const region = asText(this.config.region) || process.env.AWS_REGION;
    if (!region) throw new Error("aws stand-in: no region; set aws:region");
    return region;
  }

  private account(): string {
    const [role] = asListOfProps(this.config.assumeRoles);
    const assumed = /^arn:[^:]*:iam::(\d{12}):/.exec(asText(role?.roleArn));
    return assumed?.[1] ?? process.env.LAB_ACCOUNT ?? "123456789012";
  }

  private get caller(): string {
    const [role] = asListOfProps(this.config.assumeRoles);
    return asText(role?.roleArn) || userOf(this.account());
  }

  private defaultTags(): unknown {
    return asProps(structured(this.config.defaultTags)).tags;
  }
}

/** Parts of a given block that AWS fills in. */
function preview(type: ResourceType, outputs: Props): Props {
  const blocks = Object.entries(type.computedIn ?? {}).map(([block, fields]) => {
    const unknown = Object.fromEntries(fields.map((field) => [field, UNKNOWN]));
    return [block, { ...unknown, ...asProps(outputs[block]) }];
  });
  return { ...outputs, ...Object.fromEntries(blocks) };
}

/** Nested provider configuration travels as JSON text. */
function structured(value: unknown): unknown {
  return typeof value === "string" && value !== "" ? JSON.parse(value) : value;
}

function asListOfProps(value: unknown): Props[] {
  const list = structured(value);
  return Array.isArray(list) ? list.map(asProps) : [];
}

function checkInputs(type: ResourceType, inputs: Props): Failure[] {
  const failures: Failure[] = (type.required ?? [])
    .filter((field) => inputs[field] === undefined)
    .map((property) => ({ property, reason: "Missing required argument" }));
  for (const group of type.exactlyOne ?? []) {
    const given = group.filter((field) => inputs[field] !== undefined);
    if (given.length === 1) continue;
    const reason = `exactly one of ${group.join(", ")} must be set, got ${given.length}`;
    failures.push({ property: given[0] ?? group[0], reason });
  }
  const name = type.name && inputs[type.name.field];
  if (type.name && name !== undefined && !isUnknown(name)) {
    const { field: property, max, pattern } = type.name;
    const text = String(name);
    const long = `'${text}' has ${text.length} characters, at most ${max} are allowed`;
    if (text.length > max) failures.push({ property, reason: long });
    if (pattern && !pattern.test(text)) {
      failures.push({ property, reason: `'${text}' does not match ${pattern}` });
    }
  }
  return failures;
}

function refuse(type: ResourceType, draft: Draft): void {
  for (const [path, reference] of Object.entries(type.references ?? {})) {
    for (const value of valuesAt(draft.inputs, path)) {
      const problem = unresolved(draft.world, reference, value, draft);
      if (problem) throw new Error(`${path}: ${problem}`);
    }
  }
  for (const check of type.checks ?? []) {
    const problem = check(draft);
    if (problem) throw new Error(problem);
  }
}
