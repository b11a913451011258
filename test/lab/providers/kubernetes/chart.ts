import { parseAllDocuments } from "yaml";
import type * as Sdk from "@pulumi/pulumi";
import type { Component } from "../base/provider";
import { asProps, asText, isObject } from "../base/values";
import type { Props } from "../base/values";
import { chartArguments, helm, valuesOf } from "./helm";
import { register } from "./register";

/** `helm.sh/v4:Chart`: what the chart renders to, each object a resource of its own. */
export async function constructChart(
  name: string,
  args: Props,
  options: Props,
): Promise<Component> {
  const sdk = await import("@pulumi/pulumi");
  class Chart extends sdk.ComponentResource {
    finish(outputs: Props): void {
      this.registerOutputs(outputs);
    }
  }
  const chart = new Chart("kubernetes:helm.sh/v4:Chart", name, {}, options);
  const provider = await referenceOf(asProps(options.providers).kubernetes);
  const resources = sdk.all([chart.urn, sdk.output(args)]).apply(async ([parent, given]) => {
    const inputs = given as Props;
    const objects = await render(name, inputs);
    const protect = Boolean(options.protect);
    return Promise.all(
      objects.map((object) =>
        register({
          type: typeOf(object),
          name: childName(name, inputs, object),
          ...{ object, parent, provider, protect },
        }),
      ),
    );
  });
  chart.finish({ resources });
  return { urn: chart.urn, state: { resources } };
}

async function referenceOf(provider: unknown): Promise<string | undefined> {
  const given = provider as Sdk.ProviderResource | undefined;
  if (!given) return undefined;
  const resolved = (output: Sdk.Output<string>) =>
    new Promise<string>((resolve) => output.apply(resolve));
  return `${await resolved(given.urn)}::${await resolved(given.id)}`;
}

async function render(name: string, inputs: Props): Promise<Props[]> {
  const release = asText(inputs.name) || name;
  const answer = await helm(
    [
      ...["template", release, ...chartArguments(inputs)],
      ...["--namespace", asText(inputs.namespace) || "default"],
      ...(inputs.skipCrds ? [] : ["--include-crds"]),
      ...(inputs.dependencyUpdate ? ["--dependency-update"] : []),
      ...(inputs.includeHooks ? [] : ["--no-hooks"]),
    ],
    { values: valuesOf(inputs) },
  );
  if (answer.code !== 0) throw new Error(`helm template ${release}: ${answer.stderr.trim()}`);
  return parseAllDocuments(answer.stdout)
    .map((document) => document.toJS() as unknown)
    .filter(isObject);
}

/** The SDK's type of an object: the core group has a name there that it lacks in Kubernetes. */
function typeOf({ apiVersion, kind }: Props): string {
  const group = asText(apiVersion);
  return `kubernetes:${group.includes("/") ? group : `core/${group}`}:${asText(kind)}`;
}

function childName(name: string, inputs: Props, object: Props): string {
  const metadata = asProps(object.metadata);
  const path = [metadata.namespace, metadata.name].filter(Boolean).map(asText).join("/");
  return `${asText(inputs.resourcePrefix) || name}:${path}`;
}
