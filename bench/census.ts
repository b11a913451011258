/** Counts what a plan makes, wherever it hides. */
import type { Graph, Registration } from "../engine";

/** Lists inside a resource whose items AWS counts, or another tool would have made, as resources. */
const HIDDEN: Record<string, Record<string, string>> = {
  "aws:ec2/managedPrefixList:ManagedPrefixList": { entries: "prefix-list entry" },
  "aws:ec2/securityGroup:SecurityGroup": { ingress: "inline rule", egress: "inline rule" },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    ingress: "inline rule",
    egress: "inline rule",
  },
  "aws:ec2/routeTable:RouteTable": { routes: "inline route" },
  "aws:ec2/networkAcl:NetworkAcl": { ingress: "inline rule", egress: "inline rule" },
  "eks:index:Cluster": { accessEntries: "access entry", publicAccessCidrs: "allowed CIDR" },
};

/** Number of resources by type: registered ones, components included, and the items of lists in them. */
export function census(graph: Graph): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (type: string, number: number) => {
    if (number > 0) counts[type] = (counts[type] ?? 0) + number;
  };
  for (const resource of graph.resources) {
    if (resource.type === "pulumi:pulumi:Stack") continue;
    add(resource.type, 1);
    for (const [type, number] of hiddenIn(resource)) add(type, number);
  }
  return Object.fromEntries(Object.entries(counts).sort(([, a], [, b]) => b - a));
}

function hiddenIn({ type, inputs }: Registration): [string, number][] {
  return Object.entries(HIDDEN[type] ?? {}).map(([input, name]) => [
    name,
    Object.keys(inputs[input] ?? {}).length,
  ]);
}

export function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
