import assert from "node:assert/strict";
import { IstioControlPlane } from "../../../components/istio";
import { DataPlane, NodeKind } from "../../../components/topology";
import { caBundle } from "../../../components/trust/pem";
import {
  assertDependsOn,
  assertIndependent,
  assertSecret,
  floor,
  floorOf,
  mockRun,
  release,
  releases,
} from "../../support/graph";
import {
  buildIstio,
  ROOT,
  SECRET,
  NAMESPACE,
  CHART,
  RELEASE,
  PEER_AUTHENTICATION,
  CONFIG_MAP,
} from "../room";
import { planOf, single, twoRevisions } from "../support";

describe("istiod's namespace", () => {
  it("carries the network and the pod security that its data plane can live with", async () => {
    for (const [dataPlane, enforce] of [
      [DataPlane.Sidecar, "baseline"],
      [DataPlane.Ambient, "privileged"],
    ] as const) {
      const graph = await buildIstio(single({ dataPlane }));
      floor(graph, 1);
      assert.deepEqual(graph.one(NAMESPACE).inputs.metadata, {
        name: "istio-system",
        labels: {
          "topology.istio.io/network": "shared",
          "pod-security.kubernetes.io/enforce": enforce,
          "eks.amazonaws.com/pod-readiness-gate-inject": "enabled",
        },
      });
    }
  });

  it("asks whoever registers pods with load balancers to gate them, by the label that it reads", async () => {
    const labelsOn = async (kind: NodeKind) => {
      const ingress = { public: { clusters: ["main"] } };
      const graph = await buildIstio({
        ...single({ ingress }),
        clusters: { main: { network: "shared", nodes: { kind } } },
      });
      floor(graph, 1);
      floorOf(graph, NAMESPACE, 2);
      const labels = graph
        .ofType(NAMESPACE)
        .map(({ inputs }) => Object.keys(inputs.metadata.labels));
      return labels.map((keys) => keys.filter((key) => key.endsWith("readiness-gate-inject")));
    };
    const [auto, own] = [
      ["eks.amazonaws.com/pod-readiness-gate-inject"],
      ["elbv2.k8s.aws/pod-readiness-gate-inject"],
    ];
    assert.deepEqual(await labelsOn(NodeKind.AutoMode), [auto, auto]);
    assert.deepEqual(await labelsOn(NodeKind.Managed), [own, own]);
  });

  it("holds what istiod signs with as a secret, the root as the very bytes of the webhooks' bundle", async () => {
    const graph = await buildIstio(single());
    floor(graph, 1);
    const secret = graph.one(SECRET, "demo-dev-main-system-cacerts");
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    assert.equal(secret.inputs.type, "Opaque");
    assert.deepEqual(secret.inputs.metadata, { name: "cacerts", namespace: "istio-system" });
    assert.deepEqual(secret.inputs.data, {
      "ca-cert.pem": base64(ROOT),
      "ca-key.pem": base64("key\n"),
      "cert-chain.pem": base64(ROOT),
      "root-cert.pem": base64(ROOT),
    });
    assertSecret(secret, "data.ca-key.pem");
    const { values } = release(graph, "demo-dev-main-istio-istiod").inputs;
    assert.equal(values.istiodRemote.injectionCABundle, secret.inputs.data["root-cert.pem"]);
    assert.equal(caBundle(ROOT), secret.inputs.data["root-cert.pem"]);
  });
});

describe("a control plane", () => {
  it("of a sidecar mesh is base, istiod and strict mutual TLS, in that order", async () => {
    const graph = await buildIstio(single());
    floor(graph, 1);
    assert.deepEqual(
      graph
        .ofType(RELEASE)
        .map(({ name, inputs }) => [
          name,
          inputs.name,
          inputs.namespace,
          inputs.chart,
          inputs.version,
          inputs.repositoryOpts.repo,
          inputs.timeout,
        ]),
      [
        ["base", "istio-base", "base", 180],
        ["istiod", "istiod", "istiod", 900],
      ].map(([suffix, name, chart, timeout]) => [
        `demo-dev-main-istio-${suffix}`,
        name,
        "istio-system",
        chart,
        "1.31.3",
        "https://blob.istio.io/istio-release/charts",
        timeout,
      ]),
    );
    const strict = graph.one(PEER_AUTHENTICATION);
    assert.deepEqual(strict.inputs.metadata, { name: "default", namespace: "istio-system" });
    assert.deepEqual(strict.inputs.spec, { mtls: { mode: "STRICT" } });
    const [base, istiod] = graph.ofType(RELEASE);
    assertDependsOn(graph, istiod, base);
    assertDependsOn(graph, strict, istiod);
    assertDependsOn(graph, base, graph.one(SECRET));
    assertDependsOn(graph, base, graph.one(CONFIG_MAP, "main-ready"));
    assert.equal(graph.ofType(CHART).length, 0);
  });

  it("of an ambient mesh adds the node agents in order, after the Gateway API CRDs", async () => {
    const graph = await buildIstio(single({ dataPlane: DataPlane.Ambient }));
    floor(graph, 1);
    const prefix = "demo-dev-main-istio";
    const [base, istiod, cni, ztunnel] = ["base", "istiod", "cni", "ztunnel"].map((name) =>
      release(graph, `${prefix}-${name}`),
    );
    assert.equal(graph.ofType(RELEASE).length, 4);
    const crds = graph.one(CHART, "demo-main-gateway-api");
    assert.deepEqual(
      [crds, base, istiod, cni, ztunnel].map(({ inputs }) => [inputs.chart, inputs.version]),
      [
        ["oci://docker.io/envoyproxy/gateway-crds-helm", "1.8.3"],
        ["base", "1.31.3"],
        ["istiod", "1.31.3"],
        ["cni", "1.31.3"],
        ["ztunnel", "1.31.3"],
      ],
    );
    for (const [later, earlier] of [
      [base, crds],
      [istiod, base],
      [cni, istiod],
      [ztunnel, cni],
    ]) {
      assertDependsOn(graph, later, earlier);
    }
    assert.deepEqual(crds.inputs.values, {
      crds: { gatewayAPI: { enabled: true, channel: "standard" } },
    });
    assert.ok(crds.retainOnDelete);
  });

  it("with revisions waits for each of them before agents and policies", async () => {
    const mesh = { dataPlane: DataPlane.Ambient, revision: "canary" };
    const graph = await buildIstio({ ...single(mesh), istio: twoRevisions });
    floor(graph, 2);
    const [canary, stable] = releases(graph, "istiod");
    assert.deepEqual(
      [canary, stable].map(({ name, inputs }) => [name, inputs.name, inputs.version]),
      [
        ["demo-dev-main-istio-istiod-canary", "istiod-canary", "1.31.3"],
        ["demo-dev-main-istio-istiod-stable", "istiod-stable", "1.31.2"],
      ],
    );
    for (const istiod of [canary, stable]) {
      assertDependsOn(graph, releases(graph, "cni")[0], istiod);
      assertDependsOn(graph, graph.one(PEER_AUTHENTICATION), istiod);
    }
    assertIndependent(graph, canary, stable);
    assert.equal(releases(graph, "base")[0].inputs.version, "1.31.3");
  });

  it("says where its proxies find it", async () => {
    const istio = { revisions: { canary: { version: "1.31.3" } } };
    const { controlPlanes } = planOf({ ...single(), istio });
    const graph = await mockRun(() => {
      const { discoveryAddress } = new IstioControlPlane("alone", {
        ...controlPlanes["dev/main"],
        rootCertificate: ROOT,
      });
      return { discoveryAddress };
    });
    floor(graph, 1);
    assert.equal(
      graph.one("istio-patterns:index:IstioControlPlane").outputs.discoveryAddress,
      "istiod-canary.istio-system.svc:15012",
    );
  });
});
