import assert from "node:assert/strict";
import {
  checkFoundation,
  checkRelated,
  type Rule,
  Severity,
  topologyRules,
} from "../../../components/topology";
import { checkTopology } from "../../../components/mesh/check";
import { ask } from "../../support/rules";
import { CONTEXT, patterns, relationsOf, topologyOf } from "../../support/topologies";
import { good } from "./good";

describe("the rules of a description", () => {
  it("say nothing of a good one", () => {
    assert.deepEqual(ask(topologyRules, topologyOf(good)), []);
  });

  it("find no problem in any pattern that is built", () => {
    assert.equal(Object.keys(patterns).length, 18);
    for (const [pattern, description] of Object.entries(patterns)) {
      const findings = ask(topologyRules, topologyOf(description));
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
  const problem = { path: "name", got: "a", allowed: "b", fix: "c" };
  const text = { summary: "", why: "" };
  const { Problem, Warning } = Severity;
  const foundation = { ...text, id: "f", severity: Problem, foundation: true } as const;
  const rules: Rule<string>[] = [
    { ...text, id: "w", severity: Warning, check: (_, __, facts) => [{ ...problem, got: facts }] },
    { ...foundation, check: ({ name }) => [{ ...problem, got: name }] },
    {
      ...text,
      id: "p",
      severity: Problem,
      check: (_, { clusters }) => [{ ...problem, got: `${clusters.length} clusters` }],
    },
  ];

  it("asks what others build on by itself, of the topology alone", () => {
    assert.deepEqual(checkFoundation(rules, topologyOf(good)), [
      { ...problem, rule: "f", severity: Problem, got: "demo" },
    ]);
  });

  it("asks the rest of the relations and of the room's facts, and names each rule", () => {
    assert.deepEqual(checkRelated(rules, relationsOf(good), "planned"), [
      { ...problem, rule: "w", severity: Warning, got: "planned" },
      { ...problem, rule: "p", severity: Problem, got: "4 clusters" },
    ]);
  });

  it("asks those of relations and facts only where the foundation holds, and says so", () => {
    const broken = structuredClone(good);
    broken.name = "Demo";
    broken.networks.wide.vpcs!.eu!.cidr = broken.networks.shared.cidr;
    const paths = () => {
      const { problems, isPartial = false } = checkTopology(broken, CONTEXT);
      return [isPartial, ...problems.map(({ path }) => path)];
    };
    assert.deepEqual(paths(), [false, "name", "networks.wide.vpcs.eu.cidr"]);
    broken.clusters.east.network = "sharde";
    assert.deepEqual(paths(), [true, "clusters.east.network", "name"]);
  });
});
