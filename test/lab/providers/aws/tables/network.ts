import { createHash } from "node:crypto";
import type { Stored } from "../../base/store";
import { asText } from "../../base/values";
import { addressIn } from "../cidr";
import {
  cidrs,
  insideVpc,
  noSiblingOverlap,
  oneOfValues,
  others,
  prefixBetween,
  sameVpc,
  unique,
} from "../checks";
import { zonesOf } from "../invokes";
import { ec2Arn, to, toAnywhere } from "../table";
import type { Check, Draft, Table } from "../table";
import { newId } from "../world";
import type { World } from "../world";

const publicAddress = (id: string) => {
  const [a, b] = createHash("sha256").update(id).digest();
  return `203.0.${a}.${b}`;
};

function sideProducts(vpc: Draft): Stored[] {
  const { account, region, id: owner } = vpc;
  const ids = vpcProducts(vpc);
  const common = { account, region, owner, inputs: { vpcId: owner } };
  const group = { vpcId: owner, name: "default", ownerId: account, region };
  return [
    { ...common, type: "ec2.SecurityGroup", id: ids.defaultSecurityGroupId, outputs: group },
    { ...common, type: "ec2.RouteTable", id: ids.mainRouteTableId, outputs: { vpcId: owner } },
  ];
}

/** Ids derived from the VPC's own: they must be the same whenever outputs are computed. */
function vpcProducts({ id }: Draft) {
  const hex = id.replace(/^vpc-/, "");
  return {
    defaultSecurityGroupId: `sg-${hex}`,
    mainRouteTableId: `rtb-${hex}`,
    defaultRouteTableId: `rtb-${hex}`,
    defaultNetworkAclId: `acl-${hex}`,
    dhcpOptionsId: "dopt-0000000000000lab0",
  };
}

const zoneOfRegion: Check = ({ inputs, region, world }) => {
  const zone = inputs.availabilityZone;
  return zone === undefined || zonesOf(region, world).some(({ name }) => name === zone)
    ? undefined
    : `InvalidParameterValue: '${asText(zone)}' is no availability zone of ${region}`;
};

const oneGatewayPerVpc: Check = (draft) =>
  draft.inputs.vpcId === undefined
    ? undefined
    : unique("Resource.AlreadyAssociated", "vpcId")(draft);

const gatewayOf = (world: World, vpcId: unknown) =>
  world.list("ec2.InternetGateway").find((it) => it.inputs.vpcId === vpcId);

const natNeedsInternet: Check = ({ inputs, world }) => {
  const { vpcId } = world.outputs("ec2.Subnet", inputs.subnetId);
  return inputs.connectivityType === "private" || gatewayOf(world, vpcId)
    ? undefined
    : `Gateway.NotAttached: Network ${asText(vpcId)} has no Internet gateway attached`;
};

function mappedAddresses(self: Stored, world: World): string | undefined {
  const nat = world
    .list("ec2.NatGateway")
    .find((it) => world.outputs("ec2.Subnet", it.inputs.subnetId).vpcId === self.inputs.vpcId);
  return (
    nat &&
    `DependencyViolation: Network ${asText(self.inputs.vpcId)} has mapped public addresses (${nat.id})`
  );
}

const addressIsFree: Check = (draft) => {
  const { allocationId } = draft.inputs;
  const user = others(draft).find((it) => it.inputs.allocationId === allocationId);
  return allocationId !== undefined && user
    ? `Resource.AlreadyAssociated: ${asText(allocationId)} is associated with ${user.id}`
    : undefined;
};

/** How endpoints are called in China (eksctl, pkg/cfn/builder/vpc_endpoint.go); other services may be called either way. */
const OWN_NAME_IN_CHINA: Record<string, boolean> = {
  ...{ ec2: true, "ecr.api": true, "ecr.dkr": true, sts: true, autoscaling: true },
  ...{ s3: false, logs: false },
};

const serviceExists: Check = ({ inputs, region }) => {
  const name = asText(inputs.serviceName);
  const [, own, there, service = ""] =
    /^(cn\.)?com\.amazonaws\.([a-z0-9-]+)\.([a-z0-9.-]+)$/.exec(name) ?? [];
  const isChina = region.startsWith("cn-");
  const wanted = isChina ? OWN_NAME_IN_CHINA[service] : false;
  const isRight = there === region && (wanted === undefined || wanted === Boolean(own));
  return isRight
    ? undefined
    : `InvalidServiceName: The Vpc Endpoint Service '${name}' does not exist`;
};

export const network: Table = {
  "ec2.Vpc": {
    prefix: "vpc-",
    arn: ec2Arn("vpc"),
    defaults: { enableDnsSupport: true, instanceTenancy: "default" },
    replace: ["cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"],
    exactlyOne: [["cidrBlock", "ipv4IpamPoolId"]],
    checks: [cidrs("cidrBlock"), prefixBetween("cidrBlock", 16, 28)],
    outputs: (draft) => ({ ...vpcProducts(draft), ownerId: draft.account }),
    along: sideProducts,
  },
  "ec2.Subnet": {
    prefix: "subnet-",
    arn: ec2Arn("subnet"),
    required: ["vpcId", "cidrBlock"],
    computed: ["availabilityZone", "availabilityZoneId"],
    replace: ["vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", "outpostArn"],
    references: { vpcId: to("ec2.Vpc") },
    checks: [
      cidrs("cidrBlock"),
      prefixBetween("cidrBlock", 16, 28),
      insideVpc("cidrBlock"),
      noSiblingOverlap,
      zoneOfRegion,
    ],
    outputs: ({ inputs, account, region, world }) => {
      const zones = zonesOf(region, world);
      const zone = zones.find(({ name }) => name === inputs.availabilityZone) ?? zones[0];
      return { ownerId: account, availabilityZone: zone.name, availabilityZoneId: zone.id };
    },
  },
  "ec2.InternetGateway": {
    prefix: "igw-",
    arn: ec2Arn("internet-gateway"),
    references: { vpcId: to("ec2.Vpc") },
    checks: [oneGatewayPerVpc],
    outputs: ({ account }) => ({ ownerId: account }),
    blocked: mappedAddresses,
  },
  "ec2.RouteTable": {
    prefix: "rtb-",
    arn: ec2Arn("route-table"),
    required: ["vpcId"],
    replace: ["vpcId"],
    references: { vpcId: to("ec2.Vpc") },
    outputs: ({ account }) => ({ ownerId: account }),
  },
  "ec2.RouteTableAssociation": {
    prefix: "rtbassoc-",
    required: ["routeTableId"],
    exactlyOne: [["subnetId", "gatewayId"]],
    replace: ["subnetId", "gatewayId"],
    references: {
      routeTableId: to("ec2.RouteTable"),
      subnetId: to("ec2.Subnet"),
      gatewayId: to("ec2.InternetGateway"),
    },
    checks: [
      sameVpc(["routeTableId", "ec2.RouteTable"], ["subnetId", "ec2.Subnet"]),
      (draft) =>
        draft.inputs.subnetId === undefined
          ? undefined
          : unique("Resource.AlreadyAssociated", "subnetId")(draft),
    ],
  },
  "ec2.Eip": {
    prefix: "eipalloc-",
    arn: ec2Arn("elastic-ip"),
    replace: ["domain", "address", "publicIpv4Pool"],
    outputs: ({ id }) => ({
      allocationId: id,
      publicIp: publicAddress(id),
      publicDns: `ec2-${publicAddress(id).replaceAll(".", "-")}.compute.amazonaws.com`,
    }),
  },
  "ec2.NatGateway": {
    prefix: "nat-",
    defaults: { connectivityType: "public" },
    computed: ["privateIp"],
    replace: ["subnetId", "allocationId", "connectivityType", "privateIp"],
    references: { subnetId: to("ec2.Subnet"), allocationId: to("ec2.Eip") },
    checks: [
      natNeedsInternet,
      addressIsFree,
      ({ inputs }) =>
        inputs.connectivityType === "public" && inputs.allocationId === undefined
          ? "MissingParameter: a public NAT gateway needs allocationId"
          : undefined,
    ],
    outputs: ({ id, inputs, world }) => ({
      networkInterfaceId: `eni-${id.replace(/^nat-/, "")}`,
      publicIp: world.outputs("ec2.Eip", inputs.allocationId).publicIp,
      privateIp: addressIn(world.outputs("ec2.Subnet", inputs.subnetId).cidrBlock, 5),
    }),
  },
  "ec2.FlowLog": {
    prefix: "fl-",
    arn: ec2Arn("vpc-flow-log"),
    exactlyOne: [["vpcId", "subnetId", "eniId", "transitGatewayId", "transitGatewayAttachmentId"]],
    replace: ["vpcId", "subnetId", "trafficType", "logDestination", "iamRoleArn", "logFormat"],
    references: { vpcId: to("ec2.Vpc"), subnetId: to("ec2.Subnet"), iamRoleArn: to("iam.Role") },
    checks: [
      oneOfValues("maxAggregationInterval", 60, 600),
      oneOfValues("trafficType", "ALL", "ACCEPT", "REJECT"),
    ],
  },
  "ec2.VpcEndpoint": {
    prefix: "vpce-",
    arn: ec2Arn("vpc-endpoint"),
    required: ["vpcId"],
    defaults: { vpcEndpointType: "Gateway" },
    replace: ["vpcId", "serviceName", "vpcEndpointType"],
    references: {
      vpcId: to("ec2.Vpc"),
      subnetIds: to("ec2.Subnet"),
      securityGroupIds: to("ec2.SecurityGroup"),
      routeTableIds: to("ec2.RouteTable"),
    },
    checks: [
      serviceExists,
      unique("RouteAlreadyExists", "vpcId", "serviceName"),
      sameVpc(["subnetIds", "ec2.Subnet"], ["routeTableIds", "ec2.RouteTable"]),
    ],
    outputs: ({ account, inputs }) => ({
      ownerId: account,
      state: "available",
      requesterManaged: false,
      prefixListId: inputs.vpcEndpointType === "Gateway" ? newId("pl-") : undefined,
      cidrBlocks: [],
      networkInterfaceIds: [],
      dnsEntries: [],
    }),
  },
  "ec2.VpcIpv4CidrBlockAssociation": {
    prefix: "vpc-cidr-assoc-",
    required: ["vpcId"],
    replace: ["vpcId", "cidrBlock"],
    references: { vpcId: toAnywhere("ec2.Vpc") },
    checks: [cidrs("cidrBlock"), prefixBetween("cidrBlock", 16, 28)],
  },
};
