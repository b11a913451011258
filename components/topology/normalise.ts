/** From a description with its defaults to the topology that rooms plan from. */
import { find, mapValues } from "../records";
import type { ParseContext } from "./context";
import {
  Architecture,
  ControlPlaneMode,
  DataPlane,
  Injection,
  LaunchType,
  RemoteAccess,
  TenancyModel,
  type TopologyDescription,
} from "./description";
import type { ClusterValue } from "./given";
import { istiosOf, versionsOf } from "./istios";
import { DEFAULT_ROOT } from "./names";
import { architectureOf, NODES } from "./nodes";
import type { EcsCluster, EcsService, MachineGroup } from "./outside";
import { pathOf } from "./path";
import { peersFrom } from "./peers";
import type { FilledDescription } from "./schema";
import type {
  Cluster,
  IstioSettings,
  Links,
  Mesh,
  Nodes,
  PublishedPeer,
  Topology,
  Trust,
  Vpc,
} from "./topology";

type FilledNetwork = FilledDescription["networks"][string];
type FilledVpc = NonNullable<FilledNetwork["vpcs"]>[string];
type FilledCluster = FilledDescription["clusters"][string];
type FilledMesh = FilledDescription["meshes"][string];
type FilledEcsCluster = FilledDescription["ecsClusters"][string];
type FilledService = FilledDescription["ecsServices"][string];
type Tenants = FilledDescription["tenants"];
type FilledMachines = FilledDescription["virtualMachines"][string];

const entries = Object.entries;

/** Id of a VPC: the network's name in the short form. */
function vpcId(network: string, vpc?: string): string {
  return vpc === undefined ? network : `${network}-${vpc}`;
}

function vpcOf(network: string, key: string | undefined, vpc: FilledVpc, region: string): Vpc {
  const { cidr, region: own = region, account, existing, ...settings } = vpc;
  return {
    id: vpcId(network, key),
    network,
    path:
      key === undefined ? pathOf("networks", network) : pathOf("networks", network, "vpcs", key),
    cidrs: existing?.cidrs ?? (cidr === undefined ? [] : [cidr]),
    region: own,
    account: account?.roleArn,
    settings,
    existing,
  };
}

function vpcsOf(name: string, network: FilledNetwork, region: string): Vpc[] {
  return network.vpcs === undefined
    ? [vpcOf(name, undefined, network, region)]
    : entries(network.vpcs).map(([key, vpc]) => vpcOf(name, key, vpc, region));
}

/** Id of the VPC that something stands in; "" where a rule will say that it cannot be told. */
function vpcOfPlace(
  { network, vpc }: Pick<FilledCluster, "network" | "vpc">,
  vpcs: Record<string, Vpc[]>,
): string {
  if (vpc !== undefined) return vpcId(network, vpc);
  const [only, ...more] = Object.hasOwn(vpcs, network) ? vpcs[network]! : [];
  return only && more.length === 0 ? only.id : "";
}

/** Nodes are what their instance types are, unless the description says what they may be. */
function nodesOf(nodes: FilledCluster["nodes"]): Nodes {
  const implied = [...new Set(nodes.instanceTypes.map(architectureOf))];
  const architectures = nodes.architectures.length > 0 ? nodes.architectures : implied;
  return {
    ...nodes,
    architectures: architectures.length > 0 ? [...new Set(architectures)] : [Architecture.X86],
  };
}

type Access = FilledDescription["access"];

function accessOf(all: Access, own: Access, admins: string[]): Access {
  return {
    admins: [...all.admins, ...own.admins, ...admins],
    viewers: [...all.viewers, ...own.viewers],
  };
}

/** Tenants that have the mesh of a cluster to themselves, by name: theirs is all of it. */
export function holdersOf<T extends { mesh: string }>(
  cluster: string,
  meshes: Record<string, { clusters: object }>,
  tenants?: { model: TenancyModel; of: Record<string, T> },
): [string, T][] {
  if (tenants?.model !== TenancyModel.Mesh) return [];
  return entries(tenants.of).filter(([, { mesh }]) =>
    Object.hasOwn(find(meshes, mesh)?.clusters ?? {}, cluster),
  );
}

function clusterOf(
  name: string,
  cluster: FilledCluster,
  { access, meshes, tenants }: FilledDescription,
  vpcs: Record<string, Vpc[]>,
  kubernetesVersion: string,
  given: ClusterValue[] = [],
): Cluster {
  const { existing } = cluster;
  const admins = holdersOf(name, meshes, tenants).flatMap(([, tenant]) => tenant.admins);
  const remoteAccess = existing ? RemoteAccess.ServiceAccountToken : RemoteAccess.EksIdentity;
  return {
    name,
    network: cluster.network,
    vpc: vpcOfPlace(cluster, vpcs),
    nodes: nodesOf(cluster.nodes),
    loadBalancers: existing?.loadBalancers ?? NODES[cluster.nodes.kind].loadBalancers,
    kubernetesVersion:
      existing?.kubernetesVersion ?? cluster.kubernetesVersion ?? kubernetesVersion,
    api: cluster.api,
    access: accessOf(access, cluster.access, admins),
    upgradePolicy: cluster.upgradePolicy,
    zonalShift: cluster.zonalShift,
    logs: cluster.logs,
    gatewayApi: cluster.gatewayApi,
    remoteAccess: cluster.remoteAccess ?? remoteAccess,
    existing,
    given,
  };
}

/**
 * The mode that follows from where istiod runs: in all members, in some of them, in none.
 * Undefined where it runs in some members and elsewhere too, which no mode does.
 */
export function modeOf(runsIn: string[], members: string[]): ControlPlaneMode | undefined {
  const inside = runsIn.filter((cluster) => members.includes(cluster));
  if (inside.length === 0) return ControlPlaneMode.External;
  if (inside.length < runsIn.length) return undefined;
  return members.every((cluster) => runsIn.includes(cluster))
    ? ControlPlaneMode.MultiPrimary
    : ControlPlaneMode.PrimaryRemote;
}

function trustOf({ roots, signing }: FilledDescription["trust"]): Trust {
  const said = Object.keys(roots);
  return said.length === 0
    ? { roots: { [DEFAULT_ROOT]: {} }, signing: signing ?? DEFAULT_ROOT }
    : { roots, signing: signing ?? said[0]! };
}

/** Clusters that run a mesh's istiods: every member, where nothing is said. */
export function runsInOf({
  clusters,
  controlPlane,
}: {
  clusters: object;
  controlPlane?: { runsIn?: string[] };
}): string[] {
  return controlPlane?.runsIn ?? Object.keys(clusters);
}

/** Namespaces of tenants take no pod that needs a privilege. */
function injectionOf(name: string, { dataPlane }: FilledMesh, tenants: Tenants): Injection {
  const hasTenants =
    tenants !== undefined &&
    tenants.model !== TenancyModel.Mesh &&
    Object.values(tenants.of).some(({ mesh }) => mesh === name);
  return hasTenants && dataPlane === DataPlane.Sidecar ? Injection.Cni : Injection.InitContainer;
}

function meshOf(name: string, mesh: FilledMesh, istio: IstioSettings, tenants: Tenants): Mesh {
  const clusters = Object.keys(mesh.clusters);
  const runsIn = runsInOf(mesh);
  return {
    name,
    dataPlane: mesh.dataPlane,
    trustDomain: mesh.trustDomain,
    mtls: mesh.mtls,
    locality: mesh.locality,
    injection: mesh.injection ?? injectionOf(name, mesh, tenants),
    observability: mesh.observability,
    mode: mesh.controlPlane.mode ?? modeOf(runsIn, clusters) ?? ControlPlaneMode.PrimaryRemote,
    runsIn,
    configCluster: mesh.controlPlane.configCluster,
    addressNumbers: mesh.controlPlane.addressNumbers,
    members: mapValues(mesh.clusters, (member, cluster) => ({
      servedBy: runsIn.includes(cluster) ? [] : (member.servedBy ?? runsIn),
      revision: member.revision ?? mesh.revision,
      agentRevision: member.agentRevision ?? mesh.agentRevision,
      values: member.values,
    })),
    istio: mesh.istio ? { path: pathOf("meshes", name, "istio"), ...mesh.istio } : istio,
    trust: mesh.trust && trustOf(mesh.trust),
    experimental: mesh.experimental,
    ingress: mesh.ingress,
    values: mesh.values,
  };
}

/** The smallest instance that runs an application beside Envoy, by the processors that are asked for. */
const SMALL = { [Architecture.X86]: "t3.small", [Architecture.Arm64]: "t4g.small" } as const;

function machineGroupOf(
  name: string,
  group: FilledMachines,
  vpcs: Record<string, Vpc[]>,
): MachineGroup {
  const instanceType = group.instanceType ?? SMALL[group.architecture ?? Architecture.X86];
  const architecture = group.architecture ?? architectureOf(instanceType);
  return { ...group, name, vpc: vpcOfPlace(group, vpcs), instanceType, architecture };
}

/** Tasks are on the network of the cluster that serves them. */
function ecsPlaceOf(
  { controlledBy, vpc }: { controlledBy: string; vpc?: string },
  { clusters }: FilledDescription,
  vpcs: Record<string, Vpc[]>,
) {
  const network = find(clusters, controlledBy)?.network ?? "";
  return { network, vpc: vpcOfPlace({ network, vpc }, vpcs) };
}

/** Tasks on EC2 are of the processors of their instances, and are captured as they are. */
function ecsServiceOf(
  name: string,
  service: FilledService,
  description: FilledDescription,
  vpcs: Record<string, Vpc[]>,
): EcsService {
  const isOnInstances = service.launchType === LaunchType.Ec2;
  const own = find(description.ecsClusters, service.ecsCluster ?? "")?.instanceType;
  const implied = isOnInstances && own !== undefined ? architectureOf(own) : Architecture.X86;
  const { count = service.scaling?.min ?? 1, architecture = implied } = service;
  const { proxyEnv = !isOnInstances } = service;
  const forward = mapValues(service.forward, ({ local, ...to }) => ({
    ...{ ...to, local: local ?? to.port },
  }));
  const place = ecsPlaceOf(service, description, vpcs);
  return { ...service, name, count, architecture, proxyEnv, forward, ...place };
}

function ecsClusterOf(
  name: string,
  cluster: FilledEcsCluster,
  description: FilledDescription,
  vpcs: Record<string, Vpc[]>,
): EcsCluster {
  const { instanceType = "" } = cluster;
  return { ...cluster, name, instanceType, ...ecsPlaceOf(cluster, description, vpcs) };
}

/** What runs in no cluster. */
function outsideOf(filled: FilledDescription, vpcs: Record<string, Vpc[]>) {
  const { virtualMachines, ecsClusters, ecsServices } = filled;
  return {
    virtualMachines: mapValues(virtualMachines, (group, name) => machineGroupOf(name, group, vpcs)),
    ecsClusters: mapValues(ecsClusters, (one, name) => ecsClusterOf(name, one, filled, vpcs)),
    ecsServices: mapValues(ecsServices, (one, name) => ecsServiceOf(name, one, filled, vpcs)),
  };
}

function linksOf(links: FilledDescription["links"]): Links {
  return {
    via: links.via,
    owner: links.owner?.roleArn,
    transitGateways: mapValues(links.transitGateways, ({ existing }) => existing),
    reachable: mapValues(links.reachable, ({ cidrs }) => cidrs),
  };
}

/** What stands in the description as planners read it. */
function settingsOf(filled: FilledDescription) {
  const { tags, protect, quotas, api, iam, tenants } = filled;
  return { tags, protect, quotas, api, iam, tenants };
}

/** Fills in what depends on the stack, the versions table or other parts of the description. */
export function normalise(
  description: TopologyDescription,
  filled: FilledDescription,
  context: ParseContext,
  peers: Record<string, PublishedPeer>,
): Topology {
  const istio: IstioSettings = { path: "istio", ...filled.istio };
  const meshes = mapValues(filled.meshes, (mesh, name) =>
    meshOf(name, mesh, istio, filled.tenants),
  );
  const { given, region = "", stackTags = {}, defaults } = context;
  const newest = defaults.kubernetesVersion(istiosOf({ istio, meshes }).flatMap(versionsOf));
  const withGiven = (vpc: Vpc): Vpc => ({ ...vpc, given: find(given?.vpcs ?? {}, vpc.id) });
  const vpcs = mapValues(filled.networks, (network, name) =>
    vpcsOf(name, network, region).map(withGiven),
  );
  const makeCluster = (cluster: FilledCluster, name: string) =>
    clusterOf(name, cluster, filled, vpcs, newest, find(given?.clusters ?? {}, name));
  return {
    description,
    given,
    stackTags,
    ...settingsOf(filled),
    federation: { ...filled.federation, peers: peersFrom(filled.federation, peers) },
    name: filled.name ?? context.name,
    istio,
    encryptionKeys: filled.encryption.keys,
    keepLoadBalancers: filled.loadBalancers.deletionProtection,
    trust: trustOf(filled.trust),
    links: linksOf(filled.links),
    networks: mapValues(vpcs, (list) => ({ vpcs: list.map(({ id }) => id) })),
    vpcs: Object.fromEntries(
      Object.values(vpcs).flatMap((list) => list.map((vpc) => [vpc.id, vpc])),
    ),
    clusters: mapValues(filled.clusters, makeCluster),
    meshes,
    ...outsideOf(filled, vpcs),
  };
}
