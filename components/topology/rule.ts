import type { Problem } from "./problem";
import type { Topology } from "./topology";

/** Whether a finding stops the program or is only printed. */
export const Severity = { Problem: "problem", Warning: "warning" } as const;
export type Severity = (typeof Severity)[keyof typeof Severity];

/** Something that must hold for a whole description, kept in the room that knows why. */
export interface Rule {
  /** Stable and unique: `network-cidr-overlap`. */
  id: string;
  /** What must hold, in one sentence. */
  summary: string;
  /** Why, with the page, issue or RFC that forces it. */
  why: string;
  severity: Severity;
  /** Planners and the rules without it take for granted that it holds: they are asked only when it does. */
  foundation?: boolean;
  check(topology: Topology): Problem[];
}

/** A problem with the rule that found it. */
export interface Finding extends Problem {
  rule: string;
  severity: Severity;
}

/** Everything that the rules find, problems before warnings; where the foundation is broken, only that. */
export function checkRules(rules: readonly Rule[], topology: Topology): Finding[] {
  const foundation = findingsOf(
    rules.filter((rule) => rule.foundation),
    topology,
  );
  if (foundation.length > 0) return foundation;
  const findings = findingsOf(
    rules.filter((rule) => !rule.foundation),
    topology,
  );
  return [
    ...findings.filter((finding) => finding.severity === Severity.Problem),
    ...findings.filter((finding) => finding.severity === Severity.Warning),
  ];
}

function findingsOf(rules: readonly Rule[], topology: Topology): Finding[] {
  return rules.flatMap((rule) =>
    rule.check(topology).map((problem) => ({ ...problem, rule: rule.id, severity: rule.severity })),
  );
}
