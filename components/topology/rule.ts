import type { Problem } from "./problem";
import type { Relations } from "./relations";
import type { Topology } from "./topology";

/** Whether a finding stops the program or is only printed. */
export const Severity = { Problem: "problem", Warning: "warning" } as const;
export type Severity = (typeof Severity)[keyof typeof Severity];

interface RuleText {
  /** Stable and unique: `network-cidr-overlap`. */
  id: string;
  /** What must hold, in one sentence. */
  summary: string;
  /** Why, with the page, issue or RFC that forces it. */
  why: string;
}

/** Something that relations, planners and all other rules take for granted: they are asked only when it holds. */
export interface FoundationRule extends RuleText {
  severity: typeof Severity.Problem;
  foundation: true;
  check(topology: Topology): Problem[];
}

/**
 * Something that must hold for a whole description, kept in the room that knows why and that has planned these facts.
 *
 * A check that takes the topology alone is asked also where the foundation is broken: it takes nothing of that for granted.
 */
export interface RelatedRule<Facts> extends RuleText {
  severity: Severity;
  foundation?: undefined;
  // A property, not a method: rules that ask other facts are not taken for each other.
  check: (topology: Topology, relations: Relations, facts: Facts) => Problem[];
}

export type Rule<Facts = unknown> = FoundationRule | RelatedRule<Facts>;

/** A problem with the rule that found it. */
export interface Finding extends Problem {
  /** Id of the rule. */
  rule: string;
  /** Whether it stops what is to be built. */
  severity: Severity;
}

/** What the foundation rules among some find. */
export function checkFoundation(rules: readonly Rule<never>[], topology: Topology): Finding[] {
  return rules.flatMap((rule) => (rule.foundation ? found(rule, rule.check(topology)) : []));
}

/** What stops a description by the rules that read nothing but the topology, whatever its foundation. */
export function checkAlone(rules: readonly Rule<never>[], topology: Topology): Finding[] {
  return rules.flatMap((rule) => {
    const isAsked = !rule.foundation && rule.severity === Severity.Problem && readsAlone(rule);
    return isAsked ? found(rule, (rule.check as FoundationRule["check"])(topology)) : [];
  });
}

/** By the number of its parameters: relations and facts are the second and the third. */
function readsAlone({ check }: Rule<never>): boolean {
  return check.length < 2;
}

/** What the other rules of a room find. */
export function checkRelated<Facts>(
  rules: readonly Rule<Facts>[],
  relations: Relations,
  facts: Facts,
): Finding[] {
  const { topology } = relations;
  return rules.flatMap((rule) =>
    rule.foundation ? [] : found(rule, rule.check(topology, relations, facts)),
  );
}

function found({ id, severity }: Rule<never>, problems: Problem[]): Finding[] {
  return problems.map((problem) => ({ ...problem, rule: id, severity }));
}
