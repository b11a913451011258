/** Tenants and what separates them. */

/** What separates tenants. */
export const TenancyModel = { Namespace: "namespace", Cluster: "cluster", Mesh: "mesh" } as const;
export type TenancyModel = (typeof TenancyModel)[keyof typeof TenancyModel];

/** Tenants and what separates them. */
export interface TenantsDescription {
  /** What separates them. */
  model: TenancyModel;
  /** Tenants by name. */
  of: Record<string, TenantDescription>;
}

/** One tenant. */
export interface TenantDescription {
  /** The mesh that the tenant is in, or has. */
  mesh: string;
  /** With model `namespace`: the tenant's namespaces. */
  namespaces?: string[];
  /** With model `cluster`: the tenant's clusters. */
  clusters?: string[];
  /** Kubernetes groups that administer the tenant's namespaces. */
  admins?: string[];
  /** Resource quota of each namespace. */
  quota?: TenantQuotaDescription;
}

/** Resource quota of a tenant's namespace. */
export interface TenantQuotaDescription {
  /** Largest number of pods. */
  pods?: number;
}
