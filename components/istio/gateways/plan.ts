/** Which gateways stand where, and the definitions that they need. */
import { keyed } from "../../records";
import {
  DataPlane,
  EAST_WEST_NAME,
  gatewayKey,
  GatewayApi,
  hasEastWest,
  ingressesAt,
  istioAt,
  LoadBalancers,
  tagsOf,
  tenantIngresses,
} from "../../topology";
import type { ClusterRelation, Ingress, Member, Relations, Topology } from "../../topology";
import { versionAt } from "../../versions/versionAt";
import type {
  EastWestGatewayPlan,
  GatewayBalancerPlan,
  IngressGatewayPlan,
  IstioPlan,
} from "../facts";
import { holdsConfiguration, valuesAt } from "../members";

/** The gateways of a topology. */
export function planGateways(
  relations: Relations,
): Pick<IstioPlan, "gatewayApi" | "eastWest" | "ingress"> {
  const { topology, meshes } = relations;
  const members = meshes.flatMap((mesh) => mesh.members);
  const eastWest = members.filter((member) => hasEastWest(member.in));
  return {
    gatewayApi: planGatewayApi(relations),
    eastWest: keyed(
      eastWest.map((member) => planEastWest(member, topology)),
      ({ mesh, cluster }) => gatewayKey(mesh, cluster, EAST_WEST_NAME),
    ),
    ingress: keyed(
      members.flatMap((member) => planIngress(member, topology)),
      ({ mesh, cluster, name }) => gatewayKey(mesh, cluster, name),
    ),
  };
}

/** Namespace, and name of the release, of an ingress gateway; its pods carry the label `istio: ingress-<name>`. */
export function ingressName(name: string): string {
  return `istio-ingress-${name}`;
}

/** Service account of an ingress gateway: the chart names it after the release, unless its values say otherwise. */
export function ingressAccount(name: string, { values }: Pick<Ingress, "values">): string {
  return values.serviceAccount?.name ?? ingressName(name);
}

/** Of what runs in a cluster or serves it: nothing of Istio's there is newer. */
function planGatewayApi({ topology, clusters }: Relations): IstioPlan["gatewayApi"] {
  return Object.fromEntries(
    clusters.filter(installsGatewayApi).map((relation) => {
      const { charts } = istioAt(relation, topology);
      return [relation.cluster.name, { version: versionAt(relation, topology), charts }];
    }),
  );
}

/**
 * Ambient needs the CRDs, whose gateways and waypoints are Gateway API objects, of which no chart of Istio's has the types; and tenants with
 * hosts, whose listeners and routes are.
 */
function installsGatewayApi({ cluster, controlPlanes, members }: ClusterRelation): boolean {
  const isNeeded =
    controlPlanes.some(({ of }) => of.mesh.dataPlane === DataPlane.Ambient) ||
    members.some((member) => tenantIngresses(member.in).length > 0);
  return cluster.gatewayApi === undefined ? isNeeded : cluster.gatewayApi === GatewayApi.Installed;
}

/**
 * Auto Mode has no setting for tags of all that it makes, as the controller has that is installed here. What a cluster of yours
 * may tag is not known.
 */
function planBalancer({ cluster }: ClusterRelation, topology: Topology): GatewayBalancerPlan {
  const { loadBalancers, existing } = cluster;
  const isAsked = !existing && loadBalancers === LoadBalancers.AutoMode;
  return {
    loadBalancers,
    deletionProtection: topology.keepLoadBalancers,
    tags: isAsked ? tagsOf(topology) : {},
  };
}

function planEastWest(member: Member, topology: Topology): EastWestGatewayPlan {
  const { in: relation, at, picks } = member;
  const { mesh, namespace } = relation;
  return {
    mesh: mesh.name,
    cluster: at.cluster.name,
    network: at.cluster.network,
    // Istio's own place for it: peers look for the label of the network on Services there as anywhere.
    namespace,
    holdsConfiguration: holdsConfiguration(member),
    dataPlane: mesh.dataPlane,
    revision: picks.name,
    version: picks.version,
    ...planBalancer(at, topology),
    charts: mesh.istio.charts,
    values: valuesAt(mesh, at.cluster.name),
  };
}

function planIngress(member: Member, topology: Topology): IngressGatewayPlan[] {
  const { in: relation, at, picks } = member;
  return ingressesAt(member).map(([name, { clusters, allowFrom, ...gateway }]) => ({
    ...gateway,
    name,
    mesh: relation.mesh.name,
    cluster: at.cluster.name,
    namespace: ingressName(name),
    revision: picks.name,
    version: picks.version,
    ...planBalancer(at, topology),
    charts: relation.mesh.istio.charts,
  }));
}
