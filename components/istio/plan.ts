/** Which control plane, node agents and gateways stand where. */
import { keyed } from "../records";
import {
  ControlPlaneMode,
  DataPlane,
  EAST_WEST_NAME,
  gatewayKey,
  GatewayApi,
  hasEastWest,
  ingressesAt,
  istioAt,
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
  Mesh,
  MeshPolicy,
  MeshRelation,
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
  InstalledPlan,
  IstiodAddressPlan,
  IstiodPlan,
  IstioPlan,
  RelayPlan,
  RemotePlan,
  TagPlan,
} from "./facts";
import { newestOf } from "../versions/istio";
import { versionAt } from "../versions/versionAt";
import { keyOf, planAddresses, planZones } from "./addresses/addresses";
import { injectionPath } from "./remote/remoteValues";
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
  const members = meshes.flatMap((mesh) => mesh.members);
  const controlPlanes = meshes.flatMap((mesh) => mesh.controlPlanes);
  const remotes = members.filter(({ controlPlane }) => !controlPlane);
  const eastWest = members.filter((member) => hasEastWest(member.in));
  const byMember = ({ mesh, cluster }: { mesh: string; cluster: string }) =>
    memberKey(mesh, cluster);
  return {
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
    tags: keyed(members.flatMap(planTags), ({ mesh, cluster, tag }) =>
      gatewayKey(mesh, cluster, tag),
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
  const agents = agentsIn(controlPlane);
  const external = mesh.mode === ControlPlaneMode.External;
  return {
    mesh: mesh.name,
    cluster: at.cluster.name,
    clusterId: configuredIn.cluster.name,
    network: configuredIn.cluster.network,
    namespace,
    trustDomain: mesh.trustDomain,
    toldBy: toldBy(controlPlane),
    dataPlane: mesh.dataPlane,
    ...policyOf(mesh),
    // An external istiod is there for many: the second member then changes no Release.
    multiCluster: external || members.length > 1,
    multiNetwork: hasEastWest(relation),
    servesRemotes: controlPlane.istiods.some(({ serves }) =>
      serves.some(({ kind }) => kind === "pods"),
    ),
    external,
    version: newestIn(istiods),
    istiods,
    revision: agents.name,
    agentVersion: agents.version,
    loadBalancers: at.cluster.loadBalancers,
    ...installed(relation),
    values: mesh.values,
  };
}

/** Where a mesh's charts and images come from. */
function installed({ mesh: { istio } }: MeshRelation): InstalledPlan {
  return { charts: istio.charts, hub: istio.hub };
}

/**
 * Members that tell a control plane's named revisions. These come and go while a member is watched; one without a name is told
 * of a member by a Secret that comes after.
 */
function toldBy({ of, watches }: ControlPlane): string[] {
  if (of.revisions.every(({ name }) => name === undefined)) return [];
  return watches.filter(({ controlPlane }) => !controlPlane).map(({ at }) => at.cluster.name);
}

/** What the cluster's own node agents are served by; where it is no member there are none. */
function agentsIn({ at, of, istiods }: ControlPlane): Revision {
  const own = at.members.find((member) => member.in === of);
  return own?.agents ?? istiods[0]!.revision;
}

function istiodsOf(
  { istiods }: ControlPlane,
  { topology, addresses, settings }: Surroundings,
): IstiodPlan[] {
  return istiods.map((istiod) => {
    const { name, version, values } = istiod.revision;
    const needed = settings.filter(({ when }) => when(istiod));
    return {
      revision: name,
      version,
      values,
      host: addresses[keyOf(istiod)]?.host,
      neededValues: needed.map(({ values }) => values(istiod, topology)).reduce(mergeValues, {}),
    };
  });
}

function planRemote(remote: Member, { addresses }: Surroundings): RemotePlan {
  const { in: relation, at, servers } = remote;
  const { mesh, namespace } = relation;
  const revisions = relation.revisions.map(({ name, version, values }) => ({
    revision: name,
    version,
    values,
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
    dataPlane: mesh.dataPlane,
    ...policyOf(mesh),
    holdsConfiguration: holds,
    servers: servers.map((server) => server.at.cluster.name),
    loadBalancers: at.cluster.loadBalancers,
    relay: relaySettings(mesh.values),
    controlPlaneClusters: holds ? [] : [...ids],
    version: newestIn(revisions),
    agentVersion: remote.agents.version,
    revisions,
    ...installed(relation),
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

/** Every tag of its mesh: where an external istiod runs there is no pod to inject. */
function planTags(member: Member): TagPlan[] {
  const { in: relation, at, controlPlane } = member;
  const { mesh, namespace } = relation;
  const { name: cluster, network } = at.cluster;
  return Object.entries(mesh.istio.tags).map(([tag, revision]) => ({
    mesh: mesh.name,
    cluster,
    tag,
    revision,
    namespace,
    injectionPath: controlPlane ? undefined : injectionPath(cluster, network),
    runsIstiod: controlPlane !== undefined,
    holdsConfiguration: holdsConfiguration(member),
    values: mergeValues(mesh.values.istiod ?? {}, mesh.istio.revisions[revision]?.values ?? {}),
  }));
}

/** What a mesh says that holds in every place of it. */
function policyOf({ mtls, locality, injection, observability }: Mesh): MeshPolicy {
  return { mtls, locality, injection, observability };
}

/** Whether some istiod of the mesh reads its configuration in this cluster. */
function holdsConfiguration({ rights }: Member): boolean {
  return rights !== ReaderRights.Serve;
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
    charts: mesh.istio.charts,
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
    charts: relation.mesh.istio.charts,
  }));
}

function newestIn(versioned: readonly { version: string }[]): string {
  return newestOf(versioned.map(({ version }) => version))!;
}
