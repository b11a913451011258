/** By which hosts clients outside the mesh come to a tenant. */
import { ingressAccount, ingressName } from "../istio/gateways/plan";
import { mapValues } from "../records";
import { ingressesTo } from "../topology";
import type { Member, TenantRelation } from "../topology";
import type { TenantCertificatePlan, TenantIngressPlan } from "./facts";

/** Name of the port that hosts of tenants are served at. */
export const HOSTS_PORT = "https";

/** Ingress gateways that lead to a tenant, as one cluster of its mesh sees them. */
export function planIngress(
  member: Member,
  relation: TenantRelation,
): Record<string, TenantIngressPlan> {
  const { mesh } = member.in;
  const { members, tenant } = relation;
  return Object.fromEntries(
    ingressesTo(relation).map((name) => {
      // Rules hold that there is one, and that it has the port.
      const ingress = mesh.ingress[name]!;
      const own = Object.entries(tenant.hosts).filter(([, host]) => host.ingress === name);
      return [
        name,
        {
          namespace: ingressName(name),
          serviceAccount: ingressAccount(name, ingress),
          isHere: members.includes(member) && ingress.clusters.includes(member.at.cluster.name),
          port: ingress.ports[HOSTS_PORT]!,
          certificates: mapValues(Object.fromEntries(own), ({ certificate }) =>
            certificateOf(certificate),
          ),
        },
      ];
    }),
  );
}

/** The Secret of a certificate, `<namespace>/<name>`. */
export function certificateOf(certificate: string): TenantCertificatePlan {
  const [namespace = "", ...name] = certificate.split("/");
  return { namespace, name: name.join("/") };
}
