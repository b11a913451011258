import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { DataPlane, Egress, TENANT_LABEL, tenantGroup } from "../../topology";
import { certificateGrants, routeParents, tenantGateways } from "./hosts";
import { meshObjects } from "./meshObjects";
import { namespaceAnnotations, namespaceLabels } from "./namespaceObject";
import { networkPolicies } from "./networkPolicies";
import { limitsSpec, quotaSpec } from "./quota";
import { tenantRules } from "./rights";

const RBAC = "rbac.authorization.k8s.io";

/** The mesh that a tenant is in. */
export interface TenantMesh {
  /** Its root namespace. */
  namespace: string;
  /** Its trust domain: callers are known by it. */
  trustDomain: string;
  /**
   * How pods join it.
   *
   * @default sidecar
   */
  dataPlane?: DataPlane;
  /**
   * Revision that injects the tenant's pods.
   *
   * @default the one without a name
   */
  revision?: string;
  /**
   * Its istiods read their configuration in this cluster; elsewhere Istio's objects are left out.
   *
   * @default true
   */
  isConfigured?: boolean;
  /**
   * The tenant may write ServiceEntries. Not in an ambient mesh of Istio 1.30, where others would know them.
   *
   * @default true
   */
  serviceEntries?: boolean;
}

/** Addresses outside the cluster. */
export interface TenantNetwork {
  /**
   * CIDRs of pods of other clusters on the same network.
   *
   * @default none
   */
  neighbours?: string[];
  /**
   * CIDRs of gateways to other networks.
   *
   * @default none
   */
  far?: string[];
  /** CIDRs of everything inside, which no `egress` opens: pods of the cluster among it, and 169.254.0.0/16. */
  inside: string[];
}

/** How much each of a tenant's namespaces may use. */
export interface TenantUse {
  /** Most of everything. */
  quota: TenantQuota;
  /** What a container may use that does not say it itself. */
  limits: TenantLimits;
  /**
   * What its pods reach outside the mesh.
   *
   * @default none
   */
  egress?: Egress;
  /**
   * With egress `gateway`: hosts outside, each with the ports at which it speaks TLS.
   *
   * @default none
   */
  outside?: Record<string, number[]>;
}

/** Resource quota of a namespace. */
export interface TenantQuota {
  /** Most pods. */
  pods: number;
  /** Most CPU that all pods request. */
  cpu?: string;
  /** Most memory that all pods request. */
  memory?: string;
  /** Most objects of each of Istio's kinds, and Services. */
  istioObjects: number;
}

/** Limits of a container that says none. */
export interface TenantLimits {
  /** Most CPU. */
  cpu?: string;
  /** Most memory. */
  memory: string;
}

/** A service that other tenants may call. */
export interface TenantShare {
  /** Name of the Service. */
  service: string;
  /** Its namespace, one of the tenant's. */
  namespace: string;
  /** Labels of its pods. */
  pods: Record<string, string>;
  /** Ports of its pods. */
  ports: number[];
  /** Namespaces of those that may call it, by tenant. */
  to: Record<string, string[]>;
}

/** A service of another tenant. */
export interface TenantBorrow {
  /** Name of the Service. */
  service: string;
  /** Its namespace. */
  namespace: string;
  /** Labels of its pods. */
  pods: Record<string, string>;
  /** Ports of its pods. */
  ports: number[];
  /** The tenant that it is of. */
  tenant: string;
}

/** What tenants let each other call. */
export interface TenantExchange {
  /** Services that others may call, by a name for each. */
  shares: Record<string, TenantShare>;
  /** Services of others, likewise. */
  borrows: Record<string, TenantBorrow>;
}

/** An ingress gateway of the mesh that leads to a tenant. */
export interface TenantIngress {
  /** Its namespace, and the name of its Service. */
  namespace: string;
  /** Its service account. */
  serviceAccount: string;
  /** It stands in this cluster. */
  isHere: boolean;
  /** Port of its Service that clients come by. */
  port: number;
  /** The tenant's certificates, by host. */
  certificates: Record<string, TenantCertificate>;
}

/** How clients outside the mesh come to a tenant. */
export interface TenantEntrances {
  /** Ingress gateways, by name: those here stand already, and the cluster has the Gateway API CRDs. */
  gateways: Record<string, TenantIngress>;
}

/** Secret of a certificate. */
export interface TenantCertificate {
  /** Its namespace, one of the tenant's. */
  namespace: string;
  /** Its name. */
  name: string;
}

/** What a tenant in one cluster is made from. */
export interface NamespaceTenantArgs {
  /** Its name. Whoever is in the Kubernetes group `istio-patterns-tenant-<name>` administers its namespaces. */
  tenant: string;
  /** Its namespaces, which are made here. */
  namespaces: string[];
  /** The mesh that it is in. */
  mesh: TenantMesh;
  /** Addresses outside the cluster. */
  network: TenantNetwork;
  /** How much it may use. */
  use: TenantUse;
  /**
   * What it and others let each other call.
   *
   * @default nothing
   */
  exchange?: TenantExchange;
  /**
   * Ingress gateways that lead to it.
   *
   * @default none
   */
  ingress?: TenantEntrances;
}

/**
 * One tenant of a mesh in one cluster: namespaces that nothing enters but the tenant itself and, by name, what it shares.
 *
 * It comes after the mesh's istiod, whose webhook validates its objects. What nobody may write there a `TenantGuard` holds, once for
 * all tenants of a cluster; NetworkPolicies hold where the cluster has what enforces them (`networkPolicies` of its nodes).
 */
export class NamespaceTenant extends pulumi.ComponentResource {
  constructor(name: string, args: NamespaceTenantArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:NamespaceTenant", name, {}, opts);
    const facts = factsOf(args);
    const children = childOptions(this, opts);
    for (const namespace of args.namespaces) {
      const own = { ...facts, namespace };
      const made = createNamespace(`${name}-${namespace}`, own, children);
      const inside = pulumi.mergeOptions(children, { dependsOn: [made] });
      createLimits(`${name}-${namespace}`, own, inside);
      createRights(`${name}-${namespace}`, own, inside);
      const objects = createObjects(`${name}-${namespace}`, own, inside);
      // Kubernetes takes nothing that a quota counts before it has counted what is there.
      createQuota(`${name}-${namespace}`, own, pulumi.mergeOptions(inside, { dependsOn: objects }));
    }
    for (const [ingress, gateway] of Object.entries(tenantGateways(facts)))
      new k8s.apiextensions.CustomResource(`${name}.${ingress}`, gateway, children);
    this.registerOutputs({});
  }
}

type Facts = ReturnType<typeof factsOf> & { namespace: string };

/** What stands where an argument is left out. */
function factsOf({
  mesh,
  network,
  use,
  exchange = { shares: {}, borrows: {} },
  ingress: { gateways: ingress } = { gateways: {} },
  ...args
}: NamespaceTenantArgs) {
  const { dataPlane = DataPlane.Sidecar, isConfigured = true, serviceEntries = true } = mesh;
  const { neighbours = [], far = [] } = network;
  return {
    ...args,
    exchange,
    ingress,
    mesh: { ...mesh, dataPlane, isConfigured, serviceEntries },
    network: { ...network, neighbours, far },
    use: { egress: Egress.None, outside: {}, ...use },
  };
}

function metadataOf({ tenant, namespace }: Facts, name: string) {
  return { name, namespace, labels: { [TENANT_LABEL]: tenant } };
}

function createNamespace(
  name: string,
  { tenant, namespace, namespaces, mesh, exchange, ingress }: Facts,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const labels = namespaceLabels(tenant, mesh);
  const gateways = routeParents({ tenant, ingress });
  const annotations = namespaceAnnotations(namespace, namespaces, exchange, gateways);
  return new k8s.core.v1.Namespace(
    name,
    { metadata: { name: namespace, labels, annotations } },
    opts,
  );
}

/** What holds whatever comes in and goes out; none of them is ever in the way of another. */
function createObjects(
  name: string,
  facts: Facts,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  // With a dot, which no namespace has.
  const policies = Object.entries(networkPolicies(facts)).map(
    ([suffix, spec]) =>
      new k8s.networking.v1.NetworkPolicy(
        `${name}.${suffix}`,
        { metadata: metadataOf(facts, suffix), spec },
        opts,
      ),
  );
  const all = { ...(facts.mesh.isConfigured && meshObjects(facts)), ...certificateGrants(facts) };
  const objects = Object.entries(all).map(
    ([suffix, object]) => new k8s.apiextensions.CustomResource(`${name}.${suffix}`, object, opts),
  );
  return [...policies, ...objects];
}

function createQuota(name: string, facts: Facts, opts: pulumi.CustomResourceOptions): void {
  const metadata = metadataOf(facts, "tenant");
  const shares = Object.keys(facts.exchange.shares).length;
  new k8s.core.v1.ResourceQuota(
    name,
    { metadata, spec: quotaSpec(facts.use, shares, hasHosts(facts)) },
    opts,
  );
}

function createLimits(name: string, facts: Facts, opts: pulumi.CustomResourceOptions): void {
  const metadata = metadataOf(facts, "tenant");
  new k8s.core.v1.LimitRange(name, { metadata, spec: limitsSpec(facts.use) }, opts);
}

function hasHosts({ ingress }: Facts): boolean {
  return Object.keys(ingress).length > 0;
}

function createRights(name: string, facts: Facts, opts: pulumi.CustomResourceOptions): void {
  const metadata = metadataOf(facts, "tenant-admin");
  new k8s.rbac.v1.Role(name, { metadata, rules: tenantRules(facts.mesh, hasHosts(facts)) }, opts);
  new k8s.rbac.v1.RoleBinding(
    name,
    {
      metadata,
      roleRef: { apiGroup: RBAC, kind: "Role", name: metadata.name },
      subjects: [{ apiGroup: RBAC, kind: "Group", name: tenantGroup(facts.tenant) }],
    },
    opts,
  );
}
