import { createHash } from "node:crypto";
import { changesBetween } from "../base/diff";
import { NotReady } from "../base/provider";
import type {
  ChangeCall,
  CheckCall,
  Difference,
  Failure,
  Live,
  ResourceCall,
} from "../base/provider";
import { asProps, asText, equal, hasUnknown, isObject } from "../base/values";
import type { Props } from "../base/values";
import { ApiError } from "./client";
import type { Client } from "./client";
import { replacing, sameName } from "./forceNew";
import type { Mutability } from "./forceNew";
import {
  annotation,
  DEFAULT_TIMEOUT_S,
  identify,
  idOf,
  project,
  readable,
  removeAndWait,
  sameObject,
  stable,
  until,
  withPatience,
} from "./objects";
import type { Resource } from "./provider";
import { notReadyBecause } from "./readiness";

const AUTONAMED = "pulumi.com/autonamed";
const isPatch = (type: string) => type.endsWith("Patch");

/** `kubernetes:apps/v1:Deployment`; the core group is written `core/v1`. */
function kindOf(type: string): { apiVersion: string; kind: string } {
  const [, apiVersion, kind] = type.split(":");
  return { apiVersion: apiVersion.replace(/^core\//, ""), kind };
}

export interface ObjectSettings {
  readonly namespace: string;
  readonly upsert: boolean;
  readonly mutable: Mutability;
}

/** Any Kubernetes object, by server-side apply under a field manager of its own. */
export class ObjectResource implements Resource {
  constructor(
    private readonly connect: () => Client,
    private readonly settings: ObjectSettings,
  ) {}

  check(call: CheckCall): { inputs: Props; failures: Failure[] } {
    const { inputs, oldInputs, name, suffix } = call;
    const failures = ["apiVersion", "kind"]
      .filter((field) => inputs[field] === undefined)
      .map((property) => ({ property, reason: "Missing required property" }));
    const metadata = asProps(inputs.metadata);
    if (metadata.name !== undefined || metadata.generateName !== undefined) {
      return { inputs, failures };
    }
    const kept = annotation(oldInputs, AUTONAMED) === "true";
    const old = kept ? asProps(oldInputs.metadata).name : undefined;
    const named = {
      ...metadata,
      name: old ?? `${name.toLowerCase()}-${suffix}`,
      annotations: { ...asProps(metadata.annotations), [AUTONAMED]: "true" },
    };
    return { inputs: { ...inputs, metadata: named }, failures };
  }

  diff({ type, inputs, oldInputs }: ChangeCall): Difference {
    const changes = changesBetween(oldInputs, inputs);
    const replaces = isPatch(type)
      ? Object.keys(changes).filter((path) => /^metadata\.name(space)?$/.test(path))
      : replacing(inputs, Object.keys(changes), this.settings.mutable);
    const autonamed = annotation(inputs, AUTONAMED) === "true";
    const deleteBeforeReplace = replaces.length > 0 && !autonamed && sameName(oldInputs, inputs);
    return { changes, replaces, deleteBeforeReplace };
  }

  async create(call: ResourceCall): Promise<Live> {
    if (call.preview || hasUnknown(call.inputs)) return { id: "", outputs: call.inputs };
    const client = this.connect();
    const live = await withPatience(async () => {
      const object = await this.placed(call.inputs);
      await this.refuseExisting(call.type, object);
      return client.apply(object, manager(call.urn), this.applyOptions(call));
    });
    return this.settled(live, call);
  }

  async read(call: ChangeCall): Promise<Live | undefined> {
    const client = this.connect();
    const known = Object.keys(call.oldInputs).length > 0 ? call.oldInputs : call.oldOutputs;
    const unseen = known.kind === undefined;
    const kind = unseen ? kindOf(call.type) : identify(known).kind;
    const [namespace, name] = call.id.includes("/") ? call.id.split("/") : ["", call.id];
    const live = await client.get(kind, namespace, name).catch((error: unknown) => {
      // Its CRD is gone, and with it every object of that kind.
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    });
    if (!live || asProps(live.metadata).deletionTimestamp !== undefined) return undefined;
    // A `get` waits as a create does: for a load balancer's address, say.
    if (unseen) return { ...(await this.settled(live, call)), inputs: stable(live) };
    const inputs = await this.liveInputs(call, live);
    return { id: call.id, outputs: outputsOf(live), inputs };
  }

  async update(call: ChangeCall): Promise<Live> {
    const planned = { id: call.id, outputs: { ...call.oldOutputs, ...call.inputs } };
    if (hasUnknown(call.inputs)) return planned;
    const object = await this.placed(call.inputs);
    // A preview applies too, and so shows a field of another's (pulumi-kubernetes, provider/pkg/await/await.go, ssaUpdate).
    const options = { ...this.applyOptions(call), dryRun: call.preview };
    const live = await this.connect().apply(object, manager(call.urn), options);
    return call.preview ? planned : this.settled(live, call);
  }

  async delete(call: ChangeCall): Promise<void> {
    const client = this.connect();
    const object = { ...call.oldOutputs, ...pickIdentity(call.oldOutputs, call.oldInputs) };
    if (!isPatch(call.type)) {
      await removeAndWait(client, object, call.timeout || DEFAULT_TIMEOUT_S);
      return;
    }
    // An empty apply gives back the fields that the patch owned.
    const { kind, namespace, name } = identify(object);
    if (await client.get(kind, namespace, name)) {
      await client.apply({ ...kind, metadata: { namespace, name } }, manager(call.urn));
    }
  }

  secrets(props: Props): readonly (readonly string[])[] {
    return props.kind === "Secret" && props.apiVersion === "v1" ? [["data"], ["stringData"]] : [];
  }

  private applyOptions({ type, inputs }: ResourceCall) {
    return { force: isPatch(type) || annotation(inputs, "pulumi.com/patchForce") === "true" };
  }

  /** With the provider's namespace where the program gives none. */
  private async placed(inputs: Props): Promise<Props> {
    const { kind, namespace } = identify(inputs);
    if (namespace || !(await this.connect().isNamespaced(kind))) return inputs;
    const metadata = { ...asProps(inputs.metadata) };
    return {
      ...inputs,
      metadata: { ...metadata, namespace: this.settings.namespace || "default" },
    };
  }

  private async refuseExisting(type: string, object: Props): Promise<void> {
    if (isPatch(type) || this.settings.upsert) return;
    const { kind, namespace, name } = identify(object);
    if (name && (await this.connect().get(kind, namespace, name))) {
      const id = idOf({ kind, namespace, name });
      throw new Error(
        `resource ${id} was not successfully created: ${kind.kind} "${name}" already exists`,
      );
    }
  }

  private async settled(applied: Props, call: ResourceCall): Promise<Live> {
    const client = this.connect();
    const { kind, namespace, name } = identify(applied);
    let live = applied;
    let reason: string | undefined;
    const ready = async () => {
      live = (await client.get(kind, namespace, name)) ?? live;
      reason = await notReadyBecause(live, client);
      return reason === undefined;
    };
    const inTime = await until(ready, call.timeout || DEFAULT_TIMEOUT_S);
    const settled = { id: idOf({ kind, namespace, name }), outputs: outputsOf(live) };
    if (inTime) return settled;
    throw new NotReady(
      `${kind.kind} ${settled.id} was created but did not become ready: ${reason ?? "timed out"}`,
      { ...settled, inputs: call.inputs },
    );
  }

  /**
   * The program's inputs as long as applying them again would change nothing; else what is there at
   * their places. Comparing values would take every default and normalisation for a change.
   */
  private async liveInputs(call: ChangeCall, live: Props): Promise<Props> {
    if (Object.keys(call.oldInputs).length === 0) return stable(live);
    const object = await this.placed(call.oldInputs);
    // Some manifests carry a status, which is not theirs to say.
    const said = { ...readable(live, call.oldInputs), status: call.oldInputs.status };
    const seen = project(call.oldInputs, said) as Props;
    if (equal(seen, call.oldInputs)) return call.oldInputs;
    const options = { force: true, dryRun: true };
    const again = await this.connect()
      .apply(object, manager(call.urn), options)
      .catch(() => undefined);
    return again && sameObject(again, live) ? call.oldInputs : seen;
  }
}

/** One owner per resource, so that fields that the program drops are dropped. */
function manager(urn: string): string {
  return `pulumi-kubernetes-${createHash("sha256").update(urn).digest("hex").slice(0, 8)}`;
}

function outputsOf(live: Props): Props {
  const metadata = { ...asProps(live.metadata) };
  delete metadata.managedFields;
  const outputs = { ...live, metadata };
  // The schemas are in the inputs; twice in every checkpoint they cost more than all the rest.
  return live.kind === "CustomResourceDefinition" ? { ...outputs, spec: undefined } : outputs;
}

function pickIdentity(outputs: Props, inputs: Props): Props {
  const holder = isObject(outputs.metadata) ? outputs : inputs;
  return {
    apiVersion: asText(inputs.apiVersion) || holder.apiVersion,
    kind: asText(inputs.kind) || holder.kind,
    metadata: holder.metadata,
  };
}
