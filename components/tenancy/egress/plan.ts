/** Which tenants have an egress gateway, and what it leads to. */
import { Egress } from "../../topology";
import type { Member, MeshRelation, TenantRelation } from "../../topology";
import type { TenantEgressPlan, TenantMeshPlan } from "../facts";
import { egressName } from "./names";

/** In one cluster; none where the tenant does not say so. */
export function planEgress(
  { in: relation, at, picks }: Member,
  { name: tenant, members, tenant: { namespaces, egress, outside } }: TenantRelation,
  { mesh, inside }: { mesh: TenantMeshPlan; inside: string[] },
): TenantEgressPlan[] {
  if (egress !== Egress.Gateway) return [];
  const isHere = members.some((one) => one.at === at);
  const { version } = picks;
  const { charts } = relation.mesh.istio;
  return [
    {
      ...{ tenant, cluster: at.cluster.name, mesh, namespaces, outside, inside },
      ...{ isHere, version, charts },
    },
  ];
}

/** Services of egress gateways, which are called from their own cluster alone. */
export function egressHosts({ tenants }: MeshRelation): string[] {
  return tenants
    .filter(({ tenant: { egress } }) => egress === Egress.Gateway)
    .map(({ name }) => `*.${egressName(name)}.svc.cluster.local`);
}
