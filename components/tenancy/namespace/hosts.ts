/**
 * Gateway API objects by which a shared ingress gateway leads to a tenant. Plain data
 * (https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/#manual-deployment).
 */
import { distinctName, TENANT_LABEL } from "../../topology";
import type { TenantCertificatePlan, TenantIngressPlan, TenantMeshPlan } from "../facts";

/** What the objects depend on. */
export interface HostFacts {
  tenant: string;
  mesh: Pick<TenantMeshPlan, "isConfigured" | "revision">;
  /** By name of the gateway. */
  ingress: Record<string, TenantIngressPlan>;
}

const GROUP = "gateway.networking.k8s.io";
const API = `${GROUP}/v1`;

/** Longest DNS label. */
const LONGEST_LABEL = 63;

/** Gateways that stand in the cluster, where Istio's objects are read. */
function here({ mesh, ingress }: HostFacts): [name: string, ingress: TenantIngressPlan][] {
  return mesh.isConfigured ? Object.entries(ingress).filter(([, { isHere }]) => isHere) : [];
}

/** Until the tenant has made its certificates no listener is valid, which `istioctl analyze` takes for a mistake. */
const annotations = { "galley.istio.io/analyze-suppress": "IST0171" };

/**
 * A Gateway per ingress, in its namespace: istiod lets one lead to pods of a Service of its own namespace alone (istio,
 * pilot/pkg/model/push_context.go, mergeGateways), where no tenant writes.
 */
export function tenantGateways(facts: HostFacts) {
  const { tenant, mesh } = facts;
  const labels = {
    [TENANT_LABEL]: tenant,
    ...(mesh.revision !== undefined && { "istio.io/rev": mesh.revision }),
  };
  return Object.fromEntries(
    here(facts).map(([name, ingress]) => [
      name,
      {
        apiVersion: API,
        kind: "Gateway",
        metadata: { name: tenant, namespace: ingress.namespace, labels, annotations },
        spec: {
          gatewayClassName: "istio",
          addresses: [{ type: "Hostname", value: ingress.namespace }],
          listeners: Object.entries(ingress.certificates).map(([host, certificate]) =>
            listener(tenant, ingress.port, host, certificate),
          ),
        },
      },
    ]),
  );
}

/** Routes of one listener claim each other's hosts: it takes none but those of the tenant's namespaces. */
function listener(tenant: string, port: number, hostname: string, certificate: object) {
  return {
    // Without a dot: routes are found by names of parts that dots part (istio, pilot/pkg/model/gateway.go, ParseGatewayRDSRouteName).
    name: distinctName([hostname], LONGEST_LABEL).replaceAll(".", "-"),
    ...{ hostname, port, protocol: "HTTPS" },
    tls: {
      mode: "Terminate",
      certificateRefs: [{ group: "", kind: "Secret", ...certificate }],
    },
    allowedRoutes: {
      kinds: [{ group: GROUP, kind: "HTTPRoute" }],
      namespaces: { from: "Selector", selector: { matchLabels: { [TENANT_LABEL]: tenant } } },
    },
  };
}

/** What lets these Gateways use certificates of one namespace, and no other Secret there; the key by what the grants' names end in. */
export function certificateGrants(facts: HostFacts & { namespace: string }) {
  const { namespace, tenant } = facts;
  return Object.fromEntries(
    here(facts).flatMap(([name, ingress]) => {
      const secrets = secretsIn(namespace, Object.values(ingress.certificates));
      if (secrets.length === 0) return [];
      const suffix = `ingress-${name}`;
      const spec = {
        from: [{ group: GROUP, kind: "Gateway", namespace: ingress.namespace }],
        to: secrets.map((secret) => ({ group: "", kind: "Secret", name: secret })),
      };
      const metadata = { name: suffix, namespace, labels: { [TENANT_LABEL]: tenant } };
      // The newest version that is in every release of the API that Istio takes (kubernetes-sigs/gateway-api, v1.5.1).
      return [[suffix, { apiVersion: `${GROUP}/v1beta1`, kind: "ReferenceGrant", metadata, spec }]];
    }),
  );
}

function secretsIn(namespace: string, certificates: TenantCertificatePlan[]): string[] {
  const own = certificates.filter((certificate) => certificate.namespace === namespace);
  return [...new Set(own.map(({ name }) => name))].sort();
}

/** Gateways that routes of the tenant may name as parents, each as `<namespace>/<name>`. */
export function routeParents({ tenant, ingress }: Pick<HostFacts, "tenant" | "ingress">): string[] {
  return Object.values(ingress).map(({ namespace }) => `${namespace}/${tenant}`);
}
