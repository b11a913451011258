import assert from "node:assert/strict";
import { gatewayDrain, relayDrain } from "../../../../components/istio/drain";
import { lived, pace } from "../pace";
import { endingOf, pretendedEnd, sleepOf } from "./ending";

const TOLD = Date.parse("2026-01-01T00:00:00Z");

/** A pod that was told to go, which the API server says by when its grace is over. */
function leaving(grace: number, ...sleeps: number[]) {
  const deletionTimestamp = new Date(TOLD + grace * 1000).toISOString();
  const containers = sleeps.map((seconds) => ({ lifecycle: { preStop: { sleep: { seconds } } } }));
  const metadata = { deletionTimestamp, deletionGracePeriodSeconds: grace };
  return { metadata, spec: { containers: [{}, ...containers] } };
}

describe("the end of a pod", () => {
  it("is counted from when it was told to go", () => {
    assert.deepEqual(endingOf(leaving(30)), { told: TOLD, killed: TOLD + 30_000 });
  });

  it("comes with its longest hook, its grace, or what is given it, whichever is first", () => {
    assert.equal(pretendedEnd(leaving(30)), TOLD);
    assert.equal(pretendedEnd(leaving(30, 10, 20)), TOLD + 20_000);
    assert.equal(pretendedEnd(leaving(15, 20)), TOLD + 15_000);
    assert.equal(pretendedEnd(leaving(30, 20), 5), TOLD + 5_000);
  });

  it("is as fast as load balancers are here, and outwaits them by as much as on AWS", () => {
    const { sleep, grace, deregistration } = gatewayDrain;
    const [, container] = leaving(grace, sleep).spec.containers;
    assert.equal(sleepOf(container) - pace.lag, sleep - 150);
    assert.equal(endingOf(leaving(grace)).killed - TOLD - sleepOf(container) * 1000, 60_000);
    assert.equal(lived(deregistration) - sleepOf(container), deregistration - sleep);
    assert.equal(lived(relayDrain.sleep), relayDrain.sleep);
  });
});
