import assert from "node:assert/strict";
import { istiodValues } from "../../../components/istio/controlPlane/controlPlaneValues";
import { controlPlaneReleases } from "../../../components/istio/controlPlane/controlPlaneReleases";
import { remoteReleases } from "../../../components/istio/remote/remoteReleases";
import type { HelmValues } from "../../../components/istio/values";
import type { TopologyDescription } from "../../../components/topology";
import chartKeys from "../controlPlane/chartKeys.json";
import { CA_BUNDLE, external, factsOf, leafPaths, planOf, primaryRemote } from "../support";

function releasesOf(description: TopologyDescription, key: string) {
  const { base, webhooks } = remoteReleases({
    ...planOf(description).remotes[key],
    caBundle: CA_BUNDLE,
  });
  return [base, ...webhooks];
}

/** Release name and values. */
const valuesOf = (description: TopologyDescription, key: string) =>
  releasesOf(description, key).map(({ release, values }) => [release, values]);

describe("values of a remote", () => {
  it("are its webhooks for each revision, with its own path and bundle, and no validation", () => {
    const istiodRemote = {
      injectionPath: "/inject/cluster/west/net/net-west",
      injectionCABundle: CA_BUNDLE,
    };
    const common = { profile: "remote", global: { istioNamespace: "istio-system" } };
    assert.deepEqual(valuesOf(primaryRemote("different"), "prod/west"), [
      ["istio-base", { ...common, defaultRevision: "" }],
      ["istiod-canary", { ...common, istiodRemote, revision: "canary" }],
      ["istiod-stable", { ...common, istiodRemote, revision: "stable" }],
    ]);
  });

  it("that holds the configuration are closed validation and the rights of an istiod too", () => {
    const common = { profile: "remote", base: { validationCABundle: CA_BUNDLE } };
    const istioNamespace = "external-istiod-prod";
    assert.deepEqual(valuesOf(external(), "prod/east"), [
      ["istio-base", { ...common, global: { istioNamespace } }],
      [
        "istiod",
        {
          ...common,
          global: { istioNamespace, configCluster: true },
          istiodRemote: {
            injectionPath: "/inject/cluster/east/net/east",
            injectionCABundle: CA_BUNDLE,
          },
        },
      ],
    ]);
  });

  it("take the user's own: those of base and those of istiod", () => {
    const description = primaryRemote("same");
    description.meshes.prod.values = {
      base: { base: { excludedCRDs: ["wasmplugins.extensions.istio.io"] } },
      istiod: { sidecarInjectorWebhook: { reinvocationPolicy: "IfNeeded" } },
    };
    const [base, istiod] = releasesOf(description, "prod/west");
    assert.deepEqual((base.values.base as HelmValues).excludedCRDs, [
      "wasmplugins.extensions.istio.io",
    ]);
    assert.deepEqual(istiod.values.sidecarInjectorWebhook, { reinvocationPolicy: "IfNeeded" });
  });

  it("are of the versions that serve it, CRDs the newest", () => {
    assert.deepEqual(
      releasesOf(primaryRemote("same"), "prod/west").map(({ istioVersion }) => istioVersion),
      ["1.31.3", "1.31.3", "1.31.2"],
    );
  });
});

describe("values of an istiod that serves others", () => {
  it("say so, and the private name of each revision for its certificate", () => {
    const facts = factsOf(planOf(primaryRemote("same")), "prod/east");
    const seen = facts.istiods.map((istiod) => istiodValues(facts, istiod));
    for (const [index, values] of seen.entries()) {
      assert.equal((values.global as HelmValues).externalIstiod, true);
      const { host } = facts.istiods[index];
      assert.ok(host);
      assert.equal((values.env as HelmValues).ISTIOD_CUSTOM_HOST, host);
      assert.equal((values.global as HelmValues).istioNamespace, undefined);
    }
    assert.equal(new Set(facts.istiods.map(({ host }) => host)).size, 2);
  });

  it("and is external: the config cluster's identity, no webhooks, no patching, its files", () => {
    const facts = factsOf(planOf(external()), "prod/mgmt-b");
    const values = istiodValues(facts, facts.istiods[0]) as Record<string, HelmValues>;
    assert.deepEqual(values.global, {
      hub: "docker.io/istio",
      tag: "1.31.3",
      meshID: "prod",
      multiCluster: { clusterName: "east" },
      network: "east",
      istioNamespace: "external-istiod-prod",
      externalIstiod: true,
      operatorManageWebhooks: true,
      configValidation: false,
    });
    assert.deepEqual(values.env, {
      ISTIO_MULTIROOT_MESH: "true",
      PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS: "tokenFile",
      ISTIOD_CUSTOM_HOST: facts.istiods[0].host,
      INJECTION_WEBHOOK_CONFIG_NAME: "",
      VALIDATION_WEBHOOK_CONFIG_NAME: "",
      LOCAL_CLUSTER_SECRET_WATCHER: "true",
    });
    const named = (list: unknown) =>
      (list as { name: string }[]).filter(({ name }) => /^(config|inject)-volume$/.test(name));
    assert.deepEqual(named(values.volumeMounts), [
      { name: "config-volume", mountPath: "/etc/istio/config" },
      { name: "inject-volume", mountPath: "/var/lib/istio/inject" },
    ]);
    for (const [revision, names] of [
      [undefined, ["istio", "istio-sidecar-injector"]],
      ["canary", ["istio-canary", "istio-sidecar-injector-canary"]],
    ] as const) {
      const { volumes } = istiodValues(facts, { ...facts.istiods[0], revision });
      assert.deepEqual(
        named(volumes).map((volume) => (volume as { configMap?: HelmValues }).configMap?.name),
        names,
      );
    }
  });

  it("and is external: releases of istiod and of nothing else", () => {
    const { base, istiods, agents } = controlPlaneReleases({
      ...factsOf(planOf(external()), "prod/mgmt-a"),
    });
    assert.deepEqual([base, agents], [[], []]);
    assert.deepEqual(
      istiods.map(({ release }) => release),
      ["istiod"],
    );
  });

  it("name only keys that the charts have", () => {
    const inTemplates = {
      base: ["profile"],
      istiod: ["profile", "base.validationCABundle"],
    };
    const plans = [primaryRemote("different"), external()];
    const seen = plans.flatMap((description) => {
      const plan = planOf(description);
      return [
        ...Object.keys(plan.remotes).flatMap((key) => releasesOf(description, key)),
        ...Object.keys(plan.controlPlanes).flatMap((key) => {
          const { base, istiods } = controlPlaneReleases(factsOf(plan, key));
          return [...base, ...istiods];
        }),
      ];
    });
    assert.equal(seen.length, 3 + 6 + 3 + 3);
    for (const { chart, values } of seen) {
      const name = chart as "base" | "istiod";
      const known = [...chartKeys[name], ...inTemplates[name]];
      for (const path of leafPaths(values)) {
        assert.ok(
          known.some((key) =>
            key.endsWith(".*") ? path.startsWith(key.slice(0, -1)) : key === path,
          ),
          `${chart}: ${path}`,
        );
      }
    }
  });
});
