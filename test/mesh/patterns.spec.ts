import assert from "node:assert/strict";
import type { Graph, Registration } from "../support/graph";
import { floor, istiods, releases, remotes, resourceSet } from "../support/graph";
import { runDescription } from "../support/program";
import { patterns } from "../support/topologies";
import { managedNodes, transitGateways } from "../support/variants";

const GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway";

interface Expected {
  istiods: number;
  clusters: number;
  vpcs: number;
  peerings: number;
  gatewayCharts: number;
  /** Objects of Gateway API: of ambient meshes east-west, of tenants with hosts one each. */
  gateways: number;
  cnis: number;
  ztunnels: number;
  /** Clusters that each remote Secret holds, by the watching cluster. */
  watches: Record<string, string[]>;
  /** Objects that open the gateways of a sidecar mesh: one in each cluster that holds configuration. */
  exposures: number;
  /** What clusters without an istiod need: webhooks, and a relay to where one runs. */
  webhooks: number;
  relays: number;
  /** istiods' load balancers, the bindings of their two ports, and the zone of their names. */
  loadBalancers: number;
  bindings: number;
  zones: number;
  /** Secrets by which an external istiod reads its configuration. */
  kubeconfigs: number;
  /** One for each mesh. */
  roots: number;
}

const everywhere = {
  ...{ webhooks: 0, relays: 0, loadBalancers: 0, bindings: 0, zones: 0, kubeconfigs: 0 },
  roots: 1,
};
const single = {
  ...everywhere,
  istiods: 1,
  clusters: 1,
  vpcs: 1,
  peerings: 0,
  gatewayCharts: 0,
  gateways: 0,
  exposures: 0,
  watches: {},
};
const pair = {
  ...everywhere,
  istiods: 2,
  clusters: 2,
  watches: { east: ["west"], west: ["east"] },
};
/** One istiod that others are served by. */
const served = { istiods: 1, loadBalancers: 1, bindings: 2, zones: 0, roots: 1 };
const oneRemote = {
  ...served,
  ...{ clusters: 2, webhooks: 1, relays: 1, kubeconfigs: 0, watches: { east: ["west"] } },
};
const none = {
  ...{ peerings: 0, gatewayCharts: 0, gateways: 0, exposures: 0, cnis: 0, ztunnels: 0 },
};

/** What each ready stack file must come to. */
const expected: Record<string, Expected> = {
  "01-single-cluster": { ...single, cnis: 0, ztunnels: 0 },
  "01-single-cluster-ambient": { ...single, cnis: 1, ztunnels: 1 },
  "02-multi-primary-same-network": { ...none, ...pair, vpcs: 1 },
  "02-multi-primary-same-network-routed-vpcs": { ...none, ...pair, vpcs: 2, peerings: 1 },
  "02-multi-primary-different-networks": {
    ...none,
    ...pair,
    vpcs: 2,
    peerings: 1,
    gatewayCharts: 2,
    exposures: 2,
  },
  "02-multi-primary-different-networks-ambient": {
    ...none,
    ...pair,
    vpcs: 2,
    peerings: 1,
    gateways: 2,
    cnis: 2,
    ztunnels: 2,
  },
  "02-primary-remote-same-network": { ...none, ...oneRemote, vpcs: 1 },
  "02-primary-remote-different-networks": {
    ...none,
    ...oneRemote,
    vpcs: 2,
    peerings: 1,
    gatewayCharts: 2,
    exposures: 1,
  },
  // The config cluster is read by the kubeconfig, and so is none of the remote clusters.
  "03-external-istiod-kubernetes": {
    ...none,
    ...served,
    ...{ clusters: 3, webhooks: 2, relays: 2, kubeconfigs: 1, watches: { mgmt: ["west"] } },
    vpcs: 2,
    peerings: 1,
  },
  // istiod is reached by name where machines are, behind a load balancer.
  "03-vm-same-network": {
    ...none,
    ...pair,
    ...{ vpcs: 1, loadBalancers: 1, bindings: 2, zones: 1 },
  },
  "03-ecs-ztunnel": {
    ...single,
    ...{ cnis: 1, ztunnels: 1, loadBalancers: 1, bindings: 2, zones: 1 },
  },
  "03-mixed": {
    ...{ ...none, ...single, cnis: 1, ztunnels: 1 },
    ...{ loadBalancers: 1, bindings: 2, zones: 1 },
  },
  "03-vm-ambient": {
    ...{ ...none, ...single, cnis: 1, ztunnels: 1 },
    ...{ loadBalancers: 1, bindings: 2, zones: 1 },
  },
  "03-vm-different-network": {
    ...{ ...none, ...single, vpcs: 2, peerings: 1, gatewayCharts: 1, exposures: 1 },
    ...{ loadBalancers: 1, bindings: 2, zones: 1 },
  },
  // The exporting mesh has a gateway for the other, and no istiod sees the other's cluster.
  "04-multi-mesh": {
    ...{ ...none, ...pair, vpcs: 2, peerings: 1, gatewayCharts: 1, exposures: 1 },
    ...{ watches: {}, loadBalancers: 1, bindings: 1, roots: 2 },
  },
  "05-tenancy-cluster": {
    ...{ ...none, ...pair, vpcs: 2, peerings: 1, gatewayCharts: 2, exposures: 2 },
    ...{ cnis: 2, watches: { east: ["west"], west: ["east"] } },
  },
  "05-tenancy-mesh": {
    ...{ ...none, ...pair, vpcs: 2, peerings: 1, gatewayCharts: 1, exposures: 1 },
    ...{ watches: {}, loadBalancers: 1, bindings: 1, roots: 2 },
  },
  "05-tenancy-namespace": {
    ...{ ...single, gatewayCharts: 2, exposures: 1, gateways: 2 },
    ...{ cnis: 1, ztunnels: 0 },
  },
};

describe("the ready patterns", () => {
  it("are exactly the stack files", () => {
    assert.deepEqual(Object.keys(patterns).sort(), Object.keys(expected).sort());
  });

  for (const [name, want] of Object.entries(expected)) {
    describe(name, () => {
      let graph: Graph;
      before(async () => {
        graph = await runDescription(patterns[name]);
        floor(graph, want.istiods);
      });

      it("makes exactly its networks, clusters, releases and gateways", () => {
        assert.deepEqual(counts(graph), want);
      });

      it("makes the same resources before anything is known", async () => {
        const preview = await runDescription(patterns[name], { unknownOutputs: true });
        assert.deepEqual(resourceSet(preview), resourceSet(graph));
      });

      it("gives every resource a provider that it makes itself, none by default", () => {
        const defaulted = graph.resources.filter(
          ({ custom, type, provider }) =>
            custom && !provider && !type.startsWith("pulumi:") && !type.startsWith("tls:"),
        );
        assert.deepEqual(
          defaulted.map(({ urn }) => urn),
          [],
        );
      });

      it("installs one base before istiod, and node agents and gateways after it", () => {
        const agents = ["cni", "ztunnel", "gateway"].flatMap((chart) => releases(graph, chart));
        const after = [...agents, ...graph.ofType(GATEWAY)];
        for (const istiod of [...istiods(graph), ...remotes(graph)]) {
          const beside = ({ provider }: Registration) => provider === istiod.provider;
          const bases = releases(graph, "base").filter(beside);
          // An external istiod has its configuration, and so the CRDs, in another cluster.
          const isExternal = want.kubeconfigs > 0 && istiods(graph).includes(istiod);
          assert.equal(bases.length, isExternal ? 0 : 1, istiod.urn);
          for (const base of bases) assert.ok(graph.dependsOn(istiod, base), istiod.urn);
          for (const each of after.filter(beside)) {
            assert.ok(graph.dependsOn(each, istiod), each.urn);
          }
        }
        const expected = want.cnis + want.ztunnels + want.gatewayCharts + want.gateways;
        assert.equal(after.length, expected);
      });

      it("protects the root and the VPCs and nothing that changes more often", () => {
        const guarded = graph.resources.filter((r) => r.custom && r.protect);
        assert.deepEqual([...new Set(guarded.map(({ type }) => type))].sort(), [
          "aws:ec2/vpc:Vpc",
          "tls:index/privateKey:PrivateKey",
          "tls:index/selfSignedCert:SelfSignedCert",
        ]);
        assert.equal(guarded.length, want.vpcs + 2 * want.roots, "a root: a key and a certificate");
      });
    });
  }

  it("never let one cluster wait for another: the remote Secret holds up no Release", async () => {
    const graph = await runDescription(patterns["02-multi-primary-different-networks"]);
    floor(graph, 2);
    const secrets = remoteSecrets(graph);
    assert.equal(secrets.length, 2);
    for (const release of graph.ofType("kubernetes:helm.sh/v3:Release")) {
      for (const secret of secrets) assert.ok(!graph.dependsOn(release, secret), release.urn);
    }
  });

  it("refer to the mesh's prefix list on a transit gateway, and peer regions once", async () => {
    const graph = await runDescription(transitGateways);
    floor(graph, 3);
    assert.equal(graph.ofType("aws:ec2transitgateway/transitGateway:TransitGateway").length, 2);
    const lists = graph.ofType("aws:ec2/managedPrefixList:ManagedPrefixList");
    const ofRoutes = lists.filter(({ inputs }) => inputs.name.endsWith(".routes"));
    assert.deepEqual([lists.length, ofRoutes.length], [6, 3]);
    assert.equal(graph.ofType("aws:ec2/vpcPeeringConnection:VpcPeeringConnection").length, 0);
  });

  it("install the load-balancer controller before anything else on managed nodes", async () => {
    const graph = await runDescription(managedNodes);
    floor(graph, 2);
    const controllers = releases(graph, "aws-load-balancer-controller");
    assert.equal(controllers.length, 2);
    for (const controller of controllers) {
      const others = graph
        .ofType("kubernetes:helm.sh/v3:Release")
        .filter((r) => r.provider === controller.provider && r !== controller);
      assert.ok(others.length >= 2);
      for (const release of others) assert.ok(graph.dependsOn(release, controller), release.urn);
    }
  });
});

function remoteSecrets(graph: Graph) {
  return graph
    .ofType("kubernetes:core/v1:Secret")
    .filter(({ inputs }) => inputs.metadata?.labels?.["istio/multiCluster"] === "true");
}

function counts(graph: Graph): Expected {
  return {
    istiods: istiods(graph).length,
    webhooks: remotes(graph).length,
    relays: graph.ofType("kubernetes:apps/v1:Deployment").length,
    loadBalancers: graph.ofType("aws:lb/loadBalancer:LoadBalancer").length,
    bindings: graph.resources.filter(({ type }) => type.endsWith(":TargetGroupBinding")).length,
    zones: graph.ofType("aws:route53/zone:Zone").length,
    roots: graph.ofType("tls:index/selfSignedCert:SelfSignedCert").length,
    kubeconfigs: graph
      .ofType("kubernetes:core/v1:Secret")
      .filter(({ inputs }) => inputs.metadata?.name === "istio-kubeconfig").length,
    clusters: graph.ofType("eks:index:Cluster").length,
    vpcs: graph.ofType("aws:ec2/vpc:Vpc").length,
    peerings: graph.ofType("aws:ec2/vpcPeeringConnection:VpcPeeringConnection").length,
    gatewayCharts: releases(graph, "gateway").length,
    gateways: graph.ofType(GATEWAY).length,
    cnis: releases(graph, "cni").length,
    ztunnels: releases(graph, "ztunnel").length,
    exposures: graph.ofType("kubernetes:networking.istio.io/v1:Gateway").length,
    watches: Object.fromEntries(
      remoteSecrets(graph).map((secret) => [
        clusterOf(graph, secret.provider!),
        Object.keys(secret.inputs.stringData ?? secret.inputs.data).sort(),
      ]),
    ),
  };
}

/** Cluster whose Kubernetes provider this is: the provider's logical name ends with it. */
function clusterOf(graph: Graph, provider: string): string {
  return graph.get(provider).name.split("-").pop()!;
}
