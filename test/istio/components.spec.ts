import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  EastWestGateway,
  GatewayApiCrds,
  IngressGateway,
  IstioControlPlane,
  SystemNamespace,
} from "../../components/istio";
import { DataPlane } from "../../components/topology";
import {
  assertIndependent,
  floor,
  mockRun,
  release,
  resourceSet,
  valuesOf,
} from "../support/graph";
import { buildIstio, ROOT, CHART, RELEASE } from "./room";
import { pair, planOf, single } from "./support";

describe("Istio's components", () => {
  it("keep each cluster to its own provider, and no cluster waits for another", async () => {
    const graph = await buildIstio(pair("different"));
    floor(graph, 2);
    const byCluster = (cluster: string) =>
      graph
        .ofType(RELEASE)
        .filter(({ provider }) => graph.get(provider!).name === `${cluster}-k8s`);
    const [east, west] = [byCluster("east"), byCluster("west")];
    assert.deepEqual([east.length, west.length], [3, 3]);
    for (const one of east) for (const other of west) assertIndependent(graph, one, other);
  });

  it("are at most fourteen resources a cluster in a sidecar mesh over networks", async () => {
    const graph = await buildIstio(pair("different"));
    floor(graph, 2);
    const mine = graph.resources.filter(({ name }) => name.startsWith("demo-prod-east"));
    assert.ok(mine.length >= 10 && mine.length <= 14, mine.map(({ urn }) => urn).join("\n"));
  });

  for (const [name, description] of Object.entries({
    "one cluster": single(),
    "one ambient cluster": single({ dataPlane: DataPlane.Ambient }),
    "different networks": pair("different", { ingress: { public: { clusters: ["west"] } } }),
    "different networks, ambient": pair("different", { dataPlane: DataPlane.Ambient }),
  })) {
    it(`are the same before anything is known: ${name}`, async () => {
      const [known, unknown] = [await buildIstio(description), await buildIstio(description, true)];
      assert.ok(known.ofType(RELEASE).length >= 2);
      assert.deepEqual(resourceSet(unknown), resourceSet(known));
    });
  }

  it("work alone, each with nothing but its own arguments", async () => {
    const { controlPlanes, eastWest, ingress } = planOf(
      pair("different", { ingress: { public: { clusters: ["east"] } } }),
    );
    const graph = await mockRun(() => {
      new SystemNamespace("namespace", {
        namespace: "istio-system",
        network: "net-east",
        signing: {
          certificate: ROOT,
          privateKey: pulumi.secret("key"),
          chain: ROOT,
          root: ROOT,
        },
      });
      new GatewayApiCrds("crds", { istioVersion: "1.31.3" });
      new IstioControlPlane("plane", { ...controlPlanes["prod/east"], rootCertificate: ROOT });
      new EastWestGateway("gateway", eastWest[`prod/east/east-west`]);
      new IngressGateway("ingress", ingress["prod/east/public"]);
    });
    floor(graph, 1);
    assert.equal(graph.ofType(RELEASE).length, 4);
    assert.equal(graph.ofType(CHART).length, 1);
  });

  it("have Istio's own defaults where a stranger says nothing", async () => {
    const graph = await mockRun(() => {
      new SystemNamespace("namespace", {});
      new IstioControlPlane("plane", { version: "1.31.3" });
      new IngressGateway("public", { version: "1.31.3" });
    });
    floor(graph, 1);
    const { metadata } = graph.one("kubernetes:core/v1:Namespace", "namespace").inputs;
    assert.deepEqual(metadata, {
      name: "istio-system",
      labels: { "pod-security.kubernetes.io/enforce": "baseline" },
    });
    const { namespace, values } = release(graph, "plane-istiod").inputs;
    assert.equal(namespace, "istio-system");
    assert.deepEqual(values.global, {
      hub: "docker.io/istio",
      tag: "1.31.3",
      meshID: "cluster.local",
      multiCluster: { clusterName: "Kubernetes" },
    });
    const proxyMetadata = { ISTIO_META_DNS_CAPTURE: "true", PROXY_CONFIG_XDS_AGENT: "true" };
    assert.deepEqual(values.meshConfig, {
      trustDomain: "cluster.local",
      defaultConfig: { proxyMetadata },
      defaultTrafficPolicy: { connectionPool: { http: { idleTimeout: "30s" } } },
    });
    // Without a root of ours istiod writes its own into the webhooks.
    assert.equal(values.istiodRemote, undefined);
    assert.deepEqual(valuesOf(graph, "plane-base"), {});
    assert.equal(release(graph, "public").inputs.name, "istio-ingress-public");
    assert.equal(release(graph, "public").inputs.namespace, "istio-ingress-public");
    const { annotations } = valuesOf(graph, "public").service;
    assert.equal(annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"], "internal");
  });

  it("take every chart from a directory where the description says so", async () => {
    const charts = { source: "directory", location: "./charts" } as const;
    const istio = { version: "1.31.3", charts };
    const graph = await buildIstio(pair("different", { dataPlane: DataPlane.Ambient }, { istio }));
    floor(graph, 2);
    const installed = [...graph.ofType(RELEASE), ...graph.ofType(CHART)];
    assert.equal(installed.length, 10);
    for (const { inputs } of installed) {
      assert.match(inputs.chart, /^\.\/charts\//);
      assert.equal(inputs.version, undefined);
      assert.equal(inputs.repositoryOpts, undefined);
    }
  });
});
