import assert from "node:assert/strict";
import {
  ambientGateway,
  ambientOverlays,
  crossNetworkGateways,
} from "../../../components/istio/gateways/eastWestObjects";
import { eastWestValues, ingressValues } from "../../../components/istio/gateways/gatewayValues";
import { DataPlane, NodeKind } from "../../../components/topology";
import type { TopologyDescription } from "../../../components/topology";
import { pair, planOf } from "../support";

const KEY = `prod/east/east-west`;

function on(kind: NodeKind, mesh: Parameters<typeof pair>[1] = {}): TopologyDescription {
  return pair("different", mesh, {
    clusters: { east: { network: "net-east", nodes: { kind } }, west: { network: "net-west" } },
  });
}

/** Annotations of an internal load balancer, without the prefix. */
const internal = {
  scheme: "internal",
  "nlb-target-type": "ip",
  "healthcheck-protocol": "HTTP",
  "healthcheck-port": "15021",
  "healthcheck-path": "/healthz/ready",
  attributes: "load_balancing.cross_zone.enabled=true",
  "target-group-attributes":
    "preserve_client_ip.enabled=false,deregistration_delay.timeout_seconds=240," +
    "deregistration_delay.connection_termination.enabled=true",
  "security-groups": "sg-1",
};

/** With Auto Mode's, which are asked for tags. */
const internalOfAutoMode = { ...internal, "additional-resource-tags": "istio-patterns=test" };

const PREFIX = "service.beta.kubernetes.io/aws-load-balancer-";

function annotations(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${PREFIX}${name}`, value]),
  );
}

const KEPT = "load_balancing.cross_zone.enabled=true,deletion_protection.enabled=true";

const twoOverZones = (release: string) => ({
  autoscaling: { minReplicas: 2 },
  podDisruptionBudget: { minAvailable: 1 },
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: "topology.kubernetes.io/zone",
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: { app: release } },
    },
  ],
});

/** Serves on while its load balancer still sends, then ends what is open. */
const drained = {
  lifecycle: { preStop: { sleep: { seconds: 180 } } },
  terminationGracePeriodSeconds: 240,
  podAnnotations: { "proxy.istio.io/config": '{"terminationDrainDuration":"45s"}' },
};

describe("values of the east-west gateway", () => {
  it("on Auto Mode: its network, an internal load balancer, no access to Secrets", () => {
    const gateway = planOf(on(NodeKind.AutoMode)).eastWest[KEY];
    assert.deepEqual(eastWestValues(gateway, "sg-1"), {
      networkGateway: "net-east",
      rbac: { enabled: false },
      service: {
        loadBalancerClass: "eks.amazonaws.com/nlb",
        allocateLoadBalancerNodePorts: false,
        annotations: annotations(internalOfAutoMode),
      },
      ...twoOverZones("istio-eastwestgateway"),
      ...drained,
    });
  });

  it("on managed nodes: the controller's class, and nothing that lets it open the nodes' group", () => {
    const gateway = planOf(on(NodeKind.Managed)).eastWest[KEY];
    assert.deepEqual(eastWestValues(gateway, "sg-1").service, {
      loadBalancerClass: "service.k8s.aws/nlb",
      allocateLoadBalancerNodePorts: false,
      annotations: annotations(internal),
    });
  });

  it("take the user's of eastWest, and none of an ingress gateway's", () => {
    const gateway = planOf(
      on(NodeKind.AutoMode, {
        ingress: { apps: { clusters: ["east"], values: { resources: { requests: {} } } } },
        values: { eastWest: { autoscaling: { maxReplicas: 9 } } },
      }),
    ).eastWest[KEY];
    const { autoscaling, resources } = eastWestValues(gateway, "sg-1");
    assert.deepEqual(
      { autoscaling, resources },
      {
        autoscaling: { minReplicas: 2, maxReplicas: 9 },
        resources: undefined,
      },
    );
  });

  it("without a security group names none", () => {
    const { service } = eastWestValues(planOf(on(NodeKind.AutoMode)).eastWest[KEY]);
    const { annotations: found } = service as { annotations: object };
    assert.deepEqual(
      Object.keys(found).filter((name) => name.endsWith("security-groups")),
      [],
    );
  });
});

describe("values of an ingress gateway", () => {
  const ingress = { public: { clusters: ["east"], exposure: "internet" as const } };

  /** What istiod takes an ingress gateway by. */
  const taken = { labels: { "gateway.istio.io/managed": "istio.io-gateway-controller" } };

  const servicePorts = (ports: Record<string, number>) =>
    Object.entries(ports).map(([name, port]) => ({
      name,
      port,
      protocol: "TCP",
      targetPort: port,
    }));

  it("have the ports of the description on the Service, in both data planes", () => {
    const ports = { https: 443, "tcp-broker": 9093 };
    for (const dataPlane of Object.values(DataPlane)) {
      const mesh = { dataPlane, ingress: { public: { clusters: ["east"], ports } } };
      const gateway = planOf(pair("different", mesh)).ingress["prod/east/public"];
      const { service, labels } = ingressValues(gateway) as Record<string, { ports?: object }>;
      assert.deepEqual(service.ports, servicePorts(ports));
      assert.deepEqual(labels, taken.labels);
    }
  });

  it("face the internet only when told, and keep the client's address then", () => {
    const gateway = planOf(on(NodeKind.AutoMode, { ingress })).ingress["prod/east/public"];
    assert.deepEqual(ingressValues(gateway, "sg-1"), {
      ...taken,
      service: {
        ports: servicePorts({ http: 80, https: 443 }),
        loadBalancerClass: "eks.amazonaws.com/nlb",
        allocateLoadBalancerNodePorts: false,
        annotations: annotations({
          ...internalOfAutoMode,
          scheme: "internet-facing",
          "target-group-attributes": internal["target-group-attributes"].replace(
            "preserve_client_ip.enabled=false",
            "preserve_client_ip.enabled=true",
          ),
        }),
      },
      ...twoOverZones("istio-ingress-public"),
      ...drained,
    });
  });

  it("are internal by default and take the user's of that gateway and the revision that serves it", () => {
    const { ingress: gateways } = planOf(
      pair(
        "same",
        {
          revision: "canary",
          ingress: {
            apps: { clusters: ["east"], values: { resources: { requests: { cpu: "2" } } } },
            bare: { clusters: ["east"] },
          },
          values: { eastWest: { autoscaling: { maxReplicas: 9 } } },
        },
        { istio: { revisions: { canary: { version: "1.31.3" } } } },
      ),
    );
    const service = {
      ports: servicePorts({ http: 80, https: 443 }),
      loadBalancerClass: "eks.amazonaws.com/nlb",
      allocateLoadBalancerNodePorts: false,
      annotations: annotations(internalOfAutoMode),
    };
    const bare = {
      ...taken,
      revision: "canary",
      service,
      ...twoOverZones("istio-ingress-bare"),
      ...drained,
    };
    assert.deepEqual(ingressValues(gateways["prod/east/bare"], "sg-1"), bare);
    assert.deepEqual(ingressValues(gateways["prod/east/apps"], "sg-1"), {
      ...taken,
      revision: "canary",
      service,
      ...twoOverZones("istio-ingress-apps"),
      ...drained,
      resources: { requests: { cpu: "2" } },
    });
  });
});

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
