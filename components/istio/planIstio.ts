/** Which control plane, node agents and gateways stand where. */
import { systemNamespace } from "../access/names";
import { clusterIdOf, configClustersOf, revisionsIn, revisionsOf } from "../access/relation";
import {
  ControlPlaneMode,
  DataPlane,
  EAST_WEST_GATEWAY,
  gatewayKey,
  GatewayApi,
  istiodKey,
  memberKey,
  RemoteAccess,
} from "../topology";
import type { Mesh, Topology } from "../topology";
import { planIstiods } from "../network/istiods";
import { spansNetworks } from "../network/membership";
import type {
  ControlPlanePlan,
  EastWestGatewayPlan,
  IngressGatewayPlan,
  IstiodPlan,
  IstioPlan,
  RemotePlan,
} from "./plan";
import { compareVersions } from "./versions";

/** A mesh in one of its clusters. */
interface Place {
  mesh: Mesh;
  cluster: string;
}

/** Where istiods that serve other clusters are reached, by istiod key. */
type Addresses = ReturnType<typeof planIstiods>;

/** The Istio of a checked topology. */
export function planIstio(topology: Topology): IstioPlan {
  const { charts, hub, refresherImage } = topology.istio;
  const meshes = Object.values(topology.meshes);
  const primaries = meshes.flatMap((mesh) => mesh.runsIn.map((cluster) => ({ mesh, cluster })));
  const addresses = planIstiods(topology);
  const controlPlanes = keyed(
    primaries.map((place) => planControlPlane(topology, place, addresses)),
    ({ mesh, cluster }) => memberKey(mesh, cluster),
  );
  const eastWest = meshes
    .filter((mesh) => spansNetworks(topology, mesh))
    .flatMap((mesh) => Object.keys(mesh.members).map((cluster) => ({ mesh, cluster })));
  const remotes = meshes.flatMap((mesh) =>
    Object.keys(mesh.members)
      .filter((cluster) => !mesh.runsIn.includes(cluster))
      .map((cluster) => ({ mesh, cluster })),
  );
  return {
    charts,
    hub,
    refresherImage,
    gatewayApi: planGatewayApi(topology, Object.values(controlPlanes)),
    controlPlanes,
    remotes: keyed(
      remotes.map((place) => planRemote(topology, place, addresses)),
      ({ mesh, cluster }) => memberKey(mesh, cluster),
    ),
    eastWest: keyed(
      eastWest.map((place) => planEastWest(topology, place)),
      ({ mesh, cluster }) => gatewayKey(mesh, cluster, EAST_WEST_GATEWAY),
    ),
    ingress: keyed(
      meshes.flatMap((mesh) => planIngress(topology, mesh)),
      ({ mesh, cluster, name }) => gatewayKey(mesh, cluster, name),
    ),
  };
}

/** Namespace, and name of the release, of an ingress gateway; its pods carry the label `istio: ingress-<name>`. */
export function ingressName(name: string): string {
  return `istio-ingress-${name}`;
}

function planControlPlane(
  topology: Topology,
  { mesh, cluster }: Place,
  addresses: Addresses,
): ControlPlanePlan {
  const istiods = istiodsIn(topology, { mesh, cluster }, addresses);
  const { revision, version } = servedBy(topology, mesh, cluster);
  const others = Object.keys(mesh.members).filter((member) => member !== cluster);
  const clusterId = clusterIdOf(mesh, cluster);
  const external = mesh.mode === ControlPlaneMode.External;
  return {
    mesh: mesh.name,
    cluster,
    clusterId,
    network: topology.clusters[clusterId].network,
    namespace: systemNamespace(mesh),
    trustDomain: mesh.trustDomain,
    dataPlane: mesh.dataPlane,
    // An external istiod is there for many: the second member then changes no Release.
    multiCluster: external || Object.keys(mesh.members).length > 1,
    multiNetwork: spansNetworks(topology, mesh),
    servesRemotes: istiods.some(({ host }) => host !== undefined),
    external,
    baseVersion: newestOf(istiods.map((istiod) => istiod.version)),
    istiods,
    revision,
    agentVersion: version,
    loadBalancers: topology.clusters[cluster].compute,
    refreshesTokens: others.some(
      (other) => topology.clusters[other].remoteAccess === RemoteAccess.EksIdentity,
    ),
    values: mesh.values,
  };
}

/**
 * The control planes that run side by side in a cluster: the default one, which always serves the Service `istiod`
 * that validation asks, and the revisions that those it serves have picked.
 */
function istiodsIn(
  topology: Topology,
  { mesh, cluster }: Place,
  addresses: Addresses,
): IstiodPlan[] {
  return revisionsIn(mesh, cluster).map((revision) => ({
    ...revisionIn(topology, revision),
    host: addresses[istiodKey(mesh.name, cluster, revision)]?.host,
  }));
}

/** Name, version and tags of a revision; "" is the default control plane. */
function revisionIn({ istio }: Topology, revision: string) {
  const { version, tags } =
    revision === "" ? { version: istio.version, tags: [] } : istio.revisions[revision];
  return { revision, version, tags };
}

function planRemote(
  topology: Topology,
  { mesh, cluster }: Place,
  addresses: Addresses,
): RemotePlan {
  const { servedBy: servers } = mesh.members[cluster];
  const revisions = revisionsOf(mesh.members[cluster]).map((revision) => ({
    ...revisionIn(topology, revision),
    backends: servers.map((server) => addresses[istiodKey(mesh.name, server, revision)].addresses),
  }));
  const holdsConfiguration = configClustersOf(mesh).includes(cluster);
  const ids = new Set(servers.map((server) => clusterIdOf(mesh, server)));
  return {
    mesh: mesh.name,
    cluster,
    network: topology.clusters[cluster].network,
    namespace: systemNamespace(mesh),
    dataPlane: mesh.dataPlane,
    holdsConfiguration,
    servers,
    servedBy: holdsConfiguration ? [] : [...ids],
    baseVersion: newestOf(revisions.map(({ version }) => version)),
    revisions,
    values: mesh.values,
  };
}

/** Revision and version of the control plane that serves a cluster's gateways and node agents. */
function servedBy(topology: Topology, mesh: Mesh, cluster: string) {
  const revision = mesh.members[cluster]?.revision ?? "";
  return { revision, version: revisionIn(topology, revision).version };
}

/** Only ambient needs the CRDs: its gateways and waypoints are Gateway API objects, of which no chart of Istio's has the types. */
function planGatewayApi(
  topology: Topology,
  controlPlanes: ControlPlanePlan[],
): Record<string, { version: string }> {
  return Object.fromEntries(
    controlPlanes
      .filter(({ dataPlane }) => dataPlane === DataPlane.Ambient)
      .filter(({ cluster }) => topology.clusters[cluster].gatewayApi === GatewayApi.Installed)
      .map(({ cluster, baseVersion }) => [cluster, { version: baseVersion }]),
  );
}

function planEastWest(topology: Topology, { mesh, cluster }: Place): EastWestGatewayPlan {
  return {
    mesh: mesh.name,
    cluster,
    network: topology.clusters[cluster].network,
    // Istio's own place for it: peers look for the label of the network on Services there as anywhere.
    namespace: systemNamespace(mesh),
    holdsConfiguration: configClustersOf(mesh).includes(cluster),
    dataPlane: mesh.dataPlane,
    ...servedBy(topology, mesh, cluster),
    loadBalancers: topology.clusters[cluster].compute,
    values: mesh.values,
  };
}

function planIngress(topology: Topology, mesh: Mesh): IngressGatewayPlan[] {
  return Object.entries(mesh.ingress).flatMap(([name, { clusters, exposure }]) =>
    clusters.map((cluster) => ({
      name,
      mesh: mesh.name,
      cluster,
      namespace: ingressName(name),
      ...servedBy(topology, mesh, cluster),
      exposure,
      loadBalancers: topology.clusters[cluster].compute,
      values: mesh.values,
    })),
  );
}

function newestOf(versions: string[]): string {
  return versions.reduce((newest, version) =>
    compareVersions(version, newest) > 0 ? version : newest,
  );
}

function keyed<T>(items: T[], key: (item: T) => string): Record<string, T> {
  return Object.fromEntries(items.map((item) => [key(item), item]));
}
