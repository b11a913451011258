import assert from "node:assert/strict";
import { federationValues } from "../../components/federation/gatewayValues";
import {
  importedRule,
  importedService,
  passage,
  peerPolicy,
} from "../../components/federation/objects";
import { cellsOf } from "../mesh/reach/support";
import { factsOf, relationsOf } from "../support/topologies";
import { changed, good, HOST } from "./good";

const { federation, istio, network } = factsOf(good);
const configurationOf = (key: string) => federation.configurations[key]!;
const importOf = (key: string, name: string) => configurationOf(key).imports[name]!;
const sni = (port: number, host = HOST) => `outbound_.${port}_._.${host}`;

describe("gateways for other meshes", () => {
  it("stand where the description says, at addresses of the subnets for load balancers", () => {
    assert.deepEqual(Object.keys(federation.gateways), [
      "bank/far/federation",
      "bank/west/federation",
      "shop/east/federation",
    ]);
    for (const { addresses, vpc } of Object.values(federation.gateways)) {
      const ranges = network.vpcs[vpc]!.cidrs[0]!.split(".").slice(0, 2).join(".");
      assert.equal(addresses.length, 3);
      for (const address of addresses) assert.ok(address.startsWith(`${ranges}.`), address);
    }
  });

  it("move for nothing that comes beside them, and for a number that is said", () => {
    const lone = changed(({ gateways }) => (gateways.bank!.clusters = ["west"]));
    const key = "bank/west/federation";
    const { addresses } = federation.gateways[key]!;
    assert.deepEqual(factsOf(lone).federation.gateways[key]!.addresses, addresses);
    const said = changed(({ gateways }) => (gateways.bank!.addressNumbers = { west: 3 }));
    const last = factsOf(said).federation.gateways[key]!.addresses.map((one) => one.split(".")[3]);
    assert.deepEqual(last, ["7", "7", "7"]);
  });

  it("are no network gateways, see their own network, and have one port and no balancer of their own", () => {
    const values = federationValues({ network: "net-west" });
    assert.equal("networkGateway" in values, false);
    assert.deepEqual(values.env, { ISTIO_META_REQUESTED_NETWORK_VIEW: "net-west" });
    assert.deepEqual(values.service, {
      type: "ClusterIP",
      ports: [{ name: "tls", port: 15444, protocol: "TCP", targetPort: 15444 }],
    });
    assert.deepEqual(values.rbac, { enabled: false });
    assert.equal((values.autoscaling as { minReplicas: number }).minReplicas, 2);
  });

  it("let in importing meshes alone, on their port alone", () => {
    const { groups } = network.firewall;
    const balancer = groups["balancer/bank/west/federation"]!;
    assert.deepEqual(
      balancer.in.map(({ side, ports }) => [side, ports]),
      [
        [{ kind: "cidr", cidr: "10.10.0.0/16" }, [15444, 15444]],
        [{ kind: "cidr", cidr: "10.40.0.0/16" }, [15444, 15444]],
      ],
    );
    const into = groups["cluster/west"]!.in.filter(
      ({ side }) => side.kind === "group" && side.group === "balancer/bank/west/federation",
    );
    assert.deepEqual(
      into.map(({ ports }) => ports),
      [
        [15444, 15444],
        [15021, 15021],
      ],
    );
    const [shop] = groups["balancer/shop/east/federation"]!.in;
    assert.deepEqual(shop!.side, { kind: "cidr", cidr: "10.20.0.0/16" });
  });

  it("are reached over routes between importers' and gateways' VPCs alone", () => {
    const links = relationsOf(good).links.map(({ a, b }) => `${a.id} ${b.id}`);
    assert.deepEqual(links.sort(), [
      "net-depot net-far",
      "net-depot net-west",
      "net-east net-far",
      "net-east net-west",
      "net-far net-west",
    ]);
  });

  it("make istiods of exporting meshes take Gateways of the gateways' own namespace alone", () => {
    const scoped = (key: string) =>
      istio.controlPlanes[key]!.istiods[0]!.neededValues?.env as Record<string, string> | undefined;
    for (const key of ["bank/west", "bank/far", "shop/east"])
      assert.equal(scoped(key)?.PILOT_SCOPE_GATEWAY_TO_NAMESPACE, "true", key);
    assert.equal(scoped("depot/store")?.PILOT_SCOPE_GATEWAY_TO_NAMESPACE, undefined);
  });
});

describe("what an exporting mesh says", () => {
  it("is said in each cluster that an istiod of it is configured in", () => {
    assert.deepEqual(Object.keys(federation.configurations).sort(), [
      "bank/far",
      "bank/west",
      "depot/store",
      "shop/east",
    ]);
    assert.deepEqual(configurationOf("bank/far").peers, configurationOf("bank/west").peers);
    assert.deepEqual(configurationOf("bank/west").offers, [HOST]);
    assert.deepEqual(configurationOf("depot/store").offers, []);
  });

  it("lets through exact hosts, without opening TLS", () => {
    assert.deepEqual(passage("istio-federation", [HOST]), {
      ...{ apiVersion: "networking.istio.io/v1", kind: "Gateway" },
      metadata: { name: "federation", namespace: "istio-federation" },
      spec: {
        selector: { istio: "federationgateway" },
        servers: [
          {
            port: { number: 15444, name: "tls", protocol: "TLS" },
            tls: { mode: "AUTO_PASSTHROUGH" },
            hosts: [HOST],
          },
        ],
      },
    });
  });

  it("refuses each other mesh what is not exported to it, and that to all but whom it is for", () => {
    const { peers } = configurationOf("bank/west");
    const policy = peerPolicy("istio-system", "shop.example", peers["shop.example"]!);
    assert.deepEqual(policy.metadata, { name: "federation-shop", namespace: "istio-system" });
    const exported = [sni(9090), sni(8080)];
    assert.deepEqual(policy.spec, {
      action: "DENY",
      rules: [
        {
          from: [{ source: { principals: ["shop.example/*"] } }],
          when: [{ key: "connection.sni", notValues: exported }],
        },
        {
          from: [
            {
              source: {
                principals: ["shop.example/*"],
                notPrincipals: ["shop.example/ns/batch/*", "shop.example/ns/frontend/*"],
              },
            },
          ],
          when: [{ key: "connection.sni", values: exported }],
        },
      ],
    });
  });

  it("refuses everything to a mesh that it only imports from", () => {
    const { peers } = configurationOf("depot/store");
    const { spec } = peerPolicy("istio-system", "bank.example", peers["bank.example"]!);
    assert.deepEqual(spec, {
      action: "DENY",
      rules: [{ from: [{ source: { principals: ["bank.example/*"] } }] }],
    });
  });

  it("names no namespace without its trust domain", () => {
    const policies = Object.values(federation.configurations).flatMap(({ peers }) =>
      Object.entries(peers).map(([domain, peer]) => peerPolicy("istio-system", domain, peer)),
    );
    assert.equal(policies.length, 6);
    assert.doesNotMatch(JSON.stringify(policies), /"namespaces"|"notNamespaces"|"trustDomains"/);
  });

  it("accepts the roots of the meshes that it knows, each for its trust domain", () => {
    assert.deepEqual(istio.controlPlanes["bank/west"]!.peers, {
      "depot.example": "depot",
      "shop.example": "shop",
    });
    assert.deepEqual(istio.controlPlanes["depot/store"]!.peers, { "bank.example": "bank" });
  });
});

describe("what an importing mesh knows", () => {
  const imported = importOf("shop/east", "bank.payments.pay");

  it("is the service at the gateways, by mutual TLS, for the namespaces that may call it", () => {
    const { spec, metadata } = importedService("istio-system", "bank.payments.pay", imported);
    assert.deepEqual(metadata, { name: "bank.payments.pay", namespace: "istio-system" });
    const { endpoints, ...rest } = spec as { endpoints: unknown[] };
    assert.deepEqual(rest, {
      ...{ hosts: [HOST], location: "MESH_INTERNAL", resolution: "STATIC" },
      exportTo: ["batch", "frontend"],
      ports: [
        { name: "grpc", number: 9090, protocol: "GRPC" },
        { name: "http-api", number: 8080, protocol: "HTTP" },
      ],
      subjectAltNames: [
        "spiffe://bank.example/ns/pay/sa/payments",
        "spiffe://bank.example/ns/pay/sa/payments-canary",
      ],
    });
    assert.equal(endpoints.length, 6);
    const [address] = federation.gateways["bank/far/federation"]!.addresses;
    assert.deepEqual(endpoints[0], {
      ...{ address, network: "net-far", locality: "eu-central-1" },
      ports: { grpc: 15444, "http-api": 15444 },
      labels: { "security.istio.io/tlsMode": "istio" },
    });
  });

  it("leaves a cluster whose gateway fails, by a rule that changes no TLS", () => {
    const [rule] = importedRule("istio-system", "bank.payments.pay", imported);
    const { host, trafficPolicy } = rule!.spec as { host: string; trafficPolicy: object };
    assert.equal(host, HOST);
    assert.deepEqual(Object.keys(trafficPolicy), ["outlierDetection"]);
  });

  it("has another name where it is called another, and asks for the one that it has there", () => {
    const orders = importOf("bank/west", "shop.orders.web");
    const { spec } = importedService("istio-system", "shop.orders.web", orders);
    assert.deepEqual((spec as { hosts: string[] }).hosts, ["orders.shop.mesh"]);
    const [rule] = importedRule("istio-system", "shop.orders.web", orders);
    assert.deepEqual(rule!.spec, {
      ...{ host: "orders.shop.mesh", exportTo: ["till"] },
      trafficPolicy: {
        portLevelSettings: [
          {
            port: { number: 7000 },
            tls: {
              mode: "ISTIO_MUTUAL",
              sni: sni(7000, "orders.web.svc.cluster.local"),
              subjectAltNames: ["spiffe://shop.example/ns/web/sa/orders"],
            },
          },
        ],
      },
    });
  });

  it("needs no rule where one gateway has the same name for it", () => {
    const lone = changed(({ gateways }) => (gateways.bank!.clusters = ["west"]));
    const one = factsOf(lone).federation.configurations["shop/east"]!.imports["bank.payments.pay"]!;
    assert.deepEqual(importedRule("istio-system", "bank.payments.pay", one), []);
  });

  it("is on a network that the mesh has no gateway to", () => {
    const both = changed((_, { clusters, meshes }) => {
      clusters.near = { network: "net-west" };
      meshes.shop!.clusters.near = {};
    });
    const { imports } = factsOf(both).federation.configurations["shop/east"]!;
    const places = Object.values(imports["bank.payments.pay"]!.endpoints);
    assert.deepEqual(
      [...new Set(places.map((place) => place.network))],
      ["net-far", "bank-federation"],
    );
  });
});

describe("the matrix of meshes that exchange services", () => {
  const cells = cellsOf(good);

  it("has each exported service, with who gets there, through what and as whom", () => {
    const through = "through bank/far/federation or bank/west/federation";
    assert.equal(
      cells["shop/east → bank/payments.pay"],
      `${through} as spiffe://shop.example/ns/*/sa/*`,
    );
    assert.equal(
      cells["depot/store → bank/payments.pay"],
      `${through} as spiffe://depot.example/ns/desk/sa/*`,
    );
    assert.equal(
      cells["bank/far → shop/orders.web"],
      "through shop/east/federation as spiffe://bank.example/ns/till/sa/*",
    );
  });

  it("has who does not get there", () => {
    assert.equal(cells["depot/store → shop/orders.web"], "not at all: not-exported");
    assert.equal(cells["east → bank/payments.pay"], "not at all: not-exported");
    assert.equal(cells["bank/west → bank/payments.pay"], undefined);
    assert.equal(cells["shop/east → bank/west"], "not at all: closed");
    assert.equal(cells["depot/store → shop/east"], "not at all: no-route");
  });
});
