import assert from "node:assert/strict";
import { expandCidr } from "cidr-tools";
import fc from "fast-check";
import type { RulePlan, Side } from "../../../components/network";
import type { NamedSide } from "../../../components/network/firewall/sides";
import { withoutSubsumed } from "../../../components/network/firewall/subsumed";
import type { Placed } from "../../../components/network/firewall/subsumed";

const range = (cidr: string): NamedSide => ({
  side: { kind: "cidr", cidr },
  name: cidr,
  label: cidr,
  addresses: [cidr],
});
const list = (mesh: string, ...addresses: string[]): NamedSide => ({
  side: { kind: "list", list: `${mesh}/eu-west-1` },
  name: mesh,
  label: `prefix list of mesh ${mesh}`,
  addresses,
});
const group = (name: string, ...addresses: string[]): NamedSide => ({
  side: { kind: "group", group: `cluster/${name}` },
  name,
  label: `cluster ${name}`,
  addresses,
});
/** Of a load balancer: whose addresses are behind it cannot be said. */
const balancer: NamedSide = {
  side: { kind: "group", group: "balancer/b" },
  name: "b",
  label: "load balancer of b",
};

type Ports = [first: number, last: number];

function placed(
  name: string,
  behind: NamedSide,
  ports: Ports = [443, 443],
  protocol: RulePlan["protocol"] = "tcp",
): Placed {
  const rule = { name, side: behind.side, ports, protocol, reason: `for ${name}`, alsoFor: [] };
  return { rule, behind };
}

/** Names of what is kept, with what each is there for too. */
function kept(...all: Placed[]): Record<string, string[]> {
  return Object.fromEntries(withoutSubsumed(all).map(({ name, alsoFor }) => [name, alsoFor]));
}

describe("withoutSubsumed", () => {
  it("keeps rules that have nothing in common as they are", () => {
    const rules = [
      placed("a", range("10.1.0.0/16")),
      placed("b", range("10.2.0.0/16")),
      placed("c", range("10.1.0.0/16"), [80, 80]),
      placed("d", range("10.1.0.0/16"), [443, 443], "udp"),
      placed("e", group("east", "10.3.0.0/16")),
    ];
    assert.deepEqual(
      withoutSubsumed(rules),
      rules.map(({ rule }) => rule),
    );
  });

  it("drops the later of two that say the same, and keeps its reason", () => {
    for (const side of [range("10.1.0.0/16"), list("prod", "10.1.0.0/16"), group("east"), balancer])
      assert.deepEqual(kept(placed("a", side), placed("b", side)), { a: ["for b"] });
  });

  it("drops the later of a list and a range with the same addresses", () => {
    const [one, other] = [list("prod", "10.1.0.0/16"), range("10.1.0.0/16")];
    assert.deepEqual(kept(placed("a", one), placed("b", other)), { a: ["for b"] });
    assert.deepEqual(kept(placed("a", other), placed("b", one)), { a: ["for b"] });
  });

  it("drops narrower ports and addresses, whichever comes first", () => {
    const wide = placed("wide", range("10.0.0.0/8"), [0, 65535]);
    const narrow = placed("narrow", range("10.1.0.0/16"));
    assert.deepEqual(kept(wide, narrow), { wide: ["for narrow"] });
    assert.deepEqual(kept(narrow, wide), { wide: ["for narrow"] });
  });

  it("keeps what is wider in ports or in addresses", () => {
    const ports = placed("ports", range("10.1.0.0/16"), [0, 65535]);
    const addresses = placed("addresses", range("10.0.0.0/8"));
    assert.deepEqual(kept(ports, addresses), { ports: [], addresses: [] });
    const shifted = placed("shifted", range("10.1.0.0/16"), [443, 70000]);
    assert.deepEqual(kept(ports, shifted), { ports: [], shifted: [] });
  });

  it("drops what several others let in together, each for its part", () => {
    const whole = placed("whole", range("10.0.0.0/15"));
    const half = placed("half", range("10.0.0.0/16"));
    const more = placed("more", list("prod", "10.1.0.0/16", "10.9.0.0/16"), [0, 1000]);
    const apart = placed("apart", range("10.9.0.0/16"), [80, 80]);
    assert.deepEqual(kept(half, more, apart, whole), {
      half: ["for whole"],
      more: ["for apart", "for whole"],
    });
  });

  it("drops a cluster's group where all of its VPC is let in, and no address for a group", () => {
    const pods = placed("pods", group("east", "10.1.0.0/16"));
    const vpc = placed("vpc", list("prod", "10.1.0.0/16", "10.3.0.0/16"));
    const some = placed("some", range("10.1.0.0/17"));
    assert.deepEqual(kept(pods, vpc), { vpc: ["for pods"] });
    assert.deepEqual(kept(pods, some), { pods: [], some: [] });
  });

  it("drops the group of a load balancer for no addresses: its clients' may be behind it", () => {
    const anyone = placed("anyone", range("0.0.0.0/0"), [0, 65535]);
    assert.deepEqual(kept(placed("b", balancer), anyone), { b: [], anyone: [] });
    const more = placed("more", balancer, [0, 1000]);
    assert.deepEqual(kept(placed("b", balancer), more), { more: ["for b"] });
  });

  it("tells a cluster, a mesh and a load balancer of one name apart", () => {
    const mesh = placed("mesh", list("b", "10.9.0.0/16"));
    const cluster = placed("cluster", group("east", "10.1.0.0/16"));
    const other = placed("other", list("east", "10.8.0.0/16"));
    assert.deepEqual(kept(mesh, placed("b", balancer), cluster, other), {
      ...{ mesh: [], b: [], cluster: [], other: [] },
    });
  });

  it("says a reason once, and not that of the rule itself", () => {
    const [one, two, three] = ["10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16"].map((cidr, index) =>
      placed(`r${index}`, range(cidr)),
    );
    const because = ({ rule, behind }: Placed, reason: string): Placed => ({
      rule: { ...rule, reason },
      behind,
    });
    const same = [one, because(two, "it"), because(three, "it")];
    assert.deepEqual(kept(...same), { r0: ["it"] });
    assert.deepEqual(kept(...same.map((rule) => because(rule, "it"))), { r0: [] });
  });
});

const clusters = [group("g0", "10.0.0.0/29"), group("g1", "10.0.0.8/30", "10.0.0.14/31")];

/** Sides over sixteen addresses, so that many meet. */
const sides = fc.oneof(
  fc
    .tuple(fc.integer({ min: 28, max: 32 }), fc.nat(15))
    .map(([bits, host]) => range(`10.0.0.${host - (host % 2 ** (32 - bits))}/${bits}`)),
  fc.constantFrom(
    list("m0", "10.0.0.0/30", "10.0.0.8/30"),
    list("m1", "10.0.0.4/30", "10.0.0.8/29"),
    list("m2", "10.0.0.0/28"),
    ...clusters,
    balancer,
  ),
);
const ports = fc.tuple(fc.nat(2), fc.nat(3)).map(([first, more]): Ports => [first, first + more]);
const rules = fc
  .array(fc.tuple(sides, ports, fc.constantFrom("tcp", "tcp", "tcp", "udp")), {
    maxLength: 12,
    size: "max",
  })
  .map((all) => all.map(([side, ...rest], index) => placed(`r${index}`, side, ...rest)));

describe("of any rules, withoutSubsumed", () => {
  const every = (claim: (all: Placed[], left: Placed[], plans: RulePlan[]) => void) =>
    fc.assert(
      fc.property(rules, (all) => {
        const plans = withoutSubsumed(all);
        claim(
          all,
          plans.map(({ name }) => all.find(({ rule }) => rule.name === name)!),
          plans,
        );
      }),
      { numRuns: 1000 },
    );

  it("lets in what they did, and nothing else", () => {
    every((all, left) => assert.deepEqual(whoGetsIn(left), whoGetsIn(all)));
  });

  it("keeps none that the rest lets in", () => {
    every((_, left) => {
      for (const one of left)
        assert.ok(
          !covers(
            left.filter((other) => other !== one),
            one,
          ),
          one.rule.name,
        );
    });
  });

  it("keeps the first of those that say the same", () => {
    every((all, left) => {
      for (const one of left)
        assert.equal(
          all.find((other) => saysSame(other, one)),
          one,
        );
    });
  });

  it("keeps them in their order and as they are, but for what they are there for too", () => {
    every((all, left, plans) => {
      assert.deepEqual(
        left,
        all.filter((one) => left.includes(one)),
      );
      assert.deepEqual(
        plans.map((plan) => ({ ...plan, alsoFor: [] })),
        left.map(({ rule }) => rule),
      );
    });
  });

  it("names the reason of all that is dropped at each rule that lets in some of it, and no other", () => {
    every((all, left, plans) => {
      const dropped = all.filter((one) => !left.includes(one));
      for (const [index, one] of left.entries()) {
        const also = dropped.filter((other) => hasPorts(one, other) && meets(one, other));
        assert.deepEqual(
          plans[index].alsoFor,
          also.map(({ rule }) => rule.reason),
        );
      }
      for (const { rule } of dropped)
        assert.ok(
          plans.some(({ alsoFor }) => alsoFor.includes(rule.reason)),
          rule.name,
        );
    });
  });

  it("says the same again, of the same and of what it kept, and leaves them alone", () => {
    every((all, left, plans) => {
      const copy = structuredClone(all);
      assert.deepEqual(withoutSubsumed(copy), plans);
      assert.deepEqual(copy, all);
      assert.deepEqual(
        withoutSubsumed(left).map(({ name }) => name),
        left.map(({ rule }) => rule.name),
      );
    });
  });

  it("drops some of most, and keeps some: the claims above are of something", () => {
    const sizes = fc.sample(rules, 200).map((all) => [all.length, withoutSubsumed(all).length]);
    const droppedSome = sizes.filter(([all, left]) => left < all).length;
    const keptSome = sizes.filter(([, left]) => left > 3).length;
    assert.ok(droppedSome > 100 && keptSome > 50, `${droppedSome}, ${keptSome}`);
  });
});

function hosts(cidrs: string[] = []): string[] {
  return cidrs.flatMap((cidr) => [...expandCidr(cidr)]);
}

/** Addresses that a rule lets in: a group lets in none. */
function openTo({ behind: { side, addresses } }: Placed): string[] {
  return side.kind === "group" ? [] : hosts(addresses);
}

function sideKey(side: Side): string {
  return JSON.stringify(side);
}

function sameSide(a: Placed, b: Placed): boolean {
  return sideKey(a.rule.side) === sideKey(b.rule.side);
}

function hasPorts({ rule: wide }: Placed, { rule: narrow }: Placed): boolean {
  const isWithin = (port: number) => wide.ports[0] <= port && port <= wide.ports[1];
  return wide.protocol === narrow.protocol && narrow.ports.every(isWithin);
}

function saysSame(a: Placed, b: Placed): boolean {
  return sameSide(a, b) && hasPorts(a, b) && hasPorts(b, a);
}

function meets(one: Placed, other: Placed): boolean {
  const open = new Set(openTo(one));
  return sameSide(one, other) || hosts(other.behind.addresses).some((host) => open.has(host));
}

function covers(rest: Placed[], one: Placed): boolean {
  const wide = rest.filter((other) => hasPorts(other, one));
  const open = new Set(wide.flatMap(openTo));
  const behind = one.behind.addresses && hosts(one.behind.addresses);
  return (
    wide.some((other) => sameSide(other, one)) || (behind?.every((host) => open.has(host)) ?? false)
  );
}

/** Every address and every group that gets in, by protocol and port: a cluster's group by the addresses of its VPC too. */
function whoGetsIn(all: Placed[]): string[] {
  const open = new Set<string>();
  for (const one of all)
    for (const on of portsOf(one.rule)) {
      const { side } = one.rule;
      const who = side.kind === "group" ? [side.group] : openTo(one);
      for (const name of who) open.add(`${on} ${name}`);
    }
  for (const { name, addresses } of clusters)
    for (const on of new Set(all.flatMap(({ rule }) => portsOf(rule))))
      if (hosts(addresses).every((host) => open.has(`${on} ${host}`)))
        open.add(`${on} cluster/${name}`);
  return [...open].sort();
}

function portsOf({ ports: [first, last], protocol }: RulePlan): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `${protocol} ${first + index}`);
}
