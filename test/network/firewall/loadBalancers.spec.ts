import assert from "node:assert/strict";
import type { MeshDescription, TopologyDescription } from "../../../components/topology";
import { patterns } from "../../support/topologies";
import { networksApart } from "../support";
import { firewallOf, groupOf, told, transit, yours, listed } from "./support";

const sameNetwork = patterns["02-primary-remote-same-network"];
const apart = patterns["02-primary-remote-different-networks"];
const external = patterns["03-external-istiod-kubernetes"];

function withMesh(
  mesh: Partial<MeshDescription>,
  more: Partial<TopologyDescription> = {},
): TopologyDescription {
  const description = networksApart(2, more);
  return { ...description, meshes: { prod: { ...description.meshes.prod, ...mesh } } };
}

function balancer(description: TopologyDescription, key: string) {
  return groupOf(description, `balancer/${key}`);
}

/** Keys of the load balancers that have a group. */
function balancers(description: TopologyDescription): string[] {
  return Object.values(firewallOf(description).groups).flatMap(({ of }) =>
    of.kind === "balancer" ? [of.key] : [],
  );
}

/** What a cluster lets in from a load balancer of its own. */
function behind(description: TopologyDescription, cluster: string, key: string) {
  return groupOf(description, `cluster/${cluster}`).in.filter(
    ({ side }) => side.kind === "group" && side.group === `balancer/${key}`,
  );
}

const onPort = (port: number, reason: string) => ({
  ports: [port, port],
  protocol: "tcp",
  reason,
  alsoFor: [],
});
const group = (key: string) => ({ kind: "group", group: key });
const range = (cidr: string) => ({ kind: "cidr", cidr });

describe("groups of gateways' load balancers", () => {
  const key = "prod/c1/east-west";
  const mtls = onPort(15443, "mTLS from the networks of the mesh");
  const health = onPort(15021, "health checks of the load balancer");

  it("are none for a mesh on one network", () => {
    assert.deepEqual(balancers(patterns["02-multi-primary-same-network"]), []);
  });

  it("let the networks of a sidecar mesh in on 15443, and send it and health checks to the cluster", () => {
    const description = networksApart(2);
    assert.deepEqual(balancer(description, key), {
      name: "prod/c1/istio-eastwestgateway",
      label: `load balancer of gateway ${key}`,
      cluster: "c1",
      vpc: "n1",
      provider: "eu-west-1",
      of: { kind: "balancer", key, description: "Load balancer of an Istio gateway" },
      in: [
        { ...mtls, name: "mtls-10.1.0.0-16", side: range("10.1.0.0/16") },
        { ...mtls, name: "mtls-10.3.0.0-16", side: range("10.3.0.0/16") },
      ],
      out: [
        { ...mtls, name: "mtls-c1", side: group("cluster/c1") },
        { ...health, name: "health-c1", side: group("cluster/c1") },
      ],
    });
    const from = { side: group(`balancer/${key}`) };
    assert.deepEqual(behind(description, "c1", key), [
      { ...mtls, ...from, name: "mtls-prod-c1-istio-eastwestgateway" },
      { ...health, ...from, name: "health-prod-c1-istio-eastwestgateway" },
    ]);
  });

  it("open 15008 instead for an ambient mesh", () => {
    const description = withMesh({ dataPlane: "ambient" }, transit);
    assert.deepEqual(balancer(description, key).in, [
      {
        ...onPort(15008, "HBONE from the networks of the mesh"),
        name: "hbone-prod.list",
        side: { kind: "list", list: "prod/eu-west-1" },
      },
    ]);
    assert.deepEqual(
      behind(description, "c1", key).map(({ ports }) => ports[0]),
      [15008, 15021],
    );
  });

  const ingress = (exposure: "internal" | "internet", allowFrom?: string[]) =>
    withMesh({ ingress: { public: { clusters: ["c2"], exposure, allowFrom } } });
  const open = (description: TopologyDescription) =>
    told(balancer(description, "prod/c2/public").in);

  it("let the mesh in to an internal ingress gateway on 80 and 443", () => {
    const description = ingress("internal");
    assert.deepEqual(open(description), [
      "80 10.1.0.0/16",
      "80 10.3.0.0/16",
      "443 10.1.0.0/16",
      "443 10.3.0.0/16",
    ]);
    assert.deepEqual(
      behind(description, "c2", "prod/c2/public").map(({ name, ports }) => [name, ...ports]),
      [
        ["http-prod-c2-public", 80, 80],
        ["https-prod-c2-public", 443, 443],
        ["health-prod-c2-public", 15021, 15021],
      ],
    );
  });

  it("let everyone in to an internet ingress gateway only where no list says otherwise", () => {
    assert.deepEqual(open(ingress("internet")), ["80 0.0.0.0/0", "443 0.0.0.0/0"]);
    const ranges = ["203.0.113.0/25", "203.0.113.128/25"];
    for (const exposure of ["internet", "internal"] as const)
      assert.deepEqual(open(ingress(exposure, ranges)), [
        "80 203.0.113.0/24",
        "443 203.0.113.0/24",
      ]);
  });

  it("let in the ranges that somebody wrote and no more, though a mesh's list has the same", () => {
    for (const allowFrom of [["10.1.0.0/16"], ["10.1.0.0/16", "10.3.0.0/16"]]) {
      const description = { ...ingress("internal", allowFrom), ...transit };
      const sources = [80, 443].flatMap((port) => allowFrom.map((cidr) => `${port} ${cidr}`));
      assert.deepEqual(open(description), sources);
    }
  });

  it("stand each before its own pods where a cluster has several", () => {
    const description = withMesh({
      ingress: { public: { clusters: ["c2", "c1"] }, admin: { clusters: ["c2"] } },
    });
    assert.deepEqual(balancers(description).sort(), [
      "prod/c1/east-west",
      "prod/c1/public",
      "prod/c2/admin",
      "prod/c2/east-west",
      "prod/c2/public",
    ]);
    assert.equal(behind(description, "c2", "prod/c2/admin").length, 3);
    assert.equal(behind(description, "c1", "prod/c2/public").length, 0);
  });

  it("send to the VPC where the cluster's security group is not known", () => {
    const description = networksApart(2);
    description.clusters.c1.existing = yours("10.1.0.0/18");
    assert.deepEqual(told(balancer(description, key).out), [
      "15443 10.1.0.0/16",
      "15021 10.1.0.0/16",
    ]);
    assert.equal(firewallOf(description).groups["cluster/c1"], undefined);
  });

  it("let in the networks of the members, and not the one where only an external istiod is", () => {
    const description = structuredClone(external);
    description.networks = { ...description.networks, far: { cidr: "10.20.0.0/16" } };
    description.clusters.west.network = "far";
    assert.deepEqual(told(balancer(description, "prod/east/east-west").in), [
      "15443 10.10.0.0/16",
      "15443 10.20.0.0/16",
    ]);
  });
});

describe("groups of istiods' load balancers", () => {
  const remotes = {
    ports: [15012, 15017],
    protocol: "tcp",
    reason: "proxies and API servers of the clusters that it serves",
    alsoFor: [],
  };
  const key = "prod/east/istiod";

  it("are none where every member runs istiod", () => {
    assert.deepEqual(balancers(patterns["02-multi-primary-different-networks"]), [
      "prod/east/east-west",
      "prod/west/east-west",
    ]);
  });

  it("let a remote of the same VPC in by its security group, and istiod's cluster the load balancer", () => {
    const targets = [
      { opening: "xds", ...onPort(15012, "configuration and certificates") },
      { opening: "webhook", ...onPort(15017, "injection and validation") },
      { opening: "health", ...onPort(8080, "health checks of the load balancer") },
    ];
    assert.deepEqual(balancer(sameNetwork, key), {
      name: key,
      label: `load balancer of istiod ${key}`,
      cluster: "east",
      vpc: "shared",
      provider: "eu-west-1",
      of: { kind: "balancer", key, description: "Load balancer of istiod" },
      in: [{ ...remotes, name: "remotes-west", side: group("cluster/west") }],
      out: targets.map(({ opening, ...rest }) => ({
        ...rest,
        name: `${opening}-east`,
        side: group("cluster/east"),
      })),
    });
    assert.deepEqual(
      behind(sameNetwork, "east", key),
      targets.map(({ opening, ...rest }) => ({
        ...rest,
        name: `${opening}-prod-east-istiod`,
        side: group(`balancer/${key}`),
      })),
    );
  });

  it("let a remote elsewhere in by the addresses of its VPC", () => {
    assert.deepEqual(balancer(apart, key).in, [
      { ...remotes, name: "remotes-10.20.0.0-16", side: range("10.20.0.0/16") },
    ]);
  });

  it("let it in by its addresses, though the mesh's prefix list has these and the own VPC's", () => {
    assert.deepEqual(told(balancer({ ...apart, ...transit }, key).in), [
      "15012-15017 10.20.0.0/16",
    ]);
  });

  it("keep every rule when a remote comes whose VPC lies beside another's", () => {
    const withRemotes = (...numbers: number[]): TopologyDescription => {
      const names = numbers.map((number) => `r${number}`);
      const networks = numbers.map((number) => [`r${number}`, { cidr: `10.${number}.0.0/16` }]);
      return {
        ...listed,
        ...transit,
        istio: { version: "1.31.3" },
        networks: { hub: { cidr: "10.0.0.0/16" }, ...Object.fromEntries(networks) },
        clusters: Object.fromEntries(["hub", ...names].map((name) => [name, { network: name }])),
        meshes: {
          prod: {
            controlPlane: { runsIn: ["hub"] },
            clusters: Object.fromEntries(["hub", ...names].map((name) => [name, {}])),
          },
        },
      };
    };
    const rules = (...numbers: number[]) =>
      told(balancer(withRemotes(...numbers), "prod/hub/istiod").in);
    assert.deepEqual(rules(4), ["15012-15017 10.4.0.0/16"]);
    assert.deepEqual(rules(4, 5), ["15012-15017 10.4.0.0/16", "15012-15017 10.5.0.0/16"]);
  });

  it("let in the members of a mesh whose istiod is outside, and nothing of its own VPC", () => {
    assert.deepEqual(told(balancer(external, "prod/mgmt/istiod").in), ["15012-15017 10.10.0.0/16"]);
  });

  it("let in by each istiod and revision only the remotes that it serves", () => {
    const description = networksApart(4);
    const version = "1.31.3";
    description.istio = { revisions: { canary: { version }, stable: { version } } };
    description.meshes.prod = {
      revision: "stable",
      controlPlane: { runsIn: ["c1", "c2"] },
      clusters: {
        ...{ c1: {}, c2: {} },
        c3: { servedBy: ["c1"] },
        c4: { servedBy: ["c2", "c1"], revision: "canary" },
      },
    };
    const istiods = balancers(description).filter((one) => one.includes("istiod"));
    assert.deepEqual(
      istiods.map((one) => [one, told(balancer(description, one).in)]),
      [
        ["prod/c1/istiod-canary", ["15012-15017 10.5.0.0/16", "15012-15017 10.7.0.0/16"]],
        ["prod/c1/istiod-stable", ["15012-15017 10.5.0.0/16", "15012-15017 10.7.0.0/16"]],
        ["prod/c2/istiod-canary", ["15012-15017 10.7.0.0/16"]],
        ["prod/c2/istiod-stable", ["15012-15017 10.7.0.0/16"]],
      ],
    );
  });

  it("name addresses where a cluster of yours does not say its security group", () => {
    const description = structuredClone(sameNetwork);
    description.clusters.west.existing = yours("10.10.0.0/18");
    assert.deepEqual(told(balancer(description, key).in), ["15012-15017 10.10.0.0/16"]);
    description.clusters.east.existing = yours("10.10.0.0/18");
    assert.deepEqual(told(balancer(description, key).out), [
      "15012 10.10.0.0/16",
      "15017 10.10.0.0/16",
      "8080 10.10.0.0/16",
    ]);
  });
});
