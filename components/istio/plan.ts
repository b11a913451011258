/** Which control plane, node agents and gateways stand where. */
import { keyed } from "../records";
import {
  ControlPlaneMode,
  DataPlane,
  DEFAULT_REVISION,
  EAST_WEST_NAME,
  gatewayKey,
  GatewayApi,
  hasEastWest,
  ingressesAt,
  istiodKey,
  LoadBalancers,
  memberKey,
  ReaderRights,
  tagsOf,
} from "../topology";
import type {
  ChartValues,
  ClusterRelation,
  ControlPlane,
  Member,
  Relations,
  Revision,
  Setting,
  Topology,
} from "../topology";
import type {
  ControlPlanePlan,
  EastWestGatewayPlan,
  GatewayBalancerPlan,
  IngressGatewayPlan,
  IstiodAddressPlan,
  IstiodPlan,
  IstioPlan,
  RelayPlan,
  RemotePlan,
} from "./facts";
import { compareVersions } from "../versions/istio";
import { keyOf, planAddresses, planZones } from "./addresses/addresses";
import { isMap, mergeValues } from "./values";
import type { HelmValues } from "./values";

/** What the plan of a control plane depends on beside itself. */
interface Surroundings {
  topology: Topology;
  /** Where istiods that serve other clusters are reached, by istiod key. */
  addresses: Record<string, IstiodAddressPlan>;
  /** What other rooms need of istiods. */
  settings: readonly Setting[];
}

/** The Istio of a topology. */
export function planIstio(relations: Relations, settings: readonly Setting[]): IstioPlan {
  const { topology, meshes } = relations;
  const addresses = planAddresses(relations);
  const surroundings = { topology, addresses, settings };
  const { charts, hub } = topology.istio;
  const members = meshes.flatMap((mesh) => mesh.members);
  const controlPlanes = meshes.flatMap((mesh) => mesh.controlPlanes);
  const remotes = members.filter(({ controlPlane }) => !controlPlane);
  const eastWest = members.filter((member) => hasEastWest(member.in));
  const byMember = ({ mesh, cluster }: { mesh: string; cluster: string }) =>
    memberKey(mesh, cluster);
  return {
    charts,
    hub,
    gatewayApi: planGatewayApi(relations),
    controlPlanes: keyed(
      controlPlanes.map((controlPlane) => planControlPlane(controlPlane, surroundings)),
      byMember,
    ),
    remotes: keyed(
      remotes.map((remote) => planRemote(remote, surroundings)),
      byMember,
    ),
    eastWest: keyed(
      eastWest.map((member) => planEastWest(member, topology)),
      ({ mesh, cluster }) => gatewayKey(mesh, cluster, EAST_WEST_NAME),
    ),
    ingress: keyed(
      members.flatMap((member) => planIngress(member, topology)),
      ({ mesh, cluster, name }) => gatewayKey(mesh, cluster, name),
    ),
    addresses,
    zones: planZones(relations, addresses),
    settled: Object.assign({}, ...settings.map(({ owned }) => owned)),
  };
}

/** Namespace, and name of the release, of an ingress gateway; its pods carry the label `istio: ingress-<name>`. */
export function ingressName(name: string): string {
  return `istio-ingress-${name}`;
}

function planControlPlane(
  controlPlane: ControlPlane,
  surroundings: Surroundings,
): ControlPlanePlan {
  const { of: relation, at, configuredIn } = controlPlane;
  const { mesh, namespace, members } = relation;
  const istiods = istiodsOf(controlPlane, surroundings);
  const picks = pickedIn(controlPlane);
  const external = mesh.mode === ControlPlaneMode.External;
  return {
    mesh: mesh.name,
    cluster: at.cluster.name,
    clusterId: configuredIn.cluster.name,
    network: configuredIn.cluster.network,
    namespace,
    trustDomain: mesh.trustDomain,
    foreignRevisions: at.members.filter((member) => member.in === relation).flatMap(tells),
    toldBy: toldBy(controlPlane),
    dataPlane: mesh.dataPlane,
    mtls: mesh.mtls,
    // An external istiod is there for many: the second member then changes no Release.
    multiCluster: external || members.length > 1,
    multiNetwork: hasEastWest(relation),
    servesRemotes: istiods.some(({ host }) => host !== undefined),
    external,
    version: newestOf(istiods),
    istiods,
    revision: picks.name,
    agentVersion: picks.version,
    loadBalancers: at.cluster.loadBalancers,
    values: mesh.values,
  };
}

/** What a member tells istiods elsewhere: a mesh config for each that has none there. */
function tells({ foreign }: Member): string[] {
  return foreign.map(({ name = DEFAULT_REVISION }) => name);
}

/**
 * Members that tell a control plane's named revisions. These come and go while a member is watched; the default one is told
 * of a member by a Secret that comes after.
 */
function toldBy({ watches, istiods }: ControlPlane): string[] {
  const named = istiods.map(({ revision }) => revision).filter(({ name }) => name !== undefined);
  return watches
    .filter(({ foreign }) => foreign.some((revision) => named.includes(revision)))
    .map(({ at }) => at.cluster.name);
}

/** What the cluster's own gateways and node agents are served by; where it is no member there are none. */
function pickedIn({ at, of, istiods }: ControlPlane): Revision {
  const own = at.members.find((member) => member.in === of);
  return own?.picks ?? istiods[0]!.revision;
}

/** Side by side; the default one serves the Service `istiod` that validation asks. */
function istiodsOf(
  { istiods }: ControlPlane,
  { topology, addresses, settings }: Surroundings,
): IstiodPlan[] {
  return istiods.map((istiod) => {
    const { name, version, tags } = istiod.revision;
    const needed = settings.filter(({ when }) => when(istiod));
    return {
      revision: name,
      version,
      tags,
      host: addresses[keyOf(istiod)]?.host,
      neededValues: needed.map(({ values }) => values(istiod, topology)).reduce(mergeValues, {}),
    };
  });
}

function planRemote(remote: Member, { addresses }: Surroundings): RemotePlan {
  const { in: relation, at, servers } = remote;
  const { mesh, namespace } = relation;
  const revisions = remote.revisions.map(({ name, version, tags }) => ({
    revision: name,
    version,
    tags,
    backends: servers.map(
      (server) => addresses[istiodKey(mesh.name, server.at.cluster.name, name)]!.addresses,
    ),
  }));
  const holds = holdsConfiguration(remote);
  const ids = new Set(servers.map(({ configuredIn }) => configuredIn.cluster.name));
  return {
    mesh: mesh.name,
    cluster: at.cluster.name,
    network: at.cluster.network,
    namespace,
    trustDomain: mesh.trustDomain,
    foreignRevisions: tells(remote),
    dataPlane: mesh.dataPlane,
    mtls: mesh.mtls,
    holdsConfiguration: holds,
    servers: servers.map((server) => server.at.cluster.name),
    loadBalancers: at.cluster.loadBalancers,
    relay: relaySettings(mesh.values),
    controlPlaneClusters: holds ? [] : [...ids],
    version: newestOf(revisions),
    revisions,
    values: mesh.values,
  };
}

/** A relay stands in for istiod: what its chart is told of every pod holds for it too. */
function relaySettings({ istiod }: ChartValues): RelayPlan {
  const { priorityClassName, imagePullSecrets } = globalOf(istiod);
  return {
    ...(isText(priorityClassName) ? { priorityClassName } : {}),
    imagePullSecrets: Array.isArray(imagePullSecrets) ? imagePullSecrets.filter(isText) : [],
  };
}

function globalOf(values: HelmValues = {}): HelmValues {
  return isMap(values.global) ? values.global : {};
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** Whether some istiod of the mesh reads its configuration in this cluster. */
function holdsConfiguration({ rights }: Member): boolean {
  return rights !== ReaderRights.Serve;
}

/** Of what runs in a cluster or serves it: nothing of Istio's there is newer. */
function planGatewayApi({ topology, clusters }: Relations): Record<string, { version: string }> {
  return Object.fromEntries(
    clusters.filter(installsGatewayApi).map(({ cluster, controlPlanes, members }) => {
      const running = controlPlanes.flatMap(({ istiods }) => istiods);
      const revisions = [
        ...running.map(({ revision }) => revision),
        ...members.flatMap((member) => member.revisions),
      ];
      // A cluster may be in no mesh yet.
      const version = revisions.length === 0 ? topology.istio.version : newestOf(revisions);
      return [cluster.name, { version }];
    }),
  );
}

/** Only ambient needs the CRDs: its gateways and waypoints are Gateway API objects, of which no chart of Istio's has the types. */
function installsGatewayApi({ cluster, controlPlanes }: ClusterRelation): boolean {
  const isNeeded = controlPlanes.some(({ of }) => of.mesh.dataPlane === DataPlane.Ambient);
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
    values: mesh.values,
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
  }));
}

function newestOf(versioned: { version: string }[]): string {
  return versioned
    .map(({ version }) => version)
    .reduce((newest, version) => (compareVersions(version, newest) > 0 ? version : newest));
}
