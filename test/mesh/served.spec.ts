/** Clusters that run no istiod: what leads them to one, in which order, and what stays apart. */
import assert from "node:assert/strict";
import type { TopologyDescription } from "../../components/topology";
import type { Graph, Registration } from "../support/graph";
import { assertDependsOn, floor, istiods, releases, remotes } from "../support/graph";
import { runDescription } from "../support/program";
import { patterns } from "../support/topologies";
import * as variants from "../support/variants";

const SECRET = "kubernetes:core/v1:Secret";
const NAMESPACE = "kubernetes:core/v1:Namespace";
const CONTROLLED_BY = "topology.istio.io/controlPlaneClusters";

/** The cluster of a resource: its provider's logical name ends with it. */
function clusterOf(graph: Graph, resource: Registration): string {
  return graph.providerOf(resource)!.name.split("-").pop()!;
}

function inCluster(graph: Graph, cluster: string, all: Registration[]): Registration[] {
  return all.filter((resource) => clusterOf(graph, resource) === cluster);
}

function remoteSecret(graph: Graph, cluster: string): Registration {
  const [secret, ...others] = inCluster(graph, cluster, graph.ofType(SECRET)).filter(
    ({ inputs }) => inputs.metadata?.labels?.["istio/multiCluster"] === "true",
  );
  assert.ok(secret && others.length === 0, `remote Secrets of ${cluster}`);
  return secret;
}

/** Components of this package, by the name of their class. */
function components(graph: Graph, name: string): Registration[] {
  return graph.ofType(`istio-patterns:index:${name}`);
}

/** Addresses that a relay of a cluster sends to, by priority. */
function backends(graph: Graph, cluster: string, name = "istiod-relay"): string[][] {
  const [{ inputs }] = inCluster(
    graph,
    cluster,
    graph.ofType("kubernetes:core/v1:ConfigMap"),
  ).filter(({ inputs: { metadata } }) => metadata.name === name);
  const { clusters } = JSON.parse(inputs.data["envoy.json"]).static_resources;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- Envoy's configuration has no type here
  return clusters[0].load_assignment.endpoints.map((each: any) =>
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    each.lb_endpoints.map(({ endpoint }: any) => endpoint.address.socket_address.address),
  );
}

/** Chosen addresses of load balancers, by logical name. */
function addresses(graph: Graph): Record<string, string[]> {
  return Object.fromEntries(
    graph
      .ofType("aws:lb/loadBalancer:LoadBalancer")
      .map(({ name, inputs }) => [
        name,
        inputs.subnetMappings.map((mapping: Registration["inputs"]) => mapping.privateIpv4Address),
      ]),
  );
}

describe("a primary that serves a remote", () => {
  let graph: Graph;
  before(async () => {
    graph = await runDescription(patterns["02-primary-remote-different-networks"]);
    floor(graph, 1);
  });

  it("is told of the remote after the remote's namespace says who controls it", () => {
    const [namespace] = inCluster(graph, "west", graph.ofType(NAMESPACE)).filter(
      ({ inputs }) => inputs.metadata.name === "istio-system",
    );
    assert.equal(namespace.inputs.metadata.annotations[CONTROLLED_BY], "east");
    assertDependsOn(graph, remoteSecret(graph, "east"), namespace);
  });

  it("lets the remote's gateway start when it is told of it, bound, and up", () => {
    const [gateway] = inCluster(graph, "west", releases(graph, "gateway"));
    assertDependsOn(graph, gateway, remoteSecret(graph, "east"));
    assertDependsOn(graph, gateway, istiods(graph)[0]);
    assertDependsOn(graph, gateway, remotes(graph)[0]);
    const bindings = components(graph, "TargetBinding");
    assert.ok(bindings.length > 0);
    for (const binding of bindings) assertDependsOn(graph, gateway, binding);
    const [own] = inCluster(graph, "east", releases(graph, "gateway"));
    assert.ok(
      !graph.dependsOn(own, remotes(graph)[0]),
      "the primary's gateway waits for the remote",
    );
  });

  it("is led to by a relay with the addresses that its load balancer is given", () => {
    const chosen = addresses(graph)["dev-prod-east-istiod"];
    assert.equal(chosen.length, 3);
    assert.deepEqual(backends(graph, "west"), [chosen]);
  });
});

describe("an external istiod", () => {
  let graph: Graph;
  before(async () => {
    graph = await runDescription(patterns["03-external-istiod-kubernetes"]);
    floor(graph, 1);
  });

  it("starts after its config cluster has rights, webhooks and a kubeconfig for it", () => {
    const [istiod] = istiods(graph);
    const [kubeconfig] = graph
      .ofType(SECRET)
      .filter(({ inputs }) => inputs.metadata.name === "istio-kubeconfig");
    assert.equal(clusterOf(graph, kubeconfig), "mgmt");
    assertDependsOn(graph, istiod, kubeconfig);
    const [webhooks] = inCluster(graph, "east", remotes(graph));
    assertDependsOn(graph, istiod, webhooks);
    const [reader] = components(graph, "RemoteReader").filter(({ name }) => /-east-/.test(name));
    assertDependsOn(graph, istiod, reader);
  });

  it("waits for no other remote", () => {
    const [istiod] = istiods(graph);
    const [west] = inCluster(graph, "west", remotes(graph));
    assert.ok(!graph.dependsOn(istiod, west));
  });

  it("leaves its own cluster without CRDs, webhooks of a mesh and configuration", () => {
    const inMgmt = inCluster(
      graph,
      "mgmt",
      graph.resources.filter(({ type }) => type.startsWith("kubernetes:")),
    );
    const kinds = inMgmt.map(({ type }) => type.split(":").pop());
    assert.ok(!kinds.includes("PeerAuthentication") && !kinds.includes("Gateway"));
    assert.deepEqual(
      inMgmt.filter(({ type }) => type.endsWith(":Release")).map(({ inputs }) => inputs.chart),
      ["istiod"],
    );
  });

  it("has a namespace of one name wherever the mesh is", () => {
    const names = graph.ofType(NAMESPACE).map(({ inputs }) => inputs.metadata.name);
    assert.deepEqual(names, Array(3).fill("external-istiod-prod"));
  });
});

describe("two servers of a remote", () => {
  it("are tried in the order that the remote says", async () => {
    const graph = await runDescription(variants.twoServers);
    floor(graph, 2);
    const { "dev-prod-a-istiod": a, "dev-prod-b-istiod": b } = addresses(graph);
    assert.deepEqual(backends(graph, "near"), [a, b]);
    assert.deepEqual(backends(graph, "far"), [b, a]);
    assert.equal(new Set([...a, ...b]).size, 6);
  });

  it("both control it", async () => {
    const graph = await runDescription(variants.twoServers);
    const annotations = graph
      .ofType(NAMESPACE)
      .flatMap(({ inputs }) => inputs.metadata.annotations?.[CONTROLLED_BY] ?? []);
    assert.deepEqual(annotations, ["a,b", "b,a"]);
    for (const server of ["a", "b"]) {
      const { stringData, data } = remoteSecret(graph, server).inputs;
      assert.deepEqual(Object.keys(stringData ?? data).sort(), [
        server === "a" ? "b" : "a",
        "far",
        "near",
      ]);
    }
  });
});

describe("one management cluster of two meshes", () => {
  let graph: Graph;
  before(async () => {
    graph = await runDescription(variants.management);
    floor(graph, 2);
  });

  it("has a namespace, a release and a load balancer of each, and nothing of both", () => {
    const places = istiods(graph).map(({ inputs }) => inputs.namespace);
    assert.deepEqual(places.sort(), ["external-istiod-finance", "external-istiod-retail"]);
    const { "dev-retail-mgmt-istiod": retail, "dev-finance-mgmt-istiod": finance } =
      addresses(graph);
    assert.equal(new Set([...retail, ...finance]).size, 6);
    assert.deepEqual(backends(graph, "shop"), [retail]);
    assert.deepEqual(backends(graph, "bank"), [finance]);
  });

  it("gives each mesh rights in its own members only", () => {
    const readers = components(graph, "RemoteReader").map(({ name }) => name);
    assert.deepEqual(readers.sort(), [
      "dev-finance-bank-reader",
      "dev-retail-shop-reader",
      "dev-retail-stock-reader",
    ]);
    const secret = remoteSecret(graph, "mgmt");
    assert.equal(secret.inputs.metadata.namespace, "external-istiod-retail");
    assert.deepEqual(Object.keys(secret.inputs.stringData ?? secret.inputs.data), ["stock"]);
  });

  it("lets in each mesh's members at its own istiod", () => {
    const rules = graph.ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
    const atIstiods = rules.filter(
      ({ inputs }) => inputs.fromPort === 15012 && inputs.toPort === 15017,
    );
    assert.equal(atIstiods.length, 2);
    for (const { inputs } of atIstiods) assert.equal(inputs.cidrIpv4, "10.10.0.0/16");
  });

  it("ends with one mesh as it is without the other", async () => {
    const { finance, ...meshes } = structuredClone(variants.management.meshes);
    assert.ok(finance);
    const { bank, ...clusters } = variants.management.clusters;
    assert.ok(bank);
    const alone = await runDescription({ ...variants.management, clusters, meshes });
    floor(alone, 1);
    const inputsOf = (all: Graph) =>
      istiods(all).find(({ name }) => name === "dev-retail-mgmt-istio-istiod")?.inputs;
    assert.deepEqual(inputsOf(alone), inputsOf(graph));
    assert.deepEqual(
      addresses(alone)["dev-retail-mgmt-istiod"],
      addresses(graph)["dev-retail-mgmt-istiod"],
    );
  });
});

describe("a remote that moves to another revision", () => {
  let graph: Graph;
  before(async () => {
    graph = await runDescription(variants.movingRemotes);
    floor(graph, 2);
  });

  it("is served by both, each through its own relay", () => {
    const { "dev-prod-east-istiod-stable": stable, "dev-prod-east-istiod-canary": canary } =
      addresses(graph);
    assert.deepEqual(backends(graph, "west", "istiod-stable-relay"), [stable]);
    assert.deepEqual(backends(graph, "west", "istiod-canary-relay"), [canary]);
    const services = inCluster(graph, "west", graph.ofType("kubernetes:core/v1:Service"));
    assert.deepEqual(
      services.map(({ inputs }) => inputs.metadata.name),
      ["istiod-canary", "istiod-stable"],
    );
    assert.deepEqual(
      inCluster(graph, "west", remotes(graph)).map(({ inputs }) => inputs.name),
      ["istiod-canary", "istiod-stable"],
    );
  });

  it("moves its gateways alone: releases of every istiod and of another remote stay as they were", async () => {
    const before = structuredClone(variants.movingRemotes);
    before.meshes.prod.clusters.west = {};
    const still = await runDescription(before);
    floor(still, 2);
    const inputsOf = (all: Graph) => releases(all, "istiod").map(({ inputs }) => inputs);
    assert.equal(inputsOf(graph).length, 6);
    assert.deepEqual(inputsOf(still), inputsOf(graph));
    assert.deepEqual(addresses(still), addresses(graph));
  });
});

describe("a preview before anything is there", () => {
  const subjects: Record<string, TopologyDescription> = {
    ...patterns,
    twoServers: variants.twoServers,
    management: variants.management,
    movingRemotes: variants.movingRemotes,
  };

  for (const [name, description] of Object.entries(subjects)) {
    it(`of ${name} knows addresses, names and relays, and leads nowhere by name or by hand`, async () => {
      const graph = await runDescription(description, { unknownOutputs: true });
      const known: [string, RegExp][] = [
        [
          "aws:lb/loadBalancer:LoadBalancer",
          /^(name|subnetMappings(\[\d\](\.privateIpv4Address)?)?)$/,
        ],
        ["aws:route53/record:Record", /^(name|records.*)$/],
        ["kubernetes:core/v1:ConfigMap", /^data(\["envoy\.json"\])?$/],
        ["kubernetes:apps/v1:Deployment", /^spec/],
        ["kubernetes:core/v1:Service", /./],
      ];
      for (const [type, path] of known)
        for (const { urn, unknowns } of graph.ofType(type))
          assert.deepEqual(
            unknowns.filter((unknown) => path.test(unknown)),
            [],
            urn,
          );
      for (const { urn, inputs } of releases(graph, "istiod"))
        assert.equal(inputs.values.global?.remotePilotAddress, undefined, urn);
      const byHand = graph.resources.filter(
        ({ type, inputs }) =>
          /:(Endpoints|EndpointSlice)$/.test(type) || inputs.spec?.type === "ExternalName",
      );
      assert.deepEqual(byHand, []);
    });
  }
});
