import { parseAllDocuments } from "yaml";
import { version } from "@pulumi/kubernetes/package.json";
import type { Component } from "../base/provider";
import { asProps, asText, isObject } from "../base/values";
import type { Props } from "../base/values";
import { chartArguments, helm, valuesOf } from "./helm";

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
  const parent = new Chart("kubernetes:helm.sh/v4:Chart", name, {}, options);
  class Rendered extends sdk.CustomResource {}
  const resources = sdk.output(args).apply(async (inputs) => {
    const objects = await render(name, inputs as Props);
    return objects.map(
      (object) =>
        new Rendered(typeOf(object), childName(name, inputs as Props, object), object, {
          parent,
          version,
        }),
    );
  });
  parent.finish({ resources });
  return { urn: parent.urn, state: { resources } };
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
