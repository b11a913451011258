/** Tenants that share a mesh. */
import type { Relations } from "../../components/topology";
import type { TenantReport } from "./report";

export function reportTenants({ meshes }: Relations): TenantReport[] {
  return meshes.flatMap(({ mesh, tenants }) =>
    tenants.map(({ name, tenant: { namespaces, admins, egress }, shares }) => ({
      ...{ name, mesh: mesh.name, namespaces, admins, egress },
      shares: Object.fromEntries(shares.map(({ host, to }) => [host, to.map((one) => one.name)])),
    })),
  );
}
