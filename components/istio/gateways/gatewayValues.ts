/** Values of chart `gateway`, for east-west gateways of sidecar meshes and for ingress gateways of all meshes. */
import { EAST_WEST_GATEWAY, Exposure } from "../../topology";
import type { ChartValues } from "../../topology";
import { envoyDrain, gatewayDrain, serveOn } from "../drain";
import { loadBalancerAnnotations, loadBalancerClass } from "./loadBalancer";
import type { LoadBalancerFacts } from "./loadBalancer";
import { ingressName } from "./plan";
import { spreadOverZones } from "../spread";
import { composeValues } from "../values";
import type { Fragment, HelmValues } from "../values";

/** Which of istiod's controllers a gateway is of. */
export const MANAGED = "gateway.istio.io/managed";

/** What every gateway's values depend on. */
interface CommonFacts extends Pick<
  LoadBalancerFacts,
  "loadBalancers" | "deletionProtection" | "tags"
> {
  /** Revision of the control plane that serves it. */
  revision?: string;
}

/** What an east-west gateway's values depend on, with an opaque leaf. */
export interface EastWestFacts extends CommonFacts {
  network: unknown;
  /** The user's own, by chart and kind of gateway. */
  values?: ChartValues;
}

/** What an ingress gateway's values depend on. */
export interface IngressFacts extends CommonFacts {
  name: string;
  exposure: Exposure;
  /** TCP ports by name. */
  ports: Record<string, number>;
  /** The user's own. */
  values?: HelmValues;
}

interface GatewayFacts extends CommonFacts, LoadBalancerFacts {
  /** Name of the release: also the pods' label `app`. */
  release: string;
  /** Network that the gateway leads into. Absent: an ingress gateway. */
  network?: unknown;
  /** TCP ports by name; absent: those of the network's gateways. */
  ports?: Record<string, number>;
  /** The user's own. */
  values?: HelmValues;
}

/** Values of the east-west gateway of a sidecar mesh. */
export function eastWestValues(facts: EastWestFacts, securityGroup?: unknown): HelmValues {
  return gatewayValues({
    ...facts,
    release: EAST_WEST_GATEWAY,
    exposure: Exposure.Internal,
    securityGroup,
    values: facts.values?.eastWest,
  });
}

/** Values of an ingress gateway. */
export function ingressValues(facts: IngressFacts, securityGroup?: unknown): HelmValues {
  return gatewayValues({ ...facts, release: ingressName(facts.name), securityGroup });
}

function gatewayValues(facts: GatewayFacts): HelmValues {
  return composeValues(gateway, facts, facts.values);
}

/** Values of every gateway, whoever makes its load balancer. */
export const everyGateway: Fragment<Pick<GatewayFacts, "revision" | "release">>[] = [
  {
    why: "The control plane that the cluster picked injects and serves the gateway, not the default one.",
    when: ({ revision }) => revision !== undefined,
    values: ({ revision }) => ({ revision }),
  },
  {
    why: "A network with one gateway is cut off while its node is replaced.",
    values: ({ release }) => ({
      autoscaling: { minReplicas: 2 },
      podDisruptionBudget: { minAvailable: 1 },
      topologySpreadConstraints: spreadOverZones({ app: release }),
    }),
  },
  {
    why:
      "A load balancer goes on sending to a gateway that is on its way out, which would end five seconds after it is told " +
      "to (https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2366).",
    values: () => ({
      lifecycle: serveOn(gatewayDrain.sleep),
      terminationGracePeriodSeconds: gatewayDrain.grace,
      podAnnotations: envoyDrain(gatewayDrain.envoy),
    }),
  },
];

const gateway: Fragment<GatewayFacts>[] = [
  ...everyGateway,
  {
    why:
      "The label that istiods elsewhere find the gateway of a network by, the view of the mesh that it serves, and " +
      "port 15443 (https://istio.io/latest/docs/setup/install/multicluster/multi-primary_multi-network/).",
    when: ({ network }) => network !== undefined,
    values: ({ network }) => ({ networkGateway: network }),
  },
  {
    why:
      "The chart lets a gateway read every Secret of its namespace, here the mesh's CA key and the remote clusters' " +
      "credentials; a gateway that passes TLS through needs none.",
    when: ({ network }) => network !== undefined,
    values: () => ({ rbac: { enabled: false } }),
  },
  {
    why: "A network load balancer straight to the pods, internal unless the description says internet.",
    values: (facts) => ({
      service: {
        loadBalancerClass: loadBalancerClass(facts),
        // Targets are pods: a port on every node would only be one more way in.
        allocateLoadBalancerNodePorts: false,
        annotations: loadBalancerAnnotations(facts),
      },
    }),
  },
  {
    why:
      "The Service has the ports that the security group of its load balancer lets in, and no other: the chart's port of readiness " +
      "would be one more listener, which nobody can call. Load balancers ask the pods themselves.",
    when: ({ ports }) => ports !== undefined,
    values: ({ ports = {} }) => ({
      service: {
        ports: Object.entries(ports).map(([name, port]) => {
          return { name, port, protocol: "TCP", targetPort: port };
        }),
      },
    }),
  },
  {
    why:
      "istiod takes a proxy for an ingress gateway by this label, which it puts on those that it makes itself, or by `istio: ingressgateway` " +
      "(istio, pilot/pkg/model/context.go, IsIngressGateway). In an ambient mesh any other gets endpoints of other networks behind a " +
      "listener that it is not given, and fails there.",
    when: ({ network }) => network === undefined,
    values: () => ({ labels: { [MANAGED]: "istio.io-gateway-controller" } }),
  },
];
