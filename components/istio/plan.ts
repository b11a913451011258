/** Which control plane, node agents and gateways stand where. */
import { keyed } from "../records";
import {
  ControlPlaneMode,
  DataPlane,
  EAST_WEST_GATEWAY,
  gatewayKey,
  GatewayApi,
  istiodKey,
  memberKey,
  ReaderRights,
  RemoteAccess,
} from "../topology";
import type { ControlPlane, Member, Relations, Revision } from "../topology";
import type {
  ControlPlanePlan,
  EastWestGatewayPlan,
  IngressGatewayPlan,
  IstiodAddressPlan,
  IstiodPlan,
  IstioPlan,
  RemotePlan,
} from "./facts";
import { compareVersions } from "../versions/istio";
import { planAddresses, planZones } from "./addresses/addresses";
import { hasEastWest, ingressesAt } from "./gateways/which";

/** Where istiods that serve other clusters are reached, by istiod key. */
type Addresses = Record<string, IstiodAddressPlan>;

/** The Istio of a topology. */
export function planIstio(relations: Relations): IstioPlan {
  const { topology, meshes } = relations;
  const addresses = planAddresses(relations);
  const { charts, hub, refresherImage } = topology.istio;
  const members = meshes.flatMap((mesh) => mesh.members);
  const controlPlanes = meshes.flatMap((mesh) => mesh.controlPlanes);
  const remotes = members.filter(({ controlPlane }) => !controlPlane);
  const eastWest = members.filter((member) => hasEastWest(member.in));
  const byMember = ({ mesh, cluster }: { mesh: string; cluster: string }) =>
    memberKey(mesh, cluster);
  return {
    charts,
    hub,
    refresherImage,
    gatewayApi: planGatewayApi(controlPlanes),
    controlPlanes: keyed(
      controlPlanes.map((controlPlane) => planControlPlane(controlPlane, addresses)),
      byMember,
    ),
    remotes: keyed(
      remotes.map((remote) => planRemote(remote, addresses)),
      byMember,
    ),
    eastWest: keyed(eastWest.map(planEastWest), ({ mesh, cluster }) =>
      gatewayKey(mesh, cluster, EAST_WEST_GATEWAY),
    ),
    ingress: keyed(members.flatMap(planIngress), ({ mesh, cluster, name }) =>
      gatewayKey(mesh, cluster, name),
    ),
    addresses,
    zones: planZones(relations, addresses),
  };
}

/** Namespace, and name of the release, of an ingress gateway; its pods carry the label `istio: ingress-<name>`. */
export function ingressName(name: string): string {
  return `istio-ingress-${name}`;
}

function planControlPlane(controlPlane: ControlPlane, addresses: Addresses): ControlPlanePlan {
  const { of: relation, at, configuredIn, watches } = controlPlane;
  const { mesh, namespace, members } = relation;
  const istiods = istiodsOf(controlPlane, addresses);
  const picks = pickedIn(controlPlane);
  const external = mesh.mode === ControlPlaneMode.External;
  return {
    mesh: mesh.name,
    cluster: at.cluster.name,
    clusterId: configuredIn.cluster.name,
    network: configuredIn.cluster.network,
    namespace,
    trustDomain: mesh.trustDomain,
    dataPlane: mesh.dataPlane,
    // An external istiod is there for many: the second member then changes no Release.
    multiCluster: external || members.length > 1,
    multiNetwork: hasEastWest(relation),
    servesRemotes: istiods.some(({ host }) => host !== undefined),
    external,
    baseVersion: newestOf(istiods),
    istiods,
    revision: picks.name,
    agentVersion: picks.version,
    loadBalancers: at.cluster.loadBalancers,
    refreshesTokens: watches.some(
      ({ at: { cluster } }) => cluster.remoteAccess === RemoteAccess.EksIdentity,
    ),
    values: mesh.values,
  };
}

/** What the cluster's own gateways and node agents are served by; where it is no member there are none. */
function pickedIn({ at, of, istiods }: ControlPlane): Revision {
  const own = at.members.find((member) => member.in === of);
  return own?.picks ?? istiods[0]!.revision;
}

/** Side by side; the default one serves the Service `istiod` that validation asks. */
function istiodsOf({ of, at, istiods }: ControlPlane, addresses: Addresses): IstiodPlan[] {
  return istiods.map(({ revision: { name, version, tags } }) => ({
    revision: name,
    version,
    tags,
    host: addresses[istiodKey(of.mesh.name, at.cluster.name, name)]?.host,
  }));
}

function planRemote(remote: Member, addresses: Addresses): RemotePlan {
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
    dataPlane: mesh.dataPlane,
    holdsConfiguration: holds,
    servers: servers.map((server) => server.at.cluster.name),
    servedBy: holds ? [] : [...ids],
    baseVersion: newestOf(revisions),
    revisions,
    values: mesh.values,
  };
}

/** Whether some istiod of the mesh reads its configuration in this cluster. */
function holdsConfiguration({ rights }: Member): boolean {
  return rights !== ReaderRights.Serve;
}

/** Only ambient needs the CRDs: its gateways and waypoints are Gateway API objects, of which no chart of Istio's has the types. */
function planGatewayApi(controlPlanes: ControlPlane[]): Record<string, { version: string }> {
  return Object.fromEntries(
    controlPlanes
      .filter(({ of }) => of.mesh.dataPlane === DataPlane.Ambient)
      .filter(({ at }) => at.cluster.gatewayApi === GatewayApi.Installed)
      .map(({ at, istiods }) => [
        at.cluster.name,
        { version: newestOf(istiods.map(({ revision }) => revision)) },
      ]),
  );
}

function planEastWest(member: Member): EastWestGatewayPlan {
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
    loadBalancers: at.cluster.loadBalancers,
    values: mesh.values,
  };
}

function planIngress(member: Member): IngressGatewayPlan[] {
  const { in: relation, at, picks } = member;
  return ingressesAt(member).map(([name, { exposure, values }]) => ({
    name,
    mesh: relation.mesh.name,
    cluster: at.cluster.name,
    namespace: ingressName(name),
    revision: picks.name,
    version: picks.version,
    exposure,
    loadBalancers: at.cluster.loadBalancers,
    values,
  }));
}

function newestOf(versioned: { version: string }[]): string {
  return versioned
    .map(({ version }) => version)
    .reduce((newest, version) => (compareVersions(version, newest) > 0 ? version : newest));
}
