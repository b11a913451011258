import assert from "node:assert/strict";
import { containsCidr, mergeCidr } from "cidr-tools";
import fc from "fast-check";
import type { FirewallPlan, GroupPlan, NetworkPlan, RulePlan } from "../../../components/network";
import type { Mesh, Topology, TopologyDescription } from "../../../components/topology";
import { descriptions } from "../../support/descriptions";
import { permuted } from "../../support/permuted";
import { factsOf, topologyOf } from "../../support/topologies";
import { networksApart, servedDescriptions } from "../support";
import { firewallOf, listed, place, transit } from "./support";
import { wantedOf } from "./wanted";
import type { Caller, Wanted } from "./wanted";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html */
const DESCRIPTION = /^[a-zA-Z0-9. _:/()#,@[\]+=&;{}!$*-]{1,255}$/;

const drawn = fc.oneof(descriptions, servedDescriptions);

/** Ranges of VPCs, in them, around them and elsewhere. */
const ranges = ["10.10.0.0/16", "10.11.0.0/16", "10.12.64.0/22", "10.8.0.0/13", "172.16.0.0/12"];

/** Descriptions whose private API servers and ingress gateways let in some ranges. */
const called = fc
  .tuple(drawn, fc.subarray(ranges, { minLength: 1 }))
  .map(([description, cidrs]): TopologyDescription => {
    const changed = { ...structuredClone(description), api: { private: { cidrs } } };
    for (const { ingress } of Object.values(changed.meshes))
      for (const gateway of Object.values(ingress ?? {})) gateway.allowFrom = cidrs;
    return changed;
  });

interface Drawn {
  topology: Topology;
  network: NetworkPlan;
  groups: [key: string, group: GroupPlan][];
}

function every(claim: (made: Drawn) => void, of: fc.Arbitrary<TopologyDescription> = drawn): void {
  fc.assert(
    fc.property(of, (description) => {
      const topology = topologyOf(description);
      const { network } = factsOf(description);
      claim({ topology, network, groups: Object.entries(network.firewall.groups) });
    }),
    { numRuns: 300 },
  );
}

const both = fc.oneof(drawn, called);

describe("every firewall", () => {
  it("says why in words that AWS accepts", () => {
    every(({ groups }) => {
      for (const [key, { of, in: ingress, out }] of groups) {
        for (const { reason } of [...ingress, ...out]) assert.match(reason, DESCRIPTION);
        if (of.kind === "balancer") assert.match(of.description, DESCRIPTION, key);
      }
    });
  });

  it("never asks a group for the same rule twice, nor for two of one name", () => {
    every(({ groups }) => {
      for (const rules of groups.flatMap(([, group]) => [group.in, group.out])) {
        assertUnique(rules.map(({ name }) => name));
        assertUnique(rules.map(({ side, ports, protocol }) => sameKey(side, ports, protocol)));
      }
    }, both);
  });

  it("has names of its own for all groups, and for rules with those of their groups", () => {
    every(({ groups }) => {
      assertUnique(groups.map(([, { name }]) => name.replaceAll("/", "-")));
      for (const way of ["in", "out"] as const)
        assertUnique(
          groups.flatMap(([, group]) =>
            group[way].map(({ name }) => `${group.name.replaceAll("/", "-")}-${name}`),
          ),
        );
    }, both);
  });

  it("gives no name a slash or a length that no resource may have", () => {
    every(({ groups }) => {
      for (const { name } of groups.flatMap(([, group]) => [...group.in, ...group.out]))
        assert.match(name, /^[a-z0-9.-]{1,128}$/);
    }, both);
  });

  it("names no group outside its own VPC, and no list outside its account and region", () => {
    every(({ topology: { clusters, vpcs }, network: { firewall, prefixLists }, groups }) => {
      for (const [key, { cluster, vpc, provider, in: ingress, out }] of groups) {
        const own = vpcs[clusters[cluster].vpc];
        assert.deepEqual([vpc, provider], [own.id, place(own)], key);
        for (const { side } of [...ingress, ...out]) {
          if (side.kind === "group") assert.equal(firewall.groups[side.group].vpc, vpc, key);
          if (side.kind === "list") assert.equal(prefixLists[side.list].provider, provider, key);
        }
      }
    }, both);
  });

  it("opens to the world only the ports of a gateway that faces the internet", () => {
    every(({ topology, groups }) => {
      const facing = Object.values(topology.meshes).flatMap(({ name, ingress }) =>
        Object.entries(ingress)
          .filter(([, { exposure, allowFrom }]) => exposure === "internet" && !allowFrom.length)
          .flatMap(([gateway, { clusters, ports }]) =>
            clusters.flatMap((at) =>
              Object.values(ports).map(
                (port) => `balancer/${name}/${at}/${gateway},${port},${port}`,
              ),
            ),
          ),
      );
      const open = groups.flatMap(([key, group]) =>
        [...group.in, ...group.out]
          .filter(({ side }) => side.kind === "cidr" && side.cidr.endsWith("/0"))
          .map(({ ports: [first, last] }) => [key, first, last].join()),
      );
      assert.deepEqual(open.sort(), facing.sort());
    });
  });

  it("lets in all who are to come, or says that it is yours to", () => {
    every((made) => {
      for (const wanted of wantedOf(made.topology)) {
        const group = made.network.firewall.groups[wanted.group];
        const isIn = group ? isLetIn(made, group, wanted) : isYours(made, wanted);
        assert.ok(isIn, `${wanted.group} ${wanted.ports.join("-")} ${JSON.stringify(wanted.from)}`);
      }
    }, both);
  });

  it("lets in nobody else, save what a mesh's list has of the own VPC and of its istiods' networks", () => {
    every((made) => {
      const wanted = wantedOf(made.topology);
      for (const [key, group] of made.groups) {
        const own = wanted.filter((one) => one.group === key);
        for (const rule of group.in) assertWanted(made, key, rule, own);
      }
    }, both);
  });

  it("lets load balancers send what their pods let in, and clusters nothing: EKS's own rule does", () => {
    every(({ topology, groups }) => {
      for (const [key, { of, cluster, vpc, out }] of groups) {
        if (of.kind === "cluster") {
          assert.deepEqual(out, []);
          continue;
        }
        const targets = wantedOf(topology).filter(
          ({ from }) => from.kind === "balancer" && from.key === of.key,
        );
        const isKnown = groups.some(([one]) => one === `cluster/${cluster}`);
        const sides = isKnown
          ? [{ kind: "group", group: `cluster/${cluster}` }]
          : topology.vpcs[vpc].cidrs.map((cidr) => ({ kind: "cidr", cidr }));
        const expected = targets.flatMap(({ ports }) =>
          sides.map((side) => sameKey(side, ports, "tcp")),
        );
        const sent = out.map(({ side, ports, protocol }) => sameKey(side, ports, protocol));
        assert.deepEqual(sent.sort(), expected.sort(), key);
      }
    });
  });

  it("has a group for every load balancer and every cluster whose group can be named, and only theirs", () => {
    every(({ topology, groups }) => {
      const clusters = Object.values(topology.clusters)
        .filter(({ existing }) => !existing || existing.securityGroupId)
        .map(({ name }) => `cluster/${name}`);
      const balancers = wantedOf(topology).flatMap(({ from }) =>
        from.kind === "balancer" ? [`balancer/${from.key}`] : [],
      );
      const keys = groups.map(([key]) => key);
      assert.deepEqual(keys.sort(), [...clusters, ...new Set(balancers)].sort());
    });
  });

  it("says of no cluster whose group is named that it is yours to open", () => {
    every(({ topology, network }) => {
      for (const { cluster, from } of network.firewall.yoursToOpen) {
        const { existing } = topology.clusters[cluster];
        assert.ok(existing && existing.securityGroupId === undefined, cluster);
        assert.ok(from.length > 0);
      }
    }, both);
  });

  it("has all kinds of sides and things to say: the claims above are of something", () => {
    const plans = fc.sample(both, 200).map(firewallOf);
    const has = (is: (plan: FirewallPlan) => unknown) => plans.filter(is).length;
    const hasRule = (is: (rule: RulePlan) => unknown) =>
      has(({ groups }) => Object.values(groups).some((group) => group.in.some(is)));
    const counts = {
      cidr: hasRule(({ side }) => side.kind === "cidr"),
      list: hasRule(({ side }) => side.kind === "list"),
      cluster: hasRule(({ side }) => side.kind === "group" && side.group.startsWith("cluster/")),
      balancer: hasRule(({ side }) => side.kind === "group" && side.group.startsWith("balancer/")),
      dropped: hasRule(({ alsoFor }) => alsoFor.length > 0),
      publicApi: has(({ publicApi }) => Object.keys(publicApi).length > 0),
      yours: has(({ yoursToOpen }) => yoursToOpen.length > 0),
    };
    for (const [kind, count] of Object.entries(counts)) assert.ok(count >= 10, `${count} ${kind}`);
  });

  it("is the same whenever it is planned, and in whatever order the description is written", () => {
    fc.assert(
      fc.property(
        both,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (description, numbers) => {
          const plan = firewallOf(description);
          assert.deepEqual(firewallOf(structuredClone(description)), plan);
          const random = () => numbers.next().value as number;
          const turned = permuted(description, random) as TopologyDescription;
          assert.equal(JSON.stringify(firewallOf(turned)), JSON.stringify(plan));
        },
      ),
    );
  });

  it("grows with the number of clusters and not faster, and a group not at all", () => {
    const sizes = [5, 10, 20, 40].map((count) => {
      const { groups, publicApi, yoursToOpen } = firewallOf(networksApart(count, transit));
      const rules = Object.values(groups).map((group) => group.in.length + group.out.length);
      assert.deepEqual([publicApi, yoursToOpen], [{}, []]);
      return [rules.length, rules.reduce((sum, more) => sum + more, 0), Math.max(...rules)];
    });
    assert.deepEqual(
      sizes,
      [5, 10, 20, 40].map((count) => [2 * count, 7 * count, 4]),
    );
    const open = firewallOf(networksApart(5, { ...listed, ...transit }));
    assert.deepEqual(
      Object.values(open.publicApi).map((vpcs) => vpcs.length),
      [4, 4, 4, 4, 4],
    );
  });
});

function sameKey(...parts: unknown[]): string {
  return JSON.stringify(parts);
}

function assertUnique(all: string[]): void {
  assert.deepEqual(
    all.filter((one, index) => all.indexOf(one) !== index),
    [],
  );
}

function within([first, last]: RulePlan["ports"], [from, to]: RulePlan["ports"]): boolean {
  return from <= first && last <= to;
}

/** Addresses behind the other side of a rule; a group has none. */
function addressesOf({ network }: Drawn, { side }: RulePlan): string[] {
  if (side.kind === "cidr") return [side.cidr];
  return side.kind === "list" ? network.prefixLists[side.list].cidrs : [];
}

/** Addresses that a caller may have. */
function addressesOfCaller({ topology }: Drawn, from: Caller): string[] {
  if (from.kind === "cluster") return topology.vpcs[from.cluster.vpc].cidrs;
  return from.kind === "balancer" ? [] : from.cidrs;
}

/** Key of the group of a caller, where it has one of its own. */
function groupOfCaller(from: Caller): string | undefined {
  if (from.kind === "cluster") return `cluster/${from.cluster.name}`;
  return from.kind === "balancer" ? `balancer/${from.key}` : undefined;
}

function isLetIn(made: Drawn, group: GroupPlan, { from, ports }: Wanted): boolean {
  const rules = group.in.filter((rule) => rule.protocol === "tcp" && within(ports, rule.ports));
  const key = groupOfCaller(from);
  if (rules.some(({ side }) => side.kind === "group" && side.group === key)) return true;
  const open = rules.flatMap((rule) => addressesOf(made, rule));
  return open.length > 0 && holds(open, addressesOfCaller(made, from));
}

/** What is to open on a group that the description does not name is said: by name of a cluster or load balancer nearby, else by ranges. */
function isYours(made: Drawn, { at, ports, from }: Wanted): boolean {
  const said = made.network.firewall.yoursToOpen
    .filter(({ cluster, protocol }) => cluster === at.name && protocol === "tcp")
    .filter((one) => within(ports, one.ports))
    .flatMap((one) => one.from);
  if (from.kind === "balancer") return said.some((one) => one.endsWith(` ${from.key}`));
  if (from.kind === "cluster" && said.includes(`cluster ${from.cluster.name}`))
    return from.cluster.vpc === at.vpc;
  const ranges = said.filter((one) => /^[\d.]+\/\d+$/.test(one));
  return ranges.length > 0 && holds(ranges, addressesOfCaller(made, from));
}

function assertWanted(made: Drawn, key: string, rule: RulePlan, own: Wanted[]): void {
  const callers = own.filter(({ ports }) => within(rule.ports, ports)).map(({ from }) => from);
  const what = `${key} ${rule.name}`;
  const { side } = rule;
  if (side.kind === "group") {
    assert.ok(
      callers.some((from) => groupOfCaller(from) === side.group),
      what,
    );
    return;
  }
  const [{ at }] = own;
  const more = callers.flatMap((from) => {
    if (side.kind !== "list") return [];
    const [name] = side.list.split("/");
    if (from.kind === "mesh") return from.mesh === name ? from.istiods : [];
    const isIts = from.kind === "cluster" && isIn(made.topology.meshes[name], from.cluster.name);
    return isIts ? made.topology.vpcs[at.vpc].cidrs : [];
  });
  const asked = callers.flatMap((from) => addressesOfCaller(made, from));
  assert.ok(holds([...asked, ...more], addressesOf(made, rule)), what);
}

function isIn({ members, runsIn }: Mesh, cluster: string): boolean {
  return Object.hasOwn(members, cluster) || runsIn.includes(cluster);
}

/** Merged first, since the library looks for one range that holds all. */
function holds(outer: string[], inner: string[]): boolean {
  return outer.length > 0 && inner.length > 0 && containsCidr(mergeCidr(outer), mergeCidr(inner));
}
