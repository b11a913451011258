import assert from "node:assert/strict";
import {
  baseValues,
  cniValues,
  istiodValues,
  ztunnelValues,
} from "../../components/istio/controlPlane/controlPlaneValues";
import { eastWestValues, ingressValues } from "../../components/istio/gateways/gatewayValues";
import { ambientOverlays } from "../../components/istio/gateways/eastWestObjects";
import { ownedValues, overriddenValues } from "../../components/istio/ownedValues";
import { istioRules } from "../../components/istio/rules";
import { DataPlane, Exposure, Severity } from "../../components/topology";
import type { TopologyDescription } from "../../components/topology";
import { said } from "../support/rules";
import { factsOf, pair, planOf, single, twoRevisions } from "./support";

describe("the rule about owned chart values", () => {
  const check = (mesh: Parameters<typeof single>[0]) =>
    said(istioRules, "istio-values-owned", single(mesh));

  it("names each by its full path with what to say instead", () => {
    const annotation = "service.beta.kubernetes.io/aws-load-balancer-scheme";
    assert.deepEqual(
      check({
        values: {
          istiod: {
            global: { meshID: "mine", multiCluster: { clusterName: "x" } },
            profile: "demo",
          },
          ztunnel: { global: { network: "x" } },
          eastWest: { networkGateway: "x" },
        },
        ingress: {
          bare: { clusters: ["main"] },
          apps: {
            clusters: ["main"],
            values: { service: { annotations: { [annotation]: "internet-facing" } } },
          },
        },
      }),
      [
        'meshes.dev.values.istiod.profile: got "demo"; allowed: nothing, the plan sets this value; fix: remove it: it follows from the mesh\'s `dataPlane`',
        'meshes.dev.values.istiod.global.meshID: got "mine"; allowed: nothing, the plan sets this value; fix: remove it: it is the mesh\'s name',
        "meshes.dev.values.istiod.global.multiCluster: got a map of clusterName; allowed: nothing, the plan sets this value; fix: remove it: it is the cluster's name",
        'meshes.dev.values.ztunnel.global.network: got "x"; allowed: nothing, the plan sets this value; fix: remove it: it is the cluster\'s `network`',
        'meshes.dev.values.eastWest.networkGateway: got "x"; allowed: nothing, the plan sets this value; fix: remove it: it is the cluster\'s `network`',
        `meshes.dev.ingress.apps.values.service.annotations["${annotation}"]: got "internet-facing"; allowed: nothing, the plan sets this value; fix: remove it: say the ingress gateway's \`exposure\``,
      ],
    );
  });

  it("names those of one cluster", () => {
    const values = { istiod: { global: { network: "x" } }, eastWest: { service: { ports: [] } } };
    assert.deepEqual(check({ clusters: { main: { values } } }), [
      'meshes.dev.clusters.main.values.istiod.global.network: got "x"; allowed: nothing, the plan sets this value; fix: remove it: it is the cluster\'s `network`',
      "meshes.dev.clusters.main.values.eastWest.service.ports: got []; allowed: nothing, the plan sets this value; fix: remove it: it follows from the mesh's `dataPlane`",
    ]);
  });

  it("keeps the ports of a gateway with its security group, and what istiod and load balancers find it by", () => {
    const service = { ports: [{ name: "http", port: 80 }] };
    const labels = { "gateway.istio.io/managed": "mine", team: "a" };
    const spec = { ports: [], loadBalancerSourceRanges: ["0.0.0.0/0"] };
    const values = { ambientEastWest: { service: { metadata: { name: "x" }, spec } } };
    const ingress = { apps: { clusters: ["main"], values: { service, labels } } };
    const rest = "allowed: nothing, the plan sets this value; fix: remove it";
    const place = "meshes.dev.values.ambientEastWest.service";
    assert.deepEqual(check({ values, ingress }), [
      `${place}.metadata.name: got "x"; ${rest}: names and labels of gateways are fixed, since istiods and \`Gateway\` objects find them by these`,
      `${place}.spec.loadBalancerSourceRanges: got ["0.0.0.0/0"]; ${rest}: it is internal, for the networks of the mesh alone`,
      `${place}.spec.ports: got []; ${rest}: it follows from the mesh's \`dataPlane\``,
      `meshes.dev.ingress.apps.values.service.ports: got [a map of name, port]; ${rest}: say the ingress gateway's \`ports\``,
      `meshes.dev.ingress.apps.values.labels["gateway.istio.io/managed"]: got "mine"; ${rest}: names and labels of gateways are fixed, since istiods and \`Gateway\` objects find them by these`,
    ]);
  });

  it("names those of a revision, of the stack's Istio and of a mesh's own", () => {
    const revisions = { r31: { version: "1.31.3", values: { global: { meshID: "mine" } } } };
    const rest =
      'got "mine"; allowed: nothing, the plan sets this value; fix: remove it: it is the mesh\'s name';
    const asked = (description: TopologyDescription) =>
      said(istioRules, "istio-values-owned", description);
    assert.deepEqual(asked({ ...single(), istio: { revisions } }), [
      `istio.revisions.r31.values.global.meshID: ${rest}`,
    ]);
    assert.deepEqual(asked(single({ istio: { revisions } })), [
      `meshes.dev.istio.revisions.r31.values.global.meshID: ${rest}`,
    ]);
  });

  it("owns more of a mesh that tenants share, and of no other", () => {
    const asked = (description: TopologyDescription) =>
      said(istioRules, "istio-values-owned", description);
    const values = {
      istiod: {
        meshConfig: { defaultServiceExportTo: ["*"] },
        env: { XDS_AUTH_PLAINTEXT: "false" },
      },
    };
    const alone = single({ values });
    assert.deepEqual(asked(alone), []);
    const tenants = { a: { mesh: "dev", namespaces: ["a"] } };
    const rest =
      "allowed: nothing, the plan sets this value; fix: remove it: it follows from `tenants`: meshes that tenants share have it";
    assert.deepEqual(asked({ ...alone, tenants: { model: "namespace", of: tenants } }), [
      `meshes.dev.values.istiod.meshConfig.defaultServiceExportTo: got ["*"]; ${rest}`,
      `meshes.dev.values.istiod.env.XDS_AUTH_PLAINTEXT: got "false"; ${rest}`,
    ]);
  });

  it("sees a list or null that takes away a map of the plan's, once", () => {
    const ingress = { apps: { clusters: ["main"], values: { service: [] } } };
    assert.deepEqual(check({ values: { istiod: { global: null } }, ingress }), [
      "meshes.dev.values.istiod.global: got null; allowed: nothing, the plan sets this value; fix: remove it: say `istio.hub`",
      "meshes.dev.ingress.apps.values.service: got []; allowed: nothing, the plan sets this value; fix: remove it: it follows from who makes load balancers in the cluster",
    ]);
  });

  it("keeps what a later root needs of pods that run", () => {
    const defaultConfig = { proxyMetadata: { PROXY_CONFIG_XDS_AGENT: "false" } };
    const env = { ISTIO_MULTIROOT_MESH: "false" };
    const podAnnotations = { "istio-patterns/roots": "pinned", "example.com/team": "a" };
    const fix = "remove it: without it no root can be replaced while pods run";
    assert.deepEqual(
      check({ values: { istiod: { meshConfig: { defaultConfig }, env, podAnnotations } } }),
      [
        `meshes.dev.values.istiod.meshConfig.defaultConfig.proxyMetadata.PROXY_CONFIG_XDS_AGENT: got "false"; allowed: nothing, the plan sets this value; fix: ${fix}`,
        `meshes.dev.values.istiod.env.ISTIO_MULTIROOT_MESH: got "false"; allowed: nothing, the plan sets this value; fix: ${fix}`,
        'meshes.dev.values.istiod.podAnnotations["istio-patterns/roots"]: got "pinned"; allowed: nothing, the plan sets this value; fix: remove it: it makes istiod roll when its roots change',
      ],
    );
  });

  it("keeps what a mesh says as a whole, and leaves it to the user where it says nothing", () => {
    const meshConfig = {
      localityLbSetting: { enabled: false },
      zoneAwareLbSetting: { minClusterSize: 6 },
    };
    const values = { istiod: { meshConfig } };
    assert.deepEqual(check({ values }), []);
    const logs = { istiod: { meshConfig: { accessLogFile: "", accessLogEncoding: "TEXT" } } };
    assert.deepEqual(check({ values: logs }), []);
    const from = "remove it: it follows from the mesh's `observability.accessLogs`";
    assert.deepEqual(check({ values: logs, observability: { accessLogs: true } }), [
      `meshes.dev.values.istiod.meshConfig.accessLogFile: got ""; allowed: nothing, the plan sets this value; fix: ${from}`,
      `meshes.dev.values.istiod.meshConfig.accessLogEncoding: got "TEXT"; allowed: nothing, the plan sets this value; fix: ${from}`,
    ]);
    const agents = { istiod: { cni: { enabled: false } } };
    assert.deepEqual(check({ values: agents }), []);
    assert.deepEqual(check({ values: agents, injection: "cni" }), [
      "meshes.dev.values.istiod.cni.enabled: got false; allowed: nothing, the plan sets this value; fix: remove it: it follows from the mesh's `injection`",
    ]);
    const fix = "remove it: it follows from the mesh's `locality`";
    assert.deepEqual(check({ values, locality: "near" }), [
      `meshes.dev.values.istiod.meshConfig.localityLbSetting: got a map of enabled; allowed: nothing, the plan sets this value; fix: ${fix}`,
      `meshes.dev.values.istiod.meshConfig.zoneAwareLbSetting: got a map of minClusterSize; allowed: nothing, the plan sets this value; fix: ${fix}`,
    ]);
  });

  it("leaves everything else to the user", () => {
    const values = {
      base: { base: { excludedCRDs: ["wasmplugins.extensions.istio.io"] } },
      istiod: {
        autoscaleMin: 3,
        global: { logAsJson: true, proxy: { resources: {} } },
        meshConfig: { accessLogFile: "/dev/stdout", defaultConfig: { proxyMetadata: { A: "b" } } },
        env: { PILOT_DEBOUNCE_AFTER: "200ms" },
      },
      cni: { ambient: { dnsCapture: false } },
      ztunnel: { resources: {}, env: { RUST_LOG: "info" } },
      eastWest: { service: { annotations: { "example.com/team": "a" } } },
      ambientEastWest: {
        service: { metadata: { annotations: { "example.com/team": "a" } } },
        deployment: { spec: { template: { spec: { containers: [{ name: "istio-proxy" }] } } } },
      },
    };
    const ingress = { apps: { clusters: ["main"], values: values.eastWest } };
    assert.deepEqual(check({ values, ingress }), []);
  });

  it("owns every value that the plan's charts must agree on", () => {
    const ambient = {
      dataPlane: DataPlane.Ambient,
      ingress: { apps: { clusters: ["east"], exposure: Exposure.Internet } },
    };
    const plan = planOf(
      pair("different", { ...ambient, revision: "canary" }, { istio: twoRevisions }),
    );
    const facts = factsOf(plan, "prod/east");
    const extra = {
      base: baseValues(facts),
      istiod: istiodValues(facts, {
        ...{ revision: "canary", version: "1.31.3" },
        neededValues: facts.istiods[0].neededValues,
      }),
      cni: cniValues(facts),
      ztunnel: ztunnelValues(facts),
      eastWest: eastWestValues(Object.values(plan.eastWest)[0], "sg-1"),
      ambientEastWest: { ...ambientOverlays(Object.values(plan.eastWest)[0]) },
      ingress: ingressValues(plan.ingress["prod/east/apps"], "sg-1"),
    };
    const paths = (Object.keys(extra) as (keyof typeof extra)[]).flatMap((of) =>
      overriddenValues(of, extra[of], plan.settled).map(({ path }) => [of, ...path].join(".")),
    );
    const ofLoadBalancer = [
      "service.loadBalancerClass",
      ...["scheme", "nlb-target-type", "security-groups"].map(
        (name) => `service.annotations.service.beta.kubernetes.io/aws-load-balancer-${name}`,
      ),
    ];
    assert.deepEqual(paths, [
      "base.defaultRevision",
      "base.base.validationCABundle",
      "istiod.profile",
      "istiod.revision",
      "istiod.global.hub",
      "istiod.global.tag",
      "istiod.global.meshID",
      "istiod.global.multiCluster",
      "istiod.global.network",
      "istiod.meshConfig.trustDomain",
      "istiod.istiodRemote",
      "istiod.base.validationCABundle",
      "istiod.env.AMBIENT_ENABLE_MULTI_NETWORK",
      "istiod.podAnnotations.istio-patterns/roots",
      "istiod.env.PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS",
      "cni.profile",
      "cni.global.hub",
      "cni.global.tag",
      "ztunnel.hub",
      "ztunnel.tag",
      "ztunnel.revision",
      "ztunnel.multiCluster",
      "ztunnel.network",
      "ztunnel.env.TRUST_DOMAIN",
      "eastWest.revision",
      "eastWest.networkGateway",
      ...ofLoadBalancer.map((path) => `eastWest.${path}`),
      "ambientEastWest.service.spec.loadBalancerClass",
      "ingress.revision",
      ...ofLoadBalancer.map((path) => `ingress.${path}`),
      "ingress.service.ports",
      "ingress.labels.gateway.istio.io/managed",
    ]);
  });

  it("says for each what to do instead", () => {
    for (const [chart, values] of Object.entries(ownedValues)) {
      assert.ok(values.length >= 5, chart);
      for (const { path, instead } of values) assert.ok(instead.length > 10, path.join("."));
    }
  });
});

describe("the rule about unused chart values", () => {
  const unused = (description: TopologyDescription) =>
    said(istioRules, "istio-values-unused", description);
  const ambient = { dataPlane: DataPlane.Ambient };

  it("warns of values for node agents that a sidecar mesh does not have", () => {
    const values = { ztunnel: { resources: {} }, cni: {}, istiod: { autoscaleMin: 3 }, base: {} };
    assert.deepEqual(unused(single({ values })), [
      'meshes.dev.values.cni: got values of cni, which this mesh does not install; allowed: values of what it installs: cni comes with dataPlane "ambient" or injection "cni"; fix: remove them',
      'meshes.dev.values.ztunnel: got values of ztunnel, which this mesh does not install; allowed: values of what it installs: ztunnel comes with dataPlane "ambient"; fix: remove them',
    ]);
    assert.deepEqual(unused(single({ values, ...ambient })), []);
  });

  it("takes values of the agent that sidecars need", () => {
    assert.deepEqual(unused(single({ values: { cni: { resources: {} } }, injection: "cni" })), []);
  });

  it("warns of values for east-west gateways where there are none, and where no chart makes them", () => {
    const values = { eastWest: { resources: {} } };
    const rest =
      'got values of eastWest, which this mesh does not install; allowed: values of what it installs: eastWest comes with dataPlane "sidecar" over several networks; fix: remove them';
    assert.deepEqual(unused(pair("same", { values })), [`meshes.prod.values.eastWest: ${rest}`]);
    assert.deepEqual(unused(pair("different", { values, ...ambient })), [
      `meshes.prod.values.eastWest: ${rest}`,
    ]);
    assert.deepEqual(unused(pair("different", { values })), []);
  });

  it("warns of overlays for ambient east-west gateways where there are none, of one cluster too", () => {
    const values = { ambientEastWest: { deployment: {} } };
    const rest =
      'got values of ambientEastWest, which this mesh does not install; allowed: values of what it installs: ambientEastWest comes with dataPlane "ambient" over several networks; fix: remove them';
    const clusters = { east: { values }, west: {} };
    assert.deepEqual(unused(pair("different", { values, clusters })), [
      `meshes.prod.values.ambientEastWest: ${rest}`,
      `meshes.prod.clusters.east.values.ambientEastWest: ${rest}`,
    ]);
    assert.deepEqual(unused(pair("different", { values, clusters, ...ambient })), []);
  });

  it("stops nothing", () =>
    assert.equal(
      istioRules.find(({ id }) => id === "istio-values-unused")?.severity,
      Severity.Warning,
    ));
});
