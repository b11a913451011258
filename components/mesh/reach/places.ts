/** Which places there are in a topology. */
import { ingressName } from "../../istio/gateways/plan";
import { gatewayKey, ingressesAt, memberKey } from "../../topology";
import type { ClusterRelation, Ingress, Mesh, Member, Relations } from "../../topology";
import { PlaceKind } from "./facts";
import type { ReachPlace } from "./facts";

/** Pods of a cluster, all in its mesh or all outside every mesh. */
export interface Pods {
  place: ReachPlace;
  at: ClusterRelation;
  in?: Member;
}

/** Whom an ingress gateway lets in. */
export interface Clients {
  place: ReachPlace;
  gateway: string;
  /** Ports of its load balancer. */
  ports: number[];
  in: Member;
}

/** Pods of every cluster, in its mesh and outside. */
export function podsOf({ clusters }: Relations): Pods[] {
  return clusters.flatMap((at) => [...at.members.map(podsInMesh), podsOutside(at)]);
}

/** Clients of every ingress gateway. */
export function clientsOf({ meshes }: Relations): Clients[] {
  return meshes
    .flatMap(({ members }) => members)
    .flatMap((member) =>
      ingressesAt(member).map(([name, ingress]) => clientsAt(member, name, ingress)),
    );
}

function podsInMesh(member: Member): Pods {
  const { at, in: relation } = member;
  const { name, dataPlane } = relation.mesh;
  const place = {
    key: memberKey(name, at.cluster.name),
    kind: PlaceKind.InMesh,
    cluster: at.cluster.name,
    mesh: name,
    network: at.cluster.network,
    dataPlane,
    identity: identityIn(relation.mesh, "*", "*"),
  };
  return { place, at, in: member };
}

function podsOutside(at: ClusterRelation): Pods {
  const { name, network } = at.cluster;
  return { place: { key: name, kind: PlaceKind.OutOfMesh, cluster: name, network }, at };
}

function clientsAt(member: Member, name: string, ingress: Ingress): Clients {
  const { at, in: relation } = member;
  const { mesh } = relation;
  const gateway = gatewayKey(mesh.name, at.cluster.name, name);
  const namespace = ingressName(name);
  const place = {
    key: gateway,
    kind: PlaceKind.Clients,
    cluster: at.cluster.name,
    mesh: mesh.name,
    network: at.cluster.network,
    gateway: name,
    identity: identityIn(mesh, namespace, accountOf(ingress) ?? namespace),
  };
  return { place, gateway, ports: Object.values(ingress.ports), in: member };
}

/** The chart names the account after the release, unless its values say otherwise. */
function accountOf({ values }: Ingress): string | undefined {
  return values.serviceAccount?.name;
}

/** https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md as Istio fills it in (istio, pkg/spiffe/spiffe.go). */
function identityIn({ trustDomain }: Mesh, namespace: string, account: string): string {
  return `spiffe://${trustDomain}/ns/${namespace}/sa/${account}`;
}
