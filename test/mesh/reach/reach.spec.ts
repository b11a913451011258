import assert from "node:assert/strict";
import type { TopologyDescription } from "../../../components/topology";
import { patterns } from "../../support/topologies";
import { exposures, management } from "../../support/variants";
import { cellsOf, made } from "./support";

const AS = "as spiffe://cluster.local/ns/*/sa/*";

describe("reach of one cluster", () => {
  it("is direct in the mesh, in plain text out of it, and refused into it", () => {
    for (const pattern of ["01-single-cluster", "01-single-cluster-ambient"])
      assert.deepEqual(cellsOf(patterns[pattern]), {
        "dev/main → dev/main": `direct ${AS}`,
        "main → dev/main": "not at all: plain-text",
        "dev/main → main": "direct",
        "main → main": "direct",
      });
  });

  it("has the clients of each ingress gateway come as the gateway", () => {
    const gateway = (name: string) =>
      `through dev/main/${name} as spiffe://cluster.local/ns/istio-ingress-${name}/sa/istio-ingress-${name}`;
    const cells = cellsOf(exposures);
    assert.equal(cells["dev/main/public → dev/main"], gateway("public"));
    assert.equal(cells["dev/main/partners → dev/main"], gateway("partners"));
    assert.equal(cells["dev/main/public → main"], "through dev/main/public");
  });

  it("has them come as the account that the gateway's values name", () => {
    const named = structuredClone(exposures);
    named.meshes.dev.ingress!.public.values = { serviceAccount: { name: "door" } };
    const { "dev/main/public → dev/main": said } = cellsOf(named);
    assert.match(said, / as spiffe:\/\/cluster\.local\/ns\/istio-ingress-public\/sa\/door$/);
  });
});

describe("reach of a mesh that takes plain text", () => {
  it("is open to pods outside it, where the network is, and knows its own as before", () => {
    const permissive = structuredClone(patterns["02-multi-primary-different-networks"]);
    permissive.meshes.prod.mtls = "permissive";
    const cells = cellsOf(permissive);
    assert.equal(cells["east → prod/east"], "direct");
    assert.equal(cells["east → prod/west"], "not at all: closed");
    assert.equal(cells["prod/east → prod/east"], `direct ${AS}`);
  });
});

describe("reach of a mesh whose sidecars call only what istiod knows", () => {
  const istiod = { meshConfig: { outboundTrafficPolicy: { mode: "REGISTRY_ONLY" } } };
  const kept = (change: (description: TopologyDescription) => void) => {
    const description = structuredClone(patterns["01-single-cluster"]);
    description.meshes.dev.values = { istiod };
    change(description);
    return cellsOf(description)["dev/main → main"];
  };

  it("is by name alone", () => {
    assert.equal(
      kept(() => undefined),
      "not at all: registry-only",
    );
  });

  it("is as ever for ztunnels, which know no such policy", () => {
    assert.equal(
      kept(({ meshes }) => (meshes.dev.dataPlane = "ambient")),
      "direct",
    );
  });

  it("is as the cluster of its istiod says", () => {
    const remote = structuredClone(patterns["02-primary-remote-same-network"]);
    remote.meshes.prod.clusters.east.values = { istiod };
    assert.equal(cellsOf(remote)["prod/west → west"], "not at all: registry-only");
    remote.meshes.prod.clusters = { east: {}, west: { values: { istiod } } };
    assert.equal(cellsOf(remote)["prod/west → west"], "direct");
  });

  it("is as the revision says that pods have", () => {
    const open = { meshConfig: { outboundTrafficPolicy: { mode: "ALLOW_ANY" } } };
    const said = kept((description) => {
      const revisions = { a: { version: "1.31.4", values: open } };
      description.istio = { revisions, tags: { default: "a" } };
    });
    assert.equal(said, "direct");
  });

  it("is as the revision says that machines have", () => {
    const description = structuredClone(patterns["03-vm-same-network"]);
    const [revision, group] = [
      { version: "1.31.4" },
      Object.values(description.virtualMachines!)[0]!,
    ];
    const [mesh] = Object.values(description.meshes);
    description.istio = {
      revisions: { a: revision, b: { ...revision, values: istiod } },
      tags: { default: "a" },
    };
    const said = (): (string | undefined)[] => {
      const [cluster] = Object.keys(mesh!.clusters);
      return Object.entries(cellsOf(description))
        .filter(([cell]) => cell.endsWith(`.machines → ${cluster}`))
        .map(([, way]) => way);
    };
    assert.deepEqual(said(), ["direct"]);
    group.revision = "b";
    assert.deepEqual(said(), ["not at all: registry-only"]);
  });
});

describe("reach on one network", () => {
  it("is direct between clusters, also for pods outside the mesh, whom no group keeps apart", () => {
    for (const pattern of [
      "02-multi-primary-same-network",
      "02-multi-primary-same-network-routed-vpcs",
      "02-primary-remote-same-network",
    ]) {
      const cells = cellsOf(patterns[pattern]);
      assert.equal(cells["prod/east → prod/west"], `direct ${AS}`, pattern);
      assert.equal(cells["prod/west → prod/east"], `direct ${AS}`, pattern);
      assert.equal(cells["east → west"], "direct", pattern);
      assert.equal(cells["east → prod/west"], "not at all: plain-text", pattern);
    }
  });

  it("needs the rule of the called cluster, and a route where it is in another VPC", () => {
    const { reach } = made(patterns["02-multi-primary-same-network-routed-vpcs"]);
    const cell = reach.cells.find(({ from, to }) => from === "prod/east" && to === "prod/west")!;
    assert.deepEqual(cell.needs, [
      { kind: "route", between: ["shared-eu", "shared-us"] },
      { kind: "rule", group: "cluster/west", way: "in", rule: "pods-10.20.0.0-16" },
    ]);
  });
});

describe("reach between networks", () => {
  it("is through the gateway of the called cluster, whoever serves it", () => {
    for (const pattern of [
      "02-multi-primary-different-networks",
      "02-multi-primary-different-networks-ambient",
      "02-primary-remote-different-networks",
    ])
      assert.deepEqual(cellsOf(patterns[pattern]), {
        "prod/east → prod/east": `direct ${AS}`,
        "east → prod/east": "not at all: plain-text",
        "prod/west → prod/east": `through prod/east/east-west ${AS}`,
        "west → prod/east": "not at all: closed",
        "prod/east → east": "direct",
        "east → east": "direct",
        "prod/west → east": "not at all: closed",
        "west → east": "not at all: closed",
        "prod/east → prod/west": `through prod/west/east-west ${AS}`,
        "east → prod/west": "not at all: closed",
        "prod/west → prod/west": `direct ${AS}`,
        "west → prod/west": "not at all: plain-text",
        "prod/east → west": "not at all: closed",
        "east → west": "not at all: closed",
        "prod/west → west": "direct",
        "west → west": "direct",
      });
  });

  it("needs a route, the load balancer's rules and that of the pods behind it", () => {
    const { reach } = made(patterns["02-multi-primary-different-networks"]);
    const cell = reach.cells.find(({ from, to }) => from === "prod/east" && to === "prod/west")!;
    assert.deepEqual(cell.needs, [
      { kind: "route", between: ["net-east", "net-west"] },
      { kind: "rule", group: "balancer/prod/west/east-west", way: "in", rule: "mtls-10.10.0.0-16" },
      { kind: "rule", group: "balancer/prod/west/east-west", way: "out", rule: "mtls-west" },
      {
        kind: "rule",
        group: "cluster/west",
        way: "in",
        rule: "mtls-prod-west-istio-eastwestgateway",
      },
    ]);
  });

  it("is through one of the gateways of the network in ambient, and for clients through that of the cluster", () => {
    const cells = cellsOf(ambientOverThree);
    assert.equal(cells["prod/a → prod/b"], `through prod/b/east-west or prod/c/east-west ${AS}`);
    assert.equal(cells["prod/b → prod/c"], `direct ${AS}`);
    const as = "as spiffe://cluster.local/ns/istio-ingress-public/sa/istio-ingress-public";
    assert.equal(cells["prod/a/public → prod/b"], `through prod/a/public, prod/b/east-west ${as}`);
    assert.equal(cells["prod/a/public → b"], "not at all: mutual-tls-only");
  });

  it("is through both gateways for clients, and only to what speaks mutual TLS", () => {
    const cells = cellsOf({ ...ambientOverThree, meshes: sidecars });
    const as = "as spiffe://cluster.local/ns/istio-ingress-public/sa/istio-ingress-public";
    assert.equal(cells["prod/a/public → prod/b"], `through prod/a/public, prod/b/east-west ${as}`);
    assert.equal(cells["prod/a/public → b"], "not at all: mutual-tls-only");
  });
});

describe("reach of several meshes", () => {
  it("ends at the mesh, and istiods' clusters are none", () => {
    const cells = cellsOf(management);
    const { meshes } = management;
    const [one, other] = Object.entries(meshes).map(
      ([name, { clusters }]) => `${name}/${Object.keys(clusters)[0]}`,
    );
    assert.match(cells[`${one} → ${other}`], /^not at all: (closed|no-route|plain-text)$/);
    const [server] = Object.values(meshes)[0].controlPlane!.runsIn!;
    assert.equal(cells[`${server} → ${one}`], "not at all: closed");
    assert.equal(cells[`${server} → ${server}`], "direct");
  });

  it("has no way for clients to clusters that no istiod of theirs watches", () => {
    const cells = cellsOf(twoMeshes);
    assert.equal(cells["prod/a/public → dev/b"], "not at all: unwatched");
    assert.equal(cells["prod/a/public → b"], "not at all: unwatched");
    assert.equal(cells["prod/a → dev/b"], "not at all: no-route");
  });
});

describe("reach of a cluster that you bring", () => {
  it("needs what is yours to open on a group that is not named", () => {
    const { reach } = made({
      ...apart,
      clusters: {
        a: { network: "one" },
        b: {
          network: "one",
          existing: {
            kubeconfig: { secret: "b" },
            kubernetesVersion: "1.34",
            podCidrs: ["10.10.0.0/16"],
          },
        },
        c: { network: "two" },
      },
      meshes: { prod: { clusters: { a: {}, b: {}, c: {} } } },
    });
    const needsOf = (from: string, to: string) =>
      reach.cells.find((cell) => cell.from === from && cell.to === to)!.needs;
    const yours = { kind: "yours", cluster: "b" };
    assert.deepEqual(needsOf("prod/a", "prod/b"), [
      { ...yours, ports: "0-65535", sources: ["cluster a"] },
    ]);
    const [, , , behind] = needsOf("prod/c", "prod/b");
    const sources = ["load balancer of gateway prod/b/east-west"];
    assert.deepEqual(behind, { ...yours, ports: "15443", sources });
  });
});

const apart = {
  istio: { version: "1.31.3" },
  api: { allowFrom: ["192.0.2.1/32"] },
  networks: { one: { cidr: "10.10.0.0/16" }, two: { cidr: "10.20.0.0/16" } },
};

const ambientOverThree: TopologyDescription = {
  ...apart,
  clusters: { a: { network: "one" }, b: { network: "two" }, c: { network: "two" } },
  meshes: {
    prod: {
      dataPlane: "ambient",
      experimental: true,
      clusters: { a: {}, b: {}, c: {} },
      ingress: { public: { clusters: ["a"], exposure: "internet" } },
    },
  },
};

const sidecars: TopologyDescription["meshes"] = {
  prod: {
    clusters: { a: {}, b: {}, c: {} },
    ingress: { public: { clusters: ["a"], exposure: "internet" } },
  },
};

const twoMeshes: TopologyDescription = {
  ...apart,
  clusters: { a: { network: "one" }, b: { network: "two" } },
  meshes: {
    prod: { clusters: { a: {} }, ingress: { public: { clusters: ["a"], exposure: "internet" } } },
    dev: { clusters: { b: {} } },
  },
};
