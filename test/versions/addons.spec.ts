import assert from "node:assert/strict";
import { AddonName, addonVersion, eksAddons } from "../../components/versions/addons";
import { eksVersions } from "../../components/versions/kubernetes";
import { servedAddons } from "../lab/providers/aws/tables/addons";

describe("add-ons of EKS", () => {
  it("are known for every Kubernetes version that EKS offers", () => {
    assert.deepEqual(Object.keys(eksAddons).sort(), Object.keys(eksVersions).sort());
  });

  it("have versions that EKS lists for that Kubernetes version", () => {
    for (const kubernetes of Object.keys(eksAddons)) {
      for (const addon of Object.values(AddonName)) {
        const version = addonVersion(kubernetes, addon);
        assert.ok(servedAddons(addon, kubernetes).includes(version), `${addon} ${version}`);
      }
    }
  });

  it("have kube-proxy of the cluster's own minor version", () => {
    for (const kubernetes of Object.keys(eksAddons)) {
      assert.ok(addonVersion(kubernetes, AddonName.KubeProxy).startsWith(`v${kubernetes}.`));
    }
  });

  it("stop at a Kubernetes version that is in no row", () => {
    assert.throws(() => addonVersion("1.99", AddonName.CoreDns), {
      message:
        'kubernetesVersion: got "1.99", for which no version of add-on coredns is known; ' +
        "allowed: 1.36, 1.35, 1.34, 1.33, 1.32; fix: say one of these",
    });
  });
});
