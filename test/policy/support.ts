/** What the pack has against planned resources, asked as the engine asks it. */
import type { PolicyResource, ResourceValidationArgs } from "@pulumi/policy";
import * as proxy from "@pulumi/policy/proxy";
import { UNKNOWN, type Values } from "../../engine";
import { toPolicy } from "../../policy/policy";
import { rules } from "../../policy/rules";
import type { Resource } from "../../policy/rule";
import type { Graph } from "../support/graph";

/** What the SDK's server wraps what it hands on in; its types keep it to itself. */
const { unknownCheckingProxy, unknownStringValue } = proxy as unknown as {
  unknownCheckingProxy: (values: Values) => Values;
  unknownStringValue: string;
};

/** A day on which all versions in stack files are supported. */
export const TODAY = "2026-09-01";

export interface Refusal {
  policy: string;
  level: string;
  name: string;
  message: string;
}

type Settings = Record<string, { except?: string[] }>;

/** What every policy says of resources, those too that have to be turned on. */
export function refusals(
  resources: Resource[],
  { today = TODAY, settings = {} as Settings } = {},
): Refusal[] {
  return rules(() => today).flatMap((rule) => {
    const policy = toPolicy(rule);
    const said: Refusal[] = [];
    const getConfig = () => settings[rule.name] ?? {};
    const report = (of: string) => (message: string, urn?: string) => {
      const name = (urn ?? of).split("::").pop()!;
      said.push({ policy: rule.name, level: rule.level, name, message });
    };
    if ("validateStack" in policy) {
      const all = resources.map((one) => asked(one) as unknown as PolicyResource);
      const given = { resources: all, getConfig } as Parameters<typeof policy.validateStack>[0];
      void policy.validateStack(given, report(""));
    } else {
      for (const one of resources) {
        const validations = [policy.validateResource ?? []].flat();
        const args = { ...asked(one), getConfig } as unknown as ResourceValidationArgs;
        for (const validate of validations) void validate(args, report(one.urn));
      }
    }
    return said;
  });
}

/** A resource as the SDK hands it to a policy: reading what is not known throws. */
function asked({ type, name, urn, protect, provider, inputs }: Resource) {
  const props = unknownCheckingProxy(sealed(inputs) as Values);
  return {
    ...{ type, name, urn, props, opts: { protect } },
    ...(provider && { provider: { urn: provider } }),
  };
}

function sealed(value: unknown): unknown {
  if (value === UNKNOWN) return unknownStringValue;
  if (Array.isArray(value)) return value.map(sealed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, sealed(one)]));
}

/** What the engine would ask about: all that is made, with the cluster that pulumi-eks makes in its component. */
export function planned(graph: Graph): Resource[] {
  return graph.resources
    .filter(({ read }) => !read)
    .flatMap((one) => (one.type === "eks:index:Cluster" ? [one, expanded(one)] : [one]));
}

/** As far as rules look at it: `createCore` in nodejs/eks/cluster/cluster.ts of pulumi-eks. */
function expanded({ urn, name, inputs }: Resource): Resource {
  const { version, encryptionConfigKeyArn: keyArn } = inputs;
  const type = "aws:eks/cluster:Cluster";
  const encryptionConfig = keyArn && { provider: { keyArn }, resources: ["secrets"] };
  return {
    ...{ type, name: `${name}-eksCluster`, protect: false },
    urn: `${urn.slice(0, urn.lastIndexOf("::"))}$${type}::${name}-eksCluster`,
    inputs: { version, encryptionConfig },
  };
}

/** A resource by itself, in the components that are named. */
export function resource(
  type: string,
  inputs: Values,
  { inside = "", protect = false, provider = undefined as string | undefined } = {},
): Resource {
  const types = [...(inside ? [`istio-patterns:index:${inside}`] : []), type].join("$");
  return { type, name: "it", urn: `urn:pulumi:s::p::${types}::it`, protect, provider, inputs };
}
