/** Mistakes about meshes that exchange services. */
import type {
  ExportedServiceDescription,
  FederationDescription,
  TopologyDescription,
} from "../../components/topology";
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
    };
    description.federation = federation;
    change(federation, service, description);
  };
}

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
};
