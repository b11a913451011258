import assert from "node:assert/strict";
import { istioOpenings } from "../../components/istio/openings";
import type { Balancer } from "../../components/network";
import type { MeshDescription, TopologyDescription } from "../../components/topology";
import { runsIstiod } from "../access/described";
import { networksApart } from "../network/support";
import { forAll, ordered, plainly, podsOf } from "../support/openings";
import { withMachines } from "../support/outside";
import { patterns, relationsOf } from "../support/topologies";
import { management, movingRemotes, twoServers } from "../support/variants";

const openingsOf = (description: TopologyDescription) =>
  istioOpenings(relationsOf(description)).map(plainly);

/** The load balancer of every opening to one, in their order. */
function balancersOf(description: TopologyDescription): Balancer[] {
  return istioOpenings(relationsOf(description)).flatMap(({ to }) =>
    to.kind === "balancer" ? [to.of] : [],
  );
}

/** A load balancer as it stands: the cluster by its name. */
function balancerOf(description: TopologyDescription, key: string) {
  const found = balancersOf(description).find((balancer) => balancer.key === key);
  assert.ok(found, key);
  return { ...found, in: found.in.cluster.name };
}

function meshed(count: number, mesh: Partial<MeshDescription>): TopologyDescription {
  const description = networksApart(count);
  return { ...description, meshes: { prod: { ...description.meshes.prod, ...mesh } } };
}

const opening = (name: string, to: string, from: string[], ports: number[], reason: string) => ({
  ...{ name, to: `load balancer ${to}`, from, ports },
  ...{ protocol: "tcp", reason },
});
const port = (name: string, to: string, from: string[], number: number, reason: string) =>
  opening(name, to, from, [number, number], reason);

const mtls = (key: string, mesh: string) =>
  port("mtls", key, [`mesh ${mesh}`], 15443, "mTLS from the networks of the mesh");
const hbone = (key: string, mesh: string) =>
  port("hbone", key, [`mesh ${mesh}`], 15008, "HBONE from the networks of the mesh");
const ingress = (key: string, from: string) => [
  port("http", key, [from], 80, "HTTP from the clients of the gateway"),
  port("https", key, [from], 443, "HTTPS from the clients of the gateway"),
];
const remotes = (key: string, ...served: string[]) =>
  opening(
    "remotes",
    key,
    served.map(podsOf),
    [15012, 15017],
    "proxies and API servers of the clusters that it serves",
  );

const forwardOf = (name: string, number: number, reason: string) => ({
  name,
  port: number,
  reason,
});

describe("openings of east-west gateways", () => {
  const key = "prod/c1/east-west";

  it("are none for a mesh on one network", () => {
    assert.deepEqual(openingsOf(networksApart(1)), []);
    assert.deepEqual(openingsOf(patterns["02-multi-primary-same-network"]), []);
  });

  it("let the workloads of a sidecar mesh in on 15443, at every member", () => {
    const expected = ["c1", "c2"].map((name) => mtls(`prod/${name}/east-west`, "prod"));
    assert.deepEqual(openingsOf(networksApart(2)), expected);
  });

  it("let those of an ambient mesh in on 15008 instead", () => {
    const expected = ["c1", "c2"].map((name) => hbone(`prod/${name}/east-west`, "prod"));
    assert.deepEqual(openingsOf(meshed(2, { dataPlane: "ambient" })), expected);
  });

  it("stand before pods of their cluster that listen on the same port, and on 15021 for health checks", () => {
    const common = {
      ...{ key, name: "prod/c1/istio-eastwestgateway", label: `gateway ${key}`, in: "c1" },
      ...{ description: "Load balancer of an Istio gateway", health: 15021 },
    };
    assert.deepEqual(balancerOf(networksApart(2), key), {
      ...common,
      forwards: [forwardOf("mtls", 15443, "mTLS from the networks of the mesh")],
    });
    assert.deepEqual(balancerOf(meshed(2, { dataPlane: "ambient" }), key), {
      ...common,
      forwards: [forwardOf("hbone", 15008, "HBONE from the networks of the mesh")],
    });
  });

  it("are at every member where only some share a network", () => {
    const description = networksApart(3);
    description.clusters.c2.network = "n1";
    assert.equal(openingsOf(description).length, 3);
  });
});

describe("openings of ingress gateways", () => {
  const key = "prod/c1/public";
  const exposed = (gateway: Omit<NonNullable<MeshDescription["ingress"]>[string], "clusters">) =>
    openingsOf(meshed(1, { ingress: { public: { clusters: ["c1"], ...gateway } } }));

  it("let the mesh in to an internal one on 80 and 443, which is what nobody says", () => {
    assert.deepEqual(exposed({ exposure: "internal" }), ingress(key, "mesh prod"));
    assert.deepEqual(exposed({}), ingress(key, "mesh prod"));
  });

  it("let everyone in to one on the internet only where no list says otherwise", () => {
    assert.deepEqual(exposed({ exposure: "internet" }), ingress(key, "anyone"));
    const allowFrom = ["203.0.113.0/25", "203.0.113.128/25"];
    for (const exposure of ["internet", "internal"] as const)
      assert.deepEqual(exposed({ exposure, allowFrom }), ingress(key, allowFrom.join()));
  });

  it("stand before pods that listen on the same ports, and on 15021 for health checks", () => {
    const description = meshed(1, { ingress: { public: { clusters: ["c1"] } } });
    assert.deepEqual(balancerOf(description, key), {
      ...{ key, name: key, label: `gateway ${key}`, in: "c1" },
      ...{ description: "Load balancer of an Istio gateway", health: 15021 },
      forwards: [
        forwardOf("http", 80, "HTTP from the clients of the gateway"),
        forwardOf("https", 443, "HTTPS from the clients of the gateway"),
      ],
    });
  });

  it("are in the clusters that the gateway names and in no other, beside the east-west gateways", () => {
    const gateways = { public: { clusters: ["c2"] }, partners: { clusters: ["c2", "c1"] } };
    const toAll = ["c1", "c2"].map((name) => mtls(`prod/${name}/east-west`, "prod"));
    assert.deepEqual(openingsOf(meshed(2, { ingress: gateways })), [
      ...toAll,
      ...ingress("prod/c1/partners", "mesh prod"),
      ...ingress("prod/c2/partners", "mesh prod"),
      ...ingress("prod/c2/public", "mesh prod"),
    ]);
  });
});

describe("openings of istiods", () => {
  const served = (description: TopologyDescription) =>
    openingsOf(description).filter(({ name }) => name === "remotes");

  it("are none where every member runs istiod", () => {
    assert.deepEqual(served(patterns["02-multi-primary-different-networks"]), []);
  });

  it("let the pods of remotes in on one range of ports, wherever they are", () => {
    for (const pattern of ["same-network", "different-networks"])
      assert.deepEqual(served(patterns[`02-primary-remote-${pattern}`]), [
        remotes("prod/east/istiod", "west"),
      ]);
  });

  it("stand before pods of istiod's cluster that listen on 15012 and 15017, and on 8080 for health checks", () => {
    const description = patterns["03-external-istiod-kubernetes"];
    assert.deepEqual(balancerOf(description, "prod/mgmt/istiod"), {
      ...{ key: "prod/mgmt/istiod", name: "prod/mgmt/istiod", in: "mgmt" },
      label: "istiod prod/mgmt/istiod",
      ...{ description: "Load balancer of istiod", health: 8080 },
      forwards: [
        forwardOf("xds", 15012, "configuration and certificates"),
        forwardOf("webhook", 15017, "injection and validation"),
      ],
    });
  });

  it("let in the members of a mesh whose istiod is outside, mesh by mesh", () => {
    assert.deepEqual(served(patterns["03-external-istiod-kubernetes"]), [
      remotes("prod/mgmt/istiod", "east", "west"),
    ]);
    assert.deepEqual(served(management), [
      remotes("finance/mgmt/istiod", "bank"),
      remotes("retail/mgmt/istiod", "shop", "stock"),
    ]);
  });

  it("let in by each istiod only the remotes that it serves", () => {
    const description = structuredClone(twoServers);
    description.meshes.prod.clusters.far = { servedBy: ["b"] };
    assert.deepEqual(served(description), [
      remotes("prod/a/istiod", "near"),
      remotes("prod/b/istiod", "far", "near"),
    ]);
  });

  it("let in by each revision every remote: its pods move one restart at a time", () => {
    assert.deepEqual(served(movingRemotes), [
      remotes("prod/east/istiod-canary", "south", "west"),
      remotes("prod/east/istiod-stable", "south", "west"),
    ]);
  });

  it("let in workloads outside Kubernetes by where they are", () => {
    const relations = relationsOf(patterns["02-primary-remote-same-network"]);
    const openings = istioOpenings(withMachines(relations)).map(plainly);
    assert.deepEqual(
      openings.map(({ name, from, ports }) => [name, from, ports]),
      [
        ["remotes", ["pods of west"], [15012, 15017]],
        ["outside", ["machines in shared"], [15012, 15012]],
      ],
    );
  });
});

type Expected = (mesh: string, of: MeshDescription, description: TopologyDescription) => unknown[];

/** What each mesh is to open, told from the description alone. */
function expectedOf(description: TopologyDescription, of: Expected) {
  return Object.entries(description.meshes).flatMap(([mesh, meant]) =>
    of(mesh, meant, description),
  ) as ReturnType<typeof port>[];
}

const eastWestOf: Expected = (mesh, { clusters, dataPlane = "sidecar" }, { clusters: places }) => {
  const members = Object.keys(clusters);
  const networks = new Set(members.map((name) => places[name].network));
  const open = { sidecar: mtls, ambient: hbone }[dataPlane];
  const keys = members.map((name) => `${mesh}/${name}/east-west`);
  return networks.size > 1 ? keys.map((key) => open(key, mesh)) : [];
};

const ingressOf: Expected = (mesh, { ingress: gateways = {} }) =>
  Object.entries(gateways).flatMap(([gateway, { clusters, exposure, allowFrom }]) => {
    const others = exposure === "internet" ? "anyone" : `mesh ${mesh}`;
    const from = allowFrom?.length ? allowFrom.join() : others;
    return clusters.flatMap((name) => ingress(`${mesh}/${name}/${gateway}`, from));
  });

const istiodsOf: Expected = (mesh, of, { istio: stacks }) => {
  const servers = runsIstiod(of);
  const revisions = Object.keys((of.istio ?? stacks)?.revisions ?? {});
  const istiods = revisions.length > 0 ? revisions.map((name) => `istiod-${name}`) : ["istiod"];
  const served: Record<string, string[]> = {};
  for (const [name, { servedBy = servers }] of Object.entries(of.clusters))
    for (const server of servers.includes(name) ? [] : servedBy)
      for (const istiod of istiods) (served[`${mesh}/${server}/${istiod}`] ??= []).push(name);
  return Object.entries(served).map(([key, names]) => remotes(key, ...names));
};

/** What scrapers of a mesh come to: its proxies, its istiods, and its node agents where it has some. */
const scrapedOf: Expected = (_, of) => {
  const { from: cidrs = [] } = of.observability?.metrics ?? {};
  if (cidrs.length === 0) return [];
  const members = Object.keys(of.clusters);
  const agents = of.dataPlane === "ambient" || of.injection === "cni" ? members : [];
  const at = (name: string, clusters: string[], number: number, reason: string) =>
    clusters.map((cluster) => ({
      ...{ name, to: podsOf(cluster), from: [cidrs.join()], ports: [number, number] },
      ...{ protocol: "tcp", reason },
    }));
  return [
    ...at("metrics", members, 15020, "scrapers of proxies and their applications"),
    ...at("control-metrics", runsIstiod(of), 15014, "scrapers of istiod"),
    ...at("control-metrics", agents, 15014, "scrapers of node agents"),
  ];
};

describe("every set of openings of Istio", () => {
  const claim = (atLeast: number, names: string[], of: Expected) =>
    forAll(atLeast, (description) => {
      const expected = expectedOf(description, of);
      const found = openingsOf(description).filter(({ name }) => names.includes(name));
      assert.deepEqual(ordered(found), ordered(expected));
      return expected.length;
    });

  it("has one to the east-west gateway of each member of a mesh of several networks, on the port of its data plane", () => {
    claim(50, ["mtls", "hbone"], eastWestOf);
  });

  it("lets in to every ingress gateway the clients that its description names", () => {
    claim(50, ["http", "https"], ingressOf);
  });

  it("lets in to every istiod with remotes exactly the clusters that it serves", () => {
    claim(50, ["remotes"], istiodsOf);
  });

  it("lets scrapers in where the description names them, on the ports of metrics alone", () => {
    claim(50, ["metrics", "control-metrics"], scrapedOf);
  });

  it("is nothing besides", () => {
    forAll(100, (description) => {
      const all = [eastWestOf, ingressOf, istiodsOf, scrapedOf].flatMap((of) =>
        expectedOf(description, of),
      );
      assert.equal(openingsOf(description).length, all.length);
      return all.length;
    });
  });

  it("has one load balancer for all that is open to it, before pods of the cluster that its key names", () => {
    forAll(100, (description) => {
      const balancers = new Set(balancersOf(description));
      const keys = new Set([...balancers].map(({ key }) => key));
      assert.equal(balancers.size, keys.size);
      for (const { key, in: place } of balancers)
        assert.equal(place.cluster.name, key.split("/")[1]);
      return balancers.size;
    });
  });
});
