import assert from "node:assert/strict";
import { Fate } from "../../../cli/diff/change";
import { renderDiff } from "../../../cli/diff/text";
import type { DiffReport } from "../../../cli/diff/report";
import { patterns } from "../../support/topologies";
import { managedNodes, movingRemotes } from "../../support/variants";
import { addCluster, bumpIstio, diffOf, moveVpc, TWO } from "./support";

/** What is told of a diff without its resources, with the lines of one row joined. */
function rowsOf(diff: DiffReport): string[] {
  const [text] = renderDiff(diff, { resources: true }).trimEnd().split("\n\n");
  const lines = text!.split("\n");
  assert.ok(
    lines.slice(1).every((line) => line.length <= 100),
    lines.join("\n"),
  );
  return lines
    .join("\n")
    .split(/\n(?= {3}\S)/)
    .map((row) => row.trim().replaceAll(/\s+/g, " "));
}

describe("istio-patterns diff", () => {
  it("says that a VPC's range replaces it, what goes with it, and that its cluster cannot follow", async () => {
    const rows = rowsOf(await diffOf(TWO, moveVpc));
    assert.deepEqual(rows, [
      "test base → head 4 added, 7 changed, 30 replaced, 4 removed",
      "dangerous Vpc test-net-east replaced: with everything in it (`up` refuses: protected) " +
        "eks.Cluster test-east changed: EKS refuses another VPC's subnets; remove it first",
      "replaced test-net-east: cidrBlock 10.10.0.0/16 → 10.99.0.0/16; 9 more changes of inputs; " +
        "network 30 (9 Subnet, 6 RouteTableAssociation, 4 Route, 11 more)",
      "removed network 4 (2 SecurityGroupIngressRule, 2 Route)",
      "changed network 3 (2 SecurityGroupIngressRule, InternetGateway), cluster 3 (2 eks.Cluster, NodeClass), istio 1 (Release)",
      "added network 4 (2 SecurityGroupIngressRule, 2 Route)",
      "ports 15443 open to 10.99.0.0/16, closed to 10.10.0.0/16 at load balancer of gateway prod/east/east-west " +
        "and load balancer of gateway prod/west/east-west (mTLS from the networks of the mesh)",
    ]);
  });

  it("says what a cluster brings: resources, ports, charts, who is reached, quotas, cost", async () => {
    const rows = rowsOf(await diffOf(TWO, addCluster));
    assert.match(rows[0], /76 added, 6 changed, 0 replaced, 0 removed$/);
    assert.ok(rows.includes("charts base, istiod, gateway come in north"), rows.join("\n"));
    const reaches = rows.filter((row) => row.startsWith("reaches "));
    assert.deepEqual(reaches, [
      "reaches prod → prod through the east-west gateway by mutual TLS: 4 pairs of clusters",
    ]);
    assert.match(
      rows.at(-2)!,
      /^quotas .*VPCs in eu-west-1 2 → 3 of 5, EKS clusters in eu-west-1 2 → 3 of 100/,
    );
    assert.equal(
      rows.at(-1),
      "cost 268 → 402 USD a month: +73 EKS control plane, +35 NAT gateway, " +
        "+18 load balancer of a gateway, +4 public IPv4 address, +4 others",
    );
  });

  it("says which charts a version of Istio moves, and what starts anew", async () => {
    const rows = rowsOf(await diffOf(patterns["01-single-cluster-ambient"], bumpIstio));
    assert.match(rows[0], / 0 added, 4 changed, 0 replaced, 0 removed$/);
    const charts = rows.slice(rows.findIndex((row) => row.startsWith("charts"))).join(" ");
    for (const chart of ["base", "istiod", "cni", "ztunnel"])
      assert.ok(charts.includes(`${chart} 1.31.4 → 1.31.3 in main: `), charts);
    assert.ok(
      charts.includes("ztunnel starts anew on each node, and long connections of its pods end"),
    );
  });

  it("tells each resource what it follows, as deep as the chain goes", async () => {
    const { resources } = await diffOf(TWO, moveVpc);
    const of = (type: string, name: string) =>
      resources.find((change) => change.type.endsWith(`:${type}`) && change.name === name)!;
    const subnet = of("Subnet", "test-net-east-public-0");
    assert.deepEqual([subnet.fate, subnet.follows], ["replaced", ["Vpc test-net-east"]]);
    const nat = of("NatGateway", "test-net-east-nat-0");
    assert.deepEqual([nat.fate, nat.inputs], ["replaced", []]);
    assert.deepEqual(nat.follows, ["Subnet test-net-east-public-0"]);
    const route = of("Route", "test-net-east-private-0");
    assert.equal(route.fate, Fate.Replaced);
    assert.ok(route.follows.includes("RouteTable test-net-east-private-0"), route.follows.join());
    assert.equal(of("InternetGateway", "test-net-east").fate, Fate.Changed);
  });

  it("replaces everything in a cluster that is made anew, since its provider is", async () => {
    const { resources, dangers } = await diffOf(managedNodes, ({ clusters }) => {
      clusters.east.nodes = {};
    });
    assert.ok(
      dangers.some((danger) => danger.startsWith("eks.Cluster test-east replaced: ")),
      dangers.join("\n"),
    );
    const releases = resources.filter(
      ({ type, owner, fate }) =>
        type.endsWith(":Release") && owner?.name === "east" && fate === Fate.Replaced,
    );
    assert.ok(releases.length >= 2, `${releases.length} releases`);
    for (const { follows } of releases)
      assert.ok(follows.includes("kubernetes provider test-east"), follows.join(", "));
    const elsewhere = resources.filter(({ owner }) => owner?.name === "west");
    assert.ok(elsewhere.every(({ fate }) => fate === Fate.Changed));
  });

  it("takes another zone for no other load balancer, since a network one grows", async () => {
    const narrow = structuredClone(patterns["02-primary-remote-different-networks"]);
    for (const network of Object.values(narrow.networks)) network.zones = 2;
    const { resources, dangers } = await diffOf(narrow, ({ networks }) => {
      for (const network of Object.values(networks)) network.zones = 3;
    });
    const balancer = resources.find(({ type }) => type === "aws:lb/loadBalancer:LoadBalancer");
    assert.equal(balancer?.fate, Fate.Changed);
    assert.deepEqual(dangers, []);
  });

  it("sees that a secret changes where all of a map is one, and shows nothing of it", async () => {
    const { resources } = await diffOf(TWO, addCluster);
    const secrets = resources.filter(
      ({ type, fate }) => type === "kubernetes:core/v1:Secret" && fate === Fate.Changed,
    );
    assert.deepEqual(
      secrets.map(({ name, inputs }) => [name, inputs]),
      ["east", "west"].map((cluster) => [
        `test-prod-${cluster}-remote-clusters`,
        [{ path: "data", before: "[secret]", after: "[secret]", effect: "updates" }],
      ]),
    );
  });

  it("follows what is replaced into secrets that hold its outputs", async () => {
    const { resources } = await diffOf(managedNodes, ({ clusters }) => {
      clusters.east.nodes = {};
    });
    const held = resources.find(({ name }) => name === "test-prod-west-remote-clusters");
    assert.deepEqual(
      [held?.fate, held?.inputs, held?.follows],
      [Fate.Changed, [], ["eks.Cluster test-east"]],
    );
  });

  it("follows nothing into inputs whose changes the engine is told to ignore", async () => {
    const machines = patterns["03-vm-different-network"];
    const { resources } = await diffOf(machines, ({ networks }) => {
      networks.apps.cidr = "10.99.0.0/16";
    });
    const of = (type: string) => resources.filter((change) => change.type.endsWith(`:${type}`));
    assert.equal(of("Vpc").length, 1);
    assert.deepEqual(of("Zone"), []);
  });

  it("finds nothing where nothing changes, whatever the order of keys", async () => {
    for (const description of [TWO, managedNodes, movingRemotes]) {
      const diff = await diffOf(description, (copy) => {
        const { meshes, clusters } = copy;
        copy.clusters = Object.fromEntries(Object.entries(clusters).reverse());
        copy.meshes = Object.fromEntries(Object.entries(meshes).reverse());
      });
      const { totals, dangers, ports, releases, reach, quotas } = diff;
      assert.deepEqual(totals, { added: 0, changed: 0, replaced: 0, removed: 0 });
      assert.deepEqual([dangers, ports, releases, quotas], [[], [], [], []]);
      assert.deepEqual([reach.appears, reach.goes, reach.moves], [[], [], []]);
    }
  });

  it("warns of a port that opens to the world, and of what goes", async () => {
    const opened = await diffOf(TWO, ({ meshes }) => {
      meshes.prod.ingress = { public: { clusters: ["east"], exposure: "internet" } };
    });
    assert.ok(
      opened.dangers.some((danger) => /to the world$/.test(danger)),
      JSON.stringify([opened.dangers, opened.ports]),
    );
    const removed = await diffOf(TWO, ({ clusters, networks, meshes }) => {
      delete clusters.west;
      delete networks["net-west"];
      delete meshes.prod.clusters.west;
    });
    const kinds = removed.dangers.map((danger) => danger.split(" ")[0]).sort();
    assert.deepEqual(kinds, ["Release", "Vpc", "eks.Cluster"]);
  });

  it("says what moves with a version of Kubernetes, and what of values alone", async () => {
    const { kubernetes } = await diffOf(TWO, ({ clusters }) => {
      clusters.east.kubernetesVersion = "1.34";
    });
    assert.deepEqual(
      kubernetes.map(({ cluster, after }) => [cluster, after]),
      [["east", "1.34"]],
    );
    const { releases } = await diffOf(TWO, ({ meshes }) => {
      meshes.prod.values = { istiod: { autoscaleMin: 3 } };
    });
    assert.deepEqual(
      releases.map(({ chart, values, restarts }) => [chart, values, restarts]),
      ["east", "west"].map(() => [
        "istiod",
        1,
        "istiod's pods start anew, if what they are made of is among them",
      ]),
    );
  });
});
