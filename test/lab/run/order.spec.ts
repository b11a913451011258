import assert from "node:assert/strict";
import { disorders, type Moment, type PodSeen, type TargetSeen } from "./order";

const old = { name: "old", address: "10.0.0.1", isNew: false, ready: true, leaving: false };
const next = { name: "new", address: "10.0.0.2", isNew: true, ready: false, leaving: false };

function target(pod: PodSeen, state: string, more: Partial<TargetSeen> = {}): TargetSeen {
  const { address } = pod;
  return { group: "xds", address, state, sentTo: state === "healthy", takes: true, ...more };
}

const moment = (pods: PodSeen[], ...targets: TargetSeen[]): Moment => ({ pods, targets });

const draining = { sentTo: true, takes: true };

/** As it should be. */
const rollout: Moment[] = [
  moment([old], target(old, "healthy")),
  moment([old, next], target(old, "healthy"), target(next, "initial")),
  moment([old, { ...next, ready: true }], target(old, "healthy"), target(next, "healthy")),
  moment(
    [
      { ...old, leaving: true },
      { ...next, ready: true },
    ],
    target(old, "draining", draining),
    target(next, "healthy"),
  ),
  moment(
    [{ ...next, ready: true }],
    target(old, "draining", { sentTo: false, takes: false }),
    target(next, "healthy"),
  ),
];

/** The rollout with another moment in the place of one. */
function instead(index: number, other: Moment, servesOn = true): string[] {
  const moments = rollout.map((moment, at) => (at === index ? other : moment));
  return disorders(moments, servesOn);
}

describe("the order of a rollout", () => {
  it("is kept where pods wait for their load balancer, and outwait it", () => {
    assert.deepEqual(disorders(rollout, true), []);
  });

  it("is broken by a pod that is Ready before its target is healthy", () => {
    const early = moment(
      [old, { ...next, ready: true }],
      target(old, "healthy"),
      target(next, "initial"),
    );
    assert.deepEqual(instead(1, early), ["new was Ready before its targets were healthy"]);
  });

  it("is broken where one of a pod's groups does not have it", () => {
    const groups = [target(old, "healthy"), target(old, "healthy", { group: "webhook" })];
    const pods = [old, { ...next, ready: true }];
    const found = instead(2, moment(pods, ...groups, target(next, "healthy")));
    assert.deepEqual(found, ["new was Ready before its targets were healthy"]);
  });

  it("is broken when no target of a group is healthy", () => {
    const none = moment(
      [{ ...old, leaving: true }, next],
      target(old, "draining", draining),
      target(next, "initial"),
    );
    assert.deepEqual(instead(1, none), ["no target of xds was healthy"]);
  });

  it("is broken by a pod that ends while it is sent to, if it is to serve on", () => {
    const dead = moment(
      [{ ...next, ready: true }],
      target(old, "draining", { sentTo: true, takes: false }),
      target(next, "healthy"),
    );
    assert.deepEqual(instead(3, dead), ["10.0.0.1 took no connection while xds sent to it"]);
    assert.deepEqual(instead(3, dead, false), []);
  });
});
