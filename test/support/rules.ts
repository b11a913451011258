/** Tests of rules: a good description, one change, and the whole message. */
import assert from "node:assert/strict";
import {
  checkRules,
  formatProblem,
  parse,
  type Rule,
  type TopologyArgs,
} from "../../components/topology";
import { CONTEXT } from "./topologies";

/** What a rule says of a description, as it is printed; nothing where a rule that others build on speaks first. */
export function said(rules: readonly Rule[], id: string, description: TopologyArgs): string[] {
  const { topology, problems } = parse(description, CONTEXT);
  assert.ok(topology, problems.map(formatProblem).join("\n"));
  return checkRules(rules, topology)
    .filter(({ rule }) => rule === id)
    .map(formatProblem);
}

/** A claim: the rule, what is changed in a good description, and every line that the rule then says. */
export type Claim = [
  id: string,
  claim: string,
  change: (description: TopologyArgs) => void,
  ...lines: string[],
];

/** One test per claim; each also shows that the rule says nothing of the good description. */
export function testRules(rules: readonly Rule[], good: TopologyArgs, claims: Claim[]): void {
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
export function testEveryRule(rules: readonly Rule[], claims: Claim[]): void {
  it("are all shown", () => {
    const shown = new Set(claims.map(([id]) => id));
    assert.deepEqual(
      rules.map(({ id }) => id).filter((id) => !shown.has(id)),
      [],
    );
  });
}
