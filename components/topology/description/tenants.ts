/** Tenants and what separates them. */

/** What separates tenants: namespaces of one mesh, clusters of one mesh, or meshes. */
export const TenancyModel = { Namespace: "namespace", Cluster: "cluster", Mesh: "mesh" } as const;
export type TenancyModel = (typeof TenancyModel)[keyof typeof TenancyModel];

/**
 * What a tenant's pods reach outside the mesh: nothing, with `gateway` the hosts that `outside` names and no other, with `registry-only` public
 * addresses of hosts that the tenant writes a ServiceEntry for, or with `open` every public address.
 */
export const Egress = {
  None: "none",
  Gateway: "gateway",
  RegistryOnly: "registry-only",
  Open: "open",
} as const;
export type Egress = (typeof Egress)[keyof typeof Egress];

/** Tenants and what separates them. */
export interface TenantsDescription {
  /** What separates them. */
  model: TenancyModel;
  /** Tenants by name. */
  of: Record<string, TenantDescription>;
}

/**
 * One tenant. With model `namespace` its namespaces stand in every cluster of its mesh, made here and closed to all others; with model
 * `cluster` in clusters that no other tenant has, under names that no other cluster of the mesh takes. With model `mesh` it has its mesh to
 * itself, and offers and calls services of others by `federation` alone.
 */
export interface TenantDescription {
  /** The mesh that the tenant is in, or has. */
  mesh: string;
  /**
   * With models `namespace` and `cluster`: the tenant's namespaces, at least one. They are made here. With model `cluster` each begins with the
   * tenant's name and a hyphen.
   */
  namespaces?: string[];
  /** With model `cluster`: the tenant's clusters, members of its mesh that no other tenant has. */
  clusters?: string[];
  /**
   * ARNs of IAM roles or users that administer the tenant's namespaces, and nothing else. In a cluster that is not on EKS,
   * whoever is in the Kubernetes group `istio-patterns-tenant-<tenant>` does. With model `mesh` they administer all of its clusters.
   *
   * @default nobody but who administers the clusters
   */
  admins?: string[];
  /** Most of everything in each of its namespaces. */
  quota?: TenantQuotaDescription;
  /** What a container may use that does not say it itself. */
  limits?: TenantLimitsDescription;
  /**
   * What its pods reach outside the mesh. With `gateway` they call the hosts of `outside` by a gateway of the tenant's own in each cluster, in
   * namespace `istio-egress-<tenant>`, and no packet of theirs gets out otherwise. `registry-only` is held by the pods' own sidecars: an application that means harm goes around
   * its sidecar, to public addresses. Both are refused in an ambient mesh, which has no sidecars.
   *
   * @default none
   */
  egress?: Egress;
  /**
   * With `egress: gateway`: hosts outside the mesh by DNS name, each with the ports at which it speaks TLS, such as
   * `{ api.example.com: [443] }`. Their TLS is between the application and the host.
   *
   * @default none
   */
  outside?: Record<string, number[]>;
  /**
   * Hosts that clients outside the mesh come to the tenant by, such as `a.example`: each is the tenant's alone. The tenant writes
   * HTTPRoutes whose parent is Gateway `<tenant>` in the gateway's namespace, `istio-ingress-<ingress>`. The clusters get the Gateway API
   * CRDs.
   *
   * @default none: no client outside reaches it
   */
  hosts?: Record<string, TenantHostDescription>;
  /** Services that other tenants may call, by host name, such as `web.a-web.svc.cluster.local`. */
  shares?: Record<string, SharedServiceDescription>;
}

/** A host of a tenant at an ingress gateway of its mesh. */
export interface TenantHostDescription {
  /** Name of the ingress gateway, which has a port named `https`. */
  ingress: string;
  /**
   * Secret of type `kubernetes.io/tls` with the certificate of the host, as `<namespace>/<name>`, the namespace one of the tenant's: the
   * tenant makes it and renews it. Until it is there the gateway answers nobody at the host.
   */
  certificate: string;
}

/** Resource quota of each of a tenant's namespaces. Load balancers and node ports are none. */
export interface TenantQuotaDescription {
  /**
   * Most pods.
   *
   * @default 100
   */
  pods?: number;
  /**
   * Most CPU that all pods request, as Kubernetes writes it: `20`, `500m`.
   *
   * @default no bound
   */
  cpu?: string;
  /**
   * Most memory that all pods request, such as `64Gi`.
   *
   * @default no bound
   */
  memory?: string;
  /**
   * Most objects of each of Istio's kinds, and Services: all tenants share one istiod.
   *
   * @default 50
   */
  istioObjects?: number;
}

/** What a container may use that does not say it itself. */
export interface TenantLimitsDescription {
  /**
   * Most CPU, such as `500m`.
   *
   * @default no bound
   */
  cpu?: string;
  /**
   * Most memory.
   *
   * @default 512Mi
   */
  memory?: string;
}

/** A service that other tenants may call. */
export interface SharedServiceDescription {
  /** Tenants of the same mesh that may call it, or `*` for all of them. */
  to: string[];
  /** Labels of its pods: the selector of the Service. */
  pods: Record<string, string>;
  /** Ports of its pods, which are the Service's target ports. */
  ports: number[];
}
