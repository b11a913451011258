/** Which places there are in a topology. */
import { partsOf } from "../../federation/exchange";
import { ingressAccount, ingressName } from "../../istio/gateways/plan";
import { istiodExtras, valuesAt } from "../../istio/members";
import { outsideSideName } from "../../network/firewall/groups";
import { DataPlane, Egress, gatewayKey, ingressesAt, memberKey, tenantKey } from "../../topology";
import type {
  ClusterRelation,
  ControlPlane,
  Export,
  Ingress,
  Member,
  Mesh,
  MeshRelation,
  Outside,
  Relations,
  Revision,
  Share,
  TenantRelation,
} from "../../topology";
import { PlaceKind } from "./facts";
import type { ReachPlace } from "./facts";

/** Where packets come from and go to. */
export type Site = { kind: "pods"; of: ClusterRelation } | { kind: "outside"; of: Outside };

/** Pods of a cluster, all in its mesh or all outside every mesh. */
export interface Pods {
  place: ReachPlace;
  site: Extract<Site, { kind: "pods" }>;
  in?: Member;
  /** They call nothing that istiod does not know. */
  registryOnly: boolean;
  /** The tenant that they are of. */
  tenant?: TenantRelation;
}

/** Machines of a group, or tasks of a service. */
export interface OutsideWorkload {
  place: ReachPlace;
  site: Extract<Site, { kind: "outside" }>;
  in: Member;
  /** As of pods. */
  registryOnly: boolean;
  /** They are of no tenant. */
  tenant?: undefined;
}

/** What calls and is called at addresses of its own. */
export type Workload = Pods | OutsideWorkload;

/** Whether it runs in no cluster. */
export function isOutside(workload: Workload): workload is OutsideWorkload {
  return workload.site.kind === "outside";
}

/** Whom an ingress gateway lets in. */
export interface Clients {
  place: ReachPlace;
  gateway: string;
  /** Ports of its load balancer. */
  ports: number[];
  in: Member;
}

/** A service that a mesh exports. */
export interface Offer {
  place: ReachPlace;
  host: string;
  in: MeshRelation;
  /** All exports of its mesh. */
  exports: Export[];
  /** Members in which other meshes come in. */
  gateways: Member[];
}

/** Pods of every cluster, in its mesh, of each tenant there, and outside. */
export function podsOf({ clusters }: Relations): Pods[] {
  return clusters.flatMap((at) => [
    ...at.members.map(podsInMesh),
    ...at.members.flatMap((member) =>
      member.in.tenants
        .filter(({ members }) => members.includes(member))
        .map((of) => podsOfTenant(member, of)),
    ),
    podsOutside(at),
  ]);
}

/** Every group of machines, and the tasks of every service. */
export function outsideOf({ meshes }: Relations): OutsideWorkload[] {
  return meshes
    .flatMap(({ outside }) => outside)
    .map((of) => {
      const { vpc, controlledBy, servedBy, picks } = of;
      const { mesh } = controlledBy.in;
      const place = {
        key: outsideSideName(of),
        ...placeOf(of),
        cluster: controlledBy.at.cluster.name,
        mesh: mesh.name,
        network: vpc.network,
        dataPlane: mesh.dataPlane,
        identity: identityOf(mesh, of),
      };
      const registryOnly = isRegistryOnly(mesh, servedBy, picks);
      return { place, site: { kind: "outside", of }, in: controlledBy, registryOnly };
    });
}

function placeOf(of: Outside): Pick<ReachPlace, "kind" | "machines" | "tasks"> {
  return of.kind === "machines"
    ? { kind: PlaceKind.Machines, machines: of.group.name }
    : { kind: PlaceKind.Tasks, tasks: of.service.name };
}

function identityOf(mesh: Mesh, of: Outside): string {
  const { namespace, serviceAccount } = of.kind === "machines" ? of.group : of.service;
  return identityIn(mesh, namespace, serviceAccount);
}

/** A service that a tenant shares. */
export interface SharedService {
  place: ReachPlace;
  share: Share;
  /** Pods of the tenant, of which some are behind it. */
  pods: Pods[];
}

/** Every service that a tenant shares. */
export function sharedOf({ meshes }: Relations): SharedService[] {
  return meshes.flatMap(({ tenants, mesh }) =>
    tenants.flatMap((tenant) =>
      tenant.shares.map((share) => {
        const { service, namespace } = partsOf(share.host);
        const { members } = tenant;
        const [{ at }] = members as [Member];
        const place = {
          key: `${mesh.name}/${service}.${namespace}`,
          kind: PlaceKind.Shared,
          ...{ cluster: at.cluster.name, mesh: mesh.name, network: at.cluster.network },
          ...{ tenant: tenant.name, service: share.host, dataPlane: mesh.dataPlane },
        };
        return { place, share, pods: members.map((member) => podsOfTenant(member, tenant)) };
      }),
    ),
  );
}

/** Clients of every ingress gateway. */
export function clientsOf({ meshes }: Relations): Clients[] {
  return meshes
    .flatMap(({ members }) => members)
    .flatMap((member) =>
      ingressesAt(member).map(([name, ingress]) => clientsAt(member, name, ingress)),
    );
}

/** Every service that is exported, once for each mesh that exports it. */
export function offersOf({ meshes }: Relations): Offer[] {
  return meshes.flatMap((mesh) => {
    const hosts = new Set(mesh.exports.flatMap(({ services }) => Object.keys(services)));
    return [...hosts].map((host) => offerOf(mesh, host));
  });
}

function offerOf(relation: MeshRelation, host: string): Offer {
  const { mesh, exports, federationGateways: gateways } = relation;
  const { service, namespace } = partsOf(host);
  // A rule holds that there is a gateway.
  const { name, network } = gateways[0]?.at.cluster ?? { name: "", network: "" };
  const place = {
    key: `${mesh.name}/${service}.${namespace}`,
    kind: PlaceKind.Exported,
    ...{ cluster: name, mesh: mesh.name, network, service: host, dataPlane: mesh.dataPlane },
  };
  return { place, host, in: relation, exports, gateways };
}

function podsInMesh(member: Member): Pods {
  const { at, in: relation } = member;
  const { mesh } = relation;
  const place = {
    key: memberKey(mesh.name, at.cluster.name),
    kind: PlaceKind.InMesh,
    cluster: at.cluster.name,
    mesh: mesh.name,
    network: at.cluster.network,
    dataPlane: mesh.dataPlane,
    identity: identityIn(mesh, "*", "*"),
  };
  return {
    place,
    site: { kind: "pods", of: at },
    in: member,
    registryOnly: isRegistryOnly(mesh, member.controlPlane ?? member.servers[0]!, member.picks),
  };
}

/** What its tenant says of egress is all that there is beside the mesh. */
function podsOfTenant(member: Member, tenant: TenantRelation): Pods {
  const { place, site } = podsInMesh(member);
  const { namespaces, egress } = tenant.tenant;
  const namespace = namespaces.length === 1 ? namespaces[0]! : "*";
  return {
    place: {
      ...place,
      key: tenantKey(member.in.mesh.name, member.at.cluster.name, tenant.name),
      kind: PlaceKind.Tenant,
      tenant: tenant.name,
      identity: identityIn(member.in.mesh, namespace, "*"),
    },
    ...{ site, in: member, tenant, registryOnly: egress !== Egress.Open },
  };
}

function podsOutside(at: ClusterRelation): Pods {
  const { name, network } = at.cluster;
  const place = { key: name, kind: PlaceKind.OutOfMesh, cluster: name, network };
  return { place, site: { kind: "pods", of: at }, registryOnly: false };
}

/**
 * By the values of the istiod that serves it. A sidecar then sends what it knows no way to nowhere (istio,
 * pilot/pkg/networking/core/listener_builder.go, BlackHoleCluster); ztunnel has no such policy (istio/ztunnel, src/proxy/outbound.rs).
 */
function isRegistryOnly(mesh: Mesh, { at }: ControlPlane, picks: Revision): boolean {
  if (mesh.dataPlane !== DataPlane.Sidecar) return false;
  const values = istiodExtras(valuesAt(mesh, at.cluster.name), picks.values);
  return values.meshConfig?.outboundTrafficPolicy?.mode === "REGISTRY_ONLY";
}

function clientsAt(member: Member, name: string, ingress: Ingress): Clients {
  const { at, in: relation } = member;
  const { mesh } = relation;
  const gateway = gatewayKey(mesh.name, at.cluster.name, name);
  const place = {
    key: gateway,
    kind: PlaceKind.Clients,
    cluster: at.cluster.name,
    mesh: mesh.name,
    network: at.cluster.network,
    gateway: name,
    identity: identityIn(mesh, ingressName(name), ingressAccount(name, ingress)),
  };
  return { place, gateway, ports: Object.values(ingress.ports), in: member };
}

/** https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md as Istio fills it in (istio, pkg/spiffe/spiffe.go). */
function identityIn({ trustDomain }: Mesh, namespace: string, account: string): string {
  return `spiffe://${trustDomain}/ns/${namespace}/sa/${account}`;
}
