import assert from "node:assert/strict";
import { redirectionOf } from "./sidecarRedirect";

const settings = ["istio-iptables", "-p", "15001", "-x", "", "-b", "*"];

describe("what istio-cni redirects", () => {
  it("is the pod that injection leaves to it, as validation there has it", () => {
    const args = [...settings, "--run-validation", "--skip-rule-apply"];
    const spec = { initContainers: [{ name: "istio-validation", args }, { name: "istio-proxy" }] };
    assert.deepEqual(redirectionOf({ spec }), settings);
  });

  it("asks the proxy for names too, where its environment says so", () => {
    const args = [...settings, "--run-validation", "--skip-rule-apply"];
    const env = [{ name: "ISTIO_META_DNS_CAPTURE", value: "true" }];
    const initContainers = [{ name: "istio-validation", args }];
    const spec = { initContainers, containers: [{ name: "istio-proxy", env }] };
    assert.deepEqual(redirectionOf({ spec }), [
      ...settings,
      ...["--redirect-dns", "--capture-all-dns"],
    ]);
  });

  it("is no pod that redirects itself, and none without a sidecar", () => {
    const spec = { initContainers: [{ name: "istio-init", args: settings }] };
    assert.equal(redirectionOf({ spec }), undefined);
    assert.equal(redirectionOf({ spec: {} }), undefined);
  });
});
