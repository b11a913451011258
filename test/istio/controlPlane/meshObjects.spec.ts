import assert from "node:assert/strict";
import fc from "fast-check";
import { meshObjects } from "../../../components/istio/controlPlane/meshObjects";
import { MutualTls } from "../../../components/topology";
import { descriptions } from "../../support/descriptions";
import { floor } from "../../support/graph";
import { topologyOf } from "../../support/topologies";
import { buildIstio, PEER_AUTHENTICATION } from "../room";
import { external, planOf, single } from "../support";

const namespace = "istio-system";

describe("the first objects of a mesh", () => {
  it("take plaintext only where the description says so", () => {
    const modeOf = (mtls: MutualTls) =>
      meshObjects({ namespace, mtls })["peer-authentication"].spec;
    assert.deepEqual(modeOf(MutualTls.Strict), { mtls: { mode: "STRICT" } });
    assert.deepEqual(modeOf(MutualTls.Permissive), { mtls: { mode: "PERMISSIVE" } });
  });

  it("say the same wherever an istiod of the mesh reads its configuration, in any description", () => {
    fc.assert(
      fc.property(descriptions, (description) => {
        const { meshes } = topologyOf(description);
        const { controlPlanes, remotes } = planOf(description);
        for (const { mesh, mtls } of [...Object.values(controlPlanes), ...Object.values(remotes)])
          assert.equal(mtls, meshes[mesh].mtls);
      }),
      { numRuns: 50 },
    );
  });

  it("stand in the primary, and with an external istiod in the config cluster", async () => {
    const own = await buildIstio(single({ mtls: "permissive" }));
    floor(own, 1);
    assert.deepEqual(own.one(PEER_AUTHENTICATION).inputs.spec, { mtls: { mode: "PERMISSIVE" } });
    const description = external();
    description.meshes.prod.mtls = "permissive";
    const graph = await buildIstio(description);
    floor(graph, 3);
    assert.deepEqual(
      graph.ofType(PEER_AUTHENTICATION).map(({ name, inputs }) => [name, inputs.spec.mtls.mode]),
      [
        ["demo-prod-east-configuration-peer-authentication", "PERMISSIVE"],
        ["demo-test-lab-configuration-peer-authentication", "STRICT"],
      ],
    );
  });
});
