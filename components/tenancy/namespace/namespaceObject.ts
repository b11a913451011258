/** The namespace of a tenant: what its labels and annotations say, others hold it to. */
import { DataPlane, TENANT_LABEL } from "../../topology";
import type { TenantExchangePlan, TenantMeshPlan } from "../facts";

/** What a tenant's admission policies read there; nobody of the tenant may write it. */
export const ANNOTATIONS = {
  /** Namespaces of the tenant. */
  namespaces: "istio-patterns/namespaces",
  /** Services there that others may know, each as `<service>/<namespace>` of theirs. */
  shares: "istio-patterns/shares",
  /** Gateways that its routes may name, each as `<namespace>/<name>`. */
  gateways: "istio-patterns/gateways",
} as const;

/** How pods join the mesh, of the tenant alone, and without any privilege (https://kubernetes.io/docs/concepts/security/pod-security-standards/). */
export function namespaceLabels(
  tenant: string,
  { dataPlane, revision }: Pick<TenantMeshPlan, "dataPlane" | "revision">,
): Record<string, string> {
  return {
    [TENANT_LABEL]: tenant,
    ...joining(dataPlane, revision),
    "pod-security.kubernetes.io/enforce": "restricted",
  };
}

function joining(dataPlane: DataPlane, revision?: string): Record<string, string> {
  if (dataPlane === DataPlane.Ambient) return { "istio.io/dataplane-mode": "ambient" };
  return revision === undefined ? { "istio-injection": "enabled" } : { "istio.io/rev": revision };
}

/** What of its own it may show to whom. */
export function namespaceAnnotations(
  namespace: string,
  namespaces: readonly string[],
  { shares }: Pick<TenantExchangePlan, "shares">,
  gateways: readonly string[] = [],
): Record<string, string> {
  const shown = Object.values(shares)
    .filter((share) => share.namespace === namespace)
    .flatMap(({ service, to }) =>
      Object.values(to)
        .flat()
        .map((one) => `${service}/${one}`),
    );
  return {
    [ANNOTATIONS.namespaces]: namespaces.join(","),
    [ANNOTATIONS.shares]: shown.join(","),
    [ANNOTATIONS.gateways]: gateways.join(","),
  };
}
