/** Descriptions with one meaningful change, and what a list of rules says to them. */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import {
  type Finding,
  parse,
  type Rule,
  Severity,
  type TopologyDescription,
} from "../../components/topology";
import type { Mutation } from "./changes";
import { type Choose, choices } from "./choose";
import { descriptions } from "./descriptions";
import { mistakes } from "./mistakes";
import { everyday } from "./everyday";
import { ask } from "./rules";
import { CONTEXT } from "./topologies";

/** Valid descriptions that a change has made other ones. */
export function mutatedBy(change: Mutation): fc.Arbitrary<TopologyDescription> {
  return fc
    .tuple(descriptions, choices)
    .map(([original, choose]) => ({ original, mutated: mutate(original, change, choose) }))
    .filter(({ original, mutated }) => !isDeepStrictEqual(original, mutated))
    .map(({ mutated }) => mutated);
}

function mutate(
  original: TopologyDescription,
  change: Mutation,
  choose: Choose,
): TopologyDescription {
  const description = structuredClone(original);
  change(description, choose);
  return JSON.parse(JSON.stringify(description));
}

export interface Fuzzed {
  runs: number;
  /** What was thrown at a description, by change: the description, and what draws it again. */
  exceptions: Record<string, string>;
  /** Runs without any problem. */
  valid: number;
  /** Times that each rule found something. */
  hits: Record<string, number>;
}

/**
 * Asks the rules about every kind of change, a few times each; an exception of theirs ends that kind.
 * Everyday changes are made twice as often as mistakes.
 */
export function fuzz(rules: readonly Rule<never>[], runs: number): Fuzzed {
  const result: Fuzzed = { runs: 0, exceptions: {}, valid: 0, hits: {} };
  const askAbout = (name: string, change: Mutation, numRuns: number, region = CONTEXT.region) => {
    const property = fc.property(mutatedBy(change), (description) => {
      result.runs++;
      const { topology } = parse(description, { ...CONTEXT, region });
      count(result, topology && ask(rules, topology));
    });
    const parameters = { numRuns, endOnFailure: true, includeErrorInReport: true };
    const details = fc.check(property, parameters);
    if (details.failed) result.exceptions[name] = fc.defaultReportMessage(details)!;
  };
  for (const [name, change] of Object.entries(everyday)) askAbout(name, change, 2 * runs);
  for (const [name, change] of Object.entries(mistakes)) askAbout(name, change, runs);
  // A stack without aws:region is a mistake outside the description.
  askAbout("no aws:region", everyday["add tags"], runs, "");
  return result;
}

function count(result: Fuzzed, findings: Finding[] | undefined): void {
  const isValid = findings?.every(({ severity }) => severity === Severity.Warning);
  if (isValid) result.valid++;
  for (const { rule } of findings ?? []) result.hits[rule] = (result.hits[rule] ?? 0) + 1;
}
