import assert from "node:assert/strict";
import {
  exitGateway,
  exitParameters,
  exitPeers,
  exitPolicy,
  exitPorts,
  importedByExit,
  openedPassage,
  openedPolicy,
  waypointPolicy,
} from "../../components/federation/ambientObjects";
import { importedRule, peerPolicy } from "../../components/federation/objects";
import type { TopologyDescription } from "../../components/topology";
import { cellsOf } from "../mesh/reach/support";
import { factsOf } from "../support/topologies";
import { changed, HOST } from "./good";

/** Some meshes of the good description are ambient. */
function ambient(...names: string[]): TopologyDescription {
  return changed((_, { meshes }) => {
    for (const name of names)
      Object.assign(meshes[name]!, { dataPlane: "ambient", experimental: true });
  });
}

const { federation, istio } = factsOf(ambient("shop", "bank"));
const bank = federation.configurations["bank/west"]!;
const shop = federation.configurations["shop/east"]!;
const payments = shop.imports["bank.payments.pay"]!;
const NAMESPACE = "istio-federation";
const name = "bank.payments.pay";
const inside = "bank.payments.pay.federation.internal";
const entrance = "spiffe://bank.example/ns/istio-federation/sa/istio-federationgateway";
const pods = { "gateway.networking.k8s.io/gateway-name": "federation-exit" };
const istioApi = { apiVersion: "networking.istio.io/v1" };
const securityApi = { apiVersion: "security.istio.io/v1" };

describe("an ambient mesh that exports", () => {
  it("opens mutual TLS of each exported port by a name of its own, and leads on as the gateway", () => {
    const server = (port: number) => ({
      port: { number: 15444, name: `port-${port}.${HOST}`, protocol: "TLS" },
      tls: { mode: "ISTIO_MUTUAL" },
      hosts: [`port-${port}.${HOST}`],
    });
    const way = (port: number) => ({
      ...{ ...istioApi, kind: "VirtualService" },
      metadata: { name: `port-${port}.${HOST}`, namespace: NAMESPACE },
      spec: {
        ...{ hosts: [`port-${port}.${HOST}`], gateways: ["federation"], exportTo: ["."] },
        tcp: [{ route: [{ destination: { host: HOST, port: { number: port } } }] }],
      },
    });
    assert.deepEqual(openedPassage(NAMESPACE, bank.peers), [
      way(8080),
      way(9090),
      {
        ...{ ...istioApi, kind: "Gateway" },
        metadata: { name: "federation", namespace: NAMESPACE },
        spec: {
          selector: { istio: "federationgateway" },
          servers: [server(8080), server(9090)],
        },
      },
    ]);
  });

  it("lets in there whom it exports to, an ambient mesh's way out in place of its callers", () => {
    const values = [9090, 8080].map((port) => `port-${port}.${HOST}`);
    const rule = (principals: string[]) => ({
      from: [{ source: { principals } }],
      when: [{ key: "connection.sni", values }],
    });
    assert.deepEqual(openedPolicy(NAMESPACE, bank.peers), {
      ...{ ...securityApi, kind: "AuthorizationPolicy" },
      metadata: { name: "federation", namespace: NAMESPACE },
      spec: {
        selector: { matchLabels: { istio: "federationgateway" } },
        action: "ALLOW",
        rules: [rule(["depot.example/ns/desk/*"]), rule(["shop.example/ns/istio-federation/*"])],
      },
    });
  });

  it("lets in nobody where nothing is exported any more", () => {
    const { spec } = openedPolicy(NAMESPACE, { "shop.example": { mesh: "shop", services: {} } });
    assert.deepEqual((spec as { rules: unknown[] }).rules, []);
  });

  it("refuses other meshes at every waypoint", () => {
    const peer = bank.peers["shop.example"]!;
    const group = "gateway.networking.k8s.io";
    assert.deepEqual(waypointPolicy("istio-system", "shop.example", peer), {
      ...{ ...securityApi, kind: "AuthorizationPolicy" },
      metadata: { name: "federation-shop", namespace: "istio-system" },
      spec: {
        targetRefs: [{ group, kind: "GatewayClass", name: "istio-waypoint" }],
        action: "DENY",
        rules: [{ from: [{ source: { principals: ["shop.example/*"] } }] }],
      },
    });
  });

  it("accepts the roots of the meshes that it knows", () => {
    assert.deepEqual(istio.controlPlanes["bank/west"]!.peers, {
      "depot.example": "depot",
      "shop.example": "shop",
    });
  });
});

describe("an ambient mesh that imports", () => {
  const exits = payments.exits!;

  it("has a port of its way out for each port, which nothing that comes beside it moves", () => {
    assert.deepEqual(exits, { grpc: exits.grpc, "http-api": exits["http-api"] });
    assert.notEqual(exits.grpc, exits["http-api"]);
    for (const port of Object.values(exits)) assert.ok(port >= 20_000 && port < 30_000, `${port}`);
    const lone = changed(({ exports }, { meshes }) => {
      for (const mesh of [meshes.shop!, meshes.bank!])
        Object.assign(mesh, { dataPlane: "ambient", experimental: true });
      delete exports.payments!.services[HOST]!.ports.grpc;
    });
    const { imports } = factsOf(lone).federation.configurations["shop/east"]!;
    assert.deepEqual(imports[name]!.exits, { "http-api": exits["http-api"] });
  });

  it("knows the service as its way out, which calls it at the other mesh's gateways", () => {
    const [outside, rule, way, known, ...more] = importedByExit(NAMESPACE, name, payments);
    assert.deepEqual(more, []);
    const { endpoints, ...rest } = outside!.spec as { endpoints: { ports: object }[] };
    assert.deepEqual(outside!.metadata, { name: `${name}.beyond`, namespace: NAMESPACE });
    assert.deepEqual(rest, {
      ...{ hosts: [inside], location: "MESH_INTERNAL", resolution: "STATIC", exportTo: ["."] },
      ports: [
        { name: "tcp-grpc", number: 9090, protocol: "TCP" },
        { name: "tcp-http-api", number: 8080, protocol: "TCP" },
      ],
      subjectAltNames: [entrance],
    });
    assert.equal(endpoints.length, 6);
    assert.deepEqual(endpoints[0]!.ports, { "tcp-grpc": 15444, "tcp-http-api": 15444 });
    const settings = (rule!.spec as { trafficPolicy: { portLevelSettings: { tls: object }[] } })
      .trafficPolicy.portLevelSettings;
    assert.deepEqual(settings[0]!.tls, {
      ...{ mode: "ISTIO_MUTUAL", sni: `port-9090.${HOST}`, subjectAltNames: [entrance] },
    });
    const leads = (port: number, match: number | undefined) => ({
      match: [{ port: match }],
      route: [{ destination: { host: inside, port: { number: port } } }],
    });
    assert.deepEqual(way, {
      ...{ ...istioApi, kind: "VirtualService", metadata: { name, namespace: NAMESPACE } },
      spec: {
        ...{ hosts: [inside], gateways: ["federation-exit"], exportTo: ["."] },
        tcp: [leads(9090, exits.grpc), leads(8080, exits["http-api"])],
      },
    });
    assert.deepEqual(known, {
      ...{ ...istioApi, kind: "ServiceEntry", metadata: { name, namespace: NAMESPACE } },
      spec: {
        ...{ hosts: [HOST], location: "MESH_INTERNAL", resolution: "STATIC" },
        exportTo: ["batch", "frontend"],
        ports: [
          { name: "grpc", number: 9090, protocol: "GRPC", targetPort: exits.grpc },
          { name: "http-api", number: 8080, protocol: "HTTP", targetPort: exits["http-api"] },
        ],
        workloadSelector: { labels: pods },
      },
    });
  });

  it("listens there on these ports alone, and has ztunnel refuse all but whom each is for", () => {
    const ports = Object.values(exits);
    assert.deepEqual(exitPorts(NAMESPACE, { [name]: payments }), {
      ...{ ...istioApi, kind: "Gateway" },
      metadata: { name: "federation-exit", namespace: NAMESPACE },
      spec: {
        selector: pods,
        servers: ports.map((number) => ({
          port: { number, name: `tcp-${number}`, protocol: "TCP" },
          hosts: [inside],
        })),
      },
    });
    const metadata = { name: "federation-exit", namespace: NAMESPACE };
    const selector = { matchLabels: pods };
    const notPrincipals = ["shop.example/ns/batch/*", "shop.example/ns/frontend/*"];
    assert.deepEqual(exitPolicy(NAMESPACE, "shop.example", { [name]: payments }), {
      ...{ ...securityApi, kind: "AuthorizationPolicy", metadata },
      spec: {
        ...{ selector, action: "DENY" },
        rules: [
          {
            from: [{ source: { principals: ["*"], notPrincipals } }],
            to: [{ operation: { ports: ports.map(String) } }],
          },
        ],
      },
    });
    assert.deepEqual(exitPeers(NAMESPACE), {
      ...{ ...securityApi, kind: "PeerAuthentication", metadata },
      spec: { selector, mtls: { mode: "STRICT" } },
    });
  });

  it("has its way out made by istiod, in the mesh, within the cluster, twice", () => {
    const { spec, metadata } = exitGateway(NAMESPACE, "r31");
    assert.deepEqual(metadata, {
      ...{ name: "federation-exit", namespace: NAMESPACE, labels: { "istio.io/rev": "r31" } },
      annotations: {
        "pulumi.com/waitFor": "condition=Programmed",
        "networking.istio.io/service-type": "ClusterIP",
        "gateway.istio.io/name-override": "federation-exit",
      },
    });
    assert.deepEqual(spec, {
      gatewayClassName: "istio",
      listeners: [{ name: "unused", port: 15444, protocol: "HTTP" }],
      infrastructure: {
        labels: { "istio.io/dataplane-mode": "ambient" },
        annotations: { "proxy.istio.io/config": '{"terminationDrainDuration":"45s"}' },
        parametersRef: { group: "", kind: "ConfigMap", name: "federation-exit" },
      },
    });
    const { data } = exitParameters(NAMESPACE);
    assert.deepEqual(Object.keys(data), [
      "deployment",
      "horizontalPodAutoscaler",
      "podDisruptionBudget",
    ]);
    assert.deepEqual(JSON.parse(data.horizontalPodAutoscaler!).spec, {
      ...{ minReplicas: 2, maxReplicas: 5 },
    });
  });

  it("says which control plane makes it, and whose it is", () => {
    assert.deepEqual(shop.ambient, { trustDomain: "shop.example", revision: undefined });
    assert.equal(federation.configurations["depot/store"]!.ambient, undefined);
    assert.ok(federation.namespaces.east);
  });
});

describe("an ambient and a sidecar mesh", () => {
  it("call by sidecars what ambient gateways open", () => {
    const desk = federation.configurations["depot/store"]!.imports[name]!;
    assert.equal(desk.exits, undefined);
    assert.deepEqual(desk.identities, [entrance]);
    const [rule] = importedRule("istio-system", name, desk);
    const { portLevelSettings } = (rule!.spec as { trafficPolicy: { portLevelSettings: object[] } })
      .trafficPolicy;
    assert.deepEqual((portLevelSettings[1] as { tls: object }).tls, {
      ...{ mode: "ISTIO_MUTUAL", sni: `port-8080.${HOST}`, subjectAltNames: [entrance] },
    });
  });

  it("let in a way out in place of its callers", () => {
    const { peers, ambient: own } = factsOf(ambient("shop")).federation.configurations[
      "bank/west"
    ]!;
    assert.equal(own, undefined);
    const policy = JSON.stringify(
      peerPolicy("istio-system", "shop.example", peers["shop.example"]!),
    );
    assert.match(policy, /"notPrincipals":\["shop\.example\/ns\/istio-federation\/\*"\]/);
  });
});

describe("the matrix of ambient meshes that exchange services", () => {
  it("says that the server sees a gateway", () => {
    const both = cellsOf(ambient("shop", "bank"));
    const through = "through bank/far/federation or bank/west/federation";
    assert.equal(both["shop/east → bank/payments.pay"], `${through} as ${entrance}`);
    assert.equal(both["depot/store → bank/payments.pay"], `${through} as ${entrance}`);
    const one = cellsOf(ambient("shop"));
    const exit = "spiffe://shop.example/ns/istio-federation/sa/federation-exit";
    assert.equal(one["shop/east → bank/payments.pay"], `${through} as ${exit}`);
  });
});
