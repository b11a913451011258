/** Which tenants share a mesh, and what they let each other call. */
import { TenancyModel } from "../description";
import type { Topology } from "../topology";
import type { Member, MeshRelation, Share, TenantRelation } from "./types";

/** Stands for every tenant of the mesh. */
export const EVERY_TENANT = "*";

/** Lets meshes know their tenants by namespace, and these each other. Rules of the foundation hold that all names lead somewhere. */
export function letTenantsIn({ tenants }: Topology, meshes: MeshRelation[]): void {
  if (!tenants || tenants.model === TenancyModel.Mesh) return;
  const hasClusters = tenants.model === TenancyModel.Cluster;
  for (const [name, tenant] of Object.entries(tenants.of)) {
    const relation = meshes.find(({ mesh }) => mesh.name === tenant.mesh)!;
    const members = relation.members.filter(
      ({ at }) => !hasClusters || tenant.clusters.includes(at.cluster.name),
    );
    relation.tenants.push({ name, in: relation, tenant, members, shares: [], borrows: [] });
    relation.isClusterLocal = hasClusters;
  }
  for (const { tenants: all } of meshes) for (const of of all) share(of, all);
}

function share(of: TenantRelation, all: TenantRelation[]): void {
  for (const [host, service] of Object.entries(of.tenant.shares)) {
    const named = all.filter(
      (other) =>
        other !== of && (service.to.includes(EVERY_TENANT) || service.to.includes(other.name)),
    );
    const shared: Share = { of, host, service, to: named };
    of.shares.push(shared);
    for (const other of named) other.borrows.push(shared);
  }
}

/** Ingress gateways that lead to a tenant. */
export function ingressesTo({ tenant: { hosts } }: TenantRelation): string[] {
  return [...new Set(Object.values(hosts).map(({ ingress }) => ingress))].sort();
}

/** Ingress gateways of a mesh that lead to tenants of it. */
export function tenantIngresses({ tenants }: MeshRelation): string[] {
  return [...new Set(tenants.flatMap(ingressesTo))].sort();
}

/** Whether pods of tenants run in a cluster. */
export function holdsTenants({ members }: { members: Member[] }): boolean {
  return members.some((member) => member.in.tenants.some((one) => one.members.includes(member)));
}

/** Where namespaces of a tenant stand: with its pods, and where the istiods that serve these read their configuration. */
export function standsIn({ members, in: { members: all } }: TenantRelation): Member[] {
  const configured = members.flatMap(({ servers }) => servers.map((one) => one.configuredIn));
  return all.filter((member) => members.includes(member) || configured.includes(member.at));
}
