import assert from "node:assert/strict";
import fc from "fast-check";
import { egressName, egressPorts } from "../../components/tenancy/egress/names";
import { egressObjects } from "../../components/tenancy/egress/objects";
import { egressPackets } from "../../components/tenancy/egress/packets";
import { egressValues } from "../../components/tenancy/egress/values";
import { meshObjects } from "../../components/tenancy/namespace/meshObjects";
import { networkPolicies } from "../../components/tenancy/namespace/networkPolicies";
import type { TopologyDescription } from "../../components/topology";
import { assertDependsOn, floor } from "../support/graph";
import { runDescription } from "../support/program";
import { factsOf, patterns } from "../support/topologies";
import { changed, good, tenantOf } from "./good";

type Outside = Record<string, number[]>;

/** The good description, where `team-a` leaves by a gateway of its own. */
const leaving = (outside: Outside, tenant = "team-a"): TopologyDescription =>
  changed((description) => {
    tenantOf(description, tenant).egress = "gateway";
    tenantOf(description, tenant).outside = outside;
  });

const key = (tenant: string, cluster = "east") => `prod/${cluster}/${tenant}.tenant`;
const two: Outside = { "api.example.com": [443], "pay.example.com": [443, 8443] };
const { tenancy, istio } = factsOf(leaving(two));
const way = tenancy.egress[key("team-a")]!;
const SERVICE = "istio-egress-team-a.istio-egress-team-a.svc.cluster.local";

/** What objects say, as plain data. */
const specOf = (name: string, plan = way) =>
  JSON.parse(JSON.stringify(egressObjects(plan)[name]!.spec));

describe("an egress gateway of a tenant", () => {
  it("stands in every cluster of the tenant that says so, and of no other tenant", () => {
    assert.deepEqual(Object.keys(tenancy.egress), [key("team-a"), key("team-a", "west")]);
    assert.deepEqual(factsOf(good).tenancy.egress, {});
    assert.equal(way.isHere, true);
  });

  it("takes nobody but the tenant, by identity and by packet, and gets nowhere inside", () => {
    assert.deepEqual(specOf("policy"), {
      action: "ALLOW",
      rules: [
        {
          from: [{ source: { principals: ["prod.example/ns/a-web/*", "prod.example/ns/a-db/*"] } }],
        },
      ],
    });
    const { ingress, egress, podSelector } = egressPackets(way);
    assert.deepEqual(podSelector, {});
    const ports = [443, 8443].map((port) => ({ protocol: "TCP", port }));
    assert.deepEqual(ingress, [
      {
        from: [{ namespaceSelector: { matchLabels: { "istio-patterns/tenant": "team-a" } } }],
        ports,
      },
    ]);
    const last = egress!.at(-1) as {
      to: { ipBlock: { cidr: string; except: string[] } }[];
      ports: object;
    };
    assert.deepEqual(last.ports, ports);
    for (const inside of ["10.10.0.0/16", "10.20.0.0/16", "169.254.0.0/16"])
      assert.ok(last.to[0]!.ipBlock.except.includes(inside), inside);
  });

  it("has a server for each host and port, of mutual TLS, in the gateway's own namespace", () => {
    const { servers, selector } = specOf("gateway");
    assert.deepEqual(selector, { istio: "egress-team-a" });
    assert.deepEqual(
      servers.map((one: { hosts: string[]; port: { number: number }; tls: object }) => [
        ...one.hosts,
        one.port.number,
        one.tls,
      ]),
      [
        ["api.example.com", 443, { mode: "ISTIO_MUTUAL" }],
        ["pay.example.com", 443, { mode: "ISTIO_MUTUAL" }],
        ["pay.example.com", 8443, { mode: "ISTIO_MUTUAL" }],
      ],
    );
    for (const { metadata } of Object.values(egressObjects(way)))
      assert.equal(metadata.namespace, "istio-egress-team-a");
  });

  it("is led to by sidecars of the tenant alone, and leads to the host, whose TLS it does not open", () => {
    const [entry, route] = ["entry", "route"].map((kind) => specOf(`${kind}-pay.example.com`));
    const knownTo = [".", "a-web", "a-db"];
    assert.deepEqual([entry.exportTo, route.exportTo], [knownTo, knownTo]);
    assert.equal(entry.location, "MESH_EXTERNAL");
    assert.deepEqual(
      entry.ports.map(({ number, protocol }: { number: number; protocol: string }) => [
        number,
        protocol,
      ]),
      [
        [443, "TLS"],
        [8443, "TLS"],
      ],
    );
    const rule = specOf("rule");
    assert.deepEqual(rule.exportTo, ["a-web", "a-db"]);
    const { subset } = route.tls[0].route[0].destination;
    assert.deepEqual(
      rule.subsets.find(({ name }: { name: string }) => name === subset).trafficPolicy.tls,
      { mode: "ISTIO_MUTUAL", sni: "pay.example.com" },
    );
    assert.deepEqual(route.tls[1], {
      match: [{ gateways: ["mesh"], port: 8443, sniHosts: ["pay.example.com"] }],
      route: [{ destination: { host: SERVICE, subset, port: { number: 8443 } } }],
    });
    assert.deepEqual(route.tcp[1], {
      match: [{ gateways: ["istio-egress-team-a/egress"], port: 8443 }],
      route: [{ destination: { host: "pay.example.com", port: { number: 8443 } } }],
    });
  });

  it("has a Service without a load balancer that the tenant's namespaces alone know", () => {
    const { service, rbac } = egressValues(way);
    assert.deepEqual(service, {
      type: "ClusterIP",
      annotations: { "networking.istio.io/exportTo": "a-web,a-db" },
      ports: [443, 8443].map((port) => ({
        ...{ name: `tls-${port}`, port, protocol: "TCP", targetPort: port },
      })),
    });
    assert.deepEqual(rbac, { enabled: false });
  });

  it("is called from its own cluster alone", () => {
    const [istiod] = istio.controlPlanes["prod/east"]!.istiods;
    const meshConfig = istiod!.neededValues?.meshConfig as Record<string, unknown>;
    assert.deepEqual(meshConfig.serviceSettings, [
      {
        settings: { clusterLocal: true },
        hosts: ["*.istio-egress-team-a.svc.cluster.local"],
      },
    ]);
  });

  it("is the only way out: neither the sidecar nor a packet of the tenant's gets past it", () => {
    const plan = { ...tenancy.tenants[key("team-a")]!, namespace: "a-web" };
    const { egress } = networkPolicies(plan).tenant!;
    assert.doesNotMatch(JSON.stringify(egress), /0\.0\.0\.0\/0/);
    assert.deepEqual(egress!.at(-1), {
      to: [
        {
          namespaceSelector: {
            matchLabels: { "kubernetes.io/metadata.name": "istio-egress-team-a" },
          },
          podSelector: { matchLabels: { istio: "egress-team-a" } },
        },
      ],
      ports: [443, 8443].map((port) => ({ protocol: "TCP", port })),
    });
    assert.deepEqual(meshObjects(plan).sidecar!.spec, {
      egress: [{ hosts: ["./*", "a-db/*", "istio-system/*", "istio-egress-team-a/*"] }],
      outboundTrafficPolicy: { mode: "REGISTRY_ONLY" },
    });
  });

  it("stands before the tenant, and its pods after what says who may come", async () => {
    const graph = await runDescription(patterns["05-tenancy-namespace"]!);
    floor(graph, 1);
    const release = graph.one(
      "kubernetes:helm.sh/v3:Release",
      "dev-prod-main-team-a.tenant-egress",
    );
    for (const type of [
      "kubernetes:networking.k8s.io/v1:NetworkPolicy",
      "kubernetes:security.istio.io/v1:AuthorizationPolicy",
    ])
      for (const one of graph.ofType(type))
        if (one.inputs.metadata.namespace === "istio-egress-team-a")
          assertDependsOn(graph, release, one);
    for (const one of graph.ofType("kubernetes:core/v1:Namespace"))
      if (["a-web", "a-db"].includes(one.inputs.metadata.name))
        assertDependsOn(graph, one, release);
  });

  it("runs where its tenant does, and is configured where the istiod that serves it reads", async () => {
    const description = structuredClone(patterns["05-tenancy-cluster"]!);
    description.meshes.prod!.controlPlane = { mode: "primary-remote", runsIn: ["east"] };
    Object.assign(tenantOf(description, "team-b"), { egress: "gateway", outside: two });
    const graph = await runDescription(description);
    const name = "istio-egress-team-b";
    const inCluster = (type: string) =>
      graph
        .ofType(type)
        .filter(({ inputs }) => [inputs.namespace, inputs.metadata?.namespace].includes(name))
        .map(({ name: resource }) => resource.split("-")[2]);
    assert.deepEqual(inCluster("kubernetes:helm.sh/v3:Release"), ["west"]);
    assert.deepEqual(inCluster("kubernetes:networking.istio.io/v1:Gateway"), ["east"]);
    assert.deepEqual(inCluster("kubernetes:networking.k8s.io/v1:NetworkPolicy").sort(), [
      ...["east", "west"],
    ]);
  });
});

const label = fc.stringMatching(/^[a-z]([a-z-]{0,8}[a-z])?$/);
const outsides = fc.dictionary(
  fc.tuple(label, label, label).map((labels) => labels.join(".")),
  fc.uniqueArray(fc.integer({ min: 1, max: 14_999 }), { minLength: 1, maxLength: 3 }),
  { minKeys: 1, maxKeys: 6 },
);

describe("egress gateways, whatever they lead to", () => {
  it("lead each host and port to itself, by names that no two share", () => {
    fc.assert(
      fc.property(outsides, (outside) => {
        const plan = { ...way, outside };
        const { servers } = specOf("gateway", plan);
        const all = Object.entries(outside).flatMap(([host, ports]) =>
          ports.map((port) => `${host}:${port}`),
        );
        const names = servers.map(({ port }: { port: { name: string } }) => port.name);
        assert.equal(new Set(names).size, all.length);
        const { subsets } = specOf("rule", plan);
        const bySubset = new Map<string, string>(
          subsets.map((one: { name: string; trafficPolicy: { tls: { sni: string } } }) => [
            one.name,
            one.trafficPolicy.tls.sni,
          ]),
        );
        assert.equal(bySubset.size, Object.keys(outside).length);
        const led = Object.keys(outside).flatMap((host) =>
          specOf(`route-${host}`, plan).tls.map(
            ({
              match,
              route,
            }: {
              match: { port: number }[];
              route: { destination: { subset: string } }[];
            }) => `${bySubset.get(route[0]!.destination.subset)}:${match[0]!.port}`,
          ),
        );
        assert.deepEqual(led.sort(), all.sort());
        for (const name of [...bySubset.keys()]) assert.match(name, /^[a-z0-9-]{1,63}$/);
        const { ports } = egressValues(plan).service as { ports: { port: number }[] };
        assert.deepEqual(
          ports.map(({ port }) => port),
          egressPorts(outside),
        );
      }),
    );
  });

  it("have names that Helm takes, whatever their tenant is called", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/), (tenant) => {
        assert.ok(egressName(tenant).length <= 53);
      }),
    );
  });

  it("are as many objects of a tenant whatever others have", () => {
    fc.assert(
      fc.property(outsides, (outside) => {
        const description = leaving(two);
        const other = tenantOf(description, "team-c");
        other.egress = "gateway";
        other.outside = outside;
        const { egress } = factsOf(description).tenancy;
        assert.deepEqual(egress[key("team-a")], way);
      }),
      { numRuns: 20 },
    );
  });
});
