import assert from "node:assert/strict";
import { clusterOpenings } from "../../components/cluster/openings";
import type { TopologyDescription } from "../../components/topology";
import { yours } from "../network/firewall/support";
import { networksApart } from "../network/support";
import { apiOf, forAll, ordered, plainly, podsOf } from "../support/openings";
import { relationsOf } from "../support/topologies";

const openingsOf = (description: TopologyDescription) =>
  clusterOpenings(relationsOf(description)).map(plainly);

const listed = { allowFrom: ["192.0.2.1/32"] };
const hidden = (...cidrs: string[]) => ({ private: { cidrs } });

/** Clusters of one mesh on one network. */
function together(...names: string[]): TopologyDescription {
  const each = <T>(value: () => T) => Object.fromEntries(names.map((name) => [name, value()]));
  return {
    api: listed,
    istio: { version: "1.31.3" },
    networks: { shared: { cidr: "10.1.0.0/16" } },
    clusters: each(() => ({ network: "shared" })),
    meshes: { prod: { clusters: each(() => ({})) } },
  };
}

const pods = (to: string, ...from: string[]) => ({
  name: "pods",
  to: podsOf(to),
  from: from.map(podsOf),
  ports: [0, 65535],
  protocol: "tcp",
  reason: "pods of one network call each other on any port",
});

const callers = (to: string, ...cidrs: string[]) => ({
  name: "api",
  to: apiOf(to),
  from: [cidrs.join()],
  ports: [443, 443],
  protocol: "tcp",
  reason: "callers of the private API server",
  isWayIn: true as const,
});

describe("clusterOpenings", () => {
  it("are none for a single cluster with a public API server", () => {
    assert.deepEqual(openingsOf(together("east")), []);
  });

  it("let the pods of a mesh's clusters on one network call each other on every port", () => {
    assert.deepEqual(openingsOf(together("east", "west")), [
      pods("east", "west"),
      pods("west", "east"),
    ]);
    assert.deepEqual(openingsOf(together("a", "b", "c")), [
      pods("a", "b", "c"),
      pods("b", "a", "c"),
      pods("c", "a", "b"),
    ]);
  });

  it("are the same where the network has several VPCs, and where the clusters are yours", () => {
    const expected = openingsOf(together("east", "west"));
    const apart = together("east", "west");
    apart.networks = {
      shared: { vpcs: { a: { cidr: "10.1.0.0/16" }, b: { cidr: "10.3.0.0/16" } } },
    };
    apart.clusters = {
      east: { network: "shared", vpc: "a" },
      west: { network: "shared", vpc: "b" },
    };
    assert.deepEqual(openingsOf(apart), expected);
    const brought = together("east", "west");
    brought.clusters.east.existing = yours("10.1.0.0/18", "sg-1");
    brought.clusters.west.existing = yours("10.1.0.0/18");
    assert.deepEqual(openingsOf(brought), expected);
  });

  it("leave pods on other networks to the gateways", () => {
    assert.deepEqual(openingsOf(networksApart(3, { api: listed })), []);
    const mixed = together("east", "west", "far");
    mixed.networks.apart = { cidr: "10.3.0.0/16" };
    mixed.clusters.far.network = "apart";
    assert.deepEqual(openingsOf(mixed), [pods("east", "west"), pods("west", "east")]);
  });

  it("leave pods of other meshes out, whatever network they are on", () => {
    const two = together("east", "west");
    two.meshes = { prod: { clusters: { east: {} } }, test: { clusters: { west: {} } } };
    assert.deepEqual(openingsOf(two), []);
  });

  it("count no pods where istiod alone is, outside the mesh", () => {
    const external = together("mgmt", "east", "west");
    const clusters = { east: {}, west: {} };
    const controlPlane = { runsIn: ["mgmt"], configCluster: "east" };
    external.meshes = { prod: { controlPlane, clusters } };
    assert.deepEqual(openingsOf(external), [pods("east", "west"), pods("west", "east")]);
  });

  it("let in the callers of a private API server, all of them at once", () => {
    const description = { ...together("east"), api: hidden("172.16.0.0/12", "192.168.7.0/24") };
    assert.deepEqual(openingsOf(description), [callers("east", "172.16.0.0/12", "192.168.7.0/24")]);
  });

  it("take what the cluster says of its API server itself, and not what is said for everyone then", () => {
    const description = networksApart(3, { api: hidden("172.16.0.0/12") });
    description.clusters.c1.api = hidden("192.168.0.0/24");
    description.clusters.c2.api = listed;
    assert.deepEqual(openingsOf(description), [
      callers("c1", "192.168.0.0/24"),
      callers("c3", "172.16.0.0/12"),
    ]);
  });

  it("have no callers of a cluster that exists: nothing is said about its API server", () => {
    const description = networksApart(1, { api: hidden("172.16.0.0/12") });
    description.clusters.c1.existing = yours("10.1.0.0/18", "sg-1");
    assert.deepEqual(openingsOf(description), []);
  });
});

describe("every set of openings of clusters", () => {
  it("lets in to a member's pods those of its mesh's other members on its network, and nobody else", () => {
    forAll(50, (description) => {
      const expected = Object.values(description.meshes).flatMap(({ clusters }) =>
        Object.keys(clusters)
          .map((name) => pods(name, ...sameNetwork(description, clusters, name)))
          .filter(({ from }) => from.length > 0),
      );
      const found = openingsOf(description).filter(({ to }) => to.startsWith("pods"));
      assert.deepEqual(ordered(found), ordered(expected));
      return expected.length;
    });
  });

  it("lets in to an API server made here whom it is private for, and is nothing besides", () => {
    forAll(50, (description) => {
      const expected = Object.entries(description.clusters).flatMap(
        ([name, { api = description.api, existing }]) =>
          existing || !api?.private ? [] : [callers(name, ...(api.private.cidrs ?? []))],
      );
      const found = openingsOf(description).filter(({ to }) => !to.startsWith("pods"));
      assert.deepEqual(ordered(found), ordered(expected));
      return expected.length;
    });
  });
});

function sameNetwork({ clusters }: TopologyDescription, members: object, name: string): string[] {
  return Object.keys(members).filter(
    (other) => other !== name && clusters[other].network === clusters[name].network,
  );
}
