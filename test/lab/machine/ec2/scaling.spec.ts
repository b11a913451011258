import assert from "node:assert/strict";
import fc from "fast-check";
import { nextSteps, zoneFor, type Scaled, type ScalingGroup } from "./scaling";

const group: ScalingGroup = { desired: 2, version: "1", mostWhileRefreshing: 110 };

function scaled(number: number, fields: Partial<Scaled> = {}): Scaled {
  const usual = {
    zone: `z${number % 2}`,
    version: "1",
    state: "InService",
    healthy: true,
  } as const;
  return { id: `i-${number}`, number, ...usual, ...fields };
}

/** What has come is in service at once, and what goes is gone. */
function walked(of: ScalingGroup, begin: readonly Scaled[], onEach: (all: Scaled[]) => void) {
  let all = [...begin];
  for (let step = 0, number = 100; step < 100; step++) {
    const { launch, terminate } = nextSteps(of, all);
    if (launch === 0 && terminate.length === 0) return all;
    all = all.filter(({ id }) => !terminate.includes(id));
    for (let one = 0; one < launch; one++)
      all.push(scaled(number++, { version: of.version, zone: zoneFor(["z0", "z1"], all) }));
    onEach(all);
  }
  throw new Error("it does not end");
}

describe("the lab's Auto Scaling group", () => {
  it("launches what is missing, those that wait for their hook counted", () => {
    assert.deepEqual(nextSteps(group, []), { launch: 2, terminate: [] });
    const waiting = [scaled(0, { state: "Pending:Wait" }), scaled(1)];
    assert.deepEqual(nextSteps(group, waiting), { launch: 0, terminate: [] });
  });

  it("replaces what is unhealthy, and counts nothing that leaves", () => {
    const all = [
      scaled(0, { healthy: false }),
      scaled(1, { state: "Terminating:Wait" }),
      scaled(2),
    ];
    assert.deepEqual(nextSteps(group, all), { launch: 1, terminate: ["i-0"] });
  });

  it("takes out of the fullest zone what has been there longest", () => {
    const all = [scaled(0), scaled(1), scaled(2, { zone: "z1" })];
    assert.deepEqual(nextSteps(group, all), { launch: 0, terminate: ["i-1"] });
  });

  it("launches one before it ends one, where the template has another version", () => {
    const next = { ...group, version: "2" };
    assert.deepEqual(nextSteps(next, [scaled(0), scaled(1)]), { launch: 1, terminate: [] });
    const waiting = scaled(2, { version: "2", state: "Pending:Wait" });
    assert.deepEqual(nextSteps(next, [scaled(0), scaled(1), waiting]), {
      launch: 0,
      terminate: [],
    });
    const come = { ...waiting, state: "InService" } as const;
    assert.deepEqual(nextSteps(next, [scaled(0), scaled(1), come]).terminate, ["i-0"]);
  });

  it("ends with as many as are desired, all of the version, and never has fewer while it refreshes", () => {
    const member = fc.record({ version: fc.constantFrom("1", "2"), healthy: fc.boolean() });
    fc.assert(
      fc.property(fc.array(member, { maxLength: 8 }), fc.nat(8), (fields, desired) => {
        const of = { ...group, desired, version: "2" };
        const begin = fields.map((one, number) => scaled(number, one));
        const healthy = begin.filter((one) => one.healthy).length;
        const end = walked(of, begin, (all) =>
          assert.ok(all.filter((one) => one.healthy).length >= Math.min(desired, healthy)),
        );
        assert.equal(end.length, desired);
        assert.ok(end.every(({ version }) => version === "2"));
      }),
    );
  });
});
