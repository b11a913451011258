import assert from "node:assert/strict";
import type { TopologyDescription } from "../../components/topology";
import { factsOf, relationsOf } from "../support/topologies";

/** One mesh that exports so many services to so many others of one cluster each. */
function wheel(exports: number, importing: number): TopologyDescription {
  const names = Array.from({ length: importing }, (_, index) => `m${index}`);
  const all = ["hub", ...names];
  const services = Array.from({ length: exports }, (_, index) => `s${index}.pay.svc.cluster.local`);
  return {
    istio: { version: "1.31.4" },
    links: { via: "transit-gateway" },
    networks: Object.fromEntries(
      all.map((name, index) => [`net-${name}`, { cidr: `10.${index + 1}.0.0/16` }]),
    ),
    clusters: Object.fromEntries(all.map((name) => [`c-${name}`, { network: `net-${name}` }])),
    meshes: Object.fromEntries(
      all.map((name) => [
        name,
        { trustDomain: `${name}.example`, trust: {}, clusters: { [`c-${name}`]: {} } },
      ]),
    ),
    federation: {
      gateways: { hub: { clusters: ["c-hub"] } },
      exports: {
        all: {
          ...{ from: "hub", to: names },
          services: Object.fromEntries(
            services.map((host) => [
              host,
              {
                ...{ ports: { http: 8080 }, serviceAccounts: ["pay"] },
                allow: names.map((name) => `${name}/web`),
              },
            ]),
          ),
        },
      },
    },
  };
}

/** What is made for an exchange: gateways, policies, imports and links. */
function sizeOf(description: TopologyDescription) {
  const facts = factsOf(description);
  const configurations = Object.values(facts.federation.configurations);
  return {
    gateways: Object.keys(facts.federation.gateways).length,
    policies: configurations.flatMap(({ peers }) => Object.keys(peers)).length,
    imports: configurations.flatMap(({ imports }) => Object.keys(imports)).length,
    links: relationsOf(description).links.length,
  };
}

describe("the size of an exchange", () => {
  it("grows with exports and importing clusters, and not with pairs of clusters", () => {
    for (const importing of [1, 5, 20])
      for (const exports of [1, 3])
        assert.deepEqual(
          sizeOf(wheel(exports, importing)),
          {
            gateways: 1,
            policies: 2 * importing,
            imports: exports * importing,
            links: importing,
          },
          `${exports} exports, ${importing} importing`,
        );
  });

  it("opens one port for all that import, and their neighbouring ranges by one rule", () => {
    const { groups } = factsOf(wheel(3, 20)).network.firewall;
    const rules = groups["balancer/hub/c-hub/federation"]!.in;
    assert.ok(rules.length <= 6, `${rules.length} rules`);
    assert.deepEqual([...new Set(rules.map(({ ports }) => ports.join()))], ["15444,15444"]);
  });
});
