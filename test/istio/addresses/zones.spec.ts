import assert from "node:assert/strict";
import fc from "fast-check";
import type { IstioPlan } from "../../../components/istio/facts";
import type { Topology, TopologyDescription } from "../../../components/topology";
import { servedDescriptions } from "../../network/support";
import { planIstio } from "../../../components/istio/plan";
import { withMachines } from "../../support/outside";
import { factsOf, patterns, relationsOf, topologyOf } from "../../support/topologies";
import { management, twoServers } from "../../support/variants";

const named = (description: TopologyDescription) => ({
  ...structuredClone(description),
  name: "demo",
});
const istioOf = (description: TopologyDescription): IstioPlan =>
  planIstio(withMachines(relationsOf(description)), []);
const zonesOf = (description: TopologyDescription) => istioOf(named(description)).zones;

const apart = patterns["02-primary-remote-different-networks"];
const external = patterns["03-external-istiod-kubernetes"];

describe("planZones", () => {
  it("has none where only relays read, which are told the addresses", () => {
    for (const description of [apart, external, twoServers, management]) {
      const { addresses: istiods, zones } = factsOf(named(description)).istio;
      assert.ok(Object.keys(istiods).length > 0);
      assert.deepEqual(zones, {});
    }
  });

  it("has none where every member runs istiod", () => {
    assert.deepEqual(zonesOf(patterns["02-multi-primary-different-networks"]), {});
  });

  it("has a zone per mesh, which every VPC of the mesh resolves and that of istiod owns", () => {
    assert.deepEqual(zonesOf(external), {
      prod: {
        name: "prod.demo.internal",
        owner: { vpc: "mgmt", provider: "eu-west-1", region: "eu-west-1" },
        joined: [{ vpc: "apps", provider: "eu-west-1", region: "eu-west-1", isForeign: false }],
        records: {
          "istiod.mgmt.prod.demo.internal": ["10.0.240.8", "10.0.241.8", "10.0.242.8"],
        },
      },
    });
    assert.deepEqual(
      Object.entries(zonesOf(management)).map(([mesh, { records }]) => [
        mesh,
        Object.keys(records),
      ]),
      [
        ["finance", ["istiod.mgmt.finance.demo.internal"]],
        ["retail", ["istiod.mgmt.retail.demo.internal"]],
      ],
    );
  });

  it("is owned by the first VPC that runs istiod, wherever it is in the description", () => {
    const vpcsOf = (...runsIn: string[]) => {
      const description = named(twoServers);
      description.meshes.prod.controlPlane = { runsIn };
      delete description.meshes.prod.clusters.far.servedBy;
      const { owner, joined } = zonesOf(description).prod;
      return [owner, ...joined].map(({ vpc }) => vpc);
    };
    assert.deepEqual(vpcsOf("a", "far"), ["shared", "apart"]);
    assert.deepEqual(vpcsOf("far", "a"), ["apart", "shared"]);
    const description = named(apart);
    description.meshes.prod.controlPlane = { runsIn: ["west"] };
    const { owner, joined } = zonesOf(description).prod;
    assert.deepEqual([owner.vpc, joined.map(({ vpc }) => vpc)], ["net-west", ["net-east"]]);
  });

  it("says where a VPC is of another account than the zone's, not merely of another region", () => {
    const description = named(external);
    const placed = (region: string, account?: string) => {
      const roleArn = `arn:aws:iam::${account}:role/deploy`;
      Object.assign(description.networks.apps, { region, account: account && { roleArn } });
      return zonesOf(description).prod.joined;
    };
    assert.deepEqual(placed("us-east-1"), [
      { vpc: "apps", provider: "us-east-1", region: "us-east-1", isForeign: false },
    ]);
    assert.deepEqual(placed("us-east-1", "210987654321"), [
      { vpc: "apps", provider: "210987654321/us-east-1", region: "us-east-1", isForeign: true },
    ]);
  });
});

describe("every plan of zones", () => {
  const forAll = (claim: (plan: IstioPlan, topology: Topology) => void) => {
    let [joined, foreign] = [0, 0];
    const counted = (description: TopologyDescription) => {
      const istio = istioOf(description);
      const others = Object.values(istio.zones).flatMap((zone) => zone.joined);
      joined += others.length;
      foreign += others.filter(({ isForeign }) => isForeign).length;
      claim(istio, topologyOf(description));
    };
    fc.assert(fc.property(servedDescriptions, counted), { numRuns: 100 });
    const counts = `${joined} VPCs that join a zone, ${foreign} of another account`;
    assert.ok(foreign > 10 && joined > foreign + 10, counts);
  };

  it("has each address and host in the zone of its mesh, and no other", () => {
    forAll(({ addresses: istiods, zones }) => {
      const records = Object.values(zones).flatMap((zone) => Object.entries(zone.records));
      assert.deepEqual(
        records.sort(),
        Object.values(istiods)
          .map(({ host, addresses }) => [host, addresses])
          .sort(),
      );
      for (const { mesh, host } of Object.values(istiods))
        assert.ok(host.endsWith(`.${zones[mesh].name}`));
    });
  });

  it("is resolved by every VPC of its mesh once, those of other accounts than the owner's said to be", () => {
    forAll(({ zones }, { meshes, clusters, vpcs }) => {
      for (const [mesh, { owner, joined }] of Object.entries(zones)) {
        const { members, runsIn } = meshes[mesh];
        const held = [...Object.keys(members), ...runsIn].map((name) => clusters[name].vpc);
        const resolving = [owner, ...joined].map(({ vpc }) => vpc);
        assert.equal(owner.vpc, clusters[runsIn[0]].vpc);
        assert.deepEqual(resolving.sort(), [...new Set(held)].sort());
        for (const { vpc, region, isForeign } of joined) {
          assert.equal(isForeign, vpcs[vpc].account !== vpcs[owner.vpc].account, vpc);
          assert.equal(region, vpcs[vpc].region);
        }
      }
    });
  });
});
