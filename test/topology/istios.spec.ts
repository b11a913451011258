import assert from "node:assert/strict";
import { parse, type TopologyDescription } from "../../components/topology";
import { withoutAbsent } from "../support/plain";
import { CONTEXT, patterns, topologyOf } from "../support/topologies";

const smallest: TopologyDescription = patterns["01-single-cluster"];

describe("the Istio of a topology", () => {
  it("gives a member its own revision before the mesh's", () => {
    const { meshes } = topologyOf({
      ...smallest,
      istio: { revisions: { canary: { version: "1.31.3" }, next: { version: "1.31.3" } } },
      clusters: { a: { network: "main" }, b: { network: "main" } },
      meshes: { dev: { revision: "canary", clusters: { a: {}, b: { revision: "next" } } } },
    });
    assert.deepEqual(
      Object.values(meshes.dev.members).map(({ revision }) => revision),
      ["canary", "next"],
    );
  });

  it("runs Kubernetes that every Istio version of the stack supports", () => {
    const { topology } = parse(
      {
        ...smallest,
        istio: { revisions: { new: { version: "1.31.3" }, old: { version: "1.30.7" } } },
        meshes: { ...smallest.meshes, own: { istio: { version: "1.31.2" }, clusters: {} } },
      },
      { ...CONTEXT, defaults: { kubernetesVersion: (all) => `of ${all.join(", ")}` } },
    );
    assert.equal(topology?.clusters.main.kubernetesVersion, "of 1.31.3, 1.30.7, 1.31.2");
  });

  it("gives a mesh its own Istio as a whole, and the others the stack's", () => {
    const { istio, meshes } = topologyOf({
      ...smallest,
      istio: { version: "1.31.3", hub: "registry.example/istio" },
      meshes: { own: { istio: { version: "1.31.2" }, clusters: {} }, rest: { clusters: {} } },
    });
    assert.equal(meshes.rest.istio, istio);
    assert.deepEqual(withoutAbsent(meshes.own.istio), {
      ...{ path: "meshes.own.istio", version: "1.31.2", revisions: {}, tags: {} },
      charts: { source: "repository" },
    });
  });
});
