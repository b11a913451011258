import assert from "node:assert/strict";
import fc from "fast-check";
import { planReach } from "../../../components/mesh/reach";
import type { Cell, Need, Reach } from "../../../components/mesh/reach";
import type { NetworkPlan } from "../../../components/network";
import { patterns } from "../../support/topologies";
import { factsOf, relationsOf } from "../../support/topologies";
import { claims } from "./claims";
import type { Made } from "./claims";
import { drawn, made } from "./support";

describe("every matrix of reach", () => {
  for (const [name, claim] of Object.entries(claims))
    it(name, () => {
      fc.assert(
        fc.property(drawn, (description) => claim(made(description))),
        { numRuns: 200 },
      );
    });

  it("changes where a route or a rule is taken away, and only where it was needed", () => {
    let taken = 0;
    fc.assert(
      fc.property(drawn, fc.nat(), (description, draw) => {
        const relations = relationsOf(description);
        const { network } = factsOf(description);
        const { cells } = planReach(relations, network);
        const needs = cells.flatMap((cell) => cell.needs).filter(({ kind }) => kind !== "yours");
        if (needs.length === 0) return;
        taken += 1;
        const need = needs[draw % needs.length];
        const links = relations.links.filter(({ a, b }) => !isRoute(need, a.id, b.id));
        const after = planReach({ ...relations, links }, withoutRule(network, need)).cells;
        cells.forEach((cell, index) => {
          const isNeeded = cell.needs.some((one) => same(one, need));
          const isSame =
            cell.way.kind === "none" ? after[index].way.kind === "none" : same(after[index], cell);
          assert.equal(isSame, !isNeeded, `${cell.from}:${cell.to}`);
        });
      }),
      { numRuns: 200 },
    );
    assert.ok(taken > 100, `${taken}`);
  });
});

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function isRoute(need: Need, a: string, b: string): boolean {
  return need.kind === "route" && same(need.between, [a, b]);
}

function withoutRule(network: NetworkPlan, need: Need): NetworkPlan {
  if (need.kind !== "rule") return network;
  const copy = structuredClone(network);
  const group = copy.firewall.groups[need.group];
  group[need.way] = group[need.way].filter(({ name }) => name !== need.rule);
  return copy;
}

/** One mistake for each claim, made in the matrix or in the plan of two clusters on two networks. */
const mistakes: Record<string, (right: Made) => Made> = {
  "has a cell for each caller and each called place, and no other": inReach(
    ({ cells, ...rest }) => ({
      ...rest,
      cells: cells.slice(1),
    }),
  ),
  "lets all of one mesh reach each other, as its trust domain has them": inCells(
    ({ from, to }) => from === "prod/east" && to === "prod/west",
    (cell) => ({ ...cell, identity: "spiffe://other.example/ns/*/sa/*" }),
  ),
  "is the same both ways in a mesh, and in plain text within a cluster": inCells(
    ({ from, to }) => from === "prod/east" && to === "prod/west",
    (cell) => ({ ...cell, way: { kind: "none", why: "closed" } }),
  ),
  "lets nobody else reach a strict mesh, and knows nobody by plain text": inCells(
    ({ from, to }) => from === "east" && to === "prod/east",
    (cell) => ({ ...cell, way: { kind: "direct" } }),
  ),
  "keeps sidecars to their mesh where it lets them call only what istiod knows, and no others":
    inCells(
      ({ from, to }) => from === "prod/east" && to === "east",
      (cell) => ({ ...cell, way: { kind: "none", why: "registry-only" } }),
    ),
  "allows what routes and rules let through, packet by packet, and nothing that they stop": inCells(
    ({ from, to }) => from === "east" && to === "west",
    (cell) => ({ ...cell, way: { kind: "direct" } }),
  ),
  "leads through the gateways of the network that is called": inCells(
    ({ from, to }) => from === "prod/east" && to === "prod/west",
    (cell) => ({ ...cell, way: { kind: "gateways", through: [["prod/east/east-west"]] } }),
  ),
  "needs everything that is open to data": ({ network, ...rest }) => {
    const copy = structuredClone(network);
    const { in: rules } = copy.firewall.groups["cluster/west"];
    const reason = "pods of one network call each other on any port";
    rules.push({
      ...rules[0],
      name: "pods-anyone",
      reason,
      side: { kind: "cidr", cidr: "10.0.0.0/8" },
    });
    return { ...rest, network: copy };
  },
};

function inReach(change: (reach: Reach) => Reach): (right: Made) => Made {
  return (right) => ({ ...right, reach: change(right.reach) });
}

function inCells(is: (cell: Cell) => boolean, change: (cell: Cell) => Cell) {
  return inReach(({ places, cells }) => ({
    places,
    cells: cells.map((cell) => (is(cell) ? change(cell) : cell)),
  }));
}

describe("the claims about reach", () => {
  const right = made(patterns["02-multi-primary-different-networks"]);

  it("each have a mistake that they find", () => {
    assert.deepEqual(Object.keys(mistakes), Object.keys(claims));
  });

  for (const [name, claim] of Object.entries(claims))
    it(`find it where a matrix that "${name}" no longer does`, () => {
      claim(right);
      assert.throws(() => claim(mistakes[name](right)), assert.AssertionError);
    });

  it("find a rule or a route that is missing", () => {
    const claim =
      claims[
        "allows what routes and rules let through, packet by packet, and nothing that they stop"
      ];
    const { needs } = right.reach.cells.find(
      ({ from, to }) => from === "prod/east" && to === "prod/west",
    )!;
    assert.equal(needs.length, 4);
    for (const need of needs) {
      const network = withoutRule(right.network, need);
      const peerings = need.kind === "route" ? {} : network.peerings;
      assert.throws(
        () => claim({ ...right, network: { ...network, peerings } }),
        assert.AssertionError,
        JSON.stringify(need),
      );
    }
  });
});
