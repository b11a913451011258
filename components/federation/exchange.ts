/** What one mesh offers to others, and what it imports of them. */
import { keyed, mapValues } from "../records";
import { allowedIn, DataPlane, FEDERATION_NAMESPACE, isPeer, peersOf } from "../topology";
import { hashOf } from "../network/internal/addresses";
import type { Export, MeshRelation, PeerRelation } from "../topology";
import type { EntrancePlan, FederationGatewayPlan, ImportPlan } from "./facts";
import { RELEASE } from "./gatewayValues";
import type { OfferPlan, PeerPlan } from "./facts";

/** Every host that a mesh exports, to whomever. */
export function planOffers({ exports }: MeshRelation): string[] {
  return [...new Set(exports.flatMap(({ services }) => Object.keys(services)))].sort();
}

/** Every mesh that another one exchanges services with, and what it may call there: nothing where it only exports. */
export function planPeers(relation: MeshRelation): Record<string, PeerPlan> {
  return Object.fromEntries(
    peersOf(relation).map((peer) => [
      peer.mesh.trustDomain,
      { mesh: peer.mesh.name, services: offersTo(peer, relation) },
    ]),
  );
}

function offersTo(
  peer: MeshRelation | PeerRelation,
  { exports }: MeshRelation,
): Record<string, OfferPlan> {
  const own = exports.filter(({ to }) => to.some(({ mesh }) => mesh === peer.mesh));
  const services = own.flatMap((exported) => Object.entries(exported.services));
  return Object.fromEntries(
    services.map(([host, service]) => [
      host,
      { ports: Object.values(service.ports), namespaces: callersIn(service, peer) },
    ]),
  );
}

/** Whether gateways speak for the workloads of a mesh: what is known of one of another stack does not say so. */
export function isAmbient(mesh: MeshRelation | PeerRelation): boolean {
  return !isPeer(mesh) && mesh.mesh.dataPlane === DataPlane.Ambient;
}

/** Namespaces of another mesh that callers are seen as: that of its way out, where it has one. */
function callersIn(service: { allow: string[] }, peer: MeshRelation | PeerRelation): string[] {
  return isAmbient(peer) ? [FEDERATION_NAMESPACE] : allowedIn(service, peer);
}

/** Every service that a mesh imports, by the name of its objects. */
export function planImports(
  importing: MeshRelation,
  gateways: readonly FederationGatewayPlan[],
): Record<string, ImportPlan> {
  const imports = importing.imports.flatMap((exported) => {
    const own = entrancesOf(exported, gateways);
    return Object.keys(exported.services).map((host) => planImport(importing, exported, host, own));
  });
  return keyed(imports, importName);
}

/** Where others come in to the mesh that exports. */
export function entrancesOf(
  { from }: Export,
  gateways: readonly FederationGatewayPlan[],
): EntrancePlan[] {
  if (!isPeer(from)) return gateways.filter(({ mesh }) => mesh === from.mesh.name);
  const all = Object.entries(from.peer.published.gateways);
  return all.map(([cluster, gateway]) => ({ mesh: from.mesh.name, cluster, ...gateway }));
}

function planImport(
  importing: MeshRelation,
  exported: Export,
  original: string,
  gateways: readonly EntrancePlan[],
): ImportPlan {
  const { from, services } = exported;
  const service = services[original]!;
  const places = gateways.flatMap((gateway) =>
    gateway.addresses.map((address) => [address, placeOf(gateway, importing)] as const),
  );
  return {
    ...{ from: from.mesh.name, host: service.alias ?? original, original, ports: service.ports },
    identities: identitiesOf(exported, original),
    namespaces: allowedIn(service, importing),
    endpoints: Object.fromEntries(places),
    ...(isAmbient(from) && { opened: true }),
    ...(isAmbient(importing) && {
      exits: mapValues(service.ports, (_, port) => exitPort(from.mesh.name, original, port)),
    }),
  };
}

const EXIT_PORTS = { first: 20_000, count: 10_000 };

/** By a hash, so that nothing else moves it: a caller who has not heard of a move would be led to another service. */
export function exitPort(mesh: string, host: string, port: string): number {
  return EXIT_PORTS.first + (hashOf([mesh, host, port]) % EXIT_PORTS.count);
}

/** SPIFFE ids of those who answer at an exported host: the gateway, where it opens mutual TLS. */
export function identitiesOf({ from, services }: Export, host: string): string[] {
  if (isAmbient(from))
    return [`spiffe://${from.mesh.trustDomain}/ns/${FEDERATION_NAMESPACE}/sa/${RELEASE}`];
  const { namespace } = partsOf(host);
  return services[host]!.serviceAccounts.map(
    (account) => `spiffe://${from.mesh.trustDomain}/ns/${namespace}/sa/${account}`,
  );
}

/**
 * The network of the exporting mesh, which has no gateway in the importing one: its addresses are then taken as they are (istio,
 * pilot/pkg/xds/endpoints/ep_filters.go). Where the importing mesh is on that network too, and has gateways of its own to it, it is
 * called another name.
 */
function placeOf({ network, region, mesh, port }: EntrancePlan, { networks }: MeshRelation) {
  const isShared = networks.length > 1 && networks.includes(network);
  return {
    ...{ network: isShared ? `${mesh}-federation` : network, region },
    ...(port !== undefined && { port }),
  };
}

/** Service and namespace in the name of a host. */
export function partsOf(host: string): { service: string; namespace: string } {
  const [service = "", namespace = ""] = host.split(".");
  return { service, namespace };
}

/** With dots, which neither part has. */
function importName({ from, original }: ImportPlan): string {
  const { service, namespace } = partsOf(original);
  return [from, service, namespace].join(".");
}
