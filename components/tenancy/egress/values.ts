/** Values of chart `gateway` for the gateways that tenants' calls leave by. */
import { everyGateway } from "../../istio/gateways/gatewayValues";
import { composeValues } from "../../istio/values";
import type { Fragment, HelmValues } from "../../istio/values";
import type { TenantEgressPlan } from "../facts";
import { egressName, egressPorts } from "./names";

type Facts = Pick<TenantEgressPlan, "tenant" | "namespaces" | "outside"> & { revision?: string };

export function egressValues(facts: Facts): HelmValues {
  return composeValues(fragments, { ...facts, release: egressName(facts.tenant) });
}

const fragments: Fragment<Facts & { release: string }>[] = [
  ...everyGateway,
  {
    why: "A gateway that opens no TLS but the mesh's own needs no Secret.",
    values: () => ({ rbac: { enabled: false } }),
  },
  {
    why: "Pods of the tenant alone call it: it has no load balancer, and no other namespace knows its Service.",
    values: ({ namespaces, outside }) => ({
      service: {
        type: "ClusterIP",
        annotations: { "networking.istio.io/exportTo": namespaces.join(",") },
        ports: egressPorts(outside).map((port) => {
          return { name: `tls-${port}`, port, protocol: "TCP", targetPort: port };
        }),
      },
    }),
  },
];
