import assert from "node:assert/strict";
import {
  istiodValues,
  ztunnelValues,
} from "../../../components/istio/controlPlane/controlPlaneValues";
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

  it("write access logs as JSON where the mesh wants them, ztunnel's too", () => {
    const observability = { accessLogs: true };
    const told = istiod(single({ observability }), "dev/main").meshConfig as HelmValues;
    assert.equal(told.accessLogFile, "/dev/stdout");
    assert.equal(told.accessLogEncoding, "JSON");
    const plain = istiod(single(), "dev/main").meshConfig as HelmValues;
    assert.equal(plain.accessLogFile, undefined);
    const ambient = single({ dataPlane: "ambient", observability });
    assert.equal(ztunnelValues(factsOf(planOf(ambient), "dev/main")).logAsJson, true);
  });

  it("name a collector as istiod knows it, beside providers of the user's", () => {
    const mine = { name: "mine", opentelemetry: { service: "x.example", port: 1 } };
    const values = { istiod: { meshConfig: { extensionProviders: [mine] } } };
    const providersOf = (address: string) => {
      const description = single({ values, observability: { tracing: { address } } });
      return (istiod(description, "dev/main").meshConfig as HelmValues).extensionProviders;
    };
    const provider = (service: string, port: number) => ({
      name: "mesh-tracing",
      opentelemetry: { service, port },
    });
    assert.deepEqual(providersOf("otel.obs.svc:4317"), [
      provider("otel.obs.svc.cluster.local", 4317),
      mine,
    ]);
    assert.deepEqual(providersOf("spans.example:443"), [provider("spans.example", 443), mine]);
  });
});
