import assert from "node:assert/strict";
import { gatewayDrain, istiodDrain, relayDrain } from "../../components/istio/drain";
import { ambientGateway, ambientOverlays } from "../../components/istio/gateways/eastWestObjects";
import { eastWestValues, ingressValues } from "../../components/istio/gateways/gatewayValues";
import { DataPlane } from "../../components/topology";
import { floor, floorOf } from "../support/graph";
import { buildIstio } from "./room";
import { pair, planOf, primaryRemote } from "./support";

const GROUP = "aws:lb/targetGroup:TargetGroup";

/** What AWS was seen to take to leave a target: two minutes, three at most. */
const LAG = 180;

interface Container {
  lifecycle: { preStop: { sleep: { seconds: number } } };
}

/** When a pod of a gateway stops to serve as before, when Envoy has drained, when it is killed and when connections are cut. */
interface Ends {
  sleep: number;
  drained: number;
  killed: number;
  cut: number;
}

function endsOf(
  { lifecycle }: Container,
  pods: { annotations: unknown; grace: unknown; attributes: Record<string, unknown> },
): Ends {
  const sleep = lifecycle.preStop.sleep.seconds;
  const config = (pods.annotations as Record<string, string>)["proxy.istio.io/config"];
  const drain = parseFloat(JSON.parse(config).terminationDrainDuration);
  const [, attributes] = Object.entries(pods.attributes).find(([key]) =>
    key.endsWith("target-group-attributes"),
  )!;
  const cut = /deregistration_delay\.timeout_seconds=(\d+)/.exec(String(attributes))![1];
  return { sleep, drained: sleep + drain, killed: Number(pods.grace), cut: Number(cut) };
}

/** Of a release of chart `gateway`. */
function ofValues(values: Record<string, unknown>): Ends {
  const { podAnnotations: annotations, terminationGracePeriodSeconds: grace } = values;
  const { annotations: attributes } = values.service as { annotations: Record<string, unknown> };
  return endsOf(values as unknown as Container, { annotations, grace, attributes });
}

describe("a pod of a gateway that goes", () => {
  const ingress = {
    apps: { clusters: ["east"] },
    web: { clusters: ["west"], exposure: "internet" },
  };
  const meshes = Object.values(DataPlane).map((dataPlane) =>
    planOf(pair("different", { dataPlane, ingress } as Parameters<typeof pair>[1])),
  );

  /** All gateways of both data planes, by how they are made. */
  const ends = meshes.flatMap(({ eastWest, ingress: gateways }) => [
    ...Object.values(gateways).map((gateway) => ofValues(ingressValues(gateway, "sg-1"))),
    ...Object.values(eastWest).map((gateway) => {
      if (gateway.dataPlane === DataPlane.Sidecar) return ofValues(eastWestValues(gateway, "sg-1"));
      const { template } = ambientOverlays(gateway).deployment!.spec;
      const [container] = template.spec.containers;
      return endsOf(container, {
        annotations: template.metadata.annotations,
        grace: template.spec.terminationGracePeriodSeconds,
        attributes: ambientGateway(gateway, "sg-1").spec.infrastructure.annotations,
      });
    }),
  ]);

  it("serves as before for as long as its load balancer sends to it", () => {
    assert.equal(ends.length, 8);
    for (const { sleep } of ends) assert.ok(sleep >= LAG, `${sleep} s`);
  });

  it("has time to end its connections itself before it is killed, and before they are cut", () => {
    for (const { sleep, drained, killed, cut } of ends) {
      // Envoy's own drain time (istio, pkg/config/mesh/mesh.go).
      assert.ok(drained - sleep >= 45, `${drained - sleep} s to drain`);
      assert.ok(killed > drained, `killed after ${killed} s, drained after ${drained} s`);
      assert.ok(cut >= drained, `cut after ${cut} s, drained after ${drained} s`);
    }
  });
});

describe("an istiod that goes", () => {
  it("keeps its connections at the load balancer for as long as its pod has to end", async () => {
    const graph = await buildIstio(primaryRemote("different"));
    floor(graph, 2);
    floorOf(graph, GROUP, 4);
    // Kubernetes' own grace period: the chart has no value for it.
    for (const { inputs } of graph.ofType(GROUP)) assert.equal(inputs.deregistrationDelay, 30);
  });
});

describe("times of rollouts", () => {
  it("are what AWS and Kubernetes take", () => {
    for (const { deregistration } of [gatewayDrain, istiodDrain])
      assert.ok(deregistration >= 0 && deregistration <= 3600);
    assert.ok(relayDrain.grace > relayDrain.sleep);
  });
});
