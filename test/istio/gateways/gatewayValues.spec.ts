import assert from "node:assert/strict";
import { eastWestValues, ingressValues } from "../../../components/istio/gateways/gatewayValues";
import { DataPlane, NodeKind } from "../../../components/topology";
import { pair, planOf } from "../support";
import { annotations, drained, internal, KEY, on } from "./expected";

/** With Auto Mode's, which are asked for tags. */
const internalOfAutoMode = { ...internal, "additional-resource-tags": "istio-patterns=test" };

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
