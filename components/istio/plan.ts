/** Which control plane and node agents stand where, and all else of Istio's. */
import { keyed } from "../records";
import {
  ControlPlaneMode,
  gatewayKey,
  hasEastWest,
  ingressesAt,
  isPeer,
  istiodKey,
  memberKey,
  peersOf,
} from "../topology";
import type {
  ChartValues,
  ControlPlane,
  Member,
  Mesh,
  MeshPolicy,
  MeshRelation,
  Relations,
  Setting,
  Topology,
} from "../topology";
import type {
  ControlPlanePlan,
  InstalledPlan,
  IstiodAddressPlan,
  IstiodPlan,
  IstioPlan,
  RelayPlan,
  RemotePlan,
  TagPlan,
} from "./facts";
import { normalizePem } from "../trust/pem";
import { newestOf } from "../versions/istio";
import { keyOf, planAddresses, planZones } from "./addresses/addresses";
import { planGateways } from "./gateways/plan";
import { holdsConfiguration, istiodExtras, valuesAt } from "./members";
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
  const byMember = ({ mesh, cluster }: { mesh: string; cluster: string }) =>
    memberKey(mesh, cluster);
  return {
    ...planGateways(relations),
    controlPlanes: keyed(
      controlPlanes.map((controlPlane) => planControlPlane(controlPlane, surroundings)),
      byMember,
    ),
    remotes: keyed(
      remotes.map((remote) => planRemote(remote, surroundings)),
      byMember,
    ),
    tags: keyed(members.flatMap(planTags), ({ mesh, cluster, tag }) =>
      gatewayKey(mesh, cluster, tag),
    ),
    addresses,
    zones: planZones(relations, addresses),
    settled: Object.assign({}, ...settings.map(({ owned }) => owned)),
  };
}

function planControlPlane(
  controlPlane: ControlPlane,
  surroundings: Surroundings,
): ControlPlanePlan {
  const { of: relation, at, configuredIn } = controlPlane;
  const { mesh, namespace, members } = relation;
  const istiods = istiodsOf(controlPlane, surroundings);
  const own = memberBeside(controlPlane);
  // What the cluster's own node agents are served by; where it is no member there are none.
  const agents = own?.agents ?? controlPlane.istiods[0]!.revision;
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
    ...planPeers(relation),
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
    hasIngress: own !== undefined && ingressesAt(own).length > 0,
    values: valuesAt(mesh, at.cluster.name),
  };
}

/** Whose roots its workloads accept besides: of meshes here by their name, since roots are outputs, and of others as they are. */
function planPeers(relation: MeshRelation): Pick<ControlPlanePlan, "peers" | "peerRoots"> {
  const peers = peersOf(relation);
  const here = peers.filter((one) => !isPeer(one)).map(({ mesh }) => [mesh.trustDomain, mesh.name]);
  const elsewhere = peers.filter((one) => isPeer(one));
  return {
    peers: Object.fromEntries(here),
    peerRoots: Object.fromEntries(
      elsewhere.map(({ mesh, peer }) => [mesh.trustDomain, normalizePem(peer.published.roots)]),
    ),
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

/** The member that a control plane stands in; where it only runs there is none. */
function memberBeside({ at, of }: ControlPlane): Member | undefined {
  return at.members.find((member) => member.in === of);
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
  const values = valuesAt(mesh, at.cluster.name);
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
    relay: relaySettings(values),
    controlPlaneClusters: holds ? [] : [...ids],
    version: newestIn(revisions),
    agentVersion: remote.agents.version,
    revisions,
    ...installed(relation),
    values,
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
    values: istiodExtras(valuesAt(mesh, cluster), mesh.istio.revisions[revision]?.values),
  }));
}

/** What a mesh says that holds in every place of it. */
function policyOf({ mtls, locality, injection, observability }: Mesh): MeshPolicy {
  return { mtls, locality, injection, observability };
}

function newestIn(versioned: readonly { version: string }[]): string {
  return newestOf(versioned.map(({ version }) => version))!;
}
