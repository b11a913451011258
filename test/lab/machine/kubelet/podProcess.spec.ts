import * as assert from "node:assert/strict";
import type { Json } from "../kube";
import type { Host } from "./container";
import { PodProcess } from "./podProcess";
import { conditionIn, holds } from "./status";

const gate = "target-health.eks.amazonaws.com/istiod-443";

function podWith(status: string): Json {
  return {
    metadata: { namespace: "istio-system", name: "istiod" },
    spec: { containers: [{ name: "discovery" }], readinessGates: [{ conditionType: gate }] },
    status: { conditions: [{ type: gate, status }] },
  };
}

/** An API that is as slow as it is told to be: what it was told, in the order in which it came to hold. */
function slowApi() {
  const told: Json[] = [];
  const waiting: (() => void)[] = [];
  const report = async (status: Json) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    told.push(status);
  };
  return { told, waiting, report };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

describe("lab: what a pod's status says of a pod that runs", () => {
  it("is never overtaken by what held before: a gate that opens while it is told to be closed", async () => {
    const { told, waiting, report } = slowApi();
    const running = new PodProcess({
      ...{ pod: podWith("False"), kube: {} as never, host: {} as Host, resolver: "" },
      ...{ address: "10.0.0.1", hostAddress: "10.0.0.2", link: "", folder: "", logs: "" },
      ...{ extra: {}, report, mostSeconds: () => Infinity },
    });
    running.states.set("discovery", { name: "discovery", ready: true, started: true, restarts: 0 });
    const closed = running.observe(podWith("False"));
    await turns();
    const open = running.observe(podWith("True"));
    await turns();
    // Of requests that are under way at once the later may be done first.
    for (let n = 0; n < 2; n++, await turns()) waiting.pop()?.();
    await Promise.all([closed, open]);
    assert.equal(conditionIn({ status: told[0] }, "Ready")?.reason, "ReadinessGatesNotReady");
    assert.ok(holds({ status: told.at(-1) }, "Ready"), "the last that is told");
  });
});
