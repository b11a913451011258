/** A waypoint in front of a service's tasks: ztunnel knows connections alone, a waypoint HTTP. Plain data. */
import { HBONE } from "../istio/ports";
import { spreadOverZones } from "../istio/spread";

/** Says at a Service, or its namespace, which waypoint stands in front of it. */
const LABEL = "istio.io/use-waypoint";
/** Has ingress gateways go through it too: they go past it otherwise (istio, pilot/pkg/xds/endpoints/endpoint_builder.go, findServiceWaypoint). */
const INGRESS_LABEL = "istio.io/ingress-use-waypoint";
const CLASS = "istio-waypoint";

export interface WaypointFacts {
  /** Name of the service. */
  service: string;
  namespace: string;
  /** Revision of the istiod that makes it and tells it its policies; absent: the default one. */
  revision?: string;
}

/** Name of the Gateway, and of the pods and the ServiceAccount that istiod makes of it. */
export function waypointName(service: string): string {
  return `${service}-waypoint`;
}

/** Labels of a Service whose calls go through its waypoint. */
export function waypointLabels(service: string): Record<string, string> {
  return { [LABEL]: waypointName(service), [INGRESS_LABEL]: "true" };
}

/**
 * The waypoint (https://istio.io/latest/docs/ambient/usage/waypoint/). istiod makes the pods of it and a Service within the cluster. A
 * Service must not name it before it is there: until then istiod leads calls past it, and past its policies
 * (istio, pilot/pkg/serviceregistry/ambient/waypoints.go).
 */
export function waypointGateway({ service, namespace, revision }: WaypointFacts) {
  const name = waypointName(service);
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: {
      ...{ name, namespace },
      labels: {
        "istio.io/waypoint-for": "service",
        ...(revision === undefined ? {} : { "istio.io/rev": revision }),
      },
      annotations: { "pulumi.com/waitFor": "condition=Programmed" },
    },
    spec: {
      gatewayClassName: CLASS,
      listeners: [{ name: "mesh", port: HBONE, protocol: "HBONE" }],
      infrastructure: { parametersRef: { group: "", kind: "ConfigMap", name } },
    },
  };
}

/**
 * What the Gateway API has no field for: two pods at least, over zones, one of which stays while nodes are emptied. istiod lays each over what it
 * generates (https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/#automated-deployment).
 */
export function waypointParameters({ service, namespace }: WaypointFacts) {
  const name = waypointName(service);
  const topologySpreadConstraints = spreadOverZones({
    "gateway.networking.k8s.io/gateway-name": name,
  });
  const overlays = {
    deployment: { spec: { template: { spec: { topologySpreadConstraints } } } },
    horizontalPodAutoscaler: { spec: { minReplicas: 2, maxReplicas: 5 } },
    podDisruptionBudget: { spec: { minAvailable: 1 } },
  };
  return {
    metadata: { name, namespace },
    // JSON is YAML.
    data: Object.fromEntries(
      Object.entries(overlays).map(([kind, overlay]) => [kind, JSON.stringify(overlay)]),
    ),
  };
}
