/** Tenants from the plan. */
import type * as pulumi from "@pulumi/pulumi";
import type { ClusterHandle } from "../handles";
import { waitingFor } from "../options";
import type { ClusterOptions } from "../options";
import { find, lookUp, mapValues } from "../records";
import { gatewayKey, logicalName, memberKey } from "../topology";
import type { TenancyPlan } from "./facts";
import { TenantEgress } from "./egress/tenantEgress";
import { NamespaceTenant } from "./namespace/namespaceTenant";
import { TenantAdmins } from "./namespace/tenantAdmins";
import { TenantGuard } from "./namespace/tenantGuard";

/** What tenants need of other rooms. */
export interface TenancyInputs {
  clusters: Record<string, ClusterHandle>;
  /** What must be there first, by member key. */
  after: Record<string, pulumi.Resource[]>;
  /** Ingress gateways, by gateway key: a tenant's Gateway stands in their namespace. */
  ingress: Record<string, pulumi.Resource>;
}

/** What is refused in their namespaces, then these, then whoever may write there. */
export function createTenancy(
  name: string,
  plan: TenancyPlan,
  { clusters, after, ingress }: TenancyInputs,
  options: ClusterOptions,
): void {
  const guards = mapValues(
    plan.guards,
    ({ mesh, cluster, ...guard }) =>
      new TenantGuard(
        logicalName(name, cluster, "tenants"),
        guard,
        waitingFor(options(cluster), lookUp(after, memberKey(mesh, cluster))),
      ),
  );
  const ways = createWays(name, plan, after, options);
  const made = createTenants(name, plan, { guards, ways, after, ingress }, options);
  for (const { cluster, admins } of Object.values(plan.admins)) {
    const there = made.filter((one) => one.cluster === cluster).map(({ resource }) => resource);
    new TenantAdmins(
      logicalName(name, cluster, "tenant-admins"),
      { clusterName: lookUp(clusters, cluster).eksName!, admins },
      waitingFor(options(cluster), there),
    );
  }
}

/** Egress gateways of tenants, by tenant key. */
function createWays(
  name: string,
  { egress }: TenancyPlan,
  after: TenancyInputs["after"],
  options: ClusterOptions,
): Record<string, TenantEgress> {
  return mapValues(
    egress,
    ({ cluster, ...way }, key) =>
      new TenantEgress(
        logicalName(name, key, "egress"),
        way,
        waitingFor(options(cluster), lookUp(after, memberKey(way.mesh.mesh, cluster))),
      ),
  );
}

/** What stands before a tenant. */
interface Before extends Pick<TenancyInputs, "after" | "ingress"> {
  guards: Record<string, TenantGuard>;
  ways: Record<string, TenantEgress>;
}

function createTenants(
  name: string,
  { tenants }: TenancyPlan,
  { guards, ways, after, ingress }: Before,
  options: ClusterOptions,
): { cluster: string; resource: NamespaceTenant }[] {
  return Object.entries(tenants).map(([key, { cluster, ...tenant }]) => {
    const { mesh } = tenant.mesh;
    const gateways = Object.entries(tenant.ingress)
      .filter(([, { isHere }]) => isHere)
      .map(([gateway]) => lookUp(ingress, gatewayKey(mesh, cluster, gateway)));
    const way = find(ways, key);
    const before = [
      ...lookUp(after, memberKey(mesh, cluster)),
      ...[lookUp(guards, cluster), ...gateways, ...(way ? [way] : [])],
    ];
    const resource = new NamespaceTenant(
      logicalName(name, key),
      { ...tenant, ingress: { gateways: tenant.ingress } },
      waitingFor(options(cluster), before),
    );
    return { cluster, resource };
  });
}
