/** Kubernetes objects of east-west gateways, beside what the chart makes. */
import { DataPlane, EAST_WEST_GATEWAY, Exposure, shortened } from "../../topology";
import type { AmbientEastWestValues, ChartValues, LoadBalancers } from "../../topology";
import { envoyDrain, gatewayDrain, serveOn } from "../drain";
import { EAST_WEST_PORT, HBONE } from "../ports";
import { loadBalancerAnnotations, loadBalancerClass } from "./loadBalancer";
import { spreadOverZones } from "../spread";
import { mergeValues } from "../values";

/** What the objects depend on; `Leaf` may be a Pulumi Output, which is placed and never read. */
interface EastWestPlace<Leaf> {
  cluster: string;
  namespace: Leaf;
  network: Leaf;
  revision?: string;
  loadBalancers: LoadBalancers;
  deletionProtection?: boolean;
  /** The user's own, by chart and kind of gateway. */
  values?: ChartValues;
}

/** Gateway class that istiod has with AMBIENT_ENABLE_MULTI_NETWORK. */
const EAST_WEST_CLASS = "istio-east-west";

/** Pods carry the gateway's name as a label. */
const LONGEST_LABEL = 63;

/**
 * Name of a cluster's ambient gateway and of what istiod makes from it. To istiod, Services of one name are one in all
 * clusters: under a shared name a Gateway would be called programmed, with another cluster's address, before it has a
 * Service of its own.
 */
function ambientName(cluster: string): string {
  return shortened(`${EAST_WEST_GATEWAY}-${cluster}`, LONGEST_LABEL);
}

/** ConfigMap that shapes what istiod makes from the ambient gateway. */
export const PARAMETERS = `${EAST_WEST_GATEWAY}-parameters`;

/** One in every cluster whose configuration an istiod reads: it opens the gateways of all that this istiod serves. */
export function crossNetworkGateways<Leaf>(place: {
  namespace: Leaf;
  holdsConfiguration: boolean;
}) {
  return place.holdsConfiguration ? [crossNetworkGateway(place.namespace)] : [];
}

/**
 * Lets mutual TLS through to every service of the mesh by its SNI, without opening it
 * (https://istio.io/latest/docs/setup/install/multicluster/multi-primary_multi-network/).
 */
function crossNetworkGateway<Leaf>(namespace: Leaf) {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "Gateway",
    metadata: { name: "cross-network-gateway", namespace },
    spec: {
      // The chart's label: the release's name without "istio-".
      selector: { istio: EAST_WEST_GATEWAY.replace(/^istio-/, "") },
      servers: [
        {
          port: { number: EAST_WEST_PORT[DataPlane.Sidecar], name: "tls", protocol: "TLS" },
          tls: { mode: "AUTO_PASSTHROUGH" },
          hosts: ["*.local"],
        },
      ],
    },
  };
}

/**
 * The gateway of an ambient network. istiod makes the pods and the Service from it
 * (https://istio.io/latest/docs/ambient/install/multicluster/multi-primary_multi-network/).
 */
export function ambientGateway<Leaf>(place: EastWestPlace<Leaf>, securityGroup?: unknown) {
  const { cluster, namespace, network, revision } = place;
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: {
      name: ambientName(cluster),
      namespace,
      labels: {
        "topology.istio.io/network": network,
        ...(revision === undefined ? {} : { "istio.io/rev": revision }),
      },
      // It is up when peers can be told its address.
      annotations: { "pulumi.com/waitFor": "condition=Programmed" },
    },
    spec: {
      gatewayClassName: EAST_WEST_CLASS,
      listeners: [
        {
          name: "mesh",
          port: HBONE,
          protocol: "HBONE",
          tls: {
            mode: "Terminate",
            options: { "gateway.istio.io/tls-terminate-mode": "ISTIO_MUTUAL" },
          },
        },
      ],
      infrastructure: {
        // No tags: the Gateway API takes no ninth annotation.
        annotations: loadBalancerAnnotations({
          ...{ exposure: Exposure.Internal, securityGroup },
          deletionProtection: place.deletionProtection,
        }),
        parametersRef: { group: "", kind: "ConfigMap", name: PARAMETERS },
      },
    },
  };
}

/**
 * What the Gateway API has no field for, by kind of object: the class of the Service, two pods over zones, their ends and disruption
 * budget, and over it the user's own. istiod lays each over what it generates, and makes nothing before they exist
 * (https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/#automated-deployment).
 */
export function ambientOverlays<Leaf>(place: EastWestPlace<Leaf>): AmbientEastWestValues {
  const { cluster, loadBalancers, values = {} } = place;
  const labels = { "gateway.networking.k8s.io/gateway-name": ambientName(cluster) };
  const service = {
    loadBalancerClass: loadBalancerClass({ loadBalancers, exposure: Exposure.Internal }),
    allocateLoadBalancerNodePorts: false,
  };
  const own = {
    service: { spec: service },
    deployment: { spec: { template: ambientPods(labels) } },
    horizontalPodAutoscaler: { spec: { minReplicas: 2, maxReplicas: 5 } },
    podDisruptionBudget: { spec: { minAvailable: 1 } },
  };
  return mergeValues(own, { ...values.ambientEastWest });
}

function ambientPods(labels: Record<string, string>) {
  const { sleep, grace, envoy } = gatewayDrain;
  return {
    metadata: { annotations: envoyDrain(envoy) },
    spec: {
      topologySpreadConstraints: spreadOverZones(labels),
      terminationGracePeriodSeconds: grace,
      // Merged by name with the only container of the template (istio, files/kube-gateway.yaml of chart istiod).
      containers: [{ name: "istio-proxy", lifecycle: serveOn(sleep) }],
    },
  };
}
