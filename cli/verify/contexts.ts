/** Which context of a kubeconfig leads to which cluster of a description. */
import type { Topology } from "../../components/topology";
import { refuseArgument } from "../problems";

/** Contexts by cluster; clusters that none leads to are absent. */
export type Contexts = Record<string, string>;

/** `cluster=context`, as given by hand. */
export function parseContext(text: string, before: Contexts = {}): Contexts {
  const [cluster, ...rest] = text.split("=");
  const context = rest.join("=");
  if (!cluster || !context) {
    const problem = { path: "--context", got: text, allowed: "<cluster>=<context>" };
    refuseArgument({ ...problem, fix: "name the cluster of the description first" });
  }
  return { ...before, [cluster]: context };
}

/**
 * By hand, else the context of the cluster's name in the description, of its name in EKS, or of its ARN, which
 * `aws eks update-kubeconfig` gives it.
 */
export function contextsOf(
  topology: Topology,
  eksNames: Record<string, string | undefined>,
  known: string[],
  given: Contexts,
): Contexts {
  demandKnown(Object.keys(given), Object.keys(topology.clusters), "--context");
  demandKnown(Object.values(given), known, "--context");
  const found = Object.keys(topology.clusters).map((name) => {
    const eksName = eksNames[name];
    const isIts = (context: string) =>
      context === name || (eksName !== undefined && isNamed(context, eksName));
    return [name, given[name] ?? known.find(isIts)];
  });
  return Object.fromEntries(found.filter(([, context]) => context !== undefined));
}

function isNamed(context: string, eksName: string): boolean {
  return context === eksName || context.endsWith(`:cluster/${eksName}`);
}

function demandKnown(names: string[], known: string[], path: string): void {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const problem = { path, got: unknown.join(", "), allowed: known.join(", ") || "none" };
  refuseArgument({ ...problem, fix: "name one of them" });
}
