import assert from "node:assert/strict";
import { refresherValues } from "../../../components/access/refresher/refresher";
import { istiodValues } from "../../../components/istio/controlPlane/controlPlaneValues";
import type { HelmValues } from "../../../components/istio/values";
import { DataPlane } from "../../../components/topology";
import type { TopologyDescription } from "../../../components/topology";
import { CA_BUNDLE, factsOf, pair, planOf, ROOTS_DIGEST, single, twoRevisions } from "../support";

const zones = (labels: Record<string, string>) => [
  {
    maxSkew: 1,
    topologyKey: "topology.kubernetes.io/zone",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: labels },
  },
];

/** What sidecars must know at their start, since a pod's restart is what it takes later. */
const sidecarDefaults = {
  proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true", PROXY_CONFIG_XDS_AGENT: "true" },
};

/** What clients in sidecars do with connections of which they make no use. */
const idle = { defaultTrafficPolicy: { connectionPool: { http: { idleTimeout: "30s" } } } };

/** What every istiod has, whatever the pattern. */
const everyIstiod = {
  istiodRemote: { injectionCABundle: CA_BUNDLE },
  base: { validationCABundle: CA_BUNDLE },
  podAnnotations: { "istio-patterns/roots": ROOTS_DIGEST },
  autoscaleMin: 2,
  tolerations: [{ key: "CriticalAddonsOnly", operator: "Exists" }],
  topologySpreadConstraints: zones({ app: "istiod", "istio.io/rev": "default" }),
};

function istiod(description: TopologyDescription, key: string, index = 0): HelmValues {
  const facts = factsOf(planOf(description), key);
  return istiodValues(facts, facts.istiods[index]);
}

describe("values of istiod", () => {
  it("in one cluster: identity, trust domain, owned webhooks, idle connections, two replicas over zones", () => {
    assert.deepEqual(istiod(single(), "dev/main"), {
      ...everyIstiod,
      global: {
        hub: "docker.io/istio",
        tag: "1.31.3",
        meshID: "dev",
        multiCluster: { clusterName: "main" },
        network: "shared",
      },
      meshConfig: { trustDomain: "cluster.local", defaultConfig: sidecarDefaults, ...idle },
      env: { ISTIO_MULTIROOT_MESH: "true" },
    });
  });

  it("of 1.30 says nothing of idle connections, which it knows no default for", () => {
    const description = { ...single(), istio: { version: "1.30.5" } };
    assert.equal(
      (istiod(description, "dev/main").meshConfig as HelmValues).defaultTrafficPolicy,
      undefined,
    );
  });

  it("in one ambient cluster: the profile, and not the flag for several networks", () => {
    const values = istiod(single({ dataPlane: DataPlane.Ambient }), "dev/main");
    assert.equal(values.profile, "ambient");
    assert.equal(values.env, undefined);
    assert.deepEqual(values.meshConfig, { trustDomain: "cluster.local" });
  });

  for (const networks of ["same", "different"] as const) {
    it(`in multi-primary on ${networks} networks: DNS for services elsewhere, the refresher, keepalive over load balancers`, () => {
      const { initContainers, volumes, volumeMounts, env } = refresherValues(
        "public.ecr.aws/aws-cli/aws-cli:2.35.19",
      );
      assert.deepEqual(istiod(pair(networks), "prod/west"), {
        ...everyIstiod,
        global: {
          hub: "docker.io/istio",
          tag: "1.31.3",
          meshID: "prod",
          multiCluster: { clusterName: "west" },
          network: networks === "same" ? "shared" : "net-west",
        },
        meshConfig: {
          trustDomain: "prod.example",
          defaultConfig: sidecarDefaults,
          ...idle,
          ...(networks === "same" ? {} : { tcpKeepalive: { time: "300s", interval: "75s" } }),
        },
        initContainers,
        volumes,
        volumeMounts,
        env: { ISTIO_MULTIROOT_MESH: "true", ...env },
      });
    });

    it(`in ambient multi-primary on ${networks} networks: the flag that reads other clusters`, () => {
      const ambient = { dataPlane: DataPlane.Ambient, experimental: true };
      const values = istiod(pair(networks, ambient), "prod/east");
      assert.equal(values.profile, "ambient");
      assert.deepEqual(values.env, {
        AMBIENT_ENABLE_MULTI_NETWORK: "true",
        PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS: "tokenFile",
      });
      assert.deepEqual(values.meshConfig, { trustDomain: "prod.example" });
    });
  }

  it("in ambient multi-primary: the flag by which ingress gateways send to other networks, in clusters that have one", () => {
    const flag = "AMBIENT_ENABLE_MULTI_NETWORK_INGRESS";
    const flagOf = (description: TopologyDescription, key: string) =>
      ((istiod(description, key).env ?? {}) as Record<string, unknown>)[flag];
    const ambient = { dataPlane: DataPlane.Ambient, ingress: { apps: { clusters: ["east"] } } };
    const apart = pair("different", ambient);
    assert.deepEqual([flagOf(apart, "prod/east"), flagOf(apart, "prod/west")], ["true", undefined]);
    const sidecars = pair("different", { ...ambient, dataPlane: DataPlane.Sidecar });
    assert.equal(flagOf(sidecars, "prod/east"), undefined);
    const alone = single({ ...ambient, ingress: { apps: { clusters: ["main"] } } });
    assert.equal(flagOf(alone, "dev/main"), undefined);
  });

  it("of a revision: its name, its own version and its own pods to spread, and no tag, which may move", () => {
    const description = pair("same", { revision: "canary" }, { istio: twoRevisions });
    const [canary, stable] = [0, 1].map((index) => istiod(description, "prod/east", index));
    assert.equal(stable.revision, "stable");
    assert.equal((stable.global as HelmValues).tag, "1.31.2");
    assert.equal(canary.revision, "canary");
    assert.ok(!("revisionTags" in canary));
    assert.equal((canary.global as HelmValues).tag, "1.31.3");
    assert.deepEqual(
      canary.topologySpreadConstraints,
      zones({ app: "istiod", "istio.io/rev": "canary" }),
    );
  });

  it("take hub and refresher image from the description where it says them", () => {
    const istio = {
      ...{ version: "1.31.3", hub: "registry.example/istio" },
      refresherImage: "registry.example/aws:2",
    };
    const values = istiod(pair("same", {}, { istio }), "prod/east");
    assert.equal((values.global as HelmValues).hub, "registry.example/istio");
    assert.equal((values.initContainers as { image: string }[])[0].image, "registry.example/aws:2");
  });

  it("hold the mesh's extra values, over them the cluster's own, and over both the revision's", () => {
    const values = {
      istiod: { resources: { requests: { cpu: "1", memory: "2Gi" } }, autoscaleMax: 5 },
    };
    const own = { istiod: { resources: { requests: { cpu: "2" } } } };
    const description = pair(
      "same",
      { revision: "r31", values, clusters: { east: { values: own }, west: {} } },
      { istio: { revisions: { r31: { version: "1.31.3", values: { autoscaleMax: 9 } } } } },
    );
    const [east, west] = ["prod/east", "prod/west"].map((key) => istiod(description, key));
    assert.deepEqual(east.resources, { requests: { cpu: "2", memory: "2Gi" } });
    assert.deepEqual(west.resources, values.istiod.resources);
    assert.deepEqual([east.autoscaleMax, west.autoscaleMax], [9, 9]);
  });

  it("hold the user's own beside the plan's", () => {
    const extra = {
      istiod: {
        autoscaleMin: 3,
        meshConfig: { accessLogFile: "/dev/stdout" },
        volumes: [{ name: "mine" }],
        env: { PILOT_DEBOUNCE_AFTER: "200ms" },
      },
    };
    const values = istiod(pair("same", { values: extra }), "prod/east");
    assert.equal(values.autoscaleMin, 3);
    assert.equal((values.meshConfig as HelmValues).accessLogFile, "/dev/stdout");
    assert.equal((values.meshConfig as HelmValues).trustDomain, "prod.example");
    assert.deepEqual(
      (values.volumes as { name: string }[]).map(({ name }) => name),
      ["eks-tokens", "token-refresher-config", "pod-identity-token", "mine"],
    );
    assert.deepEqual(values.env, {
      PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS: "tokenFile",
      ISTIO_MULTIROOT_MESH: "true",
      PILOT_DEBOUNCE_AFTER: "200ms",
    });
  });
});
