import assert from "node:assert/strict";
import { istiodValues } from "../../../components/istio/controlPlane/controlPlaneValues";
import type { HelmValues } from "../../../components/istio/values";
import type { TopologyDescription } from "../../../components/topology";
import { factsOf, planOf, single } from "../support";

function istiod(description: TopologyDescription, key: string): HelmValues {
  const facts = factsOf(planOf(description), key);
  return istiodValues(facts, facts.istiods[0]);
}

describe("values of istiod that a mesh says as a whole", () => {
  it("give pods that the node's agent redirects no privilege, and the profile that the strictest namespaces ask for", () => {
    const { cni, global } = istiod(single({ injection: "cni" }), "dev/main");
    assert.deepEqual(cni, { enabled: true });
    assert.deepEqual((global as HelmValues).proxy, { seccompProfile: { type: "RuntimeDefault" } });
    assert.equal(istiod(single(), "dev/main").cni, undefined);
  });

  it("prefer the own network, then the own region, then the own zone where the mesh wants near endpoints", () => {
    const near = istiod(single({ locality: "near" }), "dev/main");
    const plain = istiod(single(), "dev/main");
    assert.deepEqual(near, {
      ...plain,
      meshConfig: {
        ...(plain.meshConfig as HelmValues),
        localityLbSetting: {
          enabled: true,
          failoverPriority: [
            "topology.istio.io/network",
            "topology.kubernetes.io/region",
            "topology.kubernetes.io/zone",
          ],
        },
      },
    });
  });
});
