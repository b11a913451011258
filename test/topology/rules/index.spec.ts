import assert from "node:assert/strict";
import { checkRules, type Rule, Severity, topologyRules } from "../../../components/topology";
import { patterns, topologyOf } from "../../support/topologies";
import { good } from "./good";

const problem = { path: "name", got: "a", allowed: "b", fix: "c" };

function rule(id: string, severity: Severity, foundation?: boolean, isBroken = true): Rule {
  return {
    id,
    summary: "",
    why: "",
    severity,
    foundation,
    check: () => (isBroken ? [problem] : []),
  };
}

describe("the rules of a description", () => {
  it("say nothing of a good one", () => {
    assert.deepEqual(checkRules(topologyRules, topologyOf(good)), []);
  });

  it("find no problem in any pattern that is built", () => {
    assert.equal(Object.keys(patterns).length, 9);
    for (const [pattern, description] of Object.entries(patterns)) {
      const findings = checkRules(topologyRules, topologyOf(description));
      const problems = findings.filter(({ severity }) => severity === Severity.Problem);
      assert.deepEqual(problems, [], pattern);
    }
  });

  it("have ids of their own, a summary and a reason", () => {
    const ids = topologyRules.map(({ id }) => id);
    assert.ok(ids.length >= 60);
    assert.deepEqual([...new Set(ids)], ids);
    for (const { id, summary, why } of topologyRules) assert.ok(summary && why, id);
  });
});

describe("checking rules", () => {
  const { Problem, Warning } = Severity;

  it("puts problems before warnings and names the rule", () => {
    const findings = checkRules([rule("w", Warning), rule("p", Problem)], topologyOf(good));
    assert.deepEqual(findings, [
      { ...problem, rule: "p", severity: Problem },
      { ...problem, rule: "w", severity: Warning },
    ]);
  });

  it("asks the rest only where what they build on holds", () => {
    const broken = [rule("p", Problem), rule("f", Problem, true)];
    const sound = [rule("p", Problem), rule("f", Problem, true, false)];
    const ids = (rules: Rule[]) => checkRules(rules, topologyOf(good)).map((found) => found.rule);
    assert.deepEqual(ids(broken), ["f"]);
    assert.deepEqual(ids(sound), ["p"]);
  });
});
