/** What must stand in each cluster before anything is asked, by the plan. */
import type { Planned } from "../../../components/mesh";
import { ingressName } from "../../../components/istio/gateways/plan";
import {
  DEFAULT_REVISION,
  EAST_WEST_NAME,
  gatewayKey,
  hasEastWest,
  ingressesAt,
} from "../../../components/topology";
import type { ControlPlane, Member } from "../../../components/topology";
import { expectedExchanges } from "./exchange";
import type { ExpectedExchange } from "./exchange";

/** Of one cluster. */
export interface ExpectedCluster {
  name: string;
  controlPlanes: ExpectedControlPlane[];
  members: ExpectedMember[];
  exchanges: ExpectedExchange[];
}

/** A mesh's istiods in one cluster. */
export interface ExpectedControlPlane {
  mesh: string;
  namespace: string;
  istiods: ExpectedIstiod[];
  /** Istio's ids of the clusters that they read besides their own. */
  watches: string[];
}

export interface ExpectedIstiod {
  /** What its pods bear as `istio.io/rev`. */
  revision: string;
  version: string;
}

/** A mesh in a cluster whose pods are in it. */
export interface ExpectedMember {
  mesh: string;
  namespace: string;
  network: string;
  gateways: ExpectedGateway[];
}

/** A Service before a gateway, by its name, or by the label of its network where istiod names it. */
export interface ExpectedGateway {
  key: string;
  namespace: string;
  service: { name: string } | { labels: string };
}

/** Of every cluster that runs anything of a mesh. */
export function expectedClusters({ relations }: Planned): ExpectedCluster[] {
  return relations.clusters
    .filter(({ members, controlPlanes }) => members.length + controlPlanes.length > 0)
    .map((relation) => ({
      name: relation.cluster.name,
      controlPlanes: relation.controlPlanes.map(expectedControlPlane),
      members: relation.members.map(expectedMember),
      exchanges: expectedExchanges(relations.meshes, relation),
    }));
}

/** Pods of the default one bear `default` (istio, manifests/charts/istio-control/istio-discovery/templates/deployment.yaml). */
function expectedControlPlane(controlPlane: ControlPlane): ExpectedControlPlane {
  const { of, istiods, watches, configuredIn } = controlPlane;
  return {
    mesh: of.mesh.name,
    namespace: of.namespace,
    istiods: istiods.map(({ revision: { name, version } }) => ({
      revision: name ?? DEFAULT_REVISION,
      version,
    })),
    watches: watches.filter(({ at }) => at !== configuredIn).map(({ at }) => at.cluster.name),
  };
}

function expectedMember(member: Member): ExpectedMember {
  const { in: relation, at } = member;
  const { mesh, namespace } = relation;
  const { name: cluster, network } = at.cluster;
  const eastWest = {
    key: gatewayKey(mesh.name, cluster, EAST_WEST_NAME),
    namespace,
    service: { labels: `topology.istio.io/network=${network}` },
  };
  const ingresses = ingressesAt(member).map(([name]) => ({
    key: gatewayKey(mesh.name, cluster, name),
    namespace: ingressName(name),
    service: { name: ingressName(name) },
  }));
  const gateways = [...(hasEastWest(relation) ? [eastWest] : []), ...ingresses];
  return { mesh: mesh.name, namespace, network, gateways };
}
