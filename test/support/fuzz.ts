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
  /** Runs without any problem. */
  valid: number;
  /** Times that each rule found something. */
  hits: Record<string, number>;
}

/**
 * Asks the rules about every kind of change, a few times each; an exception of theirs ends it.
 * Everyday changes are made twice as often as mistakes.
 */
export function fuzz(
  rules: readonly Rule<never>[],
  { seed, runs }: { seed: number; runs: number },
) {
  const result: Fuzzed = { runs: 0, valid: 0, hits: {} };
  const ask = (change: Mutation, numRuns: number, region: string | undefined = CONTEXT.region) =>
    fc.assert(
      fc.property(mutatedBy(change), (description) => {
        const { topology } = parse(description, { ...CONTEXT, region });
        count(result, topology && ask(rules, topology));
      }),
      { seed, numRuns, endOnFailure: true },
    );
  for (const change of Object.values(everyday)) ask(change, 2 * runs);
  for (const change of Object.values(mistakes)) ask(change, runs);
  // A stack without aws:region is a mistake outside the description.
  ask(everyday["add tags"], runs, "");
  return result;
}

function count(result: Fuzzed, findings: Finding[] | undefined): void {
  const isValid = findings?.every(({ severity }) => severity === Severity.Warning);
  result.runs++;
  if (isValid) result.valid++;
  for (const { rule } of findings ?? []) result.hits[rule] = (result.hits[rule] ?? 0) + 1;
}
