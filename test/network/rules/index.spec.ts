import assert from "node:assert/strict";
import { networkRules } from "../../../components/network";
import { formatProblem, Severity } from "../../../components/topology";
import { ask } from "../../support/rules";
import { patterns, topologyOf } from "../../support/topologies";

const problemsOf = (description: Parameters<typeof topologyOf>[0]) =>
  ask(networkRules, topologyOf(description))
    .filter(({ severity }) => severity === Severity.Problem)
    .map(formatProblem);

describe("networkRules", () => {
  it("have ids of their own", () => {
    const ids = networkRules.map(({ id }) => id);
    assert.ok(ids.length >= 20);
    assert.equal(new Set(ids).size, ids.length);
  });

  it("find nothing to refuse in the ready stacks", () => {
    assert.ok(Object.keys(patterns).length >= 6);
    for (const description of Object.values(patterns))
      assert.deepEqual(problemsOf(description), []);
  });
});
