import assert from "node:assert/strict";
import type { RulePlan } from "../../../components/network";
import { planFirewall } from "../../../components/network/firewall/plan";
import type { Opening } from "../../../components/network/firewall/openings";
import type { TopologyDescription } from "../../../components/topology";
import { patterns, relationsOf } from "../../support/topologies";
import { networksApart } from "../support";
import { firewallOf, groupOf, letIn, listed, told, transit, yours } from "./support";

const oneVpc: TopologyDescription = {
  istio: { version: "1.31.3" },
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

/** Clusters of one mesh without istiod beside them are watched by the first alone. */
const oneIstiod = { prod: { ...oneVpc.meshes.prod, controlPlane: { runsIn: ["east"] } } };

const pods = {
  ports: [0, 65535],
  protocol: "tcp",
  reason: "pods of one network call each other on any port",
  alsoFor: [],
};
const api = {
  ports: [443, 443],
  protocol: "tcp",
  reason: "istiod of other clusters watches the API server",
  alsoFor: [],
};
const callers = { ...api, reason: "callers of the private API server", isWayIn: true };
const watched = { alsoFor: [api.reason] };

const range = (cidr: string) => ({ kind: "cidr", cidr });
const cluster = (name: string) => ({ kind: "group", group: `cluster/${name}` });
const list = (key: string) => ({ kind: "list", list: key });

/** A description whose API servers are private and let in some ranges beside the mesh. */
function calledFrom(description: TopologyDescription, ...cidrs: string[]): TopologyDescription {
  return { ...description, api: { private: { cidrs } } };
}

function alsoFor(rules: RulePlan[]): Record<string, string[]> {
  return Object.fromEntries(rules.map((rule) => [rule.name, rule.alsoFor]));
}

describe("planFirewall", () => {
  it("opens nothing in a single cluster, whose group may have rules", () => {
    assert.deepEqual(firewallOf(networksApart(1, listed)), {
      groups: {
        "cluster/c1": {
          name: "c1",
          label: "cluster c1",
          cluster: "c1",
          vpc: "n1",
          provider: "eu-west-1",
          of: { kind: "cluster" },
          in: [],
          out: [],
        },
      },
      publicApi: {},
      yoursToOpen: [],
    });
  });

  it("knows a group by the VPC and the provider of its cluster", () => {
    const account = { roleArn: "arn:aws:iam::111122223333:role/deployer" };
    const description = networksApart(2, listed, () => ({ account, region: "us-east-1" }));
    for (const key of ["cluster/c2", "balancer/prod/c2/east-west"]) {
      const { cluster, vpc, provider } = groupOf(description, key);
      assert.deepEqual([cluster, vpc, provider], ["c2", "n2", "111122223333/us-east-1"], key);
    }
  });

  describe("pods of one network", () => {
    it("are let in by the group of their cluster where it is in the same VPC", () => {
      const rule = { ...pods, ...watched };
      const of = (name: string) => [{ ...rule, name: `pods-${name}`, side: cluster(name) }];
      assert.deepEqual(letIn(oneVpc, "east"), of("west"));
      assert.deepEqual(letIn(oneVpc, "west"), of("east"));
    });

    it("are let in by one rule per cluster of the VPC", () => {
      const description = structuredClone(oneVpc);
      description.clusters.south = { network: "shared" };
      description.meshes.prod.clusters.south = {};
      assert.deepEqual(told(letIn(description, "east")), [
        "0-65535 cluster/south",
        "0-65535 cluster/west",
      ]);
    });

    it("are let in by their VPC's addresses where it is another one, one rule for each, also of VPCs side by side", () => {
      assert.deepEqual(letIn(routedVpcs, "east"), [
        { ...pods, name: "pods-10.3.0.0-16", side: range("10.3.0.0/16") },
      ]);
      const beside = structuredClone(routedVpcs);
      const [b, c] = [{ cidr: "10.2.0.0/16" }, { cidr: "10.3.0.0/16" }];
      beside.networks.shared.vpcs = { a: { cidr: "10.6.0.0/16" }, b, c };
      beside.clusters.south = { network: "shared", vpc: "c" };
      beside.meshes.prod.clusters.south = {};
      assert.deepEqual(told(letIn(beside, "east")), ["0-65535 10.3.0.0/16", "0-65535 10.2.0.0/16"]);
    });

    it("are let in by group and by addresses side by side", () => {
      const description = structuredClone(routedVpcs);
      description.clusters.near = { network: "shared", vpc: "a" };
      description.meshes.prod.clusters.near = {};
      assert.deepEqual(told(letIn(description, "east")), [
        "0-65535 cluster/near",
        "0-65535 10.3.0.0/16",
      ]);
    });

    it("are let in by their mesh's prefix list where it says these addresses and the own VPC's", () => {
      assert.deepEqual(letIn({ ...routedVpcs, ...transit }, "east"), [
        { ...pods, name: "pods-prod.list", side: list("prod/eu-west-1") },
      ]);
    });

    it("are let in by plain ranges where the list says more than the network's addresses", () => {
      const description: TopologyDescription = {
        ...routedVpcs,
        ...transit,
        networks: { ...routedVpcs.networks, apart: { cidr: "10.5.0.0/16" } },
        clusters: { ...routedVpcs.clusters, south: { network: "apart" } },
        meshes: { prod: { clusters: { east: {}, west: {}, south: {} } } },
      };
      assert.deepEqual(told(letIn(description, "east")), ["0-65535 10.3.0.0/16"]);
      assert.deepEqual(letIn(description, "south"), []);
    });

    it("are let in by the VPC's addresses where the group is yours and not named", () => {
      const description = structuredClone(oneVpc);
      description.clusters.west.existing = yours("10.1.0.0/18");
      assert.deepEqual(told(letIn(description, "east")), ["0-65535 10.1.0.0/16"]);
      description.clusters.west.existing = yours("10.1.0.0/18", "sg-1");
      assert.deepEqual(told(letIn(description, "east")), ["0-65535 cluster/west"]);
    });
  });

  describe("istiods that watch an API server", () => {
    it("are let in to a private one over the link, and by no group to a public one", () => {
      assert.deepEqual(letIn(networksApart(3), "c1"), [
        { ...callers, name: "api-172.16.0.0-12", side: range("172.16.0.0/12") },
        { ...api, name: "api-10.3.0.0-16", side: range("10.3.0.0/16") },
        { ...api, name: "api-10.5.0.0-16", side: range("10.5.0.0/16") },
      ]);
      assert.deepEqual(letIn(networksApart(3, listed), "c1"), []);
    });

    it("are let in by their mesh's prefix list where it has the same addresses", () => {
      assert.deepEqual(letIn(networksApart(3, transit), "c1"), [
        { ...callers, name: "api-172.16.0.0-12", side: range("172.16.0.0/12") },
        { ...api, name: "api-prod.list", side: list("prod/eu-west-1") },
      ]);
    });

    it("are let in as the cluster's own api says", () => {
      const description = networksApart(2, listed);
      description.clusters.c1.api = { private: { cidrs: ["172.16.0.0/12"] } };
      assert.deepEqual(told(letIn(description, "c1")), ["443 172.16.0.0/12", "443 10.3.0.0/16"]);
      assert.deepEqual(letIn(description, "c2"), []);
    });

    it("are let in by group in the same VPC, to a public API server too", () => {
      const external = { runsIn: ["east"], configCluster: "west" };
      const meshes = { prod: { controlPlane: external, clusters: { west: {} } } };
      for (const description of [oneVpc, calledFrom(oneVpc, "172.16.0.0/12")])
        assert.deepEqual(letIn({ ...description, meshes }, "west").slice(-1), [
          { ...api, name: "api-east", side: cluster("east") },
        ]);
    });

    it("need no rule beside that of the same cluster's pods, which says so", () => {
      const description = { ...oneVpc, meshes: oneIstiod };
      assert.deepEqual(alsoFor(letIn(description, "west")), { "pods-east": [api.reason] });
      assert.deepEqual(alsoFor(letIn(description, "east")), { "pods-west": [] });
    });
  });

  describe("callers of a private API server", () => {
    it("are let in on 443, one rule per merged range", () => {
      const ranges = ["172.17.0.0/16", "192.168.9.7/32", "172.16.0.0/16"];
      assert.deepEqual(letIn(calledFrom(networksApart(1), ...ranges), "c1"), [
        { ...callers, name: "api-172.16.0.0-15", side: range("172.16.0.0/15") },
        { ...callers, name: "api-192.168.9.7-32", side: range("192.168.9.7/32") },
      ]);
    });

    it("are those that a cluster names itself, and not those of everyone then", () => {
      const description = calledFrom(networksApart(2), "172.16.0.0/12");
      description.clusters.c1.api = { private: { cidrs: ["192.168.0.0/24"] } };
      description.clusters.c2.api = listed.api;
      assert.deepEqual(told(letIn(description, "c1")), ["443 192.168.0.0/24", "443 10.3.0.0/16"]);
      assert.deepEqual(letIn(description, "c2"), []);
    });

    it("have no rule beside a wider one of pods or watchers, which says so", () => {
      const ofPods = calledFrom({ ...routedVpcs, meshes: oneIstiod }, "10.3.2.0/24", "10.3.9.9/32");
      assert.deepEqual(told(letIn(ofPods, "east")), ["0-65535 10.3.0.0/16"]);
      assert.deepEqual(alsoFor(letIn(ofPods, "east")), { "pods-10.3.0.0-16": [callers.reason] });
      assert.deepEqual(
        letIn(ofPods, "east").map(({ isWayIn }) => isWayIn),
        [true],
      );
      const ofWatchers = calledFrom(networksApart(2), "10.3.128.0/17");
      assert.deepEqual(told(letIn(ofWatchers, "c1")), ["443 10.3.0.0/16"]);
      const ofBoth = calledFrom(networksApart(3, transit), "10.1.0.0/24", "10.5.0.0/16");
      assert.deepEqual(alsoFor(letIn(ofBoth, "c1")), { "api-prod.list": [callers.reason] });
    });

    it("are let in by the ranges that were written, though a mesh's list has the same", () => {
      const description = calledFrom(networksApart(2, transit), "10.1.0.0/16", "10.3.0.0/16");
      description.meshes.prod.controlPlane = { runsIn: ["c1"] };
      assert.deepEqual(told(letIn(description, "c1")), ["443 10.1.0.0/16", "443 10.3.0.0/16"]);
    });

    it("have rules of their own beside the group of pods, which lets in no addresses", () => {
      const description = calledFrom({ ...oneVpc, meshes: oneIstiod }, "10.1.2.0/24");
      assert.deepEqual(told(letIn(description, "east")), [
        "0-65535 cluster/west",
        "443 10.1.2.0/24",
      ]);
    });

    it("have the only rule where it lets in watchers too, and says so", () => {
      const description = calledFrom(networksApart(2), "10.2.0.0/15", "192.168.0.0/24");
      assert.deepEqual(alsoFor(letIn(description, "c1")), {
        "api-10.2.0.0-15": [api.reason],
        "api-192.168.0.0-24": [],
      });
    });

    it("are not let in to a cluster that exists: nothing is said about its API server", () => {
      const description = calledFrom(networksApart(1), "172.16.0.0/12");
      description.clusters.c1.existing = yours("10.1.0.0/18", "sg-1");
      assert.deepEqual(letIn(description, "c1"), []);
    });
  });

  describe("a cluster of yours whose security group is not named", () => {
    const description = structuredClone(patterns["02-primary-remote-same-network"]);
    description.clusters.east.existing = yours("10.10.0.0/18");
    const { groups, yoursToOpen } = firewallOf(description);

    it("has no group", () => {
      assert.deepEqual(Object.keys(groups), ["balancer/prod/east/istiod", "cluster/west"]);
    });

    it("has what others come for said instead: who by, on which ports and why", () => {
      const behind = (port: number, reason: string) => ({
        cluster: "east",
        from: ["load balancer of istiod prod/east/istiod"],
        ports: [port, port],
        protocol: "tcp",
        reason,
      });
      const { ports, protocol, reason } = pods;
      assert.deepEqual(yoursToOpen, [
        { cluster: "east", from: ["cluster west"], ports, protocol, reason },
        behind(15012, "configuration and certificates"),
        behind(15017, "injection and validation"),
        behind(8080, "health checks of the load balancer"),
      ]);
    });

    it("is called by ranges, never by the prefix lists that hold them", () => {
      const apart = networksApart(3, transit);
      apart.clusters.c1.existing = yours("10.1.0.0/18");
      const [{ from, ports }] = firewallOf(apart).yoursToOpen;
      assert.deepEqual(
        [from, ports],
        [
          ["10.3.0.0/16", "10.5.0.0/16"],
          [443, 443],
        ],
      );
    });

    it("has nothing to open where nobody comes", () => {
      const alone = networksApart(1);
      alone.clusters.c1.existing = yours("10.1.0.0/18");
      const nothing = { groups: {}, publicApi: {}, yoursToOpen: [] };
      assert.deepEqual(firewallOf(alone), nothing);
      const relations = relationsOf(alone);
      const to = { kind: "pods", of: relations.clusters[0] } as const;
      const opening: Opening = {
        name: "dns",
        to,
        from: [],
        ports: [53, 53],
        protocol: "udp",
        reason: "names",
      };
      assert.deepEqual(planFirewall(relations, [opening], {}), nothing);
    });
  });

  it("opens whatever room asks, by protocol and range of ports", () => {
    const relations = relationsOf(networksApart(2));
    const [c1, c2] = relations.clusters;
    const dns = (protocol: Opening["protocol"]): Opening => ({
      ...{ name: `dns-${protocol}`, ports: [53, 54], protocol, reason: "names" },
      to: { kind: "pods", of: c1 },
      from: [
        { kind: "pods", of: c2 },
        { kind: "addresses", cidrs: ["198.51.100.0/24"] },
      ],
    });
    const plan = planFirewall(relations, [dns("udp"), dns("tcp")], {});
    assert.deepEqual(
      plan.groups["cluster/c1"].in.map(({ name, ports, protocol }) => [name, ...ports, protocol]),
      ["udp", "tcp"].flatMap((protocol) => [
        [`dns-${protocol}-10.3.0.0-16`, 53, 54, protocol],
        [`dns-${protocol}-198.51.100.0-24`, 53, 54, protocol],
      ]),
    );
  });
});
