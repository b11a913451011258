import { accessRules } from "../access/rules";
import { clusterRules } from "../cluster/rules";
import { istioRules } from "../istio/rules";
import { newestKubernetes, newestVersion } from "../istio/versions";
import { networkRules } from "../network/rules";
import { checkRules, Severity } from "../topology";
import type { Finding, Problem, Rule, Topology } from "../topology";
import { parse } from "../topology/parse";
import { topologyRules } from "../topology/rules";
import { trustRules } from "../trust/rules";

/** Every rule of every room. */
export const rules: readonly Rule[] = [
  ...topologyRules,
  ...networkRules,
  ...clusterRules,
  ...accessRules,
  ...trustRules,
  ...istioRules,
];

/** What a description does not say by itself. */
export interface CheckContext {
  stack: string;
  region?: string;
}

export interface Checked {
  /** Present where the description has the right shape; only to be built when there is no problem. */
  topology?: Topology;
  problems: Problem[];
  warnings: Finding[];
}

/** Shape first: rules can only speak of a description whose parts are what they claim to be. */
export function checkTopology(description: unknown, context: CheckContext): Checked {
  const { topology, problems } = parse(description, {
    ...context,
    defaults: { istioVersion: newestVersion(), kubernetesVersion: newestKubernetes },
  });
  if (!topology) return { problems, warnings: [] };
  const findings = checkRules(rules, topology);
  return {
    topology,
    problems: findings.filter(({ severity }) => severity === Severity.Problem),
    warnings: findings.filter(({ severity }) => severity === Severity.Warning),
  };
}
