/** Values of chart `gateway` for the gateways that other meshes come in by. */
import { everyGateway } from "../istio/gateways/gatewayValues";
import { FEDERATION_PORT } from "../istio/ports";
import { composeValues } from "../istio/values";
import type { Fragment, HelmValues } from "../istio/values";

/** Name of the release, its Service and its pods' label `app`. */
export const RELEASE = "istio-federationgateway";

/** Label of the pods: the release's name without "istio-", as the chart has it. */
export const SELECTOR = { istio: "federationgateway" };

/** What the values depend on, with an opaque leaf. */
export interface FederationGatewayFacts {
  /** Revision of the control plane that serves it. */
  revision?: string;
  /** Istio network that it leads into. */
  network: unknown;
}

export function federationValues(facts: FederationGatewayFacts): HelmValues {
  return composeValues(fragments, { ...facts, release: RELEASE });
}

const fragments: Fragment<FederationGatewayFacts & { release: string }>[] = [
  ...everyGateway,
  {
    why:
      "It leads to endpoints on its own network alone: what it would send through the mesh's own network gateways comes back by no way. The chart's " +
      "`networkGateway` sets it too, but makes the Service the network's gateway for the mesh itself, and opens ports of istiod's.",
    values: ({ network }) => ({ env: { ISTIO_META_REQUESTED_NETWORK_VIEW: network } }),
  },
  {
    why: "A gateway that passes TLS through needs no Secret.",
    values: () => ({ rbac: { enabled: false } }),
  },
  {
    why: "Its load balancer is made beside it, at addresses that other meshes know before it is there; pods are bound to that.",
    values: () => ({
      service: {
        type: "ClusterIP",
        ports: [
          { name: "tls", port: FEDERATION_PORT, protocol: "TCP", targetPort: FEDERATION_PORT },
        ],
      },
    }),
  },
];
