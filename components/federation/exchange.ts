/** What one mesh offers to others, and what it imports of them. */
import { keyed } from "../records";
import { allowedIn, peersOf } from "../topology";
import type { Export, MeshRelation } from "../topology";
import type { FederationGatewayPlan, ImportPlan, OfferPlan, PeerPlan } from "./facts";

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

function offersTo(peer: MeshRelation, { exports }: MeshRelation): Record<string, OfferPlan> {
  const own = exports.filter(({ to }) => to.includes(peer));
  const services = own.flatMap((exported) => Object.entries(exported.services));
  return Object.fromEntries(
    services.map(([host, service]) => [
      host,
      { ports: Object.values(service.ports), namespaces: allowedIn(service, peer) },
    ]),
  );
}

/** Every service that a mesh imports, by the name of its objects. */
export function planImports(
  importing: MeshRelation,
  gateways: readonly FederationGatewayPlan[],
): Record<string, ImportPlan> {
  const imports = importing.imports.flatMap((exported) => {
    const own = gateways.filter(({ mesh }) => mesh === exported.from.mesh.name);
    return Object.keys(exported.services).map((host) => planImport(importing, exported, host, own));
  });
  return keyed(imports, importName);
}

function planImport(
  importing: MeshRelation,
  { from, services }: Export,
  original: string,
  gateways: readonly FederationGatewayPlan[],
): ImportPlan {
  const service = services[original]!;
  const { namespace } = partsOf(original);
  const { name, trustDomain } = from.mesh;
  const places = gateways.flatMap((gateway) =>
    gateway.addresses.map((address) => [address, placeOf(gateway, importing)] as const),
  );
  return {
    ...{ from: name, host: service.alias ?? original, original, ports: service.ports },
    identities: service.serviceAccounts.map(
      (account) => `spiffe://${trustDomain}/ns/${namespace}/sa/${account}`,
    ),
    namespaces: allowedIn(service, importing),
    endpoints: Object.fromEntries(places),
  };
}

/**
 * The network of the exporting mesh, which has no gateway in the importing one: its addresses are then taken as they are (istio,
 * pilot/pkg/xds/endpoints/ep_filters.go). Where the importing mesh is on that network too, and has gateways of its own to it, it is
 * called another name.
 */
function placeOf({ network, region, mesh }: FederationGatewayPlan, { networks }: MeshRelation) {
  const isShared = networks.length > 1 && networks.includes(network);
  return { network: isShared ? `${mesh}-federation` : network, region };
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
