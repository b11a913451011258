import assert from "node:assert/strict";
import { redirectionOf } from "./sidecarRedirect";

const settings = ["istio-iptables", "-p", "15001", "-x", "", "-b", "*"];

describe("what istio-cni redirects", () => {
  it("is the pod that injection leaves to it, as validation there has it", () => {
    const args = [...settings, "--run-validation", "--skip-rule-apply"];
    const spec = { initContainers: [{ name: "istio-validation", args }, { name: "istio-proxy" }] };
    assert.deepEqual(redirectionOf({ spec }), settings);
  });

  it("is no pod that redirects itself, and none without a sidecar", () => {
    const spec = { initContainers: [{ name: "istio-init", args: settings }] };
    assert.equal(redirectionOf({ spec }), undefined);
    assert.equal(redirectionOf({ spec: {} }), undefined);
  });
});
