import assert from "node:assert/strict";
import { Cloud } from "../../providers/testing/cloud";
import { Store } from "../store";
import { cloudNetwork } from "./cloudNetwork";
import { dropped, filterOf, type Interface } from "./filter";
import { holds, mostSpecific } from "./ranges";
import { rulesetOf } from "./ruleset";

const GATEWAY_PORT = 15443;
const pods = { east: "10.10.0.10", west: "10.20.0.10", balancer: "10.20.64.5" } as const;
type Place = keyof typeof pods;
const places = Object.keys(pods) as Place[];

const clouds: Cloud[] = [];
afterEach(() => clouds.splice(0).forEach((cloud) => cloud.remove()));

function newCloud(): Cloud {
  const cloud = new Cloud();
  clouds.push(cloud);
  return cloud;
}

/** Two VPCs, each with pods of a cluster; west has a load balancer for its gateway. The stand-ins hold what is made. */
class World {
  readonly cloud = newCloud();
  readonly east = this.#vpc("10.10.0.0/16", "10.10.0.0/18");
  readonly west = this.#vpc("10.20.0.0/16", "10.20.0.0/18", "10.20.64.0/24");
  readonly groups = {
    east: this.#group("east", this.east.vpc),
    west: this.#group("west", this.west.vpc),
    balancer: this.#group("balancer", this.west.vpc),
  };

  make(type: string, inputs: Record<string, unknown>): string {
    return this.cloud.create(type, inputs).id;
  }

  #vpc(cidrBlock: string, ...cidrs: string[]) {
    const vpc = this.make("ec2.Vpc", { cidrBlock });
    const table = this.make("ec2.RouteTable", { vpcId: vpc });
    for (const cidr of cidrs) {
      const subnetId = this.make("ec2.Subnet", { vpcId: vpc, cidrBlock: cidr });
      this.make("ec2.RouteTableAssociation", { subnetId, routeTableId: table });
    }
    return { vpc, table };
  }

  #group(name: string, vpcId: string): string {
    return this.make("ec2.SecurityGroup", { name, vpcId });
  }

  rule(direction: "Ingress" | "Egress", group: Place, side: object, ...ports: number[]): string {
    const [fromPort, toPort = fromPort] = ports;
    const all = { ipProtocol: "-1" };
    const tcp = { ipProtocol: "tcp", fromPort, toPort };
    return this.make(`vpc.SecurityGroup${direction}Rule`, {
      securityGroupId: this.groups[group],
      ...(ports.length > 0 ? tcp : all),
      ...side,
    });
  }

  filter() {
    const store = new Store(this.cloud.root);
    const interfaces = places.map((place): Interface => ({
      address: pods[place],
      groups: [this.groups[place]],
    }));
    return filterOf(
      cloudNetwork((type) => store.list(type)),
      interfaces,
    );
  }

  /** Every pair of places that a port leads between, and why it does not elsewhere. */
  cells(port: number): Record<string, string> {
    const filter = this.filter();
    const pairs = places.flatMap((from) =>
      places.filter((to) => to !== from).map((to) => [from, to] as const),
    );
    return Object.fromEntries(
      pairs.map(([from, to]) => {
        const packet = { from: pods[from], to: pods[to], protocol: "tcp", port } as const;
        return [`${from} to ${to}`, dropped(filter, packet) ?? "passes"];
      }),
    );
  }
}

/** Routes and rules as a gateway between two networks has them, with the ids of what a test takes away. */
function twoNetworks() {
  const world = new World();
  const { east, west } = world;
  const peering = world.make("ec2.VpcPeeringConnection", {
    vpcId: east.vpc,
    peerVpcId: west.vpc,
    autoAccept: true,
  });
  const route = (routeTableId: string, destinationCidrBlock: string) =>
    world.make("ec2.Route", {
      ...{ routeTableId, destinationCidrBlock, vpcPeeringConnectionId: peering },
    });
  const everywhere = { cidrIpv4: "0.0.0.0/0" };
  const list = world.make("ec2.ManagedPrefixList", {
    ...{ name: "mesh", addressFamily: "IPv4", maxEntries: 10 },
    entries: [{ cidr: "10.10.0.0/16" }, { cidr: "10.20.0.0/16" }],
  });
  const balancer = { referencedSecurityGroupId: world.groups.balancer };
  const pod = { referencedSecurityGroupId: world.groups.west };
  return {
    world,
    there: route(east.table, "10.20.0.0/16"),
    back: route(west.table, "10.10.0.0/16"),
    leave: world.rule("Egress", "east", everywhere),
    leaveWest: world.rule("Egress", "west", everywhere),
    enter: world.rule("Ingress", "balancer", { prefixListId: list }, GATEWAY_PORT),
    pass: world.rule("Egress", "balancer", pod, GATEWAY_PORT),
    behind: world.rule("Ingress", "west", balancer, GATEWAY_PORT),
  };
}

const open = {
  "east to west": "not let in",
  "east to balancer": "passes",
  "west to east": "not let in",
  "west to balancer": "passes",
  "balancer to east": "not let out",
  "balancer to west": "passes",
};

describe("packets between VPCs", () => {
  it("pass where routes and groups let them, there and back", () => {
    assert.deepEqual(twoNetworks().world.cells(GATEWAY_PORT), open);
  });

  it("pass on no other port", () => {
    const { world } = twoNetworks();
    const closed = Object.values(world.cells(8080));
    assert.deepEqual(
      closed.filter((one) => one === "passes"),
      [],
    );
  });

  const taken = [
    {
      type: "ec2.Route",
      what: "there",
      closes: {
        "east to west": "no route",
        "east to balancer": "no route",
        "west to east": "no route",
        "balancer to east": "no route",
      },
    },
    {
      type: "ec2.Route",
      what: "back",
      closes: {
        "east to west": "no route",
        "east to balancer": "no route",
        "west to east": "no route",
        "balancer to east": "no route",
      },
    },
    {
      type: "vpc.SecurityGroupEgressRule",
      what: "leave",
      closes: { "east to west": "not let out", "east to balancer": "not let out" },
    },
    {
      type: "vpc.SecurityGroupIngressRule",
      what: "enter",
      closes: { "east to balancer": "not let in", "west to balancer": "not let in" },
    },
    {
      type: "vpc.SecurityGroupEgressRule",
      what: "pass",
      closes: { "balancer to west": "not let out" },
    },
    {
      type: "vpc.SecurityGroupIngressRule",
      what: "behind",
      closes: { "balancer to west": "not let in" },
    },
  ] as const;
  for (const { type, what, closes } of taken) {
    it(`without "${what}" exactly ${Object.keys(closes).join(", ")} differ`, () => {
      const { world, ...made } = twoNetworks();
      world.cloud.delete(type, made[what]);
      assert.deepEqual(world.cells(GATEWAY_PORT), { ...open, ...closes });
    });
  }

  it("reach no address that nothing has", () => {
    const packet = { from: pods.east, to: "10.20.0.99", protocol: "tcp", port: 443 } as const;
    assert.equal(dropped(twoNetworks().world.filter(), packet), "nobody there");
  });

  it("are not decided outside the VPCs", () => {
    const packet = { from: pods.east, to: "198.18.1.1", protocol: "tcp", port: 443 } as const;
    assert.equal(dropped(twoNetworks().world.filter(), packet), undefined);
  });
});

describe("packets over a transit gateway", () => {
  function joined() {
    const world = new World();
    const gateway = world.make("ec2transitgateway.TransitGateway", {
      defaultRouteTableAssociation: "disable",
      defaultRouteTablePropagation: "disable",
    });
    const table = world.make("ec2transitgateway.RouteTable", { transitGatewayId: gateway });
    const store = new Store(world.cloud.root);
    const attach = ({ vpc, table: routeTableId }: World["east"], destinationCidrBlock: string) => {
      const [subnet] = store.list("ec2.Subnet").filter(({ outputs }) => outputs.vpcId === vpc);
      const attachment = world.make("ec2transitgateway.VpcAttachment", {
        ...{ transitGatewayId: gateway, vpcId: vpc, subnetIds: [subnet.id] },
        transitGatewayDefaultRouteTableAssociation: false,
        transitGatewayDefaultRouteTablePropagation: false,
      });
      const pair = { transitGatewayRouteTableId: table, transitGatewayAttachmentId: attachment };
      const associated = world.make("ec2transitgateway.RouteTableAssociation", pair);
      const propagated = world.make("ec2transitgateway.RouteTablePropagation", pair);
      world.make("ec2.Route", { routeTableId, destinationCidrBlock, transitGatewayId: gateway });
      return { associated, propagated };
    };
    const east = attach(world.east, "10.20.0.0/16");
    const west = attach(world.west, "10.10.0.0/16");
    for (const place of ["east", "west"] as const) {
      world.rule("Egress", place, { cidrIpv4: "0.0.0.0/0" });
      world.rule("Ingress", place, { cidrIpv4: "10.0.0.0/8" }, GATEWAY_PORT);
    }
    return { world, east, west };
  }

  it("pass once both VPCs are attached, associated and propagated", () => {
    const cells = joined().world.cells(GATEWAY_PORT);
    assert.equal(cells["east to west"], "passes");
    assert.equal(cells["west to east"], "passes");
  });

  it("pass no way where one side is not propagated", () => {
    const { world, west } = joined();
    world.cloud.delete("ec2transitgateway.RouteTablePropagation", west.propagated);
    const cells = world.cells(GATEWAY_PORT);
    assert.equal(cells["east to west"], "no route");
    assert.equal(cells["west to east"], "no route");
  });
});

describe("ranges", () => {
  it("hold addresses and narrower ranges", () => {
    assert.ok(holds("10.10.0.0/16", "10.10.255.255"));
    assert.ok(holds("0.0.0.0/0", "10.0.0.0/8"));
    assert.ok(!holds("10.10.0.0/16", "10.0.0.0/8"));
    assert.ok(!holds("10.10.0.0/16", "10.11.0.0"));
  });

  it("give the most specific one", () => {
    const all = [{ cidr: "0.0.0.0/0" }, { cidr: "10.10.0.0/16" }, { cidr: "10.0.0.0/8" }];
    assert.deepEqual(mostSpecific(all, "10.10.1.1"), { cidr: "10.10.0.0/16" });
    assert.equal(mostSpecific(all.slice(1), "192.168.0.1"), undefined);
  });
});

describe("the rules of nftables", () => {
  it("ask for a route, then the groups of both sides", () => {
    const { world } = twoNetworks();
    const rules = rulesetOf(world.filter());
    const named = Object.entries(world.groups).reduce(
      (text, [name, id]) => text.replaceAll(id.replaceAll("-", "_"), name),
      rules,
    );
    const lines = named.split("\n");
    const at = (start: string, count: number) => {
      const from = lines.indexOf(start);
      return lines.slice(from, from + count);
    };
    assert.deepEqual(at("chain in_west {", 4), [
      "chain in_west {",
      "ip saddr @carries_balancer meta l4proto tcp th dport 15443-15443 return",
      "drop",
      "}",
    ]);
    assert.deepEqual(at("chain packets {", 9), [
      "chain packets {",
      "ip saddr != @ranges return",
      "ip daddr != @ranges return",
      "ip saddr . ip daddr != @routed drop",
      "ct state established,related return",
      "ip saddr != @there drop",
      "ip daddr != @there drop",
      "ip saddr vmap { 10.10.0.10 : jump out_east, 10.20.0.10 : jump out_west, 10.20.64.5 : jump out_balancer }",
      "ip daddr vmap { 10.10.0.10 : jump in_east, 10.20.0.10 : jump in_west, 10.20.64.5 : jump in_balancer }",
    ]);
  });
});
