import assert from "node:assert/strict";
import fc from "fast-check";
import type { RulePlan } from "../../../components/network";
import {
  planGatewayGroups,
  planIstiodGroups,
  planLoadBalancerGroups,
} from "../../../components/network/firewall/loadBalancerGroups";
import { LinkVia } from "../../../components/topology";
import type { MeshDescription, Topology, TopologyDescription } from "../../../components/topology";
import { descriptions } from "../../support/descriptions";
import { patterns, relationsOf, topologyOf } from "../../support/topologies";
import { networksApart, noSide, servedDescriptions } from "../support";

const transit = { links: { via: LinkVia.TransitGateway } };
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

function sources(rules: RulePlan[]): string[] {
  return rules.map(({ fromPort, cidr, prefixList }) => `${fromPort} ${cidr ?? prefixList}`);
}

describe("planGatewayGroups", () => {
  const key = "prod/c1/istio-eastwestgateway";
  const because = "istio-eastwestgateway of mesh prod";

  it("makes none for a mesh on one network", () => {
    const description = patterns["02-multi-primary-same-network"];
    assert.deepEqual(planGatewayGroups(relationsOf(description)), {});
  });

  it("lets the networks of a sidecar mesh in on 15443, and sends it and health checks to the cluster", () => {
    const mtls = {
      fromPort: 15443,
      toPort: 15443,
      reason: `mTLS from the networks of the mesh: ${because}`,
    };
    const health = {
      fromPort: 15021,
      toPort: 15021,
      reason: `health checks of the load balancer: ${because}`,
    };
    assert.deepEqual(planGatewayGroups(relationsOf(networksApart(2)))[key], {
      cluster: "c1",
      description: "Load balancer of an Istio gateway",
      vpc: "n1",
      provider: "eu-west-1",
      ingress: [
        { ...noSide, name: "mtls-10.1.0.0-16", cidr: "10.1.0.0/16", ...mtls },
        { ...noSide, name: "mtls-10.3.0.0-16", cidr: "10.3.0.0/16", ...mtls },
      ],
      egress: [
        { ...noSide, name: "mtls-cluster", cluster: "c1", ...mtls },
        { ...noSide, name: "health-cluster", cluster: "c1", ...health },
      ],
      toCluster: [
        { name: "mtls-prod-istio-eastwestgateway", gateway: key, ...mtls },
        { name: "health-prod-istio-eastwestgateway", gateway: key, ...health },
      ],
    });
  });

  it("opens 15008 instead for an ambient mesh", () => {
    const group = planGatewayGroups(relationsOf(withMesh({ dataPlane: "ambient" }, transit)))[key];
    assert.deepEqual(group.ingress, [
      {
        ...noSide,
        name: "hbone-prod",
        prefixList: "prod/eu-west-1",
        fromPort: 15008,
        toPort: 15008,
        reason: `HBONE from the networks of the mesh: ${because}`,
      },
    ]);
    assert.deepEqual(
      group.toCluster.map(({ fromPort }) => fromPort),
      [15008, 15021],
    );
  });

  const ingress = (exposure: "internal" | "internet", allowFrom?: string[]) =>
    planGatewayGroups(
      relationsOf(withMesh({ ingress: { public: { clusters: ["c2"], exposure, allowFrom } } })),
    )["prod/c2/public"];

  it("lets the mesh in to an internal ingress gateway on 80 and 443", () => {
    const group = ingress("internal");
    assert.deepEqual(sources(group.ingress), [
      "80 10.1.0.0/16",
      "80 10.3.0.0/16",
      "443 10.1.0.0/16",
      "443 10.3.0.0/16",
    ]);
    assert.deepEqual(
      group.toCluster.map(({ name, fromPort, toPort }) => ({ name, fromPort, toPort })),
      [
        { name: "http-prod-public", fromPort: 80, toPort: 80 },
        { name: "https-prod-public", fromPort: 443, toPort: 443 },
        { name: "health-prod-public", fromPort: 15021, toPort: 15021 },
      ],
    );
  });

  it("lets everyone in to an internet ingress gateway only where no list says otherwise", () => {
    assert.deepEqual(sources(ingress("internet").ingress), ["80 0.0.0.0/0", "443 0.0.0.0/0"]);
    const list = ["203.0.113.0/25", "203.0.113.128/25"];
    for (const exposure of ["internet", "internal"] as const) {
      const rules = ingress(exposure, list).ingress;
      assert.deepEqual(sources(rules), ["80 203.0.113.0/24", "443 203.0.113.0/24"]);
    }
  });

  it("sends to the VPC where the cluster's security group is not known", () => {
    const description = networksApart(2);
    description.clusters.c1.existing = {
      kubeconfig: { secret: "c1" },
      kubernetesVersion: "1.34",
      podCidrs: ["10.1.0.0/18"],
    };
    const group = planGatewayGroups(relationsOf(description))[key];
    assert.deepEqual(sources(group.egress), ["15443 10.1.0.0/16", "15021 10.1.0.0/16"]);
    assert.deepEqual(group.toCluster, []);
  });

  it("lets in the networks of the members, and not the one where only an external istiod is", () => {
    const description = structuredClone(external);
    description.networks = { ...description.networks, far: { cidr: "10.20.0.0/16" } };
    description.clusters.west.network = "far";
    const group = planGatewayGroups(relationsOf(description))["prod/east/istio-eastwestgateway"];
    assert.deepEqual(sources(group.ingress), ["15443 10.10.0.0/16", "15443 10.20.0.0/16"]);
  });
});

describe("planIstiodGroups", () => {
  const groupsOf = (description: TopologyDescription) => planIstiodGroups(relationsOf(description));
  const remotes = {
    fromPort: 15012,
    toPort: 15017,
    reason: "proxies and API servers of the clusters that it serves: istiod of mesh prod",
  };

  it("makes none where every member runs istiod", () => {
    assert.deepEqual(groupsOf(patterns["02-multi-primary-different-networks"]), {});
  });

  it("lets a remote of the same VPC in by its security group, and istiod's cluster the load balancer", () => {
    const port = (name: string, fromPort: number, why: string) => ({
      ...{ name, fromPort, toPort: fromPort },
      reason: `${why}: istiod of mesh prod`,
    });
    const targets = [
      port("xds", 15012, "configuration and certificates"),
      port("webhook", 15017, "injection and validation"),
      port("ready", 8080, "health checks of the load balancer"),
    ];
    assert.deepEqual(groupsOf(sameNetwork), {
      "prod/east/istiod": {
        cluster: "east",
        description: "Load balancer of istiod",
        vpc: "shared",
        provider: "eu-west-1",
        ingress: [{ ...noSide, name: "remotes-west", cluster: "west", ...remotes }],
        egress: targets.map((target) => ({
          ...noSide,
          ...target,
          name: `${target.name}-cluster`,
          cluster: "east",
        })),
        toCluster: targets.map((target) => ({
          ...target,
          name: `${target.name}-prod-istiod`,
          gateway: "prod/east/istiod",
        })),
      },
    });
  });

  it("lets a remote elsewhere in by the addresses of its VPC, whatever joins the VPCs", () => {
    for (const description of [apart, { ...apart, ...transit }])
      assert.deepEqual(groupsOf(description)["prod/east/istiod"].ingress, [
        { ...noSide, name: "remotes-10.20.0.0-16", cidr: "10.20.0.0/16", ...remotes },
      ]);
  });

  it("lets in the members of a mesh whose istiod is outside, and nothing of its own VPC", () => {
    assert.deepEqual(sources(groupsOf(external)["prod/mgmt/istiod"].ingress), [
      "15012 10.10.0.0/16",
    ]);
  });

  it("lets in by each istiod and revision only the remotes that it serves", () => {
    const description = networksApart(4);
    const [version] = [topologyOf(description).istio.version];
    description.istio = { revisions: { canary: { version } } };
    description.meshes.prod = {
      controlPlane: { runsIn: ["c1", "c2"] },
      clusters: {
        ...{ c1: {}, c2: {} },
        c3: { servedBy: ["c1"] },
        c4: { servedBy: ["c2", "c1"], revision: "canary" },
      },
    };
    const groups = groupsOf(description);
    assert.deepEqual(
      Object.entries(groups).map(([key, { ingress }]) => [key, sources(ingress)]),
      [
        ["prod/c1/istiod", ["15012 10.5.0.0/16", "15012 10.7.0.0/16"]],
        ["prod/c1/istiod-canary", ["15012 10.7.0.0/16"]],
        ["prod/c2/istiod", ["15012 10.7.0.0/16"]],
        ["prod/c2/istiod-canary", ["15012 10.7.0.0/16"]],
      ],
    );
  });

  it("names addresses where a cluster of yours does not say its security group", () => {
    const description = structuredClone(sameNetwork);
    const existing = {
      kubeconfig: { secret: "x" },
      kubernetesVersion: "1.34",
      podCidrs: ["10.10.0.0/18"],
    };
    description.clusters.west.existing = existing;
    const [rule] = groupsOf(description)["prod/east/istiod"].ingress;
    assert.equal(rule.cidr, "10.10.0.0/16");
    description.clusters.east.existing = existing;
    const { egress, toCluster } = groupsOf(description)["prod/east/istiod"];
    assert.deepEqual(sources(egress), [
      "15012 10.10.0.0/16",
      "15017 10.10.0.0/16",
      "8080 10.10.0.0/16",
    ]);
    assert.deepEqual(toCluster, []);
  });
});

describe("every plan of istiods' load balancers", () => {
  it("lets in exactly the clusters that are served, on one range of ports", () => {
    fc.assert(
      fc.property(servedDescriptions, (description) => {
        const groups = planIstiodGroups(relationsOf(description));
        const expected = servedSides(topologyOf(description));
        const sides = Object.entries(groups).map(([key, { ingress }]) => [
          key,
          new Set(ingress.map(({ cidr, cluster }) => cidr ?? cluster!)),
        ]);
        assert.deepEqual(Object.fromEntries(sides), expected);
        for (const { ingress } of Object.values(groups)) {
          assert.equal(new Set(ingress.map(({ name }) => name)).size, ingress.length);
          for (const { fromPort, toPort } of ingress)
            assert.deepEqual([fromPort, toPort], [15012, 15017]);
        }
      }),
    );
  });

  it("is beside the gateways' under a key of its own", () => {
    fc.assert(
      fc.property(fc.oneof(descriptions, servedDescriptions), (description) => {
        const relations = relationsOf(description);
        assert.equal(
          Object.keys(planLoadBalancerGroups(relations)).length,
          Object.keys(planGatewayGroups(relations)).length +
            Object.keys(planIstiodGroups(relations)).length,
        );
      }),
    );
  });
});

/** Groups of the VPC itself and ranges of others that each istiod serves, by key: what members say, read on its own. */
function servedSides({ meshes, clusters, vpcs }: Topology): Record<string, Set<string>> {
  const sides: Record<string, Set<string>> = {};
  for (const { name, members } of Object.values(meshes))
    for (const [remote, { servedBy, revision }] of Object.entries(members))
      for (const server of servedBy)
        for (const istiod of revision ? ["istiod", `istiod-${revision}`] : ["istiod"]) {
          const { vpc } = clusters[remote];
          const own = vpc === clusters[server].vpc ? [remote] : vpcs[vpc].cidrs;
          const key = `${name}/${server}/${istiod}`;
          sides[key] = new Set([...(sides[key] ?? []), ...own]);
        }
  return sides;
}
