/** Runs the transforms of a program's resources, as the engine does. */
import * as pulumi from "@pulumi/pulumi";
import { CallbackInvokeRequest } from "@pulumi/pulumi/proto/callback_pb";
import type { Callback, CallbackInvokeResponse } from "@pulumi/pulumi/proto/callback_pb";
import {
  TransformRequest,
  TransformResourceOptions,
  TransformResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";

/** What the SDK's callback server answers over the network, and also when it is called. */
interface CallbackServer {
  invoke(
    call: { request: CallbackInvokeRequest },
    done: (error: { details?: string } | null, response?: CallbackInvokeResponse) => void,
  ): void;
}

/**
 * A resource's own transforms run first, then those of the resources above it from the nearest on, then the stack's
 * (pulumi, pkg/resource/deploy/source_eval.go, RegisterResource).
 *
 * Unlike there, what an input depends on stays as it was: without the engine's kind of values a transform cannot say it.
 */
export class Transforms {
  private readonly below = new Map<string, Callback[]>();
  private readonly ofStack: Callback[] = [];

  /** Takes up a transform of everything that is registered from now on. */
  add(transform: Callback): void {
    this.ofStack.push(transform);
  }

  /** Notes the transforms of a registered resource, which run on everything below it too. */
  note(urn: string, parent: string, request: RegisterResourceRequest): void {
    const all = [...request.getTransformsList(), ...(this.below.get(parent) ?? [])];
    if (all.length > 0) this.below.set(urn, all);
  }

  /** Changes a request as its transforms say. */
  async run(request: RegisterResourceRequest): Promise<void> {
    const above = this.below.get(request.getParent()) ?? [];
    for (const callback of [...request.getTransformsList(), ...above, ...this.ofStack]) {
      const response = await invoke(callback, requestOf(request));
      if (response.hasProperties()) request.setObject(response.getProperties());
      if (response.hasOptions()) setOptions(request, response.getOptions()!);
    }
  }
}

function invoke(callback: Callback, transform: TransformRequest): Promise<TransformResponse> {
  const server = pulumi.runtime.getCallbacks() as unknown as CallbackServer;
  const request = new CallbackInvokeRequest();
  request.setToken(callback.getToken());
  request.setRequest(transform.serializeBinary());
  return new Promise((resolve, reject) =>
    server.invoke({ request }, (error, response) =>
      response
        ? resolve(TransformResponse.deserializeBinary(response.getResponse_asU8()))
        : reject(new pulumi.RunError(error?.details ?? "a transform failed")),
    ),
  );
}

function requestOf(request: RegisterResourceRequest): TransformRequest {
  const transform = new TransformRequest();
  transform.setType(request.getType());
  transform.setName(request.getName());
  transform.setCustom(request.getCustom());
  transform.setParent(request.getParent());
  transform.setProperties(request.getObject());
  transform.setOptions(optionsOf(request));
  return transform;
}

function optionsOf(request: RegisterResourceRequest): TransformResourceOptions {
  const options = new TransformResourceOptions();
  options.setDependsOnList(request.getDependenciesList());
  if (request.hasProtect()) options.setProtect(request.getProtect()!);
  options.setIgnoreChangesList(request.getIgnorechangesList());
  options.setReplaceOnChangesList(request.getReplaceonchangesList());
  options.setVersion(request.getVersion());
  options.setAliasesList(request.getAliasesList());
  options.setProvider(request.getProvider());
  options.setCustomTimeouts(request.getCustomtimeouts());
  if (request.hasRetainondelete()) options.setRetainOnDelete(request.getRetainondelete()!);
  options.setDeletedWith(request.getDeletedwith());
  options.setDeleteBeforeReplace(request.getDeletebeforereplace());
  options.setAdditionalSecretOutputsList(request.getAdditionalsecretoutputsList());
  options.setImport(request.getImportid());
  copyMap(request.getProvidersMap(), options.getProvidersMap());
  return options;
}

function setOptions(request: RegisterResourceRequest, options: TransformResourceOptions): void {
  request.setDependenciesList(options.getDependsOnList());
  if (options.hasProtect()) request.setProtect(options.getProtect()!);
  request.setIgnorechangesList(options.getIgnoreChangesList());
  request.setReplaceonchangesList(options.getReplaceOnChangesList());
  request.setVersion(options.getVersion());
  request.setAliasesList(options.getAliasesList());
  request.setProvider(options.getProvider());
  request.setCustomtimeouts(options.getCustomTimeouts());
  if (options.hasRetainOnDelete()) request.setRetainondelete(options.getRetainOnDelete()!);
  request.setDeletedwith(options.getDeletedWith());
  request.setDeletebeforereplace(options.getDeleteBeforeReplace() ?? false);
  request.setAdditionalsecretoutputsList(options.getAdditionalSecretOutputsList());
  request.setImportid(options.getImport());
  copyMap(options.getProvidersMap(), request.getProvidersMap());
}

interface TextMap {
  clear(): void;
  entries(): Iterable<[string, string]>;
  set(key: string, value: string): unknown;
}

function copyMap(from: Pick<TextMap, "entries">, to: TextMap): void {
  const entries = [...from.entries()];
  to.clear();
  for (const [key, value] of entries) to.set(key, value);
}
