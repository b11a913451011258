import type * as Sdk from "@pulumi/pulumi";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { ComponentFactory, Provider } from "./provider";

/**
 * Answers `construct` with the SDK's own runtime, loaded only here: most providers never need it, and
 * twenty clusters are twenty processes.
 */
export async function constructComponent(
  provider: Provider,
  engine: string,
  request: proto.ConstructRequest,
): Promise<proto.ConstructResponse> {
  const factory = provider.components[request.getType()];
  if (!factory) throw new Error(`${provider.name} stand-in: no component ${request.getType()}`);
  const { withLocalStorage } = await import("@pulumi/pulumi/runtime/state.js");
  return withLocalStorage(() => construct(provider, factory, engine, request));
}

async function construct(
  provider: Provider,
  factory: ComponentFactory,
  engine: string,
  request: proto.ConstructRequest,
): Promise<proto.ConstructResponse> {
  const sdk = await import("@pulumi/pulumi");
  const settings = await import("@pulumi/pulumi/runtime/settings.js");
  const { deserializeInputs } = await import("@pulumi/pulumi/provider/server.js");
  await configureRuntime(sdk, engine, request);
  await provider.prepare?.();
  const inputs = await deserializeInputs(
    request.getInputs() ?? new Struct(),
    request.getInputdependenciesMap(),
  );
  const { urn, state } = await factory(request.getName(), inputs, optionsOf(sdk, request));
  const response = await constructed(sdk, urn as Sdk.Output<string>, state, request.getType());
  await settings.waitForRPCs();
  return response;
}

async function configureRuntime(
  sdk: typeof Sdk,
  engine: string,
  request: proto.ConstructRequest,
): Promise<void> {
  const settings = await import("@pulumi/pulumi/runtime/settings.js");
  settings.resetOptions(
    request.getProject(),
    request.getStack(),
    request.getParallel(),
    engine,
    request.getMonitorendpoint(),
    request.getDryrun(),
    request.getOrganization(),
  );
  await settings.awaitFeatureSupport();
  sdk.runtime.setAllConfig(
    Object.fromEntries(request.getConfigMap().getEntryList()),
    request.getConfigsecretkeysList(),
  );
}

function optionsOf(sdk: typeof Sdk, request: proto.ConstructRequest) {
  const providers = request.getProvidersMap().getEntryList();
  const reference = (urn: string) => new sdk.DependencyResource(urn);
  return {
    parent: request.getParent() ? reference(request.getParent()) : undefined,
    dependsOn: request.getDependenciesList().map(reference),
    protect: request.getProtect(),
    retainOnDelete: request.getRetainondelete(),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    aliases: request
      .getAliasesList()
      .filter((alias) => alias.hasUrn())
      .map((alias) => alias.getUrn()),
    providers: Object.fromEntries(
      providers.map(([pkg, ref]) => [pkg, new sdk.DependencyProviderResource(ref)]),
    ),
  };
}

async function constructed(
  sdk: typeof Sdk,
  urn: Sdk.Output<string>,
  props: Sdk.Inputs,
  type: string,
): Promise<proto.ConstructResponse> {
  const rpc = await import("@pulumi/pulumi/runtime/rpc.js");
  const [state, dependencies] = await rpc.serializeResourceProperties(type, props);
  const resolved = (output: Sdk.Output<string>) =>
    new Promise<string>((resolve) => output.apply(resolve));
  const response = new proto.ConstructResponse()
    .setUrn(await resolved(urn))
    .setState(Struct.fromJavaScript(state as Record<string, JavaScriptValue>));
  for (const [key, resources] of dependencies) {
    const urns = await Promise.all([...resources].map((resource) => resolved(resource.urn)));
    const entry = new proto.ConstructResponse.PropertyDependencies().setUrnsList(urns);
    response.getStatedependenciesMap().set(key, entry);
  }
  return response;
}
