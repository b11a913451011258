import assert from "node:assert/strict";
import { VirtualMachineGroup } from "../../components";
import { formatProblem, parse } from "../../components/topology";
import { LONGEST_PROBE_PERIOD } from "../../components/topology/machineSchema";
import { drainSeconds, machineProbe } from "../../components/vm/boot/environment";
import { lifecycleHooks } from "../../components/vm/group";
import { groupArgs } from "../support/alone";
import { mockRun } from "../support/graph";
import { CONTEXT } from "../support/topologies";
import { withGroup } from "./good";

const ofPeriod = (periodSeconds: number) => ({ probe: { periodSeconds } });

/** Seconds that a machine may take to hear that it is to leave, and that its agent may take to stop. */
const BESIDE = 30;

describe("the time that a machine drains for", () => {
  it("is longer than it takes until its probe has failed, whatever its period is", () => {
    for (let period = 1; period <= LONGEST_PROBE_PERIOD; period++) {
      const { failureThreshold, periodSeconds, timeoutSeconds } = machineProbe(ofPeriod(period));
      const failed = failureThreshold * (periodSeconds + timeoutSeconds);
      assert.ok(drainSeconds(ofPeriod(period)) > failed, String(period));
    }
  });

  it("is over before the group stops waiting", () => {
    const { heartbeatTimeout } = lifecycleHooks.find(({ name }) => name === "terminate")!;
    assert.ok(drainSeconds(ofPeriod(LONGEST_PROBE_PERIOD)) + BESIDE <= heartbeatTimeout);
  });

  it("is kept so by what a description may say", () => {
    const { problems } = parse(withGroup("legacy", ofPeriod(61)), CONTEXT);
    assert.deepEqual(problems.map(formatProblem), [
      "virtualMachines.legacy.probe.periodSeconds: got 61; allowed: at most 60; fix: choose at most 60",
    ]);
  });

  it("is kept so by a group alone", () =>
    assert.rejects(
      mockRun(() => new VirtualMachineGroup("legacy", { ...groupArgs, ...ofPeriod(61) })),
      {
        propertyPath: "probe.periodSeconds",
        reason:
          "got 61; allowed: 1 to 60, since a machine that leaves drains for four periods, and has five minutes; fix: ask more often",
      },
    ));
});
