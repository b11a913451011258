/** Mistakes about meshes that exchange services. */
import type {
  ExportedServiceDescription,
  FederationDescription,
  PeerDescription,
  PublishedMesh,
  TopologyDescription,
} from "../../components/topology";
import { ROOT_CERTIFICATE } from "./certificate";
import type { Mutation } from "./changes";

const host = "payments.pay.svc.cluster.local";

type Federation = Required<FederationDescription>;
type Change = (
  federation: Federation,
  service: ExportedServiceDescription,
  description: TopologyDescription,
) => void;

/** One mesh exports a service to another, as far as there are two, with a change. */
function withExport(change: Change): Mutation {
  return (description) => {
    const [from, to = from] = Object.keys(description.meshes);
    const service = { ports: { http: 8080 }, serviceAccounts: ["pay"], allow: [`${to}/web`] };
    const clusters = Object.keys(description.meshes[from!]!.clusters).slice(0, 1);
    const federation = {
      gateways: { [from!]: { clusters } },
      exports: { pay: { from: from!, to: [to!], services: { [host]: service } } },
      peers: {},
    };
    description.federation = federation;
    change(federation, service, description);
  };
}

/** One mesh exports to one elsewhere, and imports from it, with a change of what is known of that. */
function withPeer(
  change: (peer: PeerDescription, federation: Federation, meshes: Meshes) => void,
): Mutation {
  return withExport((federation, service, { meshes }) => {
    const [own] = Object.keys(meshes);
    const peer = { given: structuredClone(published) };
    Object.assign(federation, { peers: { away: peer } });
    federation.exports.pay!.to = ["away"];
    service.allow = ["away/web"];
    federation.exports.back = {
      ...{ from: "away", to: [own!] },
      services: { "back.pay.svc.cluster.local": { ...service, allow: [`${own}/web`] } },
    };
    change(peer, federation, meshes);
  });
}

type Meshes = TopologyDescription["meshes"];

/** All that run their own istiods, as experimental. */
function makeAmbient(meshes: Meshes): void {
  for (const mesh of Object.values(meshes))
    if (!mesh.controlPlane) Object.assign(mesh, { dataPlane: "ambient", experimental: true });
}

const published: PublishedMesh = {
  ...{ version: 1, trustDomain: "away.example", cidrs: ["172.20.0.0/16"] },
  roots: ROOT_CERTIFICATE,
  gateways: { far: { addresses: ["172.20.0.9"], network: "away", region: "eu-west-1" } },
};

export const federationMistakes: Record<string, Mutation> = {
  "export something": withExport(() => undefined),
  "export with one trust domain": withExport((_, __, { meshes }) => {
    for (const mesh of Object.values(meshes)) mesh.trustDomain = "one.example";
  }),
  "export anyhow": withExport(({ exports }, service) => {
    Object.assign(service, {
      ...{
        ports: { "udp-dns": 53, Http: 80 },
        serviceAccounts: [],
        alias: "pay.svc.cluster.local",
      },
      allow: ["web"],
    });
    exports.pay!.services = { "*.svc.cluster.local": service };
    exports.pay!.to = [];
  }),
  "export without a gateway": withExport((federation) => (federation.gateways = {})),
  "have a gateway and export nothing": withExport((federation) => (federation.exports = {})),
  "let another mesh in by a cluster of a third": withExport((federation, _, { clusters }) => {
    for (const gateway of Object.values(federation.gateways))
      gateway.clusters = Object.keys(clusters);
  }),
  "number gateways that are not there": withExport(({ gateways }) => {
    for (const gateway of Object.values(gateways))
      Object.assign(gateway, { addressNumbers: { elsewhere: 3 } });
  }),
  "export a port by two numbers": withExport(({ exports }, service, { meshes }) => {
    const [from, , other = from] = Object.keys(meshes);
    const renumbered = { ...service, ports: { http: 8081 }, allow: [`${other}/web`] };
    exports.desk = { from: from!, to: [other!], services: { [host]: renumbered } };
  }),
  "export twice": withExport(({ exports }) => {
    exports.again = { ...exports.pay!, services: { ...exports.pay!.services } };
  }),
  "export from a mesh with an ingress gateway": withExport(({ exports }, _, { meshes }) => {
    const mesh = meshes[exports.pay!.from]!;
    mesh.ingress = { web: { clusters: Object.keys(mesh.clusters) } };
  }),
  "export from ambient": withExport((_, __, { meshes }) => {
    for (const mesh of Object.values(meshes)) if (!mesh.controlPlane) mesh.dataPlane = "ambient";
  }),
  "let ambient meshes exchange": withExport((_, service, { meshes }) => {
    makeAmbient(meshes);
    service.ports = { "tcp-7": 7007, "tcp-167": 7167 };
  }),
  "exchange of ambient with a mesh elsewhere": withPeer((_, __, meshes) => makeAmbient(meshes)),
  "exchange with a mesh elsewhere": withPeer(() => undefined),
  "say nothing of a mesh elsewhere": withPeer((peer) => delete peer.given),
  "read a mesh elsewhere that nobody has read": withPeer((peer) => {
    delete peer.given;
    peer.output = { stack: "acme/mesh/away", name: "federation" };
  }),
  "take a mesh elsewhere in a form of tomorrow": withPeer(({ given }) => (given!.version = 2)),
  "know a mesh elsewhere by the domain that every mesh has": withPeer(
    ({ given }) => (given!.trustDomain = "cluster.local"),
  ),
  "name a mesh elsewhere as one here": withPeer((peer, { exports, peers }) => {
    peers[exports.pay!.from] = peer;
  }),
  "know a mesh elsewhere and exchange nothing": withPeer((_, federation) => {
    delete federation.exports.back;
    federation.exports.pay!.to = [];
  }),
  "know neither roots, ranges nor gateways of a mesh elsewhere": withPeer(({ given }) => {
    Object.assign(given!, { roots: "none", cidrs: [], gateways: {} });
  }),
  "import what a mesh elsewhere does not export": withPeer(({ given }) => (given!.exports = {})),
};
