/** Tests of rules: a good description, one change, and the whole message. */
import assert from "node:assert/strict";
import { rules as allRules } from "../../components/mesh/check";
import { plan } from "../../components/mesh/plan";
import { checkRoom, rooms } from "../../components/mesh/rooms";
import {
  checkAlone,
  checkFoundation,
  type Finding,
  formatProblem,
  parse,
  type Rule,
  type Topology,
  type TopologyDescription,
} from "../../components/topology";
import { relate } from "../../components/topology/relations/relate";
import { CONTEXT } from "./topologies";

/** Everything that some rules find, problems before warnings; where the foundation of any room is broken, that and what can be told without it. */
export function ask(rules: readonly Rule<never>[], topology: Topology): Finding[] {
  const known = new Set(rules.map(({ id }) => id));
  const foundation = checkFoundation(allRules, topology);
  if (foundation.length > 0)
    return [...foundation, ...checkAlone(rules, topology)].filter(({ rule }) => known.has(rule));
  const relations = relate(topology);
  const facts = plan(relations);
  // Rules of another day have the ids of today's, and so their room.
  const findings = rooms.flatMap((room) => {
    const ids = room.rules.map(({ id }) => id);
    const own = rules.filter(({ id }) => ids.includes(id));
    return checkRoom({ ...room, rules: own }, relations, facts);
  });
  return findings.sort((a, b) => a.severity.localeCompare(b.severity));
}

/** What a rule says of a description, as it is printed. All that a rule builds on must hold: silence means that it is content. */
export function said(
  rules: readonly Rule<never>[],
  id: string,
  description: TopologyDescription,
): string[] {
  const { topology, problems } = parse(description, CONTEXT);
  assert.ok(topology, problems.map(formatProblem).join("\n"));
  const rule = rules.find((one) => one.id === id);
  assert.ok(rule, `no rule ${id}`);
  if (!rule.foundation)
    assert.deepEqual(checkFoundation(allRules, topology).map(formatProblem), []);
  return ask(rules, topology)
    .filter(({ rule }) => rule === id)
    .map(formatProblem);
}

/** A claim: the rule, what is changed in a good description, and every line that the rule then says. */
export type Claim = [
  id: string,
  claim: string,
  change: (description: TopologyDescription) => void,
  ...lines: string[],
];

/** One test per claim; each also shows that the rule says nothing of the good description. */
export function testRules(
  rules: readonly Rule<never>[],
  good: TopologyDescription,
  claims: Claim[],
): void {
  for (const [id, claim, change, ...lines] of claims) {
    it(`${id}: ${claim}`, () => {
      const changed = structuredClone(good);
      change(changed);
      assert.deepEqual(said(rules, id, good), []);
      assert.deepEqual(said(rules, id, changed), lines);
    });
  }
}

/** Every rule of a list is in some claim. */
export function testEveryRule(rules: readonly Rule<never>[], claims: Claim[]): void {
  it("are all shown", () => {
    const shown = new Set(claims.map(([id]) => id));
    assert.deepEqual(
      rules.map(({ id }) => id).filter((id) => !shown.has(id)),
      [],
    );
  });
}
