/** What else changes when a cluster is added: what must not grow is other clusters' work. */
import { isDeepStrictEqual } from "node:util";
import type { Graph, Registration } from "../engine";

export interface Change {
  urn: string;
  /** Inputs that differ; empty for a resource that came or went. */
  inputs: string[];
  kind: "changed" | "added" | "removed";
}

/** What adding a cluster may change outside it, by type and input. */
const ALLOWED: Record<string, { inputs: string[]; why: string }> = {
  "kubernetes:core/v1:Secret": {
    inputs: ["stringData", "data"],
    why: "remote Secret of a watcher",
  },
  "kubernetes:core/v1:ConfigMap": { inputs: ["data"], why: "the refresher's list of clusters" },
  "aws:ec2/managedPrefixList:ManagedPrefixList": {
    inputs: ["entries", "maxEntries"],
    why: "addresses of the mesh",
  },
  "eks:index:Cluster": { inputs: ["publicAccessCidrs"], why: "NAT addresses of a new watcher" },
};

/** New resources that belong to no cluster, or to the one that serves the new one. */
const ALLOWED_NEW: { type: RegExp; name: RegExp; why: string }[] = [
  { type: /^aws:ec2transitgateway\//, name: /./, why: "routes at the hub" },
  { type: /^aws:ec2\/managedPrefixListEntry:/, name: /./, why: "addresses of the mesh" },
  {
    type: /^aws:vpc\/securityGroupIngressRule:/,
    name: /-istiod\.remotes-/,
    why: "istiod's load balancer lets in each remote by itself",
  },
];

/** Differences between two plans. */
export function changes(before: Graph, after: Graph): Change[] {
  const [old, young] = [byUrn(before), byUrn(after)];
  const all = new Set([...old.keys(), ...young.keys()]);
  return [...all].flatMap((urn): Change[] => {
    const [a, b] = [old.get(urn), young.get(urn)];
    if (!a) return [{ urn, inputs: [], kind: "added" }];
    if (!b) return [{ urn, inputs: [], kind: "removed" }];
    const inputs = differing(a, b);
    return inputs.length > 0 ? [{ urn, inputs, kind: "changed" }] : [];
  });
}

/** Changes that adding clusters should not have made. `added` are the new names: of clusters and of their networks. */
export function unexpected(before: Graph, after: Graph, added: string[]): Change[] {
  const isNew = new RegExp(`(^|[-_/])(${added.join("|")})($|[-_/.])`);
  return changes(before, after).filter((change) => {
    const resource = (change.kind === "removed" ? before : after).get(change.urn);
    if (change.kind === "removed") return true;
    if (change.kind === "added") {
      const inOldCluster = resource.provider !== undefined && isKubernetes(resource, before);
      return inOldCluster || !(isNew.test(resource.name) || isAllowedNew(resource));
    }
    const allowed = ALLOWED[resource.type]?.inputs ?? [];
    return change.inputs.some((input) => !allowed.includes(input));
  });
}

function isAllowedNew(resource: Registration): boolean {
  return ALLOWED_NEW.some(({ type, name }) => type.test(resource.type) && name.test(resource.name));
}

/** Whether a resource stands in a cluster that the earlier plan had already. */
function isKubernetes({ type, provider }: Registration, before: Graph): boolean {
  return (
    type.startsWith("kubernetes:") && before.resources.some((resource) => resource.urn === provider)
  );
}

function byUrn(graph: Graph): Map<string, Registration> {
  const made = graph.resources.filter(({ type }) => type !== "pulumi:pulumi:Stack");
  return new Map(made.map((resource) => [resource.urn, resource]));
}

function differing(a: Registration, b: Registration): string[] {
  const keys = new Set([...Object.keys(a.inputs), ...Object.keys(b.inputs)]);
  return [...keys].filter((key) => !isDeepStrictEqual(a.inputs[key], b.inputs[key]));
}
