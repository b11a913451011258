import assert from "node:assert/strict";
import { parseCidr } from "cidr-tools";
import fc from "fast-check";
import { istioVersions } from "../../components/istio/versions";
import { planIstiods, planNetwork, planPrivateZones } from "../../components/network";
import { isUsable, loadBalancerRanges } from "../../components/network/istiods";
import type { MeshDescription, TopologyDescription } from "../../components/topology";
import { patterns, topologyOf } from "../support/topologies";
import { brought } from "../support/variants";
import { servedDescriptions } from "./support";

const [version] = Object.keys(istioVersions);
const named = (description: TopologyDescription) => ({
  ...structuredClone(description),
  name: "demo",
});
const istiodsOf = (description: TopologyDescription) =>
  planIstiods(relationsOf(named(description)));
const zonesOf = (description: TopologyDescription) =>
  planPrivateZones(topologyOf(named(description)));
const sameNetwork = patterns["02-primary-remote-same-network"];
const apart = patterns["02-primary-remote-different-networks"];
const external = patterns["03-external-istiod-kubernetes"];

/** External meshes of one cluster each, whose istiods all run in cluster `mgmt`. */
function managed(count: number, revisions: string[] = []): TopologyDescription {
  const names = Array.from({ length: count }, (_, index) => `m${index}`);
  const mesh = (name: string): MeshDescription => ({
    controlPlane: { runsIn: ["mgmt"], configCluster: name },
    clusters: { [name]: revisions.length > 0 ? { revision: revisions[0] } : {} },
  });
  return {
    ...external,
    istio: { revisions: Object.fromEntries(revisions.map((name) => [name, { version }])) },
    networks: { mgmt: { cidr: "10.0.0.0/16" } },
    clusters: Object.fromEntries(["mgmt", ...names].map((name) => [name, { network: "mgmt" }])),
    meshes: Object.fromEntries(names.map((name) => [name, mesh(name)])),
  };
}

describe("planIstiods", () => {
  it("has none where every member runs istiod", () => {
    assert.deepEqual(istiodsOf(patterns["02-multi-primary-different-networks"]), {});
    assert.deepEqual(zonesOf(patterns["02-multi-primary-different-networks"]), {});
  });

  it("chooses the first free address of each load-balancer subnet for a primary with remotes", () => {
    assert.deepEqual(istiodsOf(sameNetwork), {
      "prod/east/istiod": {
        mesh: "prod",
        cluster: "east",
        revision: "",
        vpc: "shared",
        provider: "eu-west-1",
        loadBalancerName: "istiod-demo-prod-east",
        host: "istiod.east.prod.demo.internal",
        addresses: ["10.10.240.4", "10.10.240.36", "10.10.240.68"],
        autoModeCluster: "demo-east",
      },
    });
  });

  it("puts an external istiod's into the VPC of the cluster that it runs in", () => {
    const { vpc, host, addresses } = istiodsOf(external)["prod/mgmt/istiod"];
    assert.deepEqual(
      { vpc, host, addresses },
      {
        vpc: "mgmt",
        host: "istiod.mgmt.prod.demo.internal",
        addresses: ["10.0.240.4", "10.0.240.36", "10.0.240.68"],
      },
    );
  });

  it("counts revisions down from the last free address", () => {
    const description = named(sameNetwork);
    description.istio = { revisions: { canary: { version } } };
    description.meshes.prod.clusters.west.revision = "canary";
    const { host, loadBalancerName, addresses } = istiodsOf(description)["prod/east/istiod-canary"];
    assert.deepEqual(
      { host, loadBalancerName, addresses },
      {
        host: "istiod-canary.east.prod.demo.internal",
        loadBalancerName: "istiod-demo-prod--86f3fb68",
        addresses: ["10.10.240.30", "10.10.240.62", "10.10.240.94"],
      },
    );
    assert.deepEqual(Object.keys(istiodsOf(description)), [
      "prod/east/istiod",
      "prod/east/istiod-canary",
    ]);
  });

  it("takes the load-balancer subnets of a VPC that exists, in their order", () => {
    const meshes = { prod: { controlPlane: { runsIn: ["lab"] }, clusters: { east: {}, lab: {} } } };
    const { addresses, autoModeCluster } = istiodsOf({ ...brought, meshes })["prod/lab/istiod"];
    assert.deepEqual(addresses, ["10.20.32.4", "10.20.32.36"]);
    assert.equal(autoModeCluster, "");
  });

  it("names no Auto Mode cluster where the AWS controller registers targets", () => {
    const description = named(sameNetwork);
    description.clusters.east.compute = "managed-nodes";
    assert.equal(istiodsOf(description)["prod/east/istiod"].autoModeCluster, undefined);
  });

  it("has room in a /27 for ten meshes, or for five with a revision each", () => {
    for (const description of [managed(10), managed(5, ["canary"])]) {
      const istiods = Object.values(istiodsOf(description));
      const firsts = istiods.map(({ addresses }) => addresses[0]);
      assert.ok(firsts.every((address) => isUsable("10.0.240.0/27", address)));
      assert.equal(new Set(firsts).size, istiods.length);
    }
  });
});

describe("planPrivateZones", () => {
  it("has a zone per mesh, which every VPC of the mesh resolves, that of istiod first", () => {
    assert.deepEqual(zonesOf(external), {
      prod: {
        name: "prod.demo.internal",
        vpcs: [
          { vpc: "mgmt", provider: "eu-west-1" },
          { vpc: "apps", provider: "eu-west-1" },
        ],
        records: {
          "istiod.mgmt.prod.demo.internal": ["10.0.240.4", "10.0.240.36", "10.0.240.68"],
        },
      },
    });
    const description = named(apart);
    description.meshes.prod.controlPlane = { runsIn: ["west"] };
    assert.deepEqual(
      zonesOf(description).prod.vpcs.map(({ vpc }) => vpc),
      ["net-west", "net-east"],
    );
  });
});

describe("every plan of istiods", () => {
  const forAll = (claim: (description: TopologyDescription) => void) =>
    fc.assert(fc.property(servedDescriptions, claim), { numRuns: 60 });

  it("chooses addresses that AWS leaves free in the load-balancer subnets, one in each", () => {
    forAll((description) => {
      const topology = topologyOf(description);
      for (const { vpc, addresses } of Object.values(planIstiods(topology))) {
        const ranges = loadBalancerRanges(topology.vpcs[vpc]);
        assert.ok(ranges.length >= 2);
        assert.equal(addresses.length, ranges.length);
        ranges.forEach((range, zone) => {
          const { start, end } = parseCidr(range);
          const at = parseCidr(addresses[zone]).start;
          assert.ok(at > start + 3n && at < end, `${addresses[zone]} in ${range}`);
        });
      }
    });
  });

  it("chooses no address twice in a VPC", () => {
    forAll((description) => {
      const all = Object.values(planIstiods(relationsOf(description))).flatMap(
        ({ vpc, addresses }) => addresses.map((address) => `${vpc}/${address}`),
      );
      assert.equal(new Set(all).size, all.length, all.join());
    });
  });

  it("gives names that AWS and DNS take, each once", () => {
    forAll((description) => {
      const istiods = Object.values(planIstiods(relationsOf(description)));
      for (const { loadBalancerName, host } of istiods) {
        assert.match(loadBalancerName, /^istiod-[a-z0-9-]{0,18}[a-z0-9]$/);
        assert.ok(host.length < 254 && host.split(".").every((label) => label.length < 64));
      }
      for (const key of ["loadBalancerName", "host"] as const)
        assert.equal(new Set(istiods.map((istiod) => istiod[key])).size, istiods.length);
    });
  });

  it("moves none for a further remote, revision, istiod or mesh", () => {
    forAll((description) => {
      const before = planIstiods(relationsOf(description));
      for (const grow of growths) {
        const after = planIstiods(relationsOf(grow(structuredClone(description))));
        for (const [key, { addresses, host, loadBalancerName }] of Object.entries(before)) {
          assert.deepEqual(after[key].addresses, addresses, key);
          assert.equal(after[key].host, host);
          assert.equal(after[key].loadBalancerName, loadBalancerName);
        }
      }
    });
  });

  it("has each address and host in the zone of its mesh, and no other", () => {
    forAll((description) => {
      const { istiods, privateZones } = planNetwork(relationsOf(description));
      const records = Object.values(privateZones).flatMap((zone) => Object.entries(zone.records));
      assert.deepEqual(
        records.sort(),
        Object.values(istiods)
          .map(({ host, addresses }) => [host, addresses])
          .sort(),
      );
      for (const { mesh, host } of Object.values(istiods))
        assert.ok(host.endsWith(`.${privateZones[mesh].name}`));
    });
  });

  it("is the same each time", () => {
    forAll((description) => {
      const plan = () => JSON.stringify(planIstiods(relationsOf(structuredClone(description))));
      assert.equal(plan(), plan());
    });
  });
});

type Growth = (description: TopologyDescription) => TopologyDescription;

/** Adds a cluster beside the first one of the first mesh, where it becomes what is said. */
function besides(join: (mesh: MeshDescription, runsIn: string[], name: string) => void): Growth {
  return (description) => {
    const [mesh] = Object.values(description.meshes);
    const members = Object.keys(mesh.clusters);
    const runsIn = mesh.controlPlane?.runsIn ?? members;
    const { network, vpc } = description.clusters[runsIn[0]];
    description.clusters.further = { network, vpc };
    join(mesh, runsIn, "further");
    return description;
  };
}

const growths: Growth[] = [
  besides((mesh, runsIn, name) => {
    mesh.clusters[name] = {};
    mesh.controlPlane = { ...mesh.controlPlane, runsIn };
  }),
  besides((mesh, runsIn, name) => {
    if (!mesh.controlPlane?.configCluster) mesh.clusters[name] = {};
    mesh.controlPlane = { ...mesh.controlPlane, runsIn: [...runsIn, name] };
  }),
  (description) => {
    description.istio = {
      ...description.istio,
      revisions: { ...description.istio?.revisions, further: { version } },
    };
    for (const { clusters, revision = "further" } of Object.values(description.meshes))
      for (const member of Object.values(clusters)) member.revision ??= revision;
    return description;
  },
  (description) => {
    const [{ network, vpc }] = Object.values(description.clusters);
    description.clusters.f1 = { network, vpc };
    description.clusters.f2 = { network, vpc };
    description.meshes.further = {
      controlPlane: { runsIn: ["f1"] },
      clusters: { f1: {}, f2: {} },
    };
    return description;
  },
];
