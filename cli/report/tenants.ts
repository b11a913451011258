/** Tenants that share a mesh, and those that have one each. */
import { mapValues } from "../../components/records";
import { Egress, TenancyModel } from "../../components/topology";
import type { Relations } from "../../components/topology";
import type { TenantReport } from "./report";

export function reportTenants({ topology: { tenants: all }, meshes }: Relations): TenantReport[] {
  if (all?.model === TenancyModel.Mesh)
    return Object.entries(all.of).map(([name, { mesh, admins }]) => ({
      ...{ name, mesh, namespaces: [], admins, hosts: {}, shares: {} },
    }));
  return meshes.flatMap(({ mesh, tenants }) =>
    tenants.map(
      ({ name, tenant: { clusters, namespaces, admins, egress, outside, hosts }, shares }) => ({
        ...{ name, mesh: mesh.name, namespaces, admins, egress },
        ...(clusters.length > 0 && { clusters }),
        ...(egress === Egress.Gateway && { outside }),
        hosts: mapValues(hosts, ({ ingress }) => ingress),
        shares: Object.fromEntries(shares.map(({ host, to }) => [host, to.map((one) => one.name)])),
      }),
    ),
  );
}
