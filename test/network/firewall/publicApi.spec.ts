import assert from "node:assert/strict";
import fc from "fast-check";
import type { Opening, Source } from "../../../components/network";
import { publicApiOf, withoutNat } from "../../../components/network/firewall/publicApi";
import type { ClusterRelation, TopologyDescription } from "../../../components/topology";
import { descriptions } from "../../support/descriptions";
import { patterns, relationsOf, topologyOf } from "../../support/topologies";
import { networksApart, servedDescriptions } from "../support";
import { firewallOf, listed, transit, yours } from "./support";

function clustersOf(description: TopologyDescription): Record<string, ClusterRelation> {
  const { clusters } = relationsOf(description);
  return Object.fromEntries(clusters.map((one) => [one.cluster.name, one]));
}

const pods = (of: ClusterRelation): Source => ({ kind: "pods", of });

function opening(to: Opening["to"], from: Source[]): Opening {
  const reason = "istiod of other clusters watches the API server";
  return { name: "api", to, from, ports: [443, 443], protocol: "tcp", reason };
}

describe("publicApiOf", () => {
  it("names the VPCs of all that watch a public API server from elsewhere, whatever joins them", () => {
    for (const links of [{}, transit])
      assert.deepEqual(firewallOf(networksApart(3, { ...listed, ...links })).publicApi, {
        c1: ["n2", "n3"],
        c2: ["n1", "n3"],
        c3: ["n1", "n2"],
      });
  });

  it("names none where the API server is private, or in the same VPC", () => {
    assert.deepEqual(firewallOf(networksApart(3)).publicApi, {});
    assert.deepEqual(firewallOf(patterns["02-multi-primary-same-network"]).publicApi, {});
    const some = networksApart(2, listed);
    some.clusters.c1.api = { private: { cidrs: ["172.16.0.0/12"] } };
    assert.deepEqual(firewallOf(some).publicApi, { c2: ["n1"] });
  });

  it("names none for a cluster that exists: it is called over the link", () => {
    const description = networksApart(2, listed);
    description.clusters.c1.existing = yours("10.1.0.0/18", "sg-1");
    assert.deepEqual(firewallOf(description).publicApi, { c2: ["n1"] });
  });

  it("names a VPC once, however many watch from it, in the order of the alphabet", () => {
    const { c1, c2, c3 } = clustersOf(networksApart(3, listed));
    const to = { kind: "api", of: c1 } as const;
    const from = [c3, c2, c3].map(pods);
    assert.deepEqual(publicApiOf([opening(to, from), opening(to, [pods(c3)])]), {
      c1: ["n2", "n3"],
    });
  });

  it("names none for pods that are called, nor for callers that are no pods", () => {
    const { c1, c2 } = clustersOf(networksApart(2, listed));
    const others: Source[] = [{ kind: "anyone" }, { kind: "addresses", cidrs: ["10.3.0.0/16"] }];
    const openings = [
      opening({ kind: "pods", of: c1 }, [pods(c2)]),
      opening({ kind: "api", of: c1 }, others),
    ];
    assert.deepEqual(publicApiOf(openings), {});
    assert.deepEqual(openings.map(withoutNat), openings);
  });
});

describe("withoutNat", () => {
  it("leaves out exactly those who come from NAT addresses, and the opening as it was", () => {
    const { c1, c2, c3 } = clustersOf(networksApart(3, listed));
    const to = { kind: "api", of: c1 } as const;
    const near = pods({ ...c3, vpc: c1.vpc });
    const all = opening(to, [pods(c2), near, { kind: "anyone" }]);
    const copy = { ...all, from: [...all.from] };
    assert.deepEqual(withoutNat(all), opening(to, [near, { kind: "anyone" }]));
    assert.deepEqual(all, copy);
  });
});

describe("every public API server", () => {
  it("is called from exactly the other VPCs whose istiods read it", () => {
    fc.assert(
      fc.property(fc.oneof(descriptions, servedDescriptions), (description) => {
        const { clusters, meshes, api } = topologyOf(description);
        const expected = Object.values(clusters).flatMap((cluster) => {
          const isPublic = !cluster.existing && !(cluster.api ?? api)?.private;
          const readers = Object.values(meshes)
            .filter(({ members }) => isPublic && Object.hasOwn(members, cluster.name))
            .flatMap(({ runsIn }) => runsIn.map((name) => clusters[name].vpc))
            .filter((vpc) => vpc !== cluster.vpc);
          return readers.length > 0 ? [[cluster.name, [...new Set(readers)].sort()]] : [];
        });
        assert.deepEqual(firewallOf(description).publicApi, Object.fromEntries(expected));
      }),
    );
  });
});
