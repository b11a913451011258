import assert from "node:assert/strict";
import fc from "fast-check";
import { planNetwork } from "../../components/network";
import type { NetworkPlan, RulePlan } from "../../components/network";
import { LinkVia, NatMode } from "../../components/topology";
import type { TopologyDescription } from "../../components/topology";
import { descriptions } from "../support/descriptions";
import { withoutAbsent } from "../support/plain";
import { ingresses, meeting } from "../support/reach";
import { factsOf, relationsOf } from "../support/topologies";
import { networksApart, servedDescriptions } from "./support";

const transit = { links: { via: LinkVia.TransitGateway } };

function networkOf(description: TopologyDescription): NetworkPlan {
  return factsOf(description).network;
}

function rulesIn({ firewall }: NetworkPlan): RulePlan[] {
  return Object.values(firewall.groups).flatMap((group) => [...group.in, ...group.out]);
}

/** Keys of one kind that rules name their other sides by. */
function sidesIn(plan: NetworkPlan, kind: "list" | "group"): string[] {
  return rulesIn(plan).flatMap(({ side }) =>
    side.kind === kind ? [side.kind === "list" ? side.list : side.group] : [],
  );
}

function assertNamed(planned: object, names: unknown[]): void {
  const absent = names.filter((name) => !Object.hasOwn(planned, String(name)));
  assert.deepEqual(absent, []);
}

/** Everything in a plan that costs a resource or an entry. */
function size(plan: NetworkPlan): number {
  const routes = Object.keys(plan.routeLists);
  const entries = Object.values(plan.prefixLists).flatMap(({ cidrs }) => cidrs);
  const groups = Object.values(plan.firewall.groups).filter(({ of }) => of.kind === "balancer");
  const rules = rulesIn(plan);
  return [...Object.keys(plan.vpcs), ...rules, ...groups, ...routes, ...entries].length;
}

const owners = fc
  .constantFrom(undefined, "111122223333", "999999999999")
  .map((id) => (id === undefined ? undefined : { roleArn: `arn:aws:iam::${id}:role/deployer` }));

describe("planNetwork", () => {
  it("plans a VPC with its provider, its defaults and its route tables", () => {
    const { vpcs, providers } = networkOf(networksApart(1));
    assert.deepEqual(providers, {
      "eu-west-1": { key: "eu-west-1", region: "eu-west-1", account: undefined },
    });
    assert.deepEqual(vpcs, {
      n1: {
        id: "n1",
        network: "n1",
        provider: "eu-west-1",
        region: "eu-west-1",
        cidrs: ["10.1.0.0/16"],
        settings: { zones: 3, nat: "single", flowLogs: false, endpoints: [] },
        encryptionKey: undefined,
        iam: {},
        routeTables: ["0", "1"],
      },
    });
  });

  it("counts one private route table per NAT gateway and the main one", () => {
    const perZone = networksApart(1, {}, () => ({ nat: NatMode.PerZone, zones: 4 }));
    assert.deepEqual(networkOf(perZone).vpcs.n1.routeTables, ["0", "1", "2", "3", "4"]);
  });

  it("plans one provider per account and region", () => {
    const roleArn = "arn:aws:iam::111111111111:role/deployer";
    const places = [
      {},
      { region: "us-east-1" },
      { account: { roleArn } },
      { account: { roleArn } },
    ];
    const { providers, vpcs } = networkOf(networksApart(4, transit, (i) => places[i]));
    assert.deepEqual(Object.values(providers), [
      { key: "eu-west-1", region: "eu-west-1", account: undefined },
      { key: "us-east-1", region: "us-east-1", account: undefined },
      { key: "111111111111/eu-west-1", region: "eu-west-1", account: roleArn },
    ]);
    assert.equal(vpcs.n4.provider, "111111111111/eu-west-1");
  });

  it("plans a provider of the transit gateways' owner in each region where VPCs are attached", () => {
    const owner = { roleArn: "arn:aws:iam::222222222222:role/network" };
    const links = { ...transit.links, owner };
    const description = networksApart(3, { links }, (index) =>
      index === 2 ? { region: "us-east-1", account: owner } : {},
    );
    const { providers } = networkOf(description);
    assert.deepEqual(Object.values(providers), [
      { key: "eu-west-1", region: "eu-west-1", account: undefined },
      { key: "222222222222/us-east-1", region: "us-east-1", account: owner.roleArn },
      { key: "222222222222/eu-west-1", region: "eu-west-1", account: owner.roleArn },
    ]);
    const alone = networksApart(1, { links });
    assert.deepEqual(Object.keys(networkOf(alone).providers), ["eu-west-1"]);
  });

  it("plans the program's own provider for a gateway in a region where only other accounts have VPCs", () => {
    const account = { roleArn: "arn:aws:iam::111111111111:role/deployer" };
    const description = networksApart(2, transit, () => ({ account }));
    const { providers, transitGateways } = networkOf(description);
    assert.deepEqual(transitGateways["eu-west-1"].from, {
      kind: "made",
      provider: "eu-west-1",
      sharedWith: ["111111111111/eu-west-1"],
    });
    assert.deepEqual(Object.keys(providers), ["111111111111/eu-west-1", "eu-west-1"]);
  });

  it("names no provider, VPC, list or cluster that it does not plan", () => {
    fc.assert(
      fc.property(fc.oneof(descriptions, servedDescriptions), owners, (description, owner) => {
        const links = { ...description.links, owner };
        const { network: plan, istio } = factsOf({ ...description, links });
        const { vpcs, transitGateways, prefixLists, routeLists, firewall } = plan;
        const gateways = Object.values(transitGateways);
        const zones = Object.values(istio.zones).flatMap((zone) => [zone.owner, ...zone.joined]);
        const standing = [
          ...Object.values(firewall.groups),
          ...Object.values(istio.addresses),
          ...zones,
        ];
        const made = gateways.flatMap(({ from }) => (from.kind === "made" ? [from] : []));
        const lists = [...Object.values(prefixLists), ...Object.values(routeLists)];
        const named = [...Object.values(vpcs), ...lists, ...made];
        const shared = made.flatMap(({ sharedWith }) => sharedWith);
        const providers = [...named, ...standing].map(({ provider }) => provider);
        assertNamed(plan.providers, [...providers, ...shared]);
        const linked = Object.values(plan.peerings).flatMap(({ requester, accepter }) => [
          requester,
          accepter,
        ]);
        const attached = gateways.flatMap((gateway) => gateway.vpcs);
        const callers = Object.values(firewall.publicApi).flat();
        const places = standing.map(({ vpc }) => vpc);
        assertNamed(vpcs, [...places, ...linked, ...attached, ...callers]);
        assertNamed(routeLists, attached);
        assertNamed(prefixLists, sidesIn(plan, "list"));
        assertNamed(firewall.groups, sidesIn(plan, "group"));
        const clusters = [
          ...Object.values(firewall.groups).map(({ cluster }) => cluster),
          ...Object.keys(firewall.publicApi),
          ...firewall.yoursToOpen.map(({ cluster }) => cluster),
        ];
        assertNamed(description.clusters, clusters);
      }),
    );
  });

  it("opens what it is told, and nothing of its own", () => {
    const description = networksApart(2, transit);
    const plan = planNetwork(relationsOf(description), []);
    assert.deepEqual(Object.keys(plan.firewall.groups), ["cluster/c1", "cluster/c2"]);
    assert.deepEqual(rulesIn(plan), []);
    assert.deepEqual(plan, { ...networkOf(description), firewall: plan.firewall });
  });

  it("is plain data", () => {
    fc.assert(
      fc.property(fc.oneof(descriptions, servedDescriptions), (description) => {
        const plan = networkOf(description);
        assert.deepEqual(JSON.parse(JSON.stringify(plan)), withoutAbsent(plan));
      }),
    );
  });

  it("has a list for each mesh beyond one VPC and each of its providers, and a group per gateway, serving istiod and cluster", () => {
    fc.assert(
      fc.property(fc.oneof(descriptions, servedDescriptions), (description) => {
        const relations = relationsOf(description);
        const plan = networkOf(description);
        const { topology, meshes } = relations;
        const lists = meshes
          .filter(({ reach }) => topology.links.via !== LinkVia.Peering && reach.length > 1)
          .flatMap(({ vpcs }) => [...new Set(vpcs.map(({ id }) => plan.vpcs[id].provider))]);
        assert.equal(Object.keys(plan.prefixLists).length, lists.length);
        const serving = meshes
          .flatMap(({ controlPlanes }) => controlPlanes.flatMap(({ istiods }) => istiods))
          .filter(({ serves }) => serves.length > 0);
        const eastWest = meeting(topology).filter(({ networks }) => networks > 1);
        const known = Object.values(topology.clusters).filter(
          ({ existing }) => !existing || existing.securityGroupId,
        );
        const groups = [...eastWest, ...ingresses(topology), ...serving, ...known];
        assert.equal(Object.keys(plan.firewall.groups).length, groups.length);
      }),
    );
  });

  it("grows with the number of clusters and not faster", () => {
    const sizes = [5, 10, 20, 40].map((count) => size(networkOf(networksApart(count, transit))));
    assert.deepEqual(sizes, [55, 110, 220, 440]);
  });

  it("changes nothing elsewhere but prefix lists when a cluster is added", () => {
    const plan = (count: number) => networkOf(networksApart(count, transit));
    const [before, after] = [plan(6), plan(7)];
    for (const part of ["providers", "vpcs"] as const) {
      for (const [key, value] of Object.entries(before[part]))
        assert.deepEqual(after[part][key], value, `${part} ${key}`);
    }
    for (const [key, group] of Object.entries(before.firewall.groups))
      assert.deepEqual(after.firewall.groups[key], group, key);
    const { vpcs, ...gateway } = after.transitGateways["eu-west-1"];
    const { vpcs: vpcsBefore, ...same } = before.transitGateways["eu-west-1"];
    assert.deepEqual(gateway, same);
    assert.deepEqual(vpcs, [...vpcsBefore, "n7"]);
    for (const [vpc, routes] of Object.entries(before.routeLists))
      assert.deepEqual(after.routeLists[vpc], {
        ...routes,
        cidrs: [...routes.cidrs, "10.13.0.0/16"],
      });
    const list = before.prefixLists["prod/eu-west-1"];
    const longer = { ...list, cidrs: [...list.cidrs, "10.13.0.0/16"] };
    assert.deepEqual(after.prefixLists, { "prod/eu-west-1": longer });
  });
});
