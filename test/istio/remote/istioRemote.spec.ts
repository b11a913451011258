import assert from "node:assert/strict";
import { caBundle } from "../../../components/trust/pem";
import {
  assertDependsOn,
  assertIndependent,
  floor,
  floorOf,
  release,
  releases,
  resourceSet,
} from "../../support/graph";
import type { Graph } from "../../support/graph";
import {
  BINDING,
  buildIstio,
  CONFIG_MAP,
  DEPLOYMENT,
  ISTIO_GATEWAY,
  NAMESPACE,
  PEER_AUTHENTICATION,
  ROOT,
  SECRET,
  SERVICE,
} from "../room";
import { external, pair, planOf, primaryRemote, twoRevisions } from "../support";

describe("the plan of remotes", () => {
  it("names who serves them, in the order of failover, with the addresses of each revision", () => {
    const plan = planOf(external());
    const { servers, controlPlaneClusters, revisions, namespace, holdsConfiguration } =
      plan.remotes["prod/west"];
    assert.deepEqual([servers, controlPlaneClusters], [["mgmt-b", "mgmt-a"], ["east"]]);
    assert.deepEqual([namespace, holdsConfiguration], ["external-istiod-prod", false]);
    const [{ backends }] = revisions;
    assert.equal(backends.length, 2);
    assert.ok(backends[0].every((address) => address.startsWith("10.20.")));
    assert.ok(backends[1].every((address) => address.startsWith("10.10.")));
    assert.deepEqual(plan.remotes["prod/east"].controlPlaneClusters, []);
    assert.equal(plan.remotes["prod/east"].holdsConfiguration, true);
    assert.deepEqual(
      Object.values(plan.eastWest).map(({ cluster, holdsConfiguration: holds }) => [
        cluster,
        holds,
      ]),
      [
        ["east", true],
        ["west", false],
      ],
    );
  });

  it("is served by every revision of its mesh, whichever it has picked", () => {
    const { revisions, version } = planOf(primaryRemote("same")).remotes["prod/west"];
    assert.deepEqual(
      revisions.map(({ revision, version }) => [revision, version]),
      [
        ["canary", "1.31.3"],
        ["stable", "1.31.2"],
      ],
    );
    assert.equal(version, "1.31.3");
  });

  it("gives relays the pull secrets and the priority class that istiod's chart gets, if they are any", () => {
    const global = { imagePullSecrets: ["registry"], priorityClassName: "system-cluster-critical" };
    const relayOf = (istiod?: object) => {
      const description = primaryRemote("same");
      description.meshes.prod.values = { istiod };
      return planOf(description).remotes["prod/west"].relay;
    };
    assert.deepEqual(relayOf({ global }), global);
    for (const nothing of [undefined, {}, { global: null }, { global: { imagePullSecrets: "x" } }])
      assert.deepEqual(relayOf(nothing), { imagePullSecrets: [] });
  });

  it("keeps external istiods of several meshes in one cluster apart", () => {
    const { controlPlanes } = planOf(external());
    const [prod, test] = [controlPlanes["prod/mgmt-a"], controlPlanes["test/mgmt-a"]];
    assert.deepEqual(
      [prod, test].map(({ namespace, clusterId, network, external: outside }) => [
        namespace,
        clusterId,
        network,
        outside,
      ]),
      [
        ["external-istiod-prod", "east", "east", true],
        ["external-istiod-test", "lab", "lab", true],
      ],
    );
    assert.notEqual(prod.istiods[0].host, test.istiods[0].host);
  });
});

/** Names of the mesh configs of one member that no chart makes. */
function meshConfigs(graph: Graph, member: string): string[] {
  return graph
    .ofType(CONFIG_MAP)
    .filter(({ name, inputs }) => name.startsWith(`${member}-`) && "mesh" in (inputs.data ?? {}))
    .map(({ inputs }) => inputs.metadata.name);
}

describe("a primary", () => {
  it("tells nobody anything: the same revisions run beside it, and their charts do", async () => {
    const graph = await buildIstio(
      pair("different", { revision: "stable" }, { istio: twoRevisions }),
    );
    floor(graph, 4);
    for (const member of ["demo-prod-east", "demo-prod-west"])
      assert.deepEqual(meshConfigs(graph, member), []);
  });
});

describe("a remote", () => {
  it("is base, then the webhooks of each revision", async () => {
    const graph = await buildIstio(primaryRemote("different"));
    floor(graph, 2);
    const base = release(graph, "demo-prod-west-istio-base");
    for (const name of ["istiod-canary", "istiod-stable"]) {
      const webhooks = release(graph, `demo-prod-west-istio-${name}`);
      assert.equal(webhooks.inputs.name, name);
      assert.equal(webhooks.inputs.values.istiodRemote.injectionCABundle, caBundle(ROOT));
      assertDependsOn(graph, webhooks, base);
      // They must be there first where the istiod behind them reads its configuration.
      assertIndependent(graph, webhooks, release(graph, `demo-prod-east-istio-${name}`));
    }
  });

  it("has a relay per revision, behind which the istiods of that revision have their targets", async () => {
    const graph = await buildIstio(primaryRemote("different"));
    floor(graph, 2);
    floorOf(graph, DEPLOYMENT, 2);
    for (const name of ["istiod-canary", "istiod-stable"]) {
      const relay = `demo-prod-west-${name}-relay`;
      const service = graph.one(SERVICE, relay);
      assert.equal(service.inputs.metadata.name, name);
      assert.equal(service.inputs.spec.type, undefined);
      const deployment = graph.one(DEPLOYMENT, relay);
      assert.equal(deployment.parent, graph.one("istio-patterns:index:IstiodRelay", relay).urn);
      assert.deepEqual(
        deployment.inputs.spec.template.spec.containers.map(
          ({ image }: { image: string }) => image,
        ),
        [`docker.io/istio/proxyv2:${name === "istiod-canary" ? "1.31.3" : "1.31.2"}`],
      );
      assertDependsOn(graph, deployment, graph.one(CONFIG_MAP, relay));
      assertDependsOn(graph, service, deployment);
      const own = graph
        .ofType(BINDING)
        .filter(({ inputs: { spec } }) => spec.serviceRef.name === name);
      assert.equal(own.length, 2);
      for (const binding of own) assertDependsOn(graph, deployment, binding);
    }
  });

  it("says in its namespace who controls it, and signs nothing", async () => {
    const graph = await buildIstio(primaryRemote("different"));
    floor(graph, 2);
    floorOf(graph, SECRET, 1);
    assert.equal(graph.one(SECRET).name, "demo-prod-east-system-cacerts");
    assert.deepEqual(graph.one(NAMESPACE, "demo-prod-west-system").inputs.metadata, {
      name: "istio-system",
      labels: {
        "topology.istio.io/network": "net-west",
        "pod-security.kubernetes.io/enforce": "baseline",
        "eks.amazonaws.com/pod-readiness-gate-inject": "enabled",
      },
      annotations: { "topology.istio.io/controlPlaneClusters": "east" },
    });
  });

  it("tells the istiods of each revision that watch it the mesh's trust domain, before they do", async () => {
    const graph = await buildIstio(primaryRemote("different"));
    floor(graph, 2);
    for (const name of ["istio-canary", "istio-stable"]) {
      const config = graph.one(CONFIG_MAP, `demo-prod-west-system-${name}`);
      assert.deepEqual(config.inputs.metadata, { name, namespace: "istio-system" });
      assert.deepEqual(config.inputs.data, { mesh: '{"trustDomain":"prod.example"}' });
      const canary = release(graph, "demo-prod-east-istio-istiod-canary");
      assertDependsOn(graph, canary, config);
    }
    assert.deepEqual(meshConfigs(graph, "demo-prod-east"), []);
  });

  it("is served by istiods whose pods come once they are bound to their load balancers, ports as the Service has them", async () => {
    const graph = await buildIstio(primaryRemote("different"));
    floor(graph, 2);
    floorOf(graph, BINDING, 4);
    // Only pods that are made later are gated by the health of their targets.
    const istiods = releases(graph, "istiod").filter(({ name }) =>
      name.startsWith("demo-prod-east"),
    );
    assert.equal(istiods.length, 2);
    const namespace = graph.one(NAMESPACE, "demo-prod-east-system");
    for (const binding of graph.ofType(BINDING)) {
      for (const istiod of istiods) assertDependsOn(graph, istiod, binding);
      assertDependsOn(graph, binding, namespace);
    }
    assert.deepEqual(
      graph
        .ofType(BINDING)
        .map(({ inputs: { spec } }) => [
          spec.serviceRef.name,
          spec.serviceRef.port,
          spec.targetGroupARN.split("/").pop(),
        ])
        .sort(),
      [
        ["istiod-canary", 15012, "mesh-test-prod-ea-c2b728e1-15012"],
        ["istiod-canary", 443, "mesh-test-prod-ea-c2b728e1-15017"],
        ["istiod-stable", 15012, "mesh-test-prod-ea-11439dd3-15012"],
        ["istiod-stable", 443, "mesh-test-prod-ea-11439dd3-15017"],
      ],
    );
  });

  it("leaves mesh policy and gateway objects to the clusters whose configuration is read", async () => {
    const graph = await buildIstio(primaryRemote("different"));
    floor(graph, 2);
    assert.deepEqual(
      [PEER_AUTHENTICATION, ISTIO_GATEWAY].flatMap((type) =>
        graph.ofType(type).map(({ name }) => name),
      ),
      [
        "demo-prod-east-istio-peer-authentication",
        "demo-prod-east-istio-eastwestgateway-cross-network",
      ],
    );
    assert.equal(releases(graph, "gateway").length, 2);
  });
});

describe("an external control plane", () => {
  it("is istiod alone, after the releases of the cluster that it is configured from", async () => {
    const graph = await buildIstio(external());
    floor(graph, 3);
    const istiod = release(graph, "demo-prod-mgmt-a-istio-istiod");
    assertDependsOn(graph, istiod, release(graph, "demo-prod-east-istio-istiod"));
    assertIndependent(graph, istiod, release(graph, "demo-prod-west-istio-istiod"));
    assert.deepEqual(
      releases(graph, "base").map(({ name }) => name),
      ["prod-east", "prod-west", "test-lab"].map((member) => `demo-${member}-istio-base`),
    );
    assert.equal(istiod.inputs.namespace, "external-istiod-prod");
  });

  it("has strict mutual TLS in the config cluster, once a relay there says that istiod answers", async () => {
    const graph = await buildIstio(external());
    floor(graph, 3);
    floorOf(graph, PEER_AUTHENTICATION, 2);
    const policy = graph.one(
      PEER_AUTHENTICATION,
      "demo-prod-east-configuration-peer-authentication",
    );
    assert.deepEqual(policy.inputs.metadata, {
      name: "default",
      namespace: "external-istiod-prod",
    });
    const relay = graph.one(DEPLOYMENT, "demo-prod-east-istiod-relay");
    assertDependsOn(graph, policy, relay);
    assertDependsOn(graph, relay, release(graph, "demo-prod-mgmt-a-istio-istiod"));
    const [gateway] = graph.ofType(ISTIO_GATEWAY);
    assert.equal(graph.ofType(ISTIO_GATEWAY).length, 1);
    assertDependsOn(graph, gateway, policy);
  });

  it("is the same before anything is known, as remotes are", async () => {
    for (const description of [primaryRemote("different"), external()]) {
      const known = await buildIstio(description);
      assert.ok(releases(known, "istiod").length >= 4);
      assert.deepEqual(resourceSet(await buildIstio(description, true)), resourceSet(known));
    }
  });
});
