import assert from "node:assert/strict";
import fc from "fast-check";
import { MESH_POLICY, meshObjects } from "../../../components/istio/controlPlane/meshObjects";
import { Locality, MutualTls } from "../../../components/topology";
import { descriptions } from "../../support/descriptions";
import { floor } from "../../support/graph";
import { topologyOf } from "../../support/topologies";
import { buildIstio, PEER_AUTHENTICATION } from "../room";
import { external, planOf, single } from "../support";

const namespace = "istio-system";

describe("the first objects of a mesh", () => {
  it("take plaintext only where the description says so", () => {
    const modeOf = (mtls: MutualTls) =>
      meshObjects({ ...MESH_POLICY, namespace, mtls })["peer-authentication"].spec;
    assert.deepEqual(modeOf(MutualTls.Strict), { mtls: { mode: "STRICT" } });
    assert.deepEqual(modeOf(MutualTls.Permissive), { mtls: { mode: "PERMISSIVE" } });
  });

  it("let clients leave failing endpoints, in any number and never all, only where near ones are preferred", () => {
    const objectsOf = (locality: Locality) => meshObjects({ ...MESH_POLICY, namespace, locality });
    assert.deepEqual(Object.keys(objectsOf(Locality.None)), ["peer-authentication"]);
    assert.deepEqual(objectsOf(Locality.Near).locality, {
      apiVersion: "networking.istio.io/v1",
      kind: "DestinationRule",
      metadata: {
        ...{ name: "locality", namespace },
        annotations: { "galley.istio.io/analyze-suppress": "IST0174" },
      },
      spec: {
        host: "*",
        exportTo: ["*"],
        trafficPolicy: {
          outlierDetection: {
            consecutiveGatewayErrors: 5,
            consecutive5xxErrors: 0,
            interval: "10s",
            baseEjectionTime: "30s",
            maxEjectionPercent: 100,
            minHealthPercent: 1,
          },
        },
      },
    });
  });

  it("trace a share of requests, one per cent unless said, by a provider of the mesh config", () => {
    const telemetryOf = (tracing?: { address: string; sampling?: number }) =>
      meshObjects({ ...MESH_POLICY, namespace, observability: { tracing } }).telemetry;
    assert.equal(telemetryOf(), undefined);
    const tracing = (share: number) => ({
      tracing: [{ providers: [{ name: "mesh-tracing" }], randomSamplingPercentage: share }],
    });
    const address = "otel.obs.svc:4317";
    assert.deepEqual(telemetryOf({ address }).spec, tracing(1));
    assert.deepEqual(telemetryOf({ address, sampling: 0 }).spec, tracing(0));
    assert.deepEqual(telemetryOf({ address, sampling: 12.5 }), {
      apiVersion: "telemetry.istio.io/v1",
      kind: "Telemetry",
      metadata: { name: "mesh-default", namespace },
      spec: tracing(12.5),
    });
  });

  it("say the same wherever an istiod of the mesh reads its configuration, in any description", () => {
    fc.assert(
      fc.property(descriptions, (description) => {
        const { meshes } = topologyOf(description);
        const { controlPlanes, remotes } = planOf(description);
        const plans = [...Object.values(controlPlanes), ...Object.values(remotes)];
        assert.ok(plans.length > 0);
        for (const { mesh, mtls, locality, injection, observability } of plans) {
          const said = meshes[mesh];
          assert.deepEqual([mtls, locality, injection], [said.mtls, said.locality, said.injection]);
          assert.deepEqual(observability, said.observability);
        }
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
