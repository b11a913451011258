/**
 * The least that a plan can take: its very resources, registered through the SDKs' typed classes with plain inputs.
 *
 * What a plan takes beyond that is this package's own: checking, deciding, linking outputs and reporting.
 */
import * as aws from "@pulumi/aws";
import * as eks from "@pulumi/eks";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { mapPaths } from "../engine/graph";
import { mockRun } from "../engine";
import type { Graph, Registration, Values } from "../engine";
import { mapValues } from "../components/records";
import { STACK } from "./description";

/** Registers the resources of a graph again, each by itself; the graph that comes of it. */
export function register(resources: Registration[]): Promise<Graph> {
  return mockRun(() => program(resources), { ...STACK, traces: false });
}

/** The program that one would write without any decision in it; returns the stack's outputs. */
function program([stack, ...resources]: Registration[]): Values {
  const made = new Map<string, pulumi.Resource>();
  // In the order of registration, so that what a resource names is there already.
  for (const resource of resources) made.set(resource.urn, make(resource, made));
  return withSecrets(stack!.outputs, stack!.outputSecrets);
}

function make(resource: Registration, made: Map<string, pulumi.Resource>): pulumi.Resource {
  const { type, name, custom, remote, read, importId } = resource;
  const opts = optionsOf(resource, made);
  if (!custom && !remote) return new Component(resource, opts);
  const Typed = classOf(type);
  if (read) return Typed.get(name, importId, opts);
  return new Typed(name, argsOf(resource), opts);
}

class Component extends pulumi.ComponentResource {
  constructor(
    { type, name, outputs, outputSecrets }: Registration,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super(type, name, {}, opts);
    this.registerOutputs(withSecrets(outputs, outputSecrets));
  }
}

function optionsOf(
  resource: Registration,
  made: Map<string, pulumi.Resource>,
): pulumi.CustomResourceOptions & pulumi.ComponentResourceOptions {
  const { custom, parent, provider, providers } = resource;
  // Absent is the parent of what stands right below the stack, which the program does not make.
  const of = <T extends pulumi.Resource>(urn: string | undefined) => made.get(urn!) as T;
  const all = <T extends pulumi.Resource>(urns: string[]) => urns.map((urn) => of<T>(urn));
  return {
    parent: of(parent),
    dependsOn: all(resource.dependencies),
    ...(custom ? { provider: of(provider) } : { providers: all(Object.values(providers)) }),
    protect: resource.protect,
    ignoreChanges: resource.ignoreChanges,
    replaceOnChanges: resource.replaceOnChanges,
    deleteBeforeReplace: resource.deleteBeforeReplace,
    customTimeouts: resource.timeouts,
  };
}

function argsOf({ type, inputs, secrets }: Registration): Values {
  const args = type.startsWith(PROVIDER) ? decoded(inputs) : inputs;
  return withSecrets(args, secrets);
}

function withSecrets(values: Values, secrets: string[]): Values {
  return mapPaths(values, secrets, pulumi.secret);
}

/** A provider's class encodes every input that is no string, and would encode it once more. */
function decoded(inputs: Values): Values {
  const { kubeconfig, ...others } = inputs;
  const decode = (text: string) => (/^([[{]|true$|false$)/.test(text) ? JSON.parse(text) : text);
  return { ...mapValues(others, decode), kubeconfig };
}

const PROVIDER = "pulumi:providers:";

interface TypedClass {
  new (name: string, args: Values, opts: pulumi.CustomResourceOptions): pulumi.Resource;
  get(name: string, id: string, opts: pulumi.CustomResourceOptions): pulumi.Resource;
}

const SDKS: Values = { aws, eks, kubernetes, tls };

/** The class of a type: `aws:ec2/vpc:Vpc` is `aws.ec2.Vpc`, `kubernetes:helm.sh/v3:Release` is `kubernetes.helm.v3.Release`. */
function classOf(type: string): TypedClass {
  const [sdk = "", path = "", name = ""] = type.split(":");
  if (type.startsWith(PROVIDER)) return SDKS[name].Provider;
  const steps = path.split("/").map((step) => step.split(".")[0]!);
  const room: Values = steps.reduce((at, step) => at[step] ?? at, SDKS[sdk]);
  const found: TypedClass | undefined = room[name];
  if (found) return found;
  // Objects of other people's definitions have one class for all.
  if (sdk === "kubernetes") return kubernetes.apiextensions.CustomResource as unknown as TypedClass;
  throw new Error(`no class for ${type}`);
}
