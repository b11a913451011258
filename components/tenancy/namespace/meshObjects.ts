/** Istio's objects of a tenant's namespace. Plain data. */
import { DataPlane, Egress, TENANT_LABEL } from "../../topology";
import { egressName } from "../egress/names";
import type {
  TenantBorrowPlan,
  TenantExchangePlan,
  TenantIngressPlan,
  TenantMeshPlan,
  TenantSharePlan,
  TenantUsePlan,
} from "../facts";

/** Name of what stands once in each of a tenant's namespaces. */
export const TENANT = "tenant";

/** What the objects of one namespace depend on. */
export interface NamespaceFacts {
  tenant: string;
  namespace: string;
  /** All of the tenant's. */
  namespaces: readonly string[];
  mesh: Pick<TenantMeshPlan, "namespace" | "trustDomain" | "dataPlane">;
  use: Pick<TenantUsePlan, "egress">;
  exchange: TenantExchangePlan;
  /** Ingress gateways that lead to the tenant, by name. */
  ingress: Record<string, Pick<TenantIngressPlan, "namespace" | "serviceAccount" | "isHere">>;
}

/** One of them. */
export interface TenantObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace: string;
    labels: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec: object;
}

/** The objects, by what the names of their resources end in. */
export function meshObjects(facts: NamespaceFacts): Record<string, TenantObject> {
  const { exchange, mesh, namespace } = facts;
  const own = Object.values(exchange.shares).filter((share) => share.namespace === namespace);
  return {
    "peer-authentication": object(facts, "security.istio.io/v1", "PeerAuthentication", "default", {
      mtls: { mode: "STRICT" },
    }),
    ...(mesh.dataPlane === DataPlane.Sidecar && {
      sidecar: object(facts, "networking.istio.io/v1", "Sidecar", "default", sidecarSpec(facts)),
    }),
    policy: object(facts, "security.istio.io/v1", "AuthorizationPolicy", TENANT, ownSpec(facts)),
    ...Object.fromEntries(
      own.map((share) => [
        `share-${share.service}`,
        object(
          facts,
          "security.istio.io/v1",
          "AuthorizationPolicy",
          `share-${share.service}`,
          shareSpec(facts, share),
        ),
      ]),
    ),
  };
}

/** A tenant may have no pod yet, which `istioctl analyze` takes for a mistake (istio, pkg/config/analysis/analyzers/authz). */
const annotations = { "galley.istio.io/analyze-suppress": "IST0127" };

function object(
  { tenant, namespace }: NamespaceFacts,
  apiVersion: string,
  kind: string,
  name: string,
  spec: object,
): TenantObject {
  const metadata = { name, namespace, labels: { [TENANT_LABEL]: tenant } };
  const isPolicy = kind === "AuthorizationPolicy";
  return { apiVersion, kind, metadata: { ...metadata, ...(isPolicy && { annotations }) }, spec };
}

/**
 * By principals: a namespace would match those of its name in every trust domain (istio, pilot/pkg/security/authz/model/generator.go,
 * srcNamespaceGenerator).
 */
function principals({ mesh }: NamespaceFacts, namespaces: readonly string[]): string[] {
  return namespaces.map((namespace) => `${mesh.trustDomain}/ns/${namespace}/*`);
}

/** Ingress gateways that lead to the tenant: each as itself, whoever its clients are. */
function gateways({ mesh, ingress }: NamespaceFacts): string[] {
  return Object.values(ingress).map(
    ({ namespace, serviceAccount }) => `${mesh.trustDomain}/ns/${namespace}/sa/${serviceAccount}`,
  );
}

/** With one policy that lets some in, all others are out (https://istio.io/latest/docs/concepts/security/#implicit-enablement). */
function ownSpec(facts: NamespaceFacts) {
  return {
    action: "ALLOW",
    rules: [
      {
        from: [
          { source: { principals: [...principals(facts, facts.namespaces), ...gateways(facts)] } },
        ],
      },
    ],
  };
}

/** A service is its pods and their ports: the name that a client asks for is the client's to choose. */
function shareSpec(facts: NamespaceFacts, { pods, ports, to }: TenantSharePlan) {
  return {
    selector: { matchLabels: pods },
    action: "ALLOW",
    rules: Object.values(to).map((namespaces) => ({
      from: [{ source: { principals: principals(facts, namespaces) } }],
      to: [{ operation: { ports: ports.map(String) } }],
    })),
  };
}

/** What proxies know: the tenant's own, what stands in the root namespace, what others share with it, and its own way out. */
function sidecarSpec({ tenant, namespace, namespaces, mesh, use, exchange }: NamespaceFacts) {
  const others = namespaces.filter((one) => one !== namespace);
  return {
    egress: [
      {
        hosts: [
          "./*",
          ...others.map((one) => `${one}/*`),
          `${mesh.namespace}/*`,
          ...Object.values(exchange.borrows).map(hostOf),
          ...(use.egress === Egress.Gateway ? [`${egressName(tenant)}/*`] : []),
        ],
      },
    ],
    outboundTrafficPolicy: { mode: use.egress === Egress.Open ? "ALLOW_ANY" : "REGISTRY_ONLY" },
  };
}

function hostOf({ service, namespace }: TenantBorrowPlan): string {
  return `${namespace}/${service}.${namespace}.svc.cluster.local`;
}
