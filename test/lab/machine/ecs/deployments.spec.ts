import assert from "node:assert/strict";
import { nextStep, threshold, type TaskSeen } from "./deployments";

const task = (deployment: number, isHealthy = true, isLeaving = false): TaskSeen => ({
  ...{ deployment, isHealthy, isLeaving },
});
const wish = { desired: 2, least: 100, most: 200 };

describe("tasks of a service", () => {
  it("come up to what is wished", () => {
    assert.deepEqual(nextStep([], 1, wish), { start: 2, stop: [] });
    assert.deepEqual(nextStep([task(1), task(1)], 1, wish), { start: 0, stop: [] });
  });

  it("are replaced as soon as one leaves", () =>
    assert.deepEqual(nextStep([task(1), task(1, true, true)], 1, wish), { start: 1, stop: [] }));

  it("of an old deployment stay until enough new ones are healthy", () => {
    const old = [task(1), task(1)];
    assert.deepEqual(nextStep(old, 2, wish), { start: 2, stop: [] });
    assert.deepEqual(nextStep([...old, task(2, false), task(2, false)], 2, wish), {
      ...{ start: 0, stop: [] },
    });
    assert.deepEqual(nextStep([...old, task(2), task(2, false)], 2, wish), { start: 0, stop: [0] });
    assert.deepEqual(nextStep([...old, task(2), task(2)], 2, wish), { start: 0, stop: [0, 1] });
  });

  it("of an old deployment go first where they are not healthy", () =>
    assert.deepEqual(nextStep([task(1, false), task(1)], 2, wish), { start: 2, stop: [0] }));

  it("go where less are wished", () =>
    assert.deepEqual(nextStep([task(1), task(1), task(1)], 1, wish), { start: 0, stop: [2] }));
});

describe("failures that end a deployment", () => {
  it("are half of the tasks that are wished, and three at least", () => {
    assert.equal(threshold(1), 3);
    assert.equal(threshold(20), 10);
    assert.equal(threshold(1000), 200);
  });
});
