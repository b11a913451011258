import assert from "node:assert/strict";
import { checkTopology } from "../../components/mesh";
import { federationPeerRules } from "../../components/federation/peerRules";
import { federationRules } from "../../components/federation/rules";
import { formatProblem, topologyRules } from "../../components/topology";
import type { TopologyDescription } from "../../components/topology";
import { peerFormRules, peerRead } from "../../components/topology/rules/peers";
import { ROOT_CERTIFICATE as ROOT } from "../support/certificate";
import { runDescription } from "../support/program";
import { type Claim, testEveryRule, testRules } from "../support/rules";
import { factsOf } from "../support/topologies";
import { bank, byOutput, output, shop } from "./elsewhere";
import { HOST } from "./good";

describe("a mesh of another stack", () => {
  const { federation, istio, network } = factsOf(shop);

  it("is imported from at the addresses that it says, as whom it says", () => {
    const { imports } = federation.configurations["shop/east"]!;
    const place = { network: "net-west", region: "eu-west-1" };
    assert.deepEqual(imports, {
      "bank.payments.pay": {
        ...{ from: "bank", host: HOST, original: HOST, ports: { grpc: 9090 } },
        identities: ["spiffe://bank.example/ns/pay/sa/payments"],
        namespaces: ["frontend"],
        endpoints: { "10.20.0.9": place, "10.20.0.25": place },
      },
    });
  });

  it("is let in to what is exported to it alone, from its ranges", () => {
    const { peers, offers } = federation.configurations["shop/east"]!;
    const host = "orders.web.svc.cluster.local";
    const services = { [host]: { ports: [7000], namespaces: ["till"] } };
    assert.deepEqual(peers, { "bank.example": { mesh: "bank", services } });
    assert.deepEqual(offers, [host]);
    const rules = network.firewall.groups["balancer/shop/east/federation"]!.in;
    assert.deepEqual(
      rules.map(({ side, ports }) => [side, ports]),
      [[{ kind: "cidr", cidr: "10.20.0.0/16" }, [15444, 15444]]],
    );
  });

  it("is believed by its roots for its trust domain alone", () => {
    const { peers, peerRoots } = istio.controlPlanes["shop/east"]!;
    assert.deepEqual([peers, peerRoots], [{}, { "bank.example": ROOT }]);
  });

  it("is read of its stack before anything is planned, and reads the same of this one", async () => {
    const options = { stackOutputs: { "acme/mesh/bank": { federation: { bank } } } };
    const graph = await runDescription(byOutput, options);
    const [entry] = graph
      .ofType("kubernetes:networking.istio.io/v1:ServiceEntry")
      .map(({ inputs }) => inputs.spec);
    assert.deepEqual(
      entry.endpoints.map(({ address }: { address: string }) => address),
      ["10.20.0.9", "10.20.0.25"],
    );
    const { roots, ...published } = graph.outputs.federation.shop;
    assert.equal(roots, graph.outputs.rootCertificates.shop);
    const orders = {
      ...{ ports: { tcp: 7000 }, serviceAccounts: ["orders"], allow: ["bank.example/till"] },
    };
    const { addresses } = published.gateways.east;
    assert.equal(addresses.length, 3);
    assert.deepEqual(published, {
      ...{ version: 1, trustDomain: "shop.example", cidrs: ["10.10.0.0/16"] },
      gateways: { east: { addresses, network: "net-east", region: "eu-west-1" } },
      exports: { "orders.web.svc.cluster.local": orders },
    });
  });

  it("is planned offline with a placeholder, and a warning says so", () => {
    const context = { name: "x", region: "eu-west-1", offline: true };
    const { planned, problems, warnings } = checkTopology(byOutput, context);
    assert.deepEqual(problems, []);
    assert.equal(planned!.topology.federation.peers.bank!.published!.trustDomain, "bank.invalid");
    const said = warnings.filter(({ rule }) => rule === peerRead.id).map(formatProblem);
    assert.deepEqual(said, [
      "federation.peers.bank.output: got output federation of stack acme/mesh/bank, planned with a placeholder; " +
        "allowed: what its stack puts out; fix: nothing: `pulumi preview` reads it",
    ]);
  });
});

const peerOf = ({ federation }: TopologyDescription) => federation!.peers!.bank!;
const at = "federation.peers.bank";
const importOf = ({ federation }: TopologyDescription) =>
  federation!.exports!.payments!.services[HOST]!;
const importAt = `federation.exports.payments.services["${HOST}"]`;

const claims: Claim[] = [
  [
    "federation-peer-read",
    "an output that nobody has read",
    (description) => (description.federation!.peers = { bank: { output } }),
    `${at}.output: got output federation of stack acme/mesh/bank, which nobody has read; allowed: what \`readPeers\` returns, as \`existing.peers\` of the args; fix: read it before the MeshTopology is made, or write what it says under given`,
  ],
  [
    "federation-peer-source",
    "an output and what it would say",
    (description) => (peerOf(description).output = output),
    `${at}: got output and given; allowed: one of the two: the output of another stack, or what it would say; fix: remove one`,
  ],
  [
    "federation-peer-source",
    "neither",
    (description) => (description.federation!.peers = { bank: {} }),
    `${at}: got neither output nor given; allowed: one of the two: the output of another stack, or what it would say; fix: say output: { stack: <organization/project/stack>, name: federation }`,
  ],
  [
    "federation-peer-name",
    "the name of a mesh here",
    ({ federation }) => Object.assign(federation!.peers!, { shop: { given: bank } }),
    `federation.peers.shop: got "shop"; allowed: a name that no mesh of this description has; fix: rename it, and say the mesh's name there as output.mesh`,
  ],
  [
    "federation-peer-version",
    "a form of a later package",
    (description) => (peerOf(description).given!.version = 2),
    `${at}.given.version: got version 2; allowed: 1; fix: use one version of this package in both stacks`,
  ],
  ...["cluster.local", "spiffe://bank.example", "shop.example/ns"].map((domain): Claim => [
    "federation-peer-domain",
    `trust domain ${domain}`,
    (description) => (peerOf(description).given!.trustDomain = domain),
    `${at}.given.trustDomain: got "${domain}"; allowed: a trust domain such as bank.example, without scheme or path; not cluster.local, which every new mesh has; fix: say that of its workloads, between spiffe:// and /ns/; a mesh that has the default needs another one first`,
  ]),
  [
    "federation-peer-unused",
    "a peer that exchanges nothing",
    ({ federation }) => (federation!.exports = {}),
    `${at}: got a peer that no export names; allowed: peers that export or import; fix: name bank in an export, or remove it`,
  ],
  [
    "federation-peer-gateways",
    "no gateway",
    (description) => (peerOf(description).given!.gateways = {}),
    `${at}.given.gateways: got no gateway; allowed: at least one: services are imported from it; fix: let its stack export first, and then plan this one again`,
  ],
  [
    "federation-peer-gateways",
    "a name for an address",
    (description) => (peerOf(description).given!.gateways!.west!.addresses = ["gw.bank.example"]),
    `${at}.given.gateways.west.addresses: got gw.bank.example; allowed: IPv4 addresses of its load balancer, at least one; fix: write its addresses, not a name: clients are told them as they are`,
  ],
  [
    "federation-peer-ranges",
    "no range",
    (description) => (peerOf(description).given!.cidrs = []),
    `${at}.given.cidrs: got none; allowed: private ranges that its workloads have addresses in, without host bits, at least one; fix: write them as 10.20.0.0/16: the gateway lets nobody else in`,
  ],
  ...["0.0.0.0/0", "10.20.1.0/16", "3.0.0.0/16"].map((range): Claim => [
    "federation-peer-ranges",
    `range ${range}`,
    (description) => {
      peerOf(description).given!.cidrs = [range];
      description.links = { via: "existing" };
    },
    `${at}.given.cidrs: got ${range}; allowed: private ranges that its workloads have addresses in, without host bits, at least one; fix: write them as 10.20.0.0/16: the gateway lets nobody else in`,
  ]),
  ...[
    "bank",
    "-----BEGIN CERTIFICATE-----\nYmFuaw==\n-----END CERTIFICATE-----\n",
    "-----BEGIN PRIVATE KEY-----\n" + ROOT,
  ].map((roots): Claim => [
    "federation-peer-roots",
    `roots ${roots.slice(5, 25)}`,
    (description) => (peerOf(description).given!.roots = roots),
    `${at}.given.roots: got ${JSON.stringify(roots.slice(0, 40))}; allowed: certificates of authorities as PEM, and nothing beside them; fix: write those that its istiods sign below`,
  ]),
  [
    "federation-peer-offer",
    "a service that it does not export",
    (description) => (peerOf(description).given!.exports = {}),
    `${importAt}: got "${HOST}"; allowed: nothing, since there is none; fix: let the stack of bank export it to shop, or correct the name`,
  ],
  [
    "federation-peer-offer",
    "a port, an account and a caller beyond what it exports",
    (description) =>
      Object.assign(importOf(description), {
        ...{ ports: { tcp: 1 }, serviceAccounts: ["any"], allow: ["shop/batch"] },
      }),
    `${importAt}.allow: got shop.example/batch; allowed: what bank exports: shop.example/frontend; fix: let its stack say it first, or leave it out`,
    `${importAt}.ports: got 1; allowed: what bank exports: 9090, 8080; fix: let its stack say it first, or leave it out`,
    `${importAt}.serviceAccounts: got any; allowed: what bank exports: payments; fix: let its stack say it first, or leave it out`,
  ],
  [
    "federation-peer-route",
    "nothing leads to it",
    (description) => (description.links!.reachable = {}),
    ...["10.20.0.9", "10.20.0.25", "10.20.0.0/16"].map(
      (range) =>
        `${at}: got ${range}, which no route here leads to; allowed: ranges of links.reachable, or routes of your own; fix: name it under links.reachable, or make the routes yourself`,
    ),
  ],
  [
    "federation-peer-route",
    "nothing leads to it, and nothing can be told to",
    (description) => (description.links = {}),
    ...["10.20.0.9", "10.20.0.25", "10.20.0.0/16"].map(
      (range) =>
        `${at}: got ${range}, which no route here leads to; allowed: ranges of links.reachable, or routes of your own; fix: make the routes yourself`,
    ),
  ],
  [
    "federation-trust-domain-shared",
    "the trust domain of a mesh here",
    (description) => (peerOf(description).given!.trustDomain = "shop.example"),
    'meshes.shop.trustDomain: got "shop.example"; allowed: another one than that of mesh bank, with which it exchanges services or shares a mesh that does; fix: give one of the two another trust domain',
  ],
  [
    "federation-ends",
    "an export between two meshes of other stacks",
    ({ federation }) => {
      Object.assign(federation!.peers!, {
        depot: { given: { ...bank, trustDomain: "d.example" } },
      });
      federation!.exports!.payments!.to = ["depot"];
      federation!.exports!.payments!.services[HOST]!.allow = ["depot/desk"];
    },
    "federation.exports.payments: got an export from bank to depot, all of which are peers; allowed: one end that is a mesh of this description; fix: leave it to the stacks of these meshes",
  ],
  [
    "unknown-mesh",
    "an end that nobody knows",
    ({ federation }) => (federation!.exports!.payments!.from = "bnk"),
    'federation.exports.payments.from: got "bnk"; allowed: shop, bank; fix: did you mean "bank"?',
  ],
];

describe("rules about meshes of other stacks", () => {
  testRules([...topologyRules, ...federationRules, ...federationPeerRules], shop, claims);
  testEveryRule([...peerFormRules, ...federationPeerRules], claims);
});
