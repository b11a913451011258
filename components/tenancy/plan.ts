/** Which tenants stand where, who administers them, and what holds in their namespaces. */
import { partsOf } from "../federation/exchange";
import { holdsConfiguration } from "../istio/members";
import { ingressName } from "../istio/gateways/plan";
import { grouped, keyed } from "../records";
import {
  DataPlane,
  FEDERATION_NAMESPACE,
  hasEastWest,
  standsIn,
  tenantGroup,
  tenantKey,
} from "../topology";
import type {
  Member,
  MeshRelation,
  Relations,
  Share,
  TenantRelation,
  Topology,
  Vpc,
} from "../topology";
import { merge } from "../topology/cidr";
import { compareVersions } from "../versions/istio";
import { planEgress } from "./egress/plan";
import { planIngress } from "./hosts";
import type {
  TenancyPlan,
  TenantEgressPlan,
  TenantExchangePlan,
  TenantMeshPlan,
  TenantNetworkPlan,
  TenantPlan,
} from "./facts";

/** Everything of tenants that share a mesh. */
export function planTenancy({ topology, meshes }: Relations): TenancyPlan {
  const shared = meshes.filter(({ tenants }) => tenants.length > 0);
  const members = shared.flatMap((mesh) => mesh.members);
  const byCluster = ({ cluster }: { cluster: string }) => cluster;
  return {
    admins: keyed(members.flatMap(planAdmins), byCluster),
    guards: keyed(
      members.map((member) => ({
        ...{ mesh: member.in.mesh.name, cluster: member.at.cluster.name },
        dataPlane: member.in.mesh.dataPlane,
        network: member.at.cluster.network,
        gatewayNamespaces: gatewayNamespaces(member.in),
        closedRanges: closedRanges(topology),
        foreign: foreignTo(member),
      })),
      byCluster,
    ),
    tenants: keyed(
      members.flatMap((member) =>
        tenantsAt(member).map((one) => planTenant(topology, member, one)),
      ),
      byTenant,
    ),
    egress: keyed(
      members.flatMap((member) =>
        tenantsAt(member).flatMap((one) => {
          const mesh = planMesh(member);
          return planEgress(member, one, { mesh, inside: closedRanges(topology) });
        }),
      ),
      byTenant,
    ),
  };
}

function byTenant({ mesh: { mesh }, cluster, tenant }: TenantEgressPlan | TenantPlan): string {
  return tenantKey(mesh, cluster, tenant);
}

/** Tenants whose namespaces stand there. */
function tenantsAt(member: Member): TenantRelation[] {
  return member.in.tenants.filter((one) => standsIn(one).includes(member));
}

/** What every namespace of a tenant begins with that has clusters: a name is one identity in all clusters of a mesh. */
export function prefixOf(tenant: string): string {
  return `${tenant}-`;
}

/** What namespaces of tenants elsewhere begin with. */
function foreignTo(member: Member): string[] {
  if (!member.in.isClusterLocal) return [];
  const own = tenantsAt(member);
  return member.in.tenants.filter((one) => !own.includes(one)).map(({ name }) => prefixOf(name));
}

/** Everybody has one access entry, whose groups are those of all tenants that he administers. */
function planAdmins(member: Member) {
  const { at } = member;
  if (at.eksName === undefined) return [];
  const entries = tenantsAt(member).flatMap(({ name, tenant }) =>
    [...new Set(tenant.admins)].map((arn) => ({ arn, group: tenantGroup(name) })),
  );
  const byArn = [...grouped(entries, ({ arn }) => arn)];
  const admins = Object.fromEntries(
    byArn.map(([arn, all]) => [arn, all.map(({ group }) => group)] as const),
  );
  return Object.keys(admins).length > 0 ? [{ cluster: at.cluster.name, admins }] : [];
}

/** Namespaces whose proxies know every service: gateways lead to tenants' services too. */
export function gatewayNamespaces({ mesh, namespace, exports }: MeshRelation): string[] {
  return [
    namespace,
    ...Object.keys(mesh.ingress).map(ingressName),
    ...(exports.length > 0 ? [FEDERATION_NAMESPACE] : []),
  ];
}

/** Whether an istiod can keep a ServiceEntry from the ztunnels of other namespaces (meshConfig.serviceEntryVisibility). */
export function hidesEntries(version: string): boolean {
  return compareVersions(version, "1.31.0") >= 0;
}

/** Of Kubernetes' Services where EKS is told nothing (https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html). */
const SERVICE_RANGES = ["10.100.0.0/16", "172.20.0.0/16"];

/** Of a node or a machine to itself, and of what AWS serves there (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html). */
const LOCAL_RANGES = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16"];

function rangesOf(vpcs: readonly Vpc[]): string[] {
  return merge(vpcs.flatMap(({ cidrs }) => cidrs));
}

/** Everything that pods and machines of the description have, whose mesh it ever is. */
export function closedRanges({ vpcs }: Topology): string[] {
  return merge([...rangesOf(Object.values(vpcs)), ...SERVICE_RANGES, ...LOCAL_RANGES]);
}

function planTenant(topology: Topology, member: Member, relation: TenantRelation): TenantPlan {
  const { quota, limits, egress, outside } = relation.tenant;
  return {
    tenant: relation.name,
    cluster: member.at.cluster.name,
    namespaces: relation.tenant.namespaces,
    mesh: planMesh(member),
    network: planNetworkOf(topology, member, relation),
    // Where only its configuration is read none of its pods run.
    use: {
      quota: relation.members.includes(member) ? quota : { ...quota, pods: 0 },
      limits,
      egress,
      outside,
    },
    exchange: planExchange(relation),
    ingress: planIngress(member, relation),
  };
}

function planMesh(member: Member): TenantMeshPlan {
  const { in: relation, picks } = member;
  const { mesh, namespace, revisions } = relation;
  return {
    ...{ mesh: mesh.name, namespace, trustDomain: mesh.trustDomain, dataPlane: mesh.dataPlane },
    ...(picks.name !== undefined && { revision: picks.name }),
    isConfigured: holdsConfiguration(member),
    serviceEntries:
      mesh.dataPlane === DataPlane.Sidecar ||
      revisions.every(({ version }) => hidesEntries(version)),
  };
}

/** Other clusters that pods of a tenant call, or are called from. */
function othersOf(member: Member, { members, shares, borrows }: TenantRelation): Member[] {
  const tenants = [...shares.flatMap(({ to }) => to), ...borrows.map(({ of }) => of)];
  const all = new Set([...members, ...tenants.flatMap((one) => one.members)]);
  return [...all].filter((other) => other !== member);
}

function planNetworkOf(
  topology: Topology,
  member: Member,
  tenant: TenantRelation,
): TenantNetworkPlan {
  const { in: relation, at } = member;
  const others = othersOf(member, tenant);
  const neighbours = others.filter((other) => member.neighbours.includes(other));
  const far = others.filter((other) => !neighbours.includes(other)).map((other) => other.at.vpc);
  return {
    neighbours: rangesOf(neighbours.map((other) => other.at.vpc)),
    far: hasEastWest(relation) ? rangesOf(far.filter((vpc) => vpc !== at.vpc)) : [],
    inside: closedRanges(topology),
  };
}

function planExchange({ shares, borrows }: TenantRelation): TenantExchangePlan {
  return {
    shares: Object.fromEntries(
      shares.map((share) => [
        shareName(share),
        {
          ...planService(share),
          to: Object.fromEntries(share.to.map(({ name, tenant }) => [name, tenant.namespaces])),
        },
      ]),
    ),
    borrows: Object.fromEntries(
      borrows.map((share) => [shareName(share), { ...planService(share), tenant: share.of.name }]),
    ),
  };
}

function planService({ host, service: { pods, ports } }: Share) {
  return { ...partsOf(host), pods, ports };
}

/** With a dot, which neither part has. */
function shareName({ host }: Share): string {
  const { service, namespace } = partsOf(host);
  return `${service}.${namespace}`;
}
