import assert from "node:assert/strict";
import fc from "fast-check";
import { nextSteps, zoneFor, type Scaled } from "./scaling";

function scaled(number: number, fields: Partial<Scaled> = {}): Scaled {
  const usual = { zone: `z${number % 2}`, state: "InService", healthy: true } as const;
  return { id: `i-${number}`, number, ...usual, ...fields };
}

describe("the lab's Auto Scaling group", () => {
  it("launches what is missing, those that wait for their hook counted", () => {
    assert.deepEqual(nextSteps(2, []), { launch: 2, terminate: [] });
    const waiting = [scaled(0, { state: "Pending:Wait" }), scaled(1)];
    assert.deepEqual(nextSteps(2, waiting), { launch: 0, terminate: [] });
  });

  it("replaces what is unhealthy, and counts nothing that leaves or stands by", () => {
    const all = [
      scaled(0, { healthy: false }),
      scaled(1, { state: "Terminating:Wait" }),
      scaled(2),
      scaled(3, { state: "Standby", healthy: false }),
    ];
    assert.deepEqual(nextSteps(2, all), { launch: 1, terminate: ["i-0"] });
  });

  it("takes out of the fullest zone what has been there longest", () => {
    const all = [scaled(0), scaled(1), scaled(2, { zone: "z1" })];
    assert.deepEqual(nextSteps(2, all), { launch: 0, terminate: ["i-1"] });
  });

  it("has as many healthy ones as are desired after one step, and then nothing to do", () => {
    const member = fc.record({ healthy: fc.boolean() });
    fc.assert(
      fc.property(fc.array(member, { maxLength: 8 }), fc.nat(8), (fields, desired) => {
        const begin = fields.map((one, number) => scaled(number, one));
        const { launch, terminate } = nextSteps(desired, begin);
        const all = begin.filter(({ id }) => !terminate.includes(id));
        for (let one = 0; one < launch; one++)
          all.push(scaled(100 + one, { zone: zoneFor(["z0", "z1"], all) }));
        assert.equal(all.filter(({ healthy }) => healthy).length, desired);
        assert.deepEqual(nextSteps(desired, all), { launch: 0, terminate: [] });
      }),
    );
  });
});
