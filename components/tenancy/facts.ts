/** Cross-room facts about tenants that share a mesh, all of it or by clusters. */
import type { ChartSource, DataPlane, Egress, Tenant } from "../topology";

export interface TenancyPlan {
  /** Whoever administers tenants, by cluster on EKS. */
  admins: Record<string, TenantAdminsPlan>;
  /** What nobody may write into tenants' namespaces, by cluster. */
  guards: Record<string, TenantGuardPlan>;
  /** By tenant key: mesh, cluster and tenant. */
  tenants: Record<string, TenantPlan>;
  /** Their own ways out, likewise. */
  egress: Record<string, TenantEgressPlan>;
}

/** The egress gateway of a tenant in one cluster of its mesh. */
export interface TenantEgressPlan {
  tenant: string;
  cluster: string;
  mesh: TenantMeshPlan;
  /** Namespaces of the tenant. */
  namespaces: string[];
  /** Ports at which hosts outside speak TLS, by host. */
  outside: Record<string, number[]>;
  /** Ranges that no host leads to. */
  inside: string[];
  /** Its pods run in this cluster. */
  isHere: boolean;
  /** Istio version of the chart. */
  version: string;
  charts: { source: ChartSource; location?: string };
}

/** Access entries of one cluster. */
export interface TenantAdminsPlan {
  cluster: string;
  /** Kubernetes groups by the ARN of whoever is in them. */
  admins: Record<string, string[]>;
}

/** Admission policies of one cluster. */
export interface TenantGuardPlan {
  mesh: string;
  cluster: string;
  dataPlane: DataPlane;
  /** Istio network of the cluster's pods. */
  network: string;
  /** Namespaces that services are known in, beside those of their tenant. */
  gatewayNamespaces: string[];
  /** Ranges that no address of a tenant's own endpoints is in. */
  closedRanges: string[];
  /** What no namespace begins with there: the names of tenants that have other clusters. */
  foreign: string[];
}

/** A tenant in one cluster of its mesh. */
export interface TenantPlan {
  tenant: string;
  cluster: string;
  namespaces: string[];
  mesh: TenantMeshPlan;
  network: TenantNetworkPlan;
  use: TenantUsePlan;
  exchange: TenantExchangePlan;
  /** Ingress gateways of the mesh that lead to it, by name. */
  ingress: Record<string, TenantIngressPlan>;
}

/** An ingress gateway that leads to a tenant. */
export interface TenantIngressPlan {
  /** Its namespace, and the name of its Service. */
  namespace: string;
  /** Who it is to the tenant's pods. */
  serviceAccount: string;
  /** It stands in this cluster. */
  isHere: boolean;
  /** Port of its Service that clients come by. */
  port: number;
  /** The tenant's certificates, by host. */
  certificates: Record<string, TenantCertificatePlan>;
}

/** Secret of a certificate. */
export interface TenantCertificatePlan {
  namespace: string;
  name: string;
}

/** The mesh that a tenant is in. */
export interface TenantMeshPlan {
  mesh: string;
  /** Its root namespace. */
  namespace: string;
  trustDomain: string;
  dataPlane: DataPlane;
  /** Revision that injects the tenant's pods; absent: the one without a name. */
  revision?: string;
  /** Its istiods read their configuration in this cluster. */
  isConfigured: boolean;
  /** A ServiceEntry of the tenant's is known to nobody else. */
  serviceEntries: boolean;
}

/** Addresses that a tenant's pods are called from and call, outside the cluster. */
export interface TenantNetworkPlan {
  /** Ranges of other clusters' pods on the same network: they cannot be told apart by tenant. */
  neighbours: string[];
  /** Ranges of the gateways to other networks; with them one port is open. */
  far: string[];
  /** Ranges that are inside, whatever egress is. */
  inside: string[];
}

/** How much a tenant may use. */
export type TenantUsePlan = Pick<Tenant, "quota" | "limits" | "outside"> & { egress: Egress };

/** What tenants let each other call. */
export interface TenantExchangePlan {
  /** By service and namespace. */
  shares: Record<string, TenantSharePlan>;
  /** Likewise. */
  borrows: Record<string, TenantBorrowPlan>;
}

/** A service and the pods behind it. */
interface ServicePlan {
  service: string;
  namespace: string;
  /** Labels of its pods. */
  pods: Record<string, string>;
  /** Ports of its pods. */
  ports: number[];
}

/** A service that others may call. */
export interface TenantSharePlan extends ServicePlan {
  /** Their namespaces, by tenant. */
  to: Record<string, string[]>;
}

/** A service of another tenant. */
export interface TenantBorrowPlan extends ServicePlan {
  tenant: string;
}
