import assert from "node:assert/strict";
import fc from "fast-check";
import {
  baseValues,
  cniValues,
  istiodValues,
  ztunnelValues,
} from "../../../components/istio/controlPlane/controlPlaneValues";
import { eastWestValues } from "../../../components/istio/gateways/gatewayValues";
import type { HelmValues } from "../../../components/istio/values";
import { DataPlane } from "../../../components/topology";
import type { TopologyDescription } from "../../../components/topology";
import chartKeys from "./chartKeys.json";
import { descriptions } from "../../support/descriptions";
import { CA_BUNDLE, factsOf, leafPaths, pair, planOf, single, twoRevisions } from "../support";

describe("values of base and node agents", () => {
  const ambient = pair("different", { dataPlane: DataPlane.Ambient });

  it("give the default validation webhook its bundle", () => {
    assert.deepEqual(baseValues(factsOf(planOf(single()), "dev/main")), {
      base: { validationCABundle: CA_BUNDLE },
    });
  });

  it("make the CNI agent redirect to ztunnel", () => {
    assert.deepEqual(cniValues(factsOf(planOf(ambient), "prod/east")), {
      profile: "ambient",
      global: { hub: "docker.io/istio", tag: "1.31.3" },
    });
  });

  it("leave the CNI agent to sidecars where the mesh has no ambient", () => {
    assert.deepEqual(cniValues(factsOf(planOf(single({ injection: "cni" })), "dev/main")), {
      global: { hub: "docker.io/istio", tag: "1.31.3" },
    });
  });

  it("tell ztunnel its cluster, network and trust domain", () => {
    assert.deepEqual(ztunnelValues(factsOf(planOf(ambient), "prod/west")), {
      hub: "docker.io/istio",
      tag: "1.31.3",
      multiCluster: { clusterName: "west" },
      network: "net-west",
      env: { TRUST_DOMAIN: "prod.example" },
    });
  });

  it("point ztunnel to the revision that the cluster picked for node agents, at that version", () => {
    const mesh = { dataPlane: DataPlane.Ambient, revision: "canary", agentRevision: "stable" };
    const facts = factsOf(planOf(pair("different", mesh, { istio: twoRevisions })), "prod/east");
    const { revision, tag } = ztunnelValues(facts);
    assert.deepEqual([revision, tag], ["stable", "1.31.2"]);
    assert.deepEqual((cniValues(facts).global as HelmValues).tag, "1.31.2");
  });

  it("of chart base: nothing validates for no revision where all have names, but tag default's webhook", () => {
    const base = (istio: TopologyDescription["istio"], revision?: string) =>
      baseValues(factsOf(planOf(pair("same", { revision }, { istio })), "prod/east"));
    const webhook = { validationCABundle: CA_BUNDLE };
    assert.deepEqual(base({ version: "1.31.3" }), { base: webhook });
    assert.deepEqual(base(twoRevisions, "stable"), { base: webhook, defaultRevision: "" });
  });
});

describe("values of every plan", () => {
  it("agree on cluster, network, mesh and trust domain wherever they are said", () => {
    fc.assert(
      fc.property(descriptions, (description) => {
        const plan = planOf(description);
        for (const [key, { mesh, clusterId, network, trustDomain }] of Object.entries(
          plan.controlPlanes,
        )) {
          const facts = factsOf(plan, key);
          const ztunnel = ztunnelValues(facts);
          for (const one of facts.istiods) {
            const { global, meshConfig } = istiodValues(facts, one) as Record<string, HelmValues>;
            assert.equal(global.meshID, mesh);
            assert.deepEqual(global.multiCluster, { clusterName: clusterId });
            assert.deepEqual(ztunnel.multiCluster, global.multiCluster);
            assert.equal(global.network, network);
            assert.equal(ztunnel.network, global.network);
            assert.equal(meshConfig.trustDomain, trustDomain);
            assert.deepEqual(ztunnel.env, { TRUST_DOMAIN: meshConfig.trustDomain });
          }
          const gateway = plan.eastWest[`${key}/east-west`];
          if (gateway) assert.equal(eastWestValues(gateway).networkGateway, network);
        }
      }),
    );
  });

  it("never switch on ambient networks in a sidecar mesh or in a mesh of one cluster", () => {
    fc.assert(
      fc.property(descriptions, (description) => {
        const plan = planOf(description);
        for (const key of Object.keys(plan.controlPlanes)) {
          const facts = factsOf(plan, key);
          for (const one of facts.istiods) {
            const env = (istiodValues(facts, one).env ?? {}) as HelmValues;
            assert.equal(
              Object.hasOwn(env, "AMBIENT_ENABLE_MULTI_NETWORK"),
              facts.dataPlane === DataPlane.Ambient && facts.multiCluster,
            );
          }
        }
      }),
    );
  });

  it("name only keys that the charts have: four of the five accept a misspelt one silently", () => {
    // Keys that stand in the charts' templates but, having no default, not in their values.
    const inTemplates = {
      base: [],
      istiod: ["profile", "base.validationCABundle"],
      cni: ["profile"],
      ztunnel: [],
      gateway: [
        "service.loadBalancerClass",
        "service.allocateLoadBalancerNodePorts",
        "podAnnotations.proxy.istio.io/config",
      ],
    };
    const istio = twoRevisions;
    const ambient = { dataPlane: DataPlane.Ambient, experimental: true };
    const plans = [
      single({ locality: "near", injection: "cni" }),
      pair("different", { revision: "canary" }, { istio }),
      pair("same", ambient),
    ];
    const seen = plans.map(planOf).flatMap((plan) => [
      ...Object.keys(plan.controlPlanes).flatMap((key) => {
        const facts = factsOf(plan, key);
        return [
          { chart: "base" as const, values: baseValues(facts) },
          ...facts.istiods.map((one) => ({
            chart: "istiod" as const,
            values: istiodValues(facts, one),
          })),
          { chart: "cni" as const, values: cniValues(facts) },
          { chart: "ztunnel" as const, values: ztunnelValues(facts) },
        ];
      }),
      ...Object.values(plan.eastWest).map((gateway) => ({
        chart: "gateway" as const,
        values: eastWestValues(gateway, "sg-1"),
      })),
    ]);
    assert.ok(seen.length >= 19, `${seen.length} sets of values`);
    for (const { chart, values } of seen) {
      const known = [...chartKeys[chart], ...inTemplates[chart]];
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
