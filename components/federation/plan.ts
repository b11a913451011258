/** Which gateways other meshes come in by, where they are reached, and what each mesh says of the others. */
import { federationNumber } from "../istio/addresses/addresses";
import { keyed } from "../records";
import { distinctName, FEDERATION_NAME, gatewayKey, memberKey, peersOf } from "../topology";
import type { ClusterRelation, Member, MeshRelation, Relations, Topology } from "../topology";
import { addressesOf, loadBalancerRanges } from "../network/internal/addresses";
import { isAmbient, planImports, planOffers, planPeers } from "./exchange";
import { planPublished } from "./published";
import type { FederationConfigurationPlan, FederationGatewayPlan, FederationPlan } from "./facts";

/** Room for the port in the names of target groups, of which AWS takes 32 characters (components/istio/addresses/addresses.ts). */
const LONGEST_NAME = 26;

/** Everything that meshes exchange services by. */
export function planFederation({ topology, meshes }: Relations): FederationPlan {
  const exporting = meshes.flatMap(({ federationGateways }) => federationGateways);
  const gateways = keyed(
    exporting.map((member) => planGateway(topology, member)),
    ({ mesh, cluster }) => gatewayKey(mesh, cluster, FEDERATION_NAME),
  );
  const exchanging = meshes.filter((mesh) => peersOf(mesh).length > 0);
  const holding = [
    ...exporting.flatMap(({ in: mesh, at }) => [at, ...configuredIn(mesh)]),
    ...exchanging.filter(isAmbient).flatMap(configuredIn),
  ];
  return {
    namespaces: keyed(
      holding.map(({ cluster: { name: cluster, loadBalancers } }) => ({ cluster, loadBalancers })),
      ({ cluster }) => cluster,
    ),
    gateways,
    published: planPublished(meshes, Object.values(gateways)),
    configurations: keyed(
      exchanging.flatMap((mesh) =>
        configuredIn(mesh).map(({ cluster }) => planConfiguration(mesh, cluster.name, gateways)),
      ),
      ({ mesh, cluster }) => memberKey(mesh, cluster),
    ),
  };
}

/** Clusters that the mesh's istiods read their configuration from. */
function configuredIn({ controlPlanes }: MeshRelation): ClusterRelation[] {
  return [...new Set(controlPlanes.map((controlPlane) => controlPlane.configuredIn))];
}

function planGateway(topology: Topology, member: Member): FederationGatewayPlan {
  const { in: relation, at, picks } = member;
  const { cluster, vpc, eksName } = at;
  const { mesh } = relation;
  const key = gatewayKey(mesh.name, cluster.name, FEDERATION_NAME);
  return {
    ...{ mesh: mesh.name, cluster: cluster.name, network: cluster.network, vpc: vpc.id },
    ...{ region: vpc.region, version: picks.version, revision: picks.name },
    loadBalancers: cluster.loadBalancers,
    loadBalancerName: distinctName(["mesh", topology.name, key], LONGEST_NAME),
    addresses: addressesOf(loadBalancerRanges(vpc), federationNumber(topology, member)),
    targetCluster: eksName,
    deletionProtection: topology.keepLoadBalancers,
    charts: mesh.istio.charts,
  };
}

function planConfiguration(
  relation: MeshRelation,
  cluster: string,
  gateways: Record<string, FederationGatewayPlan>,
): FederationConfigurationPlan {
  const { mesh, namespace } = relation;
  return {
    ...{ mesh: mesh.name, cluster, namespace },
    offers: planOffers(relation),
    peers: planPeers(relation),
    imports: planImports(relation, Object.values(gateways)),
    ...(isAmbient(relation) && {
      ambient: { trustDomain: mesh.trustDomain, revision: relation.revisions[0]!.name },
    }),
  };
}
