import assert from "node:assert/strict";
import { DataPlane, EAST_WEST_GATEWAY } from "../../components/topology";
import { assertDependsOn, floor, floorOf, release, releases } from "../support/graph";
import { ambientEntrance } from "../support/variants";
import { buildIstio, NAMESPACE, SERVICE, ISTIO_GATEWAY, GATEWAY, CONFIG_MAP } from "./room";
import { pair } from "./support";

describe("gateways", () => {
  const ingress = { public: { clusters: ["east"] } };

  it("of a sidecar mesh are a release and what it lets through, after istiod", async () => {
    const graph = await buildIstio(pair("different"));
    floor(graph, 2);
    floorOf(graph, ISTIO_GATEWAY, 2);
    const gateway = release(graph, `demo-prod-east-${EAST_WEST_GATEWAY}`);
    assert.equal(gateway.inputs.name, EAST_WEST_GATEWAY);
    assert.equal(gateway.inputs.timeout, 900);
    assert.equal(
      gateway.inputs.values.service.annotations[
        "service.beta.kubernetes.io/aws-load-balancer-security-groups"
      ],
      `sg-prod/east/east-west`,
    );
    assertDependsOn(graph, gateway, release(graph, "demo-prod-east-istio-istiod"));
    const exposure = graph.one(ISTIO_GATEWAY, `demo-prod-east-${EAST_WEST_GATEWAY}-cross-network`);
    assertDependsOn(graph, exposure, release(graph, "demo-prod-east-istio-istiod"));
    assert.equal(graph.ofType(GATEWAY).length, 0);
  });

  it("of an ambient mesh are a Gateway with its parameters first, waited for as long as a release", async () => {
    const graph = await buildIstio(pair("different", { dataPlane: DataPlane.Ambient }));
    floor(graph, 2);
    floorOf(graph, GATEWAY, 2);
    const gateway = graph.one(GATEWAY, `demo-prod-west-${EAST_WEST_GATEWAY}`);
    const parameters = graph.one(CONFIG_MAP, `demo-prod-west-${EAST_WEST_GATEWAY}-parameters`);
    assertDependsOn(graph, gateway, parameters);
    assert.deepEqual(parameters.inputs.metadata, {
      name: "istio-eastwestgateway-parameters",
      namespace: "istio-system",
    });
    assert.equal(
      parameters.inputs.data.horizontalPodAutoscaler,
      '{"spec":{"minReplicas":2,"maxReplicas":5}}',
    );
    assertDependsOn(graph, gateway, release(graph, "demo-prod-west-istio-ztunnel"));
    assert.deepEqual(
      [gateway.timeouts.create, gateway.timeouts.update].map((timeout) => parseFloat(timeout!)),
      [900, 900],
    );
    assert.equal(releases(graph, "gateway").length, 0);
    assert.equal(graph.ofType(ISTIO_GATEWAY).length, 0);
  });

  it("of an ambient mesh stand on managed nodes too, with what the API server takes of a Gateway", async () => {
    const description = pair("different", { dataPlane: DataPlane.Ambient });
    for (const cluster of Object.values(description.clusters)) cluster.nodes = { kind: "managed" };
    const graph = await buildIstio(description);
    floorOf(graph, GATEWAY, 2);
  });

  it("for ingress stand in a namespace of their own, in ambient meshes too", async () => {
    for (const dataPlane of Object.values(DataPlane)) {
      const graph = await buildIstio(pair("same", { dataPlane, ingress, experimental: true }));
      floor(graph, 2);
      const gateway = release(graph, "demo-prod-east-public");
      const namespace = graph.one(NAMESPACE, "demo-prod-east-public-namespace");
      assert.deepEqual(
        [gateway.inputs.name, gateway.inputs.namespace, namespace.inputs.metadata],
        [
          "istio-ingress-public",
          "istio-ingress-public",
          {
            name: "istio-ingress-public",
            labels: {
              "pod-security.kubernetes.io/enforce": "baseline",
              "eks.amazonaws.com/pod-readiness-gate-inject": "enabled",
            },
          },
        ],
      );
      assertDependsOn(graph, gateway, namespace);
      assertDependsOn(graph, gateway, release(graph, "demo-prod-east-istio-istiod"));
    }
  });

  it("take the description's ports and values, and let istiod beside an ambient one send to other networks", async () => {
    const graph = await buildIstio(ambientEntrance);
    floor(graph, 2);
    const istiodOf = (cluster: string) => release(graph, `demo-prod-${cluster}-istio-istiod`);
    const [east, west] = ["east", "west"].map((name) => istiodOf(name).inputs.values);
    const flag = "AMBIENT_ENABLE_MULTI_NETWORK_INGRESS";
    assert.deepEqual([east.env[flag], west.env[flag]], ["true", undefined]);
    assert.deepEqual([east.autoscaleMin, west.autoscaleMin], [3, 2]);
    const { ports } = release(graph, "demo-prod-east-public").inputs.values.service;
    assert.deepEqual(
      ports.map(({ name, port }: { name: string; port: number }) => [name, port]),
      [
        ["https", 443],
        ["tcp-broker", 9093],
      ],
    );
    for (const cluster of ["east", "west"]) {
      const name = `demo-prod-${cluster}-${EAST_WEST_GATEWAY}-parameters`;
      const { horizontalPodAutoscaler } = graph.one(CONFIG_MAP, name).inputs.data;
      assert.deepEqual(JSON.parse(horizontalPodAutoscaler), {
        spec: { minReplicas: 3, maxReplicas: 9 },
      });
    }
  });

  it("never say that they go with something else: destroy takes them away while someone can", async () => {
    const graph = await buildIstio(pair("different", { ingress }));
    floor(graph, 2);
    const gateways = releases(graph, "gateway");
    assert.equal(gateways.length, 3);
    for (const { deletedWith, retainOnDelete } of gateways) {
      assert.equal(deletedWith, undefined);
      assert.equal(retainOnDelete, false);
    }
  });

  it("read their address back from the Service that has the name of their release or Gateway", async () => {
    for (const dataPlane of Object.values(DataPlane)) {
      const graph = await buildIstio(pair("different", { dataPlane }));
      floor(graph, 2);
      floorOf(graph, SERVICE, 2);
      for (const service of graph.ofType(SERVICE)) {
        assert.ok(service.read);
        const component = graph.parentOf(service)!;
        assert.equal(component.type, "istio-patterns:index:EastWestGateway");
        assert.match(component.outputs.address, /elb\.amazonaws\.com$/);
        const [maker] = [...releases(graph, "gateway"), ...graph.ofType(GATEWAY)].filter(
          (each) => each.parent === component.urn,
        );
        assertDependsOn(graph, service, maker);
      }
    }
  });
});
