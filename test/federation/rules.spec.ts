import { federationRules } from "../../components/federation/rules";
import { topologyRules } from "../../components/topology";
import { federationFormRules } from "../../components/topology/rules/federation";
import type { PublishedMesh, TopologyDescription } from "../../components/topology";
import { ROOT_CERTIFICATE } from "../support/certificate";
import { type Claim, testEveryRule, testRules } from "../support/rules";
import { good, HOST, serviceOf } from "./good";

const at = `federation.exports.payments.services["${HOST}"]`;
const paymentsOf = ({ federation }: TopologyDescription) => federation!.exports!.payments!;

const away: PublishedMesh = {
  ...{ version: 1, trustDomain: "away.example", cidrs: ["172.20.0.0/16"] },
  roots: ROOT_CERTIFICATE,
};

const claims: Claim[] = [
  [
    "federation-host",
    "a wildcard, and a name that is none of a Service",
    (description) => {
      const service = serviceOf(description);
      paymentsOf(description).services = {
        "*.pay.svc.cluster.local": service,
        "pay.bank": service,
      };
    },
    'federation.exports.payments.services["*.pay.svc.cluster.local"]: got "*.pay.svc.cluster.local"; allowed: <service>.<namespace>.svc.cluster.local, exactly: no wildcard; fix: write the full name of one Service of the exporting mesh',
    'federation.exports.payments.services["pay.bank"]: got "pay.bank"; allowed: <service>.<namespace>.svc.cluster.local, exactly: no wildcard; fix: write the full name of one Service of the exporting mesh',
  ],
  [
    "federation-alias",
    "an alias that a Service may have",
    (description) => (serviceOf(description).alias = "pay.bank.svc.cluster.local"),
    `${at}.alias: got "pay.bank.svc.cluster.local"; allowed: a DNS name with a dot, not under svc.cluster.local; fix: write such as pay.bank.mesh`,
  ],
  [
    "federation-ports",
    "no port",
    (description) => (serviceOf(description).ports = {}),
    `${at}.ports: got no port; allowed: at least one; fix: name those that the other meshes call`,
  ],
  [
    "federation-ports",
    "a port that no Service names so, and one of UDP",
    (description) => (serviceOf(description).ports = { HTTP: 80, "udp-dns": 53 }),
    `${at}.ports.HTTP: got "HTTP"; allowed: lower-case letters, digits and hyphens, at most 63; fix: rename it; what it begins with says what the port speaks, as http or tcp`,
    `${at}.ports.udp-dns: got "udp-dns"; allowed: a port of TCP; fix: leave it out: mutual TLS carries no UDP`,
  ],
  [
    "federation-accounts",
    "nobody answers",
    (description) => (serviceOf(description).serviceAccounts = []),
    `${at}.serviceAccounts: got none; allowed: at least one; fix: name those that its pods run as: without one, clients would take whoever answers`,
  ],
  [
    "federation-accounts",
    "an account of another namespace",
    (description) => (serviceOf(description).serviceAccounts = ["pay/payments"]),
    `${at}.serviceAccounts[0]: got "pay/payments"; allowed: the name of a service account in its namespace; fix: correct it`,
  ],
  [
    "federation-allow",
    "a caller of no importing mesh, and a mesh without a caller",
    (description) => (serviceOf(description).allow = ["shop/frontend", "bank/till"]),
    `${at}.allow[1]: got "bank/till"; allowed: <mesh>/<namespace>, the mesh one of \`to\`: shop, depot; fix: name a namespace of an importing mesh`,
    `${at}.allow: got shop/frontend, bank/till; allowed: a namespace of every mesh in \`to\`: none of depot is here; fix: add depot/<namespace>, or export it in an entry of its own`,
  ],
  [
    "federation-ends",
    "a mesh that exports to itself, and twice to another",
    (description) => (paymentsOf(description).to = ["shop", "bank", "shop", "depot"]),
    'federation.exports.payments.to[1]: got "bank"; allowed: another mesh than the exporting one, each once; fix: remove it',
    'federation.exports.payments.to[2]: got "shop"; allowed: another mesh than the exporting one, each once; fix: remove it',
  ],
  [
    "federation-ends",
    "an export to nobody",
    (description) => (paymentsOf(description).to = []),
    "federation.exports.payments.to: got no mesh; allowed: at least one; fix: name the importing meshes, or remove the export",
  ],
  [
    "federation-trust-domain",
    "the trust domain that all meshes have where none is said",
    ({ meshes }) => delete meshes.depot!.trustDomain,
    'meshes.depot.trustDomain: got "cluster.local", in a mesh that exchanges services with bank; allowed: a trust domain of its own, such as shop.example; fix: say one: in a policy cluster.local stands for whichever mesh reads it',
  ],
  [
    "federation-trust-domain-shared",
    "two importing meshes of one trust domain",
    ({ meshes }) => (meshes.depot!.trustDomain = "shop.example"),
    'meshes.shop.trustDomain: got "shop.example"; allowed: another one than that of mesh depot, with which it exchanges services or shares a mesh that does; fix: give one of the two another trust domain',
  ],
  [
    "federation-root-shared",
    "meshes below one root",
    ({ meshes }) => {
      delete meshes.shop!.trust;
      delete meshes.bank!.trust;
    },
    "meshes.shop.trust: got a root of mesh bank; allowed: roots of its own where meshes exchange services; fix: set meshes.shop.trust to {} for one that is generated: an istiod below a shared root could sign for both",
  ],
  [
    "federation-ambient",
    "an ambient mesh that imports",
    ({ meshes }) => (meshes.depot!.dataPlane = "ambient"),
    "meshes.depot.experimental: got false, in an ambient mesh that exchanges services with bank; allowed: experimental: true, or sidecars: gateways speak for ambient workloads, and servers see them in place of callers; fix: say it where that is enough, or give the mesh dataPlane: sidecar",
  ],
  [
    "federation-ambient-peer",
    "an ambient mesh that exports to one of another stack",
    (description) => {
      Object.assign(description.meshes.bank!, { dataPlane: "ambient", experimental: true });
      Object.assign(description.federation!, { peers: { away: { given: away } } });
      paymentsOf(description).to.push("away");
      serviceOf(description).allow.push("away/web");
    },
    "federation.peers.away: got away, a mesh of another stack that ambient mesh bank exchanges services with; allowed: meshes of this description, where one of the two is ambient; fix: describe both in one stack, or give the mesh here dataPlane: sidecar",
  ],
  [
    "federation-exit-port",
    "two ports of one hash",
    (description) => {
      Object.assign(description.meshes.depot!, { dataPlane: "ambient", experimental: true });
      serviceOf(description).ports = { "tcp-7": 7007, "tcp-167": 7167 };
    },
    `${at}.ports.tcp-7: got port 28602 of the importing mesh's way out, as ${at}.ports.tcp-167; allowed: a name whose hash is another port; fix: rename the port, such as with a number at its end`,
  ],
  [
    "federation-gateway-missing",
    "nowhere to come in",
    ({ federation }) => (federation!.gateways!.bank!.clusters = []),
    "federation.gateways.bank: got no cluster; allowed: clusters of mesh bank: far, west; fix: name those that payments is reached in",
  ],
  [
    "federation-gateway-idle",
    "gateways of a mesh that exports nothing",
    ({ federation }) => (federation!.gateways!.depot = { clusters: ["store"] }),
    "federation.gateways.depot: got gateways of a mesh that exports nothing; allowed: gateways of meshes that export; fix: add an export from it, or remove them: each has a load balancer",
  ],
  [
    "federation-address-unused",
    "a number of a gateway that is not there",
    ({ federation }) => (federation!.gateways!.bank!.addressNumbers = { wset: 4 }),
    "federation.gateways.bank.addressNumbers.wset: got 4; allowed: numbers of the gateways' clusters: west, far; fix: remove it: no such gateway stands there",
  ],
  [
    "federation-host-known",
    "a name that the importing mesh exports itself",
    ({ federation }) => {
      const { services } = federation!.exports!.orders!;
      services[HOST] = services["orders.web.svc.cluster.local"]!;
      delete services["orders.web.svc.cluster.local"];
    },
    `${at}.alias: got none; allowed: a name of its own in mesh shop, which has ${HOST} by export orders of its own; fix: say another one, such as payments.pay.bank.mesh`,
  ],
  [
    "federation-host-known",
    "an alias lets two services of one name be",
    (description) => {
      const { services } = description.federation!.exports!.orders!;
      services[HOST] = services["orders.web.svc.cluster.local"]!;
      delete services["orders.web.svc.cluster.local"];
      serviceOf(description).alias = "payments.bank.mesh";
    },
  ],
  [
    "federation-exported-twice",
    "a service in two exports to one mesh",
    (description) => {
      description.federation!.exports!.zweite = structuredClone(paymentsOf(description));
      description.federation!.exports!.zweite.to = ["shop"];
    },
    `federation.exports.zweite.services["${HOST}"]: got exported to shop a second time; allowed: once to each mesh: export payments does it already; fix: put ports and callers into one of the two`,
  ],
  [
    "federation-port-name",
    "a service whose port has another number for another mesh",
    (description) => {
      const { payments } = description.federation!.exports!;
      description.federation!.exports!.tellers = structuredClone({ ...payments!, to: ["depot"] });
      payments!.to = ["shop"];
      const own = payments!.services[HOST]!;
      const desk = description.federation!.exports!.tellers.services[HOST]!;
      own.allow = ["shop/frontend"];
      desk.allow = ["depot/desk"];
      desk.ports = { grpc: 9091 };
    },
    `federation.exports.tellers.services["${HOST}"].ports.grpc: got 9091; allowed: 9090, as export payments has it: a Service has one port of a name; fix: give one of the two another name`,
  ],
  [
    "federation-ingress",
    "an ingress gateway of a mesh that exports",
    ({ meshes }) => (meshes.bank!.ingress = { web: { clusters: ["west"] } }),
    "meshes.bank.ingress.web: got an ingress gateway of mesh bank, which exports; allowed: an ingress gateway whose Gateway objects stand in its own namespace; fix: write them in istio-ingress-web: in other namespaces they have no effect, so that nobody there opens the federation gateway",
  ],
];

const foundation: Claim[] = [
  [
    "federation-gateway-member",
    "a gateway in a cluster of another mesh",
    ({ federation }) => (federation!.gateways!.bank!.clusters = ["west", "east"]),
    'federation.gateways.bank.clusters[1]: got "east"; allowed: a member of mesh bank: far, west; fix: name one of these',
  ],
];

describe("rules about meshes that exchange services", () => {
  testRules(federationRules, good, claims);
  testEveryRule(federationRules, claims);
  testRules(topologyRules, good, foundation);
  testEveryRule(federationFormRules, foundation);
});
