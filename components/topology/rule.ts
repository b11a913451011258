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
  check(topology: Topology): Problem[];
}

/** A problem with the rule that found it. */
export interface Finding extends Problem {
  rule: string;
  severity: Severity;
}

/** Everything that the rules find, problems before warnings. */
export function checkRules(rules: readonly Rule[], topology: Topology): Finding[] {
  const findings = rules.flatMap((rule) =>
    rule.check(topology).map((problem) => ({ ...problem, rule: rule.id, severity: rule.severity })),
  );
  return [
    ...findings.filter((finding) => finding.severity === Severity.Problem),
    ...findings.filter((finding) => finding.severity === Severity.Warning),
  ];
}
