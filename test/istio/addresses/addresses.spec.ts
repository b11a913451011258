import assert from "node:assert/strict";
import { parseCidr } from "cidr-tools";
import fc from "fast-check";
import { planAddresses } from "../../../components/istio/addresses/addresses";
import { istioRules } from "../../../components/istio/rules";
import { loadBalancerRanges } from "../../../components/network/internal/addresses";
import type { MeshDescription, TopologyDescription } from "../../../components/topology";
import { istioVersions } from "../../../components/versions/istio";
import { servedDescriptions } from "../../network/support";
import { said } from "../../support/rules";
import { patterns, relationsOf } from "../../support/topologies";
import { brought } from "../../support/variants";

const [version] = Object.keys(istioVersions);
const named = (description: TopologyDescription) => ({
  name: "demo",
  ...structuredClone(description),
});
const istiodsOf = (description: TopologyDescription) =>
  planAddresses(relationsOf(named(description)));

const sameNetwork = patterns["02-primary-remote-same-network"];
const external = patterns["03-external-istiod-kubernetes"];

/** An istiod in a VPC of yours that serves a cluster elsewhere. */
const fromYours: TopologyDescription = {
  ...brought,
  meshes: { prod: { controlPlane: { runsIn: ["lab"] }, clusters: { east: {}, lab: {} } } },
};

describe("planAddresses", () => {
  it("has none where every member runs istiod", () => {
    assert.deepEqual(istiodsOf(patterns["02-multi-primary-different-networks"]), {});
  });

  it("numbers the address in each load-balancer subnet by a hash of mesh, cluster and revision", () => {
    assert.deepEqual(istiodsOf(sameNetwork), {
      "prod/east/istiod": {
        mesh: "prod",
        cluster: "east",
        revision: undefined,
        vpc: "shared",
        provider: "eu-west-1",
        loadBalancerName: "mesh-demo-prod-ea-1fc4ee69",
        host: "istiod.east.prod.demo.internal",
        // 153 of 251, after the four that AWS keeps: SHA-256 of ["prod","east","default"].
        addresses: ["10.10.240.157", "10.10.241.157", "10.10.242.157"],
        targetCluster: "demo-east",
        deletionProtection: false,
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
        addresses: ["10.0.240.8", "10.0.241.8", "10.0.242.8"],
      },
    );
  });

  it("gives a revision an address, a name and a load balancer of its own", () => {
    const description = named(sameNetwork);
    description.istio = { revisions: { canary: { version }, stable: { version } } };
    description.meshes.prod.revision = "stable";
    const { host, loadBalancerName, addresses } = istiodsOf(description)["prod/east/istiod-canary"];
    assert.deepEqual(
      { host, loadBalancerName, addresses },
      {
        host: "istiod-canary.east.prod.demo.internal",
        loadBalancerName: "mesh-demo-prod-ea-a06f01fe",
        addresses: ["10.10.240.186", "10.10.241.186", "10.10.242.186"],
      },
    );
    assert.deepEqual(Object.keys(istiodsOf(description)), [
      "prod/east/istiod-canary",
      "prod/east/istiod-stable",
    ]);
  });

  it("names load balancers apart where the parts of their names are joined alike", () => {
    const description = named(sameNetwork);
    Object.assign(description.clusters, { "east-b": description.clusters.east });
    description.istio = { revisions: { b: { version }, c: { version } } };
    description.meshes.prod = {
      revision: "c",
      controlPlane: { runsIn: ["east", "east-b"] },
      clusters: { east: {}, "east-b": {}, west: { revision: "b" } },
    };
    const names = Object.values(istiodsOf(description)).map((istiod) => istiod.loadBalancerName);
    assert.deepEqual([names.length, new Set(names).size], [4, 4]);
  });

  it("names load balancers apart from those of other stacks, which AWS knows by the same names", () => {
    const nameIn = (name: string, mesh: string) => {
      const { meshes, ...description } = structuredClone(sameNetwork);
      const stack = { ...description, name, meshes: { [mesh]: meshes.prod } };
      return istiodsOf(stack)[`${mesh}/east/istiod`].loadBalancerName;
    };
    assert.notEqual(nameIn("a", "b-c"), nameIn("a-b", "c"));
  });

  it("takes no method of an object for a number, whatever cluster and revision are called", () => {
    const description = named(sameNetwork);
    Object.assign(description.clusters, { constructor: description.clusters.west });
    description.istio = { revisions: { name: { version } } };
    description.meshes.prod = {
      controlPlane: { runsIn: ["constructor"] },
      clusters: { constructor: {}, east: { revision: "name" } },
    };
    assert.match(istiodsOf(description)["prod/constructor/istiod-name"].addresses[0], /^10\./);
  });

  it("takes the load-balancer subnets of a VPC that exists, in their order", () => {
    const { addresses, targetCluster } = istiodsOf(fromYours)["prod/lab/istiod"];
    assert.deepEqual(addresses, ["10.20.32.20", "10.20.32.52"]);
    assert.equal(targetCluster, undefined);
  });

  it("names the cluster whose pods are targets, also where the AWS controller registers them", () => {
    const description = named(sameNetwork);
    description.clusters.east.nodes = { kind: "managed" };
    assert.equal(istiodsOf(description)["prod/east/istiod"].targetCluster, "demo-east");
  });

  it("takes the number that the description says, counted from the first address that AWS leaves", () => {
    const description = named(sameNetwork);
    const numbersOf = (numbers: Record<string, number>) => {
      description.meshes.prod.controlPlane!.addressNumbers = { east: numbers };
      return Object.values(istiodsOf(description)).map(({ addresses }) => addresses[0]);
    };
    assert.deepEqual(numbersOf({ default: 0 }), ["10.10.240.4"]);
    description.istio = { revisions: { canary: { version }, stable: { version } } };
    description.meshes.prod.revision = "stable";
    const [, stable] = numbersOf({});
    assert.deepEqual(numbersOf({ canary: 250 }), ["10.10.240.254", stable]);
  });
});

describe("every plan of addresses", () => {
  const forAll = (claim: (description: TopologyDescription) => void) => {
    let serving = 0;
    const counted = (description: TopologyDescription) => {
      serving += Object.keys(planAddresses(relationsOf(description))).length;
      claim(description);
    };
    fc.assert(fc.property(servedDescriptions, counted), { numRuns: 60 });
    assert.ok(serving > 60, `${serving} istiods that serve others`);
  };

  it("chooses addresses that AWS leaves free in the load-balancer subnets, one in each", () => {
    forAll((description) => {
      const relations = relationsOf(description);
      for (const { vpc, addresses } of Object.values(planAddresses(relations))) {
        const ranges = loadBalancerRanges(relations.topology.vpcs[vpc]);
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

  it("gives two istiods of a VPC one address only where a rule refuses it", () => {
    let shared = 0;
    fc.assert(
      fc.property(servedDescriptions, fc.infiniteStream(fc.nat(3)), (description, numbers) => {
        const next = () => numbers.next().value;
        for (const { controlPlane } of Object.values(description.meshes))
          for (const cluster of controlPlane?.runsIn ?? []) {
            const said = { [cluster]: { default: next(), canary: next(), stable: next() } };
            controlPlane!.addressNumbers = { ...controlPlane!.addressNumbers, ...said };
          }
        const istiods = Object.values(planAddresses(relationsOf(description)));
        const places = istiods.map(({ vpc, addresses }) => `${vpc}/${addresses[0]}`);
        const repeated = places.length - new Set(places).size;
        assert.equal(said(istioRules, "istiod-address-collision", description).length, repeated);
        shared += repeated;
      }),
      { seed: 5, numRuns: 100 },
    );
    assert.ok(shared > 10, `${shared} shared`);
  });

  it("gives names that AWS and DNS take, each once", () => {
    forAll((description) => {
      const istiods = Object.values(planAddresses(relationsOf(description)));
      for (const { loadBalancerName, host } of istiods) {
        assert.match(loadBalancerName, /^mesh-[a-z0-9-]{0,20}[a-z0-9]$/);
        assert.ok(host.length < 254 && host.split(".").every((label) => label.length < 64));
      }
      for (const key of ["loadBalancerName", "host"] as const)
        assert.equal(new Set(istiods.map((istiod) => istiod[key])).size, istiods.length);
    });
  });

  it("moves none for a further remote, revision, istiod or mesh, whatever its name", () => {
    forAll((description) => {
      const before = planAddresses(relationsOf(description));
      for (const grow of growths)
        for (const name of ["a", "zz"]) {
          const after = planAddresses(relationsOf(grow(structuredClone(description), name)));
          for (const [key, { addresses, host, loadBalancerName }] of Object.entries(before)) {
            assert.deepEqual(after[key].addresses, addresses, key);
            assert.equal(after[key].host, host);
            assert.equal(after[key].loadBalancerName, loadBalancerName);
          }
        }
    });
  });
});

type Growth = (description: TopologyDescription, name: string) => TopologyDescription;

/** Adds a cluster beside the first one of the first mesh, where it becomes what is said. */
function besides(join: (mesh: MeshDescription, runsIn: string[], name: string) => void): Growth {
  return (description, name) => {
    const [mesh] = Object.values(description.meshes);
    const members = Object.keys(mesh.clusters);
    const runsIn = mesh.controlPlane?.runsIn ?? members;
    const { network, vpc } = description.clusters[runsIn[0]];
    description.clusters[name] = { network, vpc };
    join(mesh, runsIn, name);
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
  (description, name) => {
    // An istiod that is upgraded in place has none beside it.
    if (description.istio?.revisions) description.istio.revisions[name] = { version };
    return description;
  },
  (description, name) => {
    const [{ network, vpc }] = Object.values(description.clusters);
    const [server, remote] = [`${name}-1`, `${name}-2`];
    description.clusters[server] = { network, vpc };
    description.clusters[remote] = { network, vpc };
    description.meshes[name] = {
      istio: { version },
      controlPlane: { runsIn: [server] },
      clusters: { [server]: {}, [remote]: {} },
    };
    return description;
  },
];
