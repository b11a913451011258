import assert from "node:assert/strict";
import fc from "fast-check";
import { agentReleases, cniRelease } from "../../../components/istio/controlPlane/agents";
import { remoteReleases } from "../../../components/istio/remote/remoteReleases";
import { DataPlane } from "../../../components/topology";
import { descriptions } from "../../support/descriptions";
import { assertDependsOn, floor, release, releases } from "../../support/graph";
import { topologyOf } from "../../support/topologies";
import { buildIstio, NAMESPACE } from "../room";
import { CA_BUNDLE, external, factsOf, planOf, primaryRemote, single } from "../support";

/** By namespace resource what its pods may be. */
async function podSecurity(description: Parameters<typeof buildIstio>[0], istiods: number) {
  const graph = await buildIstio(description);
  floor(graph, istiods);
  return graph
    .ofType(NAMESPACE)
    .map(({ name, inputs }) => [
      name,
      inputs.metadata.labels["pod-security.kubernetes.io/enforce"],
    ]);
}

describe("node agents", () => {
  it("stand in every member whose pods need them, and where only istiod runs never, in any description", () => {
    fc.assert(
      fc.property(descriptions, (description) => {
        const { meshes } = topologyOf(description);
        const plan = planOf(description);
        for (const [key, one] of Object.entries(plan.controlPlanes)) {
          const { dataPlane, injection } = meshes[one.mesh];
          const expected = [
            ...(dataPlane === DataPlane.Ambient || injection === "cni" ? ["istio-cni"] : []),
            ...(dataPlane === DataPlane.Ambient ? ["ztunnel"] : []),
          ];
          const agents = agentReleases(factsOf(plan, key)).map((agent) => agent.release);
          assert.deepEqual(agents, one.external ? [] : expected);
        }
        for (const one of Object.values(plan.remotes)) {
          const { agents } = remoteReleases({ ...one, caBundle: CA_BUNDLE });
          const expected = meshes[one.mesh].injection === "cni" ? ["istio-cni"] : [];
          assert.deepEqual(
            agents.map((agent) => agent.release),
            expected,
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  it("have the version of what serves the cluster's gateways", () => {
    const description = structuredClone(primaryRemote("different"));
    description.meshes.prod.injection = "cni";
    description.istio!.revisions!.canary.version = "1.31.1";
    const [agent] = cniRelease(planOf(description).remotes["prod/west"]);
    assert.equal(agent.istioVersion, "1.31.1");
    assert.deepEqual(agent.values, { global: { hub: "docker.io/istio", tag: "1.31.1" } });
  });

  it("come after the CRDs of a remote, from the registry that the description names", async () => {
    const description = structuredClone(primaryRemote("different"));
    description.meshes.prod.injection = "cni";
    description.istio!.hub = "registry.example/istio";
    const graph = await buildIstio(description);
    floor(graph, 2);
    assert.deepEqual(
      releases(graph, "cni")
        .map(({ name }) => name)
        .sort(),
      ["demo-prod-east-istio-cni", "demo-prod-west-istio-cni"],
    );
    const agent = release(graph, "demo-prod-west-istio-cni");
    assert.equal(agent.inputs.values.global.hub, "registry.example/istio");
    assertDependsOn(graph, agent, release(graph, "demo-prod-west-istio-base"));
  });

  it("ask for a privileged namespace of istiod's, which no other is", async () => {
    assert.deepEqual(await podSecurity(single(), 1), [["demo-dev-main-system", "baseline"]]);
    const injection = "cni";
    assert.deepEqual(await podSecurity(single({ injection }), 1), [
      ["demo-dev-main-system", "privileged"],
    ]);
    const description = external();
    description.meshes.prod.injection = injection;
    assert.deepEqual(Object.fromEntries(await podSecurity(description, 3)), {
      "demo-prod-mgmt-a-system": "baseline",
      "demo-prod-mgmt-b-system": "baseline",
      "demo-prod-east-system": "privileged",
      "demo-prod-west-system": "privileged",
      "demo-test-mgmt-a-system": "baseline",
      "demo-test-lab-system": "baseline",
    });
  });
});
