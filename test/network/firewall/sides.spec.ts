import assert from "node:assert/strict";
import type { Source, Target } from "../../../components/network";
import {
  balancerSide,
  clusterSide,
  rangeSide,
  sidesOf,
  standpoint,
} from "../../../components/network/firewall/sides";
import type { NamedSide } from "../../../components/network/firewall/sides";
import { planPrefixLists } from "../../../components/network/links/prefixLists";
import type { ClusterRelation, Relations, TopologyDescription } from "../../../components/topology";
import { relationsOf } from "../../support/topologies";
import { clusterIn, listed, outside, transit, yours } from "./support";

/** Two clusters in one VPC, one in another of its region and one beyond; each mesh has one of the last two. */
const description: TopologyDescription = {
  ...{ ...listed, ...transit },
  istio: { version: "1.31.3" },
  networks: {
    home: { cidr: "10.1.0.0/16" },
    away: { cidr: "10.3.0.0/16" },
    beyond: { cidr: "10.5.0.0/16", region: "us-east-1" },
  },
  clusters: {
    own: { network: "home" },
    mate: { network: "home" },
    far: { network: "away" },
    further: { network: "beyond" },
  },
  meshes: {
    prod: { clusters: { own: {}, mate: {}, far: {} } },
    test: { clusters: { further: {} } },
  },
};

const range = (cidr: string): NamedSide => ({
  side: { kind: "cidr", cidr },
  name: cidr.replace("/", "-"),
  label: cidr,
  addresses: [cidr],
});
const list = (mesh: string, provider: string, ...addresses: string[]): NamedSide => ({
  side: { kind: "list", list: `${mesh}/${provider}` },
  name: `${mesh}.list`,
  label: `prefix list of mesh ${mesh}`,
  addresses,
});
const group = (name: string, ...addresses: string[]): NamedSide => ({
  side: { kind: "group", group: `cluster/${name}` },
  name,
  label: `cluster ${name}`,
  addresses,
});

/** Pods of clusters by their names, the workloads of meshes by theirs, and addresses. */
function sourcesIn(relations: Relations, names: string[]): Source[] {
  return names.map((name) => {
    const of = relations.meshes.find(({ mesh }) => mesh.name === name);
    if (of) return { kind: "mesh", of };
    const at = clusterIn(relations, name);
    return at ? { kind: "pods", of: at } : { kind: "addresses", cidrs: [name] };
  });
}

/** The sides of some sources as a cluster sees them. */
function seenFrom(from: string, names: string[], of = description): NamedSide[] {
  const relations = relationsOf(of);
  const lists = Object.values(planPrefixLists(relations));
  return sidesOf(
    sourcesIn(relations, names),
    standpoint(podsOf(clusterIn(relations, from)), lists),
  );
}

function podsOf(of: ClusterRelation): Target {
  return { kind: "pods", of };
}

/** The same description without transit gateways, and so without prefix lists. */
const peered = { ...description, links: undefined };

describe("sidesOf", () => {
  it("is nothing for nobody", () => {
    assert.deepEqual(seenFrom("own", []), []);
  });

  it("names the group of a cluster in the same VPC, behind which are the VPC's addresses", () => {
    assert.deepEqual(seenFrom("own", ["mate"]), [group("mate", "10.1.0.0/16")]);
  });

  it("names no list for a group, though one has the addresses of the VPC", () => {
    const relations = relationsOf(description);
    const own = clusterIn(relations, "own");
    const of = { mesh: "mine", provider: "eu-west-1", cidrs: ["10.1.0.0/16"] };
    const from = standpoint(podsOf(own), [{ ...of, name: "test-mine", maxEntries: 10 }]);
    const sides = sidesOf(sourcesIn(relations, ["mate"]), from);
    assert.deepEqual(sides, [group("mate", "10.1.0.0/16")]);
  });

  it("says the addresses of the VPC where a cluster of it does not name its group", () => {
    const brought = structuredClone(description);
    brought.clusters.mate.existing = yours("10.1.0.0/18");
    assert.deepEqual(seenFrom("own", ["mate"], brought), [range("10.1.0.0/16")]);
  });

  it("says a cluster once, however often it calls", () => {
    assert.deepEqual(seenFrom("own", ["mate", "mate", "far", "far"], peered), [
      group("mate", "10.1.0.0/16"),
      range("10.3.0.0/16"),
    ]);
  });

  it("says the addresses of pods elsewhere, VPC by VPC, and written ones merged, after what has a name", () => {
    const names = ["far", "10.2.128.0/17", "further", "mate", "10.2.0.0/17"];
    assert.deepEqual(seenFrom("own", names, peered), [
      group("mate", "10.1.0.0/16"),
      range("10.3.0.0/16"),
      range("10.5.0.0/16"),
      range("10.2.0.0/16"),
    ]);
  });

  it("says every address where anyone may call", () => {
    const relations = relationsOf(description);
    const from = standpoint(podsOf(clusterIn(relations, "own")), []);
    const far: Source = { kind: "pods", of: clusterIn(relations, "far") };
    assert.deepEqual(sidesOf([far, { kind: "anyone" }], from), [
      range("10.3.0.0/16"),
      range("0.0.0.0/0"),
    ]);
  });

  it("leaves out what is no range: a rule says so", () => {
    assert.deepEqual(seenFrom("own", ["pl-1", "10.9.0.0/33", "10.9.0.0/24", "office"]), [
      range("10.9.0.0/24"),
    ]);
  });

  it("names the group of machines in the same VPC, and the addresses of others", () => {
    const relations = relationsOf(description);
    const own = clusterIn(relations, "own");
    const from = standpoint(podsOf(own), Object.values(planPrefixLists(relations)));
    const machines = (name: string) => outside(clusterIn(relations, name));
    const side = { kind: "group", group: "machines/mate" };
    const addresses = ["10.1.0.0/16"];
    assert.deepEqual(sidesOf([machines("mate")], from), [
      { side, name: "mate.machines", label: "machines mate", addresses },
    ]);
    assert.deepEqual(sidesOf([machines("further")], from), [range("10.5.0.0/16")]);
    assert.deepEqual(sidesOf([machines("far")], from), seenFrom("own", ["far"]));
  });

  it("names a mesh's own list of the account and region", () => {
    const reach = ["10.1.0.0/16", "10.3.0.0/16"];
    assert.deepEqual(seenFrom("own", ["prod"]), [list("prod", "eu-west-1", ...reach)]);
    const account = { roleArn: "arn:aws:iam::111122223333:role/deployer" };
    const moved = structuredClone(description);
    Object.assign(moved.networks.away, { account, region: "us-east-1" });
    const provider = "111122223333/us-east-1";
    assert.deepEqual(seenFrom("far", ["prod"], moved), [list("prod", provider, ...reach)]);
    assert.deepEqual(seenFrom("own", ["prod"], moved), [list("prod", "eu-west-1", ...reach)]);
  });

  it("says the addresses of a mesh that has no list there, and not those of an external istiod", () => {
    assert.deepEqual(seenFrom("further", ["prod"]), [range("10.1.0.0/16"), range("10.3.0.0/16")]);
    const external = structuredClone(peered);
    external.meshes.prod = {
      controlPlane: { runsIn: ["own"], configCluster: "far" },
      clusters: { far: {} },
    };
    assert.deepEqual(seenFrom("own", ["prod"], external), [range("10.3.0.0/16")]);
  });

  it("names the list of their mesh that has workloads' addresses, with or without those of the own VPC", () => {
    const prod = list("prod", "eu-west-1", "10.1.0.0/16", "10.3.0.0/16");
    assert.deepEqual(seenFrom("own", ["far"]), [prod]);
    assert.deepEqual(seenFrom("mate", ["far", "mate"]), [group("mate", "10.1.0.0/16"), prod]);
    assert.deepEqual(seenFrom("own", ["far", "prod", "far"]), [prod]);
    assert.deepEqual(seenFrom("own", ["10.9.0.0/24", "far"]), [prod, range("10.9.0.0/24")]);
    const near = structuredClone(description);
    near.networks.beyond.region = "eu-west-1";
    assert.deepEqual(seenFrom("further", ["own", "far"], near), [prod]);
  });

  it("names the list of a mesh that has only its istiods, or only its pods, among them", () => {
    const prod = list("prod", "eu-west-1", "10.1.0.0/16", "10.3.0.0/16");
    const external = structuredClone(description);
    external.meshes.prod = {
      controlPlane: { runsIn: ["far"], configCluster: "own" },
      clusters: { own: {} },
    };
    assert.deepEqual(seenFrom("own", ["far"], external), [prod]);
    external.meshes.prod.controlPlane = { runsIn: ["own"] };
    external.meshes.prod.clusters = { own: {}, far: {} };
    assert.deepEqual(seenFrom("own", ["far"], external), [prod]);
  });

  it("names no list of a mesh that some of them are not in", () => {
    const two = structuredClone(description);
    two.clusters.first = { network: "home" };
    two.clusters.second = { network: "away" };
    two.meshes.another = { clusters: { first: {}, second: {} } };
    const of = (mesh: string) => list(mesh, "eu-west-1", "10.1.0.0/16", "10.3.0.0/16");
    assert.deepEqual(seenFrom("own", ["far"], two), [of("prod")]);
    assert.deepEqual(seenFrom("own", ["second"], two), [of("another")]);
    assert.deepEqual(seenFrom("own", ["far", "second"], two), [range("10.3.0.0/16")]);
  });

  it("names no list for addresses that somebody wrote: it would let in more with the mesh's next VPC", () => {
    for (const written of [["10.3.0.0/16"], ["10.1.0.0/16", "10.3.0.0/16"]])
      assert.deepEqual(seenFrom("own", written), written.map(range));
  });

  it("says plain addresses where no list of the account and region says the same", () => {
    assert.deepEqual(seenFrom("own", ["far", "further"]), [
      range("10.3.0.0/16"),
      range("10.5.0.0/16"),
    ]);
    assert.deepEqual(seenFrom("further", ["own", "far"]), [
      range("10.1.0.0/16"),
      range("10.3.0.0/16"),
    ]);
    assert.deepEqual(seenFrom("own", ["far"], peered), [range("10.3.0.0/16")]);
  });
});

describe("one side", () => {
  it("of a load balancer has a name of its own, and no addresses: its clients' are behind it", () => {
    const words = { name: "prod/east/gateway", label: "gateway prod/east/east-west" };
    const balancer = { key: "prod/east/east-west", ...words } as Parameters<typeof balancerSide>[0];
    assert.deepEqual(balancerSide(balancer), {
      side: { kind: "group", group: "balancer/prod/east/east-west" },
      name: "prod/east/gateway",
      label: "load balancer of gateway prod/east/east-west",
    });
  });

  it("of a cluster has every range of its VPC behind it", () => {
    const brought = structuredClone(description);
    const cidrs = ["10.1.0.0/16", "100.64.0.0/16"];
    brought.networks.home = { existing: { vpcId: "vpc-1", cidrs, subnets: {} } };
    assert.deepEqual(clusterSide(clusterIn(relationsOf(brought), "own")), group("own", ...cidrs));
  });

  it("of a range has no slash in its name", () => {
    assert.deepEqual(rangeSide("10.1.0.0/16"), range("10.1.0.0/16"));
  });
});
