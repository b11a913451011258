import assert from "node:assert/strict";
import fc from "fast-check";
import { planNetwork } from "../../../components/network";
import type { RulePlan } from "../../../components/network";
import { planClusterRules } from "../../../components/network/firewall/security";
import { LinkVia } from "../../../components/topology";
import type { TopologyDescription } from "../../../components/topology";
import { contains } from "../../../components/topology/cidr";
import { descriptions } from "../../support/descriptions";
import { relationsOf, topologyOf } from "../../support/topologies";
import { networksApart, noSide, servedDescriptions } from "../support";

const transit = { links: { via: LinkVia.TransitGateway } };
const listed = { api: { allowFrom: ["192.0.2.1/32"] } };

const oneVpc: TopologyDescription = {
  networks: { shared: { cidr: "10.1.0.0/16" } },
  clusters: { east: { network: "shared" }, west: { network: "shared" } },
  meshes: { prod: { clusters: { east: {}, west: {} } } },
  ...listed,
};

/** One network of two VPCs that are no neighbours in the address space. */
const routedVpcs: TopologyDescription = {
  ...oneVpc,
  networks: { shared: { vpcs: { a: { cidr: "10.1.0.0/16" }, b: { cidr: "10.3.0.0/16" } } } },
  clusters: { east: { network: "shared", vpc: "a" }, west: { network: "shared", vpc: "b" } },
};

const pods = {
  ...noSide,
  fromPort: 0,
  toPort: 65535,
  reason: "pods of one network call each other on any port",
};
const api = {
  ...noSide,
  fromPort: 443,
  toPort: 443,
  reason: "istiod of other clusters watches the API server",
};

const callers = { ...api, reason: "callers of the private API server" };

function clusterRules(description: TopologyDescription, cluster: string): RulePlan[] {
  return planClusterRules(relationsOf(description))[cluster].rules;
}

/** A description whose API servers are private and let in some ranges beside the mesh. */
function calledFrom(description: TopologyDescription, ...cidrs: string[]): TopologyDescription {
  return { ...description, api: { private: { cidrs } } };
}

function sources(rules: RulePlan[]): string[] {
  return rules.map(({ fromPort, cidr, prefixList }) => `${fromPort} ${cidr ?? prefixList}`);
}

describe("planClusterRules", () => {
  it("opens nothing in a single cluster", () => {
    assert.deepEqual(clusterRules(networksApart(1, listed), "c1"), []);
  });

  it("lets in the pods of one VPC where it has several clusters of a mesh", () => {
    const rules = [{ ...pods, name: "pods-10.1.0.0-16", cidr: "10.1.0.0/16" }];
    assert.deepEqual(clusterRules(oneVpc, "east"), rules);
    assert.deepEqual(clusterRules(oneVpc, "west"), rules);
  });

  it("lets in the pods of every VPC of the network, one rule per merged range", () => {
    assert.deepEqual(clusterRules(routedVpcs, "east"), [
      { ...pods, name: "pods-10.1.0.0-16", cidr: "10.1.0.0/16" },
      { ...pods, name: "pods-10.3.0.0-16", cidr: "10.3.0.0/16" },
    ]);
    const merged = { ...routedVpcs };
    merged.networks = {
      shared: { vpcs: { a: { cidr: "10.2.0.0/16" }, b: { cidr: "10.3.0.0/16" } } },
    };
    assert.deepEqual(sources(clusterRules(merged, "west")), ["0 10.2.0.0/15"]);
  });

  it("names the mesh's prefix list where it says the network's addresses", () => {
    assert.deepEqual(clusterRules({ ...routedVpcs, ...transit }, "east"), [
      { ...pods, name: "pods-prod", prefixList: "prod/eu-west-1" },
    ]);
  });

  it("names plain ranges where the mesh's prefix list says more than the network's addresses", () => {
    const description: TopologyDescription = {
      ...routedVpcs,
      ...transit,
      networks: { ...routedVpcs.networks, apart: { cidr: "10.5.0.0/16" } },
      clusters: { ...routedVpcs.clusters, south: { network: "apart" } },
      meshes: { prod: { clusters: { east: {}, west: {}, south: {} } } },
    };
    assert.deepEqual(sources(clusterRules(description, "east")), [
      "0 10.1.0.0/16",
      "0 10.3.0.0/16",
    ]);
    assert.deepEqual(clusterRules(description, "south"), []);
  });

  it("lets istiods elsewhere in to a private API server over the link, and nowhere to a public one", () => {
    assert.deepEqual(clusterRules(networksApart(3), "c1"), [
      { ...api, name: "api-10.3.0.0-16", cidr: "10.3.0.0/16" },
      { ...api, name: "api-10.5.0.0-16", cidr: "10.5.0.0/16" },
      { ...callers, name: "api-172.16.0.0-12", cidr: "172.16.0.0/12" },
    ]);
    assert.deepEqual(clusterRules(networksApart(3, listed), "c1"), []);
  });

  it("names the mesh's prefix list for watchers of a private API server", () => {
    assert.deepEqual(clusterRules(networksApart(3, transit), "c1"), [
      { ...api, name: "api-prod", prefixList: "prod/eu-west-1" },
      { ...callers, name: "api-172.16.0.0-12", cidr: "172.16.0.0/12" },
    ]);
  });

  it("obeys a cluster's own api", () => {
    const description = networksApart(2, listed);
    description.clusters.c1.api = { private: { cidrs: ["172.16.0.0/12"] } };
    assert.deepEqual(sources(clusterRules(description, "c1")), [
      "443 10.3.0.0/16",
      "443 172.16.0.0/12",
    ]);
    assert.deepEqual(clusterRules(description, "c2"), []);
  });

  it("lets an istiod in the same VPC in to the API server of a cluster that is no neighbour of its mesh", () => {
    const description: TopologyDescription = {
      ...oneVpc,
      meshes: {
        prod: { controlPlane: { runsIn: ["east"], configCluster: "west" }, clusters: { west: {} } },
      },
    };
    assert.deepEqual(sources(clusterRules(description, "west")), ["443 10.1.0.0/16"]);
  });

  it("lets the callers of a private API server in on 443, one rule per merged range", () => {
    const description = calledFrom(
      networksApart(1),
      "172.17.0.0/16",
      "192.168.9.7/32",
      "172.16.0.0/16",
    );
    assert.deepEqual(clusterRules(description, "c1"), [
      { ...callers, name: "api-172.16.0.0-15", cidr: "172.16.0.0/15" },
      { ...callers, name: "api-192.168.9.7-32", cidr: "192.168.9.7/32" },
    ]);
  });

  it("lets in those that a cluster names itself, and not those of everyone then", () => {
    const description = calledFrom(networksApart(2), "172.16.0.0/12");
    description.clusters.c1.api = { private: { cidrs: ["192.168.0.0/24"] } };
    description.clusters.c2.api = listed.api;
    assert.deepEqual(sources(clusterRules(description, "c1")), [
      "443 10.3.0.0/16",
      "443 192.168.0.0/24",
    ]);
    assert.deepEqual(clusterRules(description, "c2"), []);
  });

  it("makes no second rule for callers whom the mesh's own rules let in already", () => {
    const meshes = { prod: { ...oneVpc.meshes.prod, controlPlane: { runsIn: ["east"] } } };
    const unwatched = calledFrom({ ...oneVpc, meshes }, "10.1.2.0/24", "10.1.9.9/32");
    assert.deepEqual(sources(clusterRules(unwatched, "east")), ["0 10.1.0.0/16"]);
    const watched = calledFrom(networksApart(2), "10.3.128.0/17");
    assert.deepEqual(sources(clusterRules(watched, "c1")), ["443 10.3.0.0/16"]);
    const ofBoth = calledFrom(networksApart(3, transit), "10.1.0.0/24", "10.5.0.0/16");
    assert.deepEqual(sources(clusterRules(ofBoth, "c1")), ["443 prod/eu-west-1"]);
  });

  it("makes one for callers of whom the mesh's own rules let in some", () => {
    const description = calledFrom(networksApart(2), "10.2.0.0/15", "10.1.0.0/16");
    assert.deepEqual(sources(clusterRules(description, "c1")), [
      "443 10.3.0.0/16",
      "443 10.1.0.0/16",
      "443 10.2.0.0/15",
    ]);
  });

  it("lets no callers in to a cluster that exists: nothing is said about its API server", () => {
    const description = calledFrom(networksApart(1), "172.16.0.0/12");
    description.clusters.c1.existing = {
      kubeconfig: { secret: "c1" },
      kubernetesVersion: "1.34",
      podCidrs: ["10.1.0.0/18"],
      securityGroupId: "sg-1",
    };
    assert.deepEqual(clusterRules(description, "c1"), []);
  });

  it("skips a cluster whose security group is not known", () => {
    const description: TopologyDescription = {
      ...oneVpc,
      clusters: {
        east: { network: "shared" },
        west: {
          network: "shared",
          existing: {
            kubeconfig: { secret: "west" },
            kubernetesVersion: "1.34",
            podCidrs: ["10.1.0.0/18"],
          },
        },
      },
    };
    assert.deepEqual(Object.keys(planClusterRules(relationsOf(description))), ["east"]);
  });
});

describe("every plan of ports", () => {
  /** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html */
  const DESCRIPTION = /^[a-zA-Z0-9. _:/()#,@[\]+=&;{}!$*-]{1,255}$/;
  const groupsOf = (description: TopologyDescription) => {
    const { clusterRules, gatewayGroups } = planNetwork(relationsOf(description));
    const gateways = Object.values(gatewayGroups);
    const onClusters = Object.entries(clusterRules).map(([cluster, { rules }]) => [
      ...rules,
      ...gateways.filter((group) => group.cluster === cluster).flatMap((group) => group.toCluster),
    ]);
    return [...onClusters, ...gateways.flatMap(({ ingress, egress }) => [ingress, egress])];
  };

  it("says why in words that AWS accepts", () => {
    fc.assert(
      fc.property(fc.oneof(descriptions, servedDescriptions), (description) => {
        for (const { reason } of groupsOf(description).flat()) assert.match(reason, DESCRIPTION);
      }),
    );
  });

  it("never asks for the same rule twice, nor for two of one name", () => {
    fc.assert(
      fc.property(fc.oneof(descriptions, servedDescriptions), (description) => {
        for (const rules of groupsOf(description)) {
          const names = rules.map(({ name }) => name);
          const sides = rules.map((rule) => {
            const { fromPort, toPort, cidr, prefixList, gateway, cluster } = rule;
            return [fromPort, toPort, cidr, prefixList, gateway, cluster].join();
          });
          assert.equal(new Set(names).size, names.length, names.join());
          assert.equal(new Set(sides).size, sides.length, sides.join());
        }
      }),
    );
  });

  const ranges = [
    "10.10.0.0/16",
    "10.11.64.0/18",
    "10.8.0.0/13",
    "172.16.0.0/12",
    "192.168.1.0/24",
  ];

  it("lets every caller of a private API server made here in, and asks for no rule twice for it", () => {
    fc.assert(
      fc.property(
        fc.oneof(descriptions, servedDescriptions),
        fc.subarray(ranges, { minLength: 1 }),
        (description, cidrs) => {
          const called = calledFrom(description, ...cidrs);
          const { clusterRules, prefixLists } = planNetwork(relationsOf(called));
          for (const [cluster, { rules }] of Object.entries(clusterRules)) {
            const { api = called.api, existing } = called.clusters[cluster];
            const callersOf = existing ? [] : (api?.private?.cidrs ?? []);
            const open = rules.filter(({ fromPort, toPort }) => fromPort <= 443 && toPort >= 443);
            const addresses = open.map(({ cidr, prefixList }) =>
              cidr ? [cidr] : prefixLists[prefixList!].cidrs,
            );
            for (const caller of callersOf)
              assert.ok(contains(addresses.flat(), [caller]), `${caller} at ${cluster}`);
            const forCallers = rules.filter(({ reason }) => reason === callers.reason);
            for (const { cidr } of forCallers) assert.ok(contains(callersOf, [cidr!]), cluster);
            const names = rules.map(({ name }) => name);
            assert.equal(new Set(names).size, names.length, names.join());
          }
        },
      ),
    );
  });

  it("opens to the world only 80 and 443 of a gateway that faces the internet", () => {
    fc.assert(
      fc.property(fc.oneof(descriptions, servedDescriptions), (description) => {
        const topology = topologyOf(description);
        const exposed = Object.values(topology.meshes).flatMap(({ ingress }) =>
          Object.values(ingress).filter(({ exposure }) => exposure === "internet"),
        );
        const open = groupsOf(description)
          .flat()
          .filter(({ cidr }) => cidr === "0.0.0.0/0");
        for (const { fromPort, toPort } of open)
          assert.ok([80, 443].includes(fromPort) && fromPort === toPort);
        if (exposed.length === 0) assert.deepEqual(open, []);
      }),
    );
  });

  it("gives each rule exactly one other side", () => {
    fc.assert(
      fc.property(fc.oneof(descriptions, servedDescriptions), (description) => {
        for (const rule of groupsOf(description).flat()) {
          const sides = [rule.cidr, rule.prefixList, rule.gateway, rule.cluster];
          assert.equal(sides.filter((side) => side !== undefined).length, 1, rule.name);
        }
      }),
    );
  });
});
