import assert from "node:assert/strict";
import fc from "fast-check";
import { versionRules } from "../../components/versions/istioRules";
import { rules } from "../../components/mesh/check";
import { formatProblem, type Rule, Severity } from "../../components/topology";
import { descriptions } from "../support/descriptions";
import { everyday } from "../support/everyday";
import { type Fuzzed, fuzz } from "../support/fuzz";
import { mistakes } from "../support/mistakes";
import { ask } from "../support/rules";
import { topologyOf } from "../support/topologies";

/** A day on which the table has a version past its end of life and one that is not. */
const allRules: readonly Rule<never>[] = [...rules, ...versionRules(() => "2027-02-01")];

/** Nothing is given beside these descriptions; and the table has two minor versions, no two of its rows further apart. */
const UNREACHABLE = ["existing-value-unknown", "istio-revision-skew"];

describe("descriptions that are drawn as valid ones", () => {
  it("have no problem by any room's rules", () => {
    fc.assert(
      fc.property(descriptions, (description) => {
        const problems = ask(rules, topologyOf(description))
          .filter(({ severity }) => severity === Severity.Problem)
          .map(formatProblem);
        assert.deepEqual(problems, []);
      }),
      { numRuns: 100 },
    );
  });
});

/** Runs of each mistake; everyday changes are made twice as often. */
const RUNS = 8;

describe("descriptions with one change of meaning", () => {
  let result: Fuzzed;
  before(function () {
    this.timeout(400_000);
    result = fuzz(allRules, RUNS);
  });

  it("never end in an exception", () => {
    assert.deepEqual(result.exceptions, {});
    const kinds = 2 * Object.keys(everyday).length + Object.keys(mistakes).length + 1;
    assert.equal(result.runs, kinds * RUNS);
    assert.ok(result.runs > 800, `${result.runs} runs`);
  });

  it("are still valid in one of four cases", () => {
    assert.ok(result.valid / result.runs >= 0.25, `${result.valid} of ${result.runs}`);
  });

  it("break every rule of every room", () => {
    const unbroken = new Set(allRules.map(({ id }) => id).filter((id) => !result.hits[id]));
    assert.deepEqual([...unbroken], UNREACHABLE);
  });
});
