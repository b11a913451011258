import assert from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { addGroup, addVpc, Cloud } from "../testing/cloud";

const PEERING = "ec2.VpcPeeringConnection";
const ACCEPTER = "ec2.VpcPeeringConnectionAccepter";
const other = { cidrBlock: "10.1.0.0/16" };

describe("aws stand-in: networks", () => {
  let cloud: Cloud;
  beforeEach(() => (cloud = new Cloud()));
  afterEach(() => cloud.remove());

  const subnet = (vpcId: string, cidrBlock: string, zone = "eu-central-1a") =>
    cloud.create("ec2.Subnet", { vpcId, cidrBlock, availabilityZone: zone });

  it("gives plausible ids, ARNs and what a VPC brings along", () => {
    const { id, outputs } = cloud.create("ec2.Vpc", { cidrBlock: "10.0.0.0/16" });
    assert.match(id, /^vpc-[0-9a-f]{17}$/);
    assert.strictEqual(outputs.arn, `arn:aws:ec2:eu-central-1:123456789012:vpc/${id}`);
    assert.ok(cloud.store.get("ec2.SecurityGroup", String(outputs.defaultSecurityGroupId)));
  });

  it("refuses a subnet outside its VPC, over another, or in a foreign zone", () => {
    const { vpc } = addVpc(cloud, 0);
    assert.throws(() => subnet(vpc, "10.1.0.0/24"), /InvalidSubnet.Range/);
    assert.throws(() => subnet(vpc, "10.0.0.128/25"), /InvalidSubnet.Conflict/);
    assert.throws(() => subnet(vpc, "10.0.9.0/24", "us-east-1a"), /no availability zone/);
    assert.throws(() => subnet(vpc, "10.0.9.1/24"), /no IPv4 network address/);
  });

  it("lists three zones of a region, or those that the machine says, without what is left out", () => {
    const zones = (excludeZoneIds: string[] = []) =>
      cloud.provider.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {
        excludeZoneIds,
      }).names;
    const [a, b, c, d] = ["a", "b", "c", "d"].map((letter) => `eu-central-1${letter}`);
    assert.deepEqual(zones(), [a, b, c]);
    assert.deepEqual(zones(["euc1-az2"]), [a, c]);
    cloud.provider.configure({ region: "us-east-1" });
    const american = ["a", "b", "c", "d", "f"].map((letter) => `us-east-1${letter}`);
    assert.deepEqual(zones(["use1-az3"]), american);
    cloud.provider.configure({ region: "eu-central-1" });
    const folder = path.join(cloud.root, "zones");
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, "eu-central-1.json"), JSON.stringify({ names: [d, a] }));
    assert.deepEqual(zones(), [d, a]);
    const own = cloud.create("ec2.Vpc", { cidrBlock: "10.7.0.0/16" }).id;
    subnet(own, "10.7.1.0/24", d);
    assert.throws(() => subnet(own, "10.7.2.0/24", c), /no availability zone/);
  });

  it("refuses what names an id that is not there, or is in another region", () => {
    assert.throws(() => subnet("vpc-0", "10.0.0.0/24"), /does not exist/);
    const { vpc } = addVpc(cloud, 0);
    const inputs = { vpcId: vpc, cidrBlock: "10.0.9.0/24", region: "us-east-1" };
    assert.throws(() => cloud.create("ec2.Subnet", inputs), /is in eu-central-1, not us-east-1/);
  });

  it("knows services by the names that they have in a region", () => {
    const endpointIn = (region: string) => {
      const own = new Cloud({ region });
      const vpcId = own.create("ec2.Vpc", { cidrBlock: "10.0.0.0/16" }).id;
      return {
        make: (serviceName: string) => own.create("ec2.VpcEndpoint", { vpcId, serviceName }),
        remove: () => own.remove(),
      };
    };
    const [here, china] = ["eu-central-1", "cn-north-1"].map(endpointIn);
    here.make("com.amazonaws.eu-central-1.sts");
    assert.throws(() => here.make("com.amazonaws.eu-west-1.sts"), /InvalidServiceName/);
    assert.throws(() => here.make("cn.com.amazonaws.eu-central-1.sts"), /InvalidServiceName/);
    china.make("cn.com.amazonaws.cn-north-1.sts");
    china.make("com.amazonaws.cn-north-1.s3");
    assert.throws(() => china.make("com.amazonaws.cn-north-1.ec2"), /InvalidServiceName/);
    assert.throws(() => china.make("cn.com.amazonaws.cn-north-1.logs"), /InvalidServiceName/);
    for (const cloud of [here, china]) cloud.remove();
  });

  it("refuses to delete what something refers to", () => {
    const { vpc, subnets } = addVpc(cloud, 0);
    assert.throws(() => cloud.delete("ec2.Vpc", vpc), /DependencyViolation.*in use by ec2.Subnet/);
    subnets.forEach((id) => cloud.delete("ec2.Subnet", id));
    cloud.delete("ec2.Vpc", vpc);
    assert.deepStrictEqual(cloud.store.all(), []);
  });

  it("lets an orphaned load balancer hold its subnets", () => {
    const { subnets } = addVpc(cloud, 0);
    cloud.store.put({
      ...{ type: "lb.LoadBalancer", id: "orphan", account: "123456789012" },
      ...{ region: "eu-central-1", inputs: { subnets: [subnets[0]] }, outputs: {} },
    });
    assert.throws(() => cloud.delete("ec2.Subnet", subnets[0]), /in use by lb.LoadBalancer/);
  });

  it("asks for an internet gateway before a NAT gateway, and keeps it as long", () => {
    const { vpc, subnets } = addVpc(cloud, 0);
    const { id: allocationId } = cloud.create("ec2.Eip", { domain: "vpc" });
    const nat = () => cloud.create("ec2.NatGateway", { subnetId: subnets[0], allocationId });
    assert.throws(nat, /no Internet gateway attached/);
    const gateway = cloud.create("ec2.InternetGateway", { vpcId: vpc });
    assert.match(String(nat().outputs.publicIp), /^203\.0\./);
    assert.throws(() => cloud.delete("ec2.InternetGateway", gateway.id), /mapped public addresses/);
  });

  it("takes one route per destination, and a transit gateway only once attached", () => {
    const { vpc, subnets } = addVpc(cloud, 0);
    const table = cloud.create("ec2.RouteTable", { vpcId: vpc }).id;
    const gateway = cloud.create("ec2transitgateway.TransitGateway", {}).id;
    const route = (destinationCidrBlock: string) =>
      cloud.create("ec2.Route", {
        routeTableId: table,
        destinationCidrBlock,
        transitGatewayId: gateway,
      });
    assert.throws(() => route("10.8.0.0/16"), /has no attachment/);
    cloud.create("ec2transitgateway.VpcAttachment", {
      transitGatewayId: gateway,
      vpcId: vpc,
      subnetIds: subnets,
    });
    route("10.8.0.0/16");
    assert.throws(() => route("10.8.0.0/16"), /RouteAlreadyExists/);
    assert.throws(() => route("10.0.0.0/16"), /local route/);
    const listed = (name: string, ...entries: string[]) =>
      cloud.create("ec2.Route", {
        ...{ routeTableId: table, transitGatewayId: gateway },
        destinationPrefixListId: cloud.create("ec2.ManagedPrefixList", {
          ...{ name, addressFamily: "IPv4", maxEntries: 10 },
          entries: entries.map((cidr) => ({ cidr })),
        }).id,
      });
    listed("others", "10.9.0.0/16");
    assert.throws(() => listed("all", "10.9.0.0/16", "10.0.0.0/16"), /is in the local route/);
  });

  describe("a transit gateway of another account", () => {
    const role = { roleArn: "arn:aws:iam::222222222222:role/deployer" };
    const asOwner = () => cloud.provider.configure({ region: "eu-central-1" });
    const asOther = () => cloud.provider.configure({ region: "eu-central-1", assumeRoles: [role] });
    const disabled = {
      defaultRouteTableAssociation: "disable",
      defaultRouteTablePropagation: "disable",
    };
    const not = {
      transitGatewayDefaultRouteTableAssociation: false,
      transitGatewayDefaultRouteTablePropagation: false,
    };

    function shared(settings: Record<string, string> = {}) {
      asOwner();
      const { id, outputs } = cloud.create("ec2transitgateway.TransitGateway", settings);
      const { vpc, subnets } = (asOther(), addVpc(cloud, 0));
      const attach = () =>
        cloud.create("ec2transitgateway.VpcAttachment", {
          ...{ transitGatewayId: id, vpcId: vpc, subnetIds: subnets },
        });
      const share = () => {
        asOwner();
        const resourceShareArn = cloud.create("ram.ResourceShare", { name: "hub" }).id;
        cloud.create("ram.ResourceAssociation", { resourceShareArn, resourceArn: outputs.arn });
        cloud.create("ram.PrincipalAssociation", { resourceShareArn, principal: "222222222222" });
        asOther();
      };
      return { id, vpc, attach, share };
    }

    it("is seen through a share alone", () => {
      const { attach, share } = shared();
      assert.throws(attach, /deleted or does not exist/);
      share();
      assert.match(attach().id, /^tgw-attach-/);
    });

    it("takes routes, associations and propagations once its owner has accepted", () => {
      const { id, vpc, attach, share } = shared(disabled);
      share();
      const transitGatewayAttachmentId = attach().id;
      const routeTableId = cloud.create("ec2.RouteTable", { vpcId: vpc }).id;
      const to = { destinationCidrBlock: "10.8.0.0/16", transitGatewayId: id };
      const route = () => cloud.create("ec2.Route", { routeTableId, ...to });
      assert.throws(route, /has no attachment/);
      const accept = () =>
        cloud.create("ec2transitgateway.VpcAttachmentAccepter", {
          ...{ transitGatewayAttachmentId, ...not },
        });
      assert.throws(accept, /UnauthorizedOperation/);
      asOwner();
      const transitGatewayRouteTableId = cloud.create("ec2transitgateway.RouteTable", {
        transitGatewayId: id,
      }).id;
      const joined = { transitGatewayRouteTableId, transitGatewayAttachmentId };
      for (const type of ["RouteTableAssociation", "RouteTablePropagation"])
        assert.throws(
          () => cloud.create(`ec2transitgateway.${type}`, joined),
          /is in state pendingAcceptance/,
        );
      accept();
      for (const type of ["RouteTableAssociation", "RouteTablePropagation"])
        cloud.create(`ec2transitgateway.${type}`, joined);
      asOther();
      route();
    });

    it("that accepts whoever comes needs no owner, and associates by itself", () => {
      const { id, attach, share } = shared({ autoAcceptSharedAttachments: "enable" });
      share();
      const transitGatewayAttachmentId = attach().id;
      assert.equal(
        cloud.stored("ec2transitgateway.VpcAttachment", transitGatewayAttachmentId).outputs.state,
        "available",
      );
      asOwner();
      const { id: transitGatewayRouteTableId } = cloud.create("ec2transitgateway.RouteTable", {
        transitGatewayId: id,
      });
      const joined = { transitGatewayRouteTableId, transitGatewayAttachmentId };
      const associate = () => cloud.create("ec2transitgateway.RouteTableAssociation", joined);
      assert.throws(associate, /AlreadyAssociated/);
    });

    it("without default tables shows an attachment that asks for them as changed, in its own account", () => {
      asOwner();
      const { id } = cloud.create("ec2transitgateway.TransitGateway", disabled);
      const { vpc, subnets } = addVpc(cloud, 0);
      const asks = { transitGatewayDefaultRouteTableAssociation: true };
      const own = { transitGatewayId: id, vpcId: vpc, subnetIds: subnets, ...asks };
      const attachment = cloud.create("ec2transitgateway.VpcAttachment", own).id;
      const shown = cloud.read("ec2transitgateway.VpcAttachment", attachment, own)!.inputs!;
      assert.equal(shown.transitGatewayDefaultRouteTableAssociation, false);
    });
  });

  it("refuses to peer VPCs whose ranges overlap, or twice", () => {
    const [one, two] = [addVpc(cloud, 0).vpc, addVpc(cloud, 1).vpc];
    const twin = cloud.create("ec2.Vpc", { cidrBlock: "10.0.0.0/16" }, "twin").id;
    const peer = (vpcId: string, peerVpcId: string) =>
      cloud.create("ec2.VpcPeeringConnection", { vpcId, peerVpcId });
    assert.throws(() => peer(one, twin), /OverlappingCidrBlocks/);
    peer(one, two);
    assert.throws(() => peer(two, one), /AlreadyExists/);
  });

  const peered = (accepterTags: Record<string, string>, region?: string) => {
    const [one, two] = [addVpc(cloud, 0).vpc, cloud.create("ec2.Vpc", { ...other, region }).id];
    const ends = { vpcId: one, peerVpcId: two, peerRegion: region };
    const { id } = cloud.create(PEERING, { ...ends, tags: { Name: "one-two" } });
    const side = { vpcPeeringConnectionId: id, autoAccept: true, tags: accepterTags, region };
    cloud.create(ACCEPTER, side);
    const tagsOf = (type: string) => cloud.read(type, id, {})?.inputs?.tags;
    return { id, tags: [tagsOf(PEERING), tagsOf(ACCEPTER)] };
  };

  it("makes a peering active by its accepter", () => {
    const { id } = peered({ Name: "one-two" });
    assert.equal(cloud.stored(PEERING, id).outputs.acceptStatus, "active");
  });

  it("has one set of tags for both sides of a peering in one account and region", () => {
    const { tags } = peered({ Name: "one-two-accepter" });
    assert.deepEqual(tags, [{ Name: "one-two-accepter" }, { Name: "one-two-accepter" }]);
  });

  it("has tags for each side of a peering of two regions", () => {
    const { tags } = peered({ Name: "one-two-accepter" }, "us-east-1");
    assert.deepEqual(tags, [{ Name: "one-two" }, { Name: "one-two-accepter" }]);
  });

  it("refuses a rule that names a group of an unpeered VPC, or says the same twice", () => {
    const [one, two] = [addVpc(cloud, 0).vpc, addVpc(cloud, 1).vpc];
    const [mine, theirs] = [addGroup(cloud, one, "mine"), addGroup(cloud, two, "theirs")];
    const rule = (referencedSecurityGroupId: string) =>
      cloud.create("vpc.SecurityGroupIngressRule", {
        ...{ securityGroupId: mine, ipProtocol: "tcp", fromPort: 443, toPort: 443 },
        referencedSecurityGroupId,
      });
    assert.throws(() => rule(theirs), /is in another network/);
    rule(mine);
    assert.throws(() => rule(mine), /InvalidPermission.Duplicate/);
  });

  it("counts a prefix list with its maxEntries against a group's rules", () => {
    const { vpc } = addVpc(cloud, 0);
    const group = addGroup(cloud, vpc, "g");
    const list = cloud.create("ec2.ManagedPrefixList", {
      ...{ name: "peers", addressFamily: "IPv4", maxEntries: 40 },
      entries: [{ cidr: "10.0.0.0/16" }],
    });
    const rule = (port: number) =>
      cloud.create("vpc.SecurityGroupIngressRule", {
        ...{ securityGroupId: group, ipProtocol: "tcp", fromPort: port, toPort: port },
        prefixListId: list.id,
      });
    rule(443);
    assert.throws(() => rule(15012), /RulesPerSecurityGroupLimitExceeded.*80 rules/);
    const grown = { ...cloud.stored("ec2.ManagedPrefixList", list.id).inputs, maxEntries: 61 };
    assert.throws(() => cloud.update("ec2.ManagedPrefixList", list.id, grown), /LimitExceeded/);
  });

  it("refuses more entries than a prefix list has room for", () => {
    const entries = ["10.0.0.0/16", "10.1.0.0/16"].map((cidr) => ({ cidr }));
    const inputs = { name: "l", addressFamily: "IPv4", maxEntries: 1, entries };
    assert.throws(() => cloud.create("ec2.ManagedPrefixList", inputs), /MaxEntriesExceeded/);
  });
});
