import assert from "node:assert/strict";
import {
  ambientGateway,
  ambientOverlays,
  crossNetworkGateways,
} from "../../../components/istio/gateways/eastWestObjects";
import { DataPlane, NodeKind } from "../../../components/topology";
import { pair, planOf } from "../support";
import { annotations, drained, internal, KEPT, KEY, on } from "./expected";

describe("objects of the east-west gateway", () => {
  it("of a sidecar mesh: TLS of every service passes on 15443 by its name", () => {
    const [gateway, ...others] = crossNetworkGateways(planOf(on(NodeKind.AutoMode)).eastWest[KEY]);
    assert.deepEqual(others, []);
    assert.deepEqual(gateway, {
      apiVersion: "networking.istio.io/v1",
      kind: "Gateway",
      metadata: { name: "cross-network-gateway", namespace: "istio-system" },
      spec: {
        selector: { istio: "eastwestgateway" },
        servers: [
          {
            port: { number: 15443, name: "tls", protocol: "TLS" },
            tls: { mode: "AUTO_PASSTHROUGH" },
            hosts: ["*.local"],
          },
        ],
      },
    });
  });

  it("of an ambient mesh: HBONE on 15008, ended with the mesh's identity", () => {
    const gateway = planOf(on(NodeKind.AutoMode, { dataPlane: DataPlane.Ambient })).eastWest[KEY];
    assert.deepEqual(ambientGateway(gateway, "sg-1"), {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      metadata: {
        name: "istio-eastwestgateway-east",
        namespace: "istio-system",
        labels: { "topology.istio.io/network": "net-east" },
        annotations: { "pulumi.com/waitFor": "condition=Programmed" },
      },
      spec: {
        gatewayClassName: "istio-east-west",
        listeners: [
          {
            name: "mesh",
            port: 15008,
            protocol: "HBONE",
            tls: {
              mode: "Terminate",
              options: { "gateway.istio.io/tls-terminate-mode": "ISTIO_MUTUAL" },
            },
          },
        ],
        infrastructure: {
          annotations: annotations(internal),
          parametersRef: { group: "", kind: "ConfigMap", name: "istio-eastwestgateway-parameters" },
        },
      },
    });
  });

  it("of an ambient mesh: as many annotations as the Gateway API takes, whoever makes load balancers", () => {
    for (const kind of Object.values(NodeKind)) {
      const gateway = planOf(on(kind, { dataPlane: DataPlane.Ambient })).eastWest[KEY];
      const { infrastructure } = ambientGateway(gateway, "sg-1").spec;
      assert.ok(Object.keys(infrastructure.annotations).length <= 8);
    }
  });

  it("of an ambient mesh: the user's own over what istiod is told, of the mesh and of the cluster", () => {
    const container = (more: object) => ({
      spec: { template: { spec: { containers: [{ name: "istio-proxy", ...more }] } } },
    });
    const resources = { requests: { cpu: "2" } };
    const values = {
      ambientEastWest: {
        deployment: container({ resources }),
        horizontalPodAutoscaler: { spec: { maxReplicas: 9 } },
      },
    };
    const own = {
      ambientEastWest: { deployment: container({ env: [{ name: "A", value: "b" }] }) },
    };
    const { eastWest } = planOf(
      on(NodeKind.AutoMode, {
        dataPlane: DataPlane.Ambient,
        values,
        clusters: { east: { values: own }, west: {} },
      }),
    );
    const [east, west] = ["east", "west"].map((name) => {
      const { deployment, horizontalPodAutoscaler } = ambientOverlays(
        eastWest[`prod/${name}/east-west`],
      );
      assert.deepEqual(horizontalPodAutoscaler, { spec: { minReplicas: 2, maxReplicas: 9 } });
      return deployment!.spec.template.spec.containers;
    });
    const { lifecycle } = drained;
    assert.deepEqual(west, [{ name: "istio-proxy", lifecycle, resources }]);
    assert.deepEqual(east, [
      { name: "istio-proxy", lifecycle, resources, env: [{ name: "A", value: "b" }] },
    ]);
  });

  it("of an ambient mesh: no tags, for which there is no room, but protection", () => {
    const kept = { ...on(NodeKind.AutoMode, { dataPlane: DataPlane.Ambient }), tags: { a: "b" } };
    const gateway = planOf({ ...kept, loadBalancers: { deletionProtection: true } }).eastWest[KEY];
    assert.deepEqual(gateway.tags, { a: "b", "istio-patterns": "test" });
    assert.deepEqual(
      ambientGateway(gateway, "sg-1").spec.infrastructure.annotations,
      annotations({ ...internal, attributes: KEPT }),
    );
  });

  it("of an ambient mesh: the Service's class by flavour, two pods over zones that serve on when they go", () => {
    const classes = {
      [NodeKind.AutoMode]: "eks.amazonaws.com/nlb",
      [NodeKind.Managed]: "service.k8s.aws/nlb",
    };
    for (const [kind, loadBalancerClass] of Object.entries(classes)) {
      const mesh = { dataPlane: DataPlane.Ambient };
      const gateway = planOf(on(kind as NodeKind, mesh)).eastWest[KEY];
      assert.deepEqual(ambientOverlays(gateway), {
        service: { spec: { loadBalancerClass, allocateLoadBalancerNodePorts: false } },
        deployment: {
          spec: {
            template: {
              metadata: { annotations: drained.podAnnotations },
              spec: {
                terminationGracePeriodSeconds: 240,
                containers: [{ name: "istio-proxy", lifecycle: drained.lifecycle }],
                topologySpreadConstraints: [
                  {
                    maxSkew: 1,
                    topologyKey: "topology.kubernetes.io/zone",
                    whenUnsatisfiable: "ScheduleAnyway",
                    labelSelector: {
                      matchLabels: {
                        "gateway.networking.k8s.io/gateway-name": "istio-eastwestgateway-east",
                      },
                    },
                  },
                ],
              },
            },
          },
        },
        horizontalPodAutoscaler: { spec: { minReplicas: 2, maxReplicas: 5 } },
        podDisruptionBudget: { spec: { minAvailable: 1 } },
      });
    }
  });

  it("of an ambient mesh: a name of its own in every cluster, however long the cluster's is", () => {
    const { eastWest } = planOf(pair("different", { dataPlane: DataPlane.Ambient }));
    const nameIn = (cluster: string) => ambientGateway({ ...eastWest[KEY], cluster }).metadata.name;
    const long = "c".repeat(62);
    const names = ["east", "west", `${long}1`, `${long}2`].map(nameIn);
    assert.equal(new Set(names).size, names.length);
    assert.ok(names.every((name) => name.length <= 63));
  });

  it("of an ambient mesh: the revision that serves the cluster", () => {
    const istio = { revisions: { canary: { version: "1.31.3" } } };
    const mesh = { dataPlane: DataPlane.Ambient, revision: "canary" };
    const { metadata } = ambientGateway(planOf(pair("different", mesh, { istio })).eastWest[KEY]);
    assert.equal(metadata.labels["istio.io/rev" as keyof typeof metadata.labels], "canary");
  });
});
