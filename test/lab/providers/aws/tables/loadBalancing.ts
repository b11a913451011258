import { createHash } from "node:crypto";
import { asList, asProps, asText } from "../../base/values";
import { others, unique } from "../checks";
import { isInside, parseCidr } from "../cidr";
import { to } from "../table";
import type { Check, Draft, Table } from "../table";
import { valuesAt } from "../world";

const NAME = {
  field: "name",
  max: 32,
  pattern: /^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/,
};
const suffix = (draft: Draft) =>
  createHash("sha256")
    .update(`${draft.region}/${asText(draft.inputs.name)}`)
    .digest("hex")
    .slice(0, 16);
const kind = ({ inputs }: Draft) => (inputs.loadBalancerType === "network" ? "net" : "app");

const subnetsOf = ({ inputs }: Draft) => [
  ...valuesAt(inputs, "subnets"),
  ...valuesAt(inputs, "subnetMappings.subnetId"),
];

const oneSubnetPerZone: Check = (draft) => {
  const subnets = subnetsOf(draft).map((id) => draft.world.outputs("ec2.Subnet", id));
  if (subnets.length === 0) return "ValidationError: at least one subnet must be specified";
  if (new Set(subnets.map((it) => it.vpcId)).size > 1)
    return "InvalidSubnet: subnets of different VPCs";
  return new Set(subnets.map((it) => it.availabilityZone)).size === subnets.length
    ? undefined
    : "InvalidConfigurationRequest: a load balancer cannot be attached to multiple subnets in the same Availability Zone";
};

const chosenAddresses = (inputs: Draft["inputs"]) =>
  asList(inputs.subnetMappings)
    .map(asProps)
    .filter((it) => it.privateIpv4Address !== undefined);

function isKeptByAws(address: string, cidrBlock: unknown): boolean {
  const range = parseCidr(cidrBlock);
  const at = parseCidr(`${address}/32`);
  if (!range || !at) return false;
  return at.start < range.start + 4 || at.start === range.start + range.size - 1;
}

/** A chosen address must be free and inside its subnet; the first four and the last are AWS's. */
const addressesAreFree: Check = (draft) => {
  for (const { subnetId, privateIpv4Address } of chosenAddresses(draft.inputs)) {
    const { cidrBlock } = draft.world.outputs("ec2.Subnet", subnetId);
    if (!isInside(`${asText(privateIpv4Address)}/32`, cidrBlock)) {
      return `InvalidConfigurationRequest: ${asText(privateIpv4Address)} is not inside ${asText(cidrBlock)}`;
    }
    if (isKeptByAws(asText(privateIpv4Address), cidrBlock)) {
      return `InvalidConfigurationRequest: ${asText(privateIpv4Address)} is reserved in ${asText(cidrBlock)}`;
    }
    const holder = others(draft).find((it) =>
      chosenAddresses(it.inputs).some(
        (other) => other.subnetId === subnetId && other.privateIpv4Address === privateIpv4Address,
      ),
    );
    if (holder)
      return `InvalidConfigurationRequest: ${asText(privateIpv4Address)} is in use by ${holder.id}`;
  }
  return undefined;
};

/** Only an internal network load balancer has private addresses that somebody chose. */
const mayChoose: Check = ({ inputs }) =>
  chosenAddresses(inputs).length === 0 || (inputs.internal && inputs.loadBalancerType === "network")
    ? undefined
    : "InvalidConfigurationRequest: private addresses can only be given to an internal network load balancer";

const groupsOfVpc: Check = (draft) => {
  const { vpcId } = draft.world.outputs("ec2.Subnet", subnetsOf(draft)[0]);
  const wrong = valuesAt(draft.inputs, "securityGroups").find(
    (id) => draft.world.find("ec2.SecurityGroup", id)?.inputs.vpcId !== vpcId,
  );
  return wrong === undefined
    ? undefined
    : `InvalidSecurityGroup: ${asText(wrong)} is in another VPC than the subnets`;
};

/** An NLB made without a security group can never get one. */
const groupsFromTheStart: Check = ({ before, inputs }) =>
  before &&
  asList(before.inputs.securityGroups).length === 0 &&
  asList(inputs.securityGroups).length > 0
    ? "InvalidConfigurationRequest: security groups can only be given when a network load balancer is created"
    : undefined;

const targetsShareVpc: Check = ({ inputs, world }) => {
  const balancer = world.find("lb.LoadBalancer", inputs.loadBalancerArn);
  const wrong = valuesAt(inputs, "defaultActions.targetGroupArn")
    .map((it) => world.find("lb.TargetGroup", it))
    .find((it) => it?.inputs.vpcId !== balancer?.outputs.vpcId);
  return (
    wrong && `InvalidConfigurationRequest: ${wrong.id} is in another VPC than the load balancer`
  );
};

/** What a target group says of its health check, in seconds and times in a row. */
const healthIsInRange: Check = ({ inputs }) => {
  const { interval = 30, timeout = 6, ...counts } = asProps(inputs.healthCheck ?? {});
  const { healthyThreshold = 3, unhealthyThreshold = 3 } = counts;
  const ranges: [string, unknown, number, number][] = [
    ["interval", interval, 5, 300],
    ["timeout", timeout, 2, 120],
    ["healthyThreshold", healthyThreshold, 2, 10],
    ["unhealthyThreshold", unhealthyThreshold, 2, 10],
  ];
  const bad = ranges.find(
    ([, value, least, most]) => Number(value) < least || Number(value) > most,
  );
  if (bad) return `ValidationError: health check ${bad[0]} must be between ${bad[2]} and ${bad[3]}`;
  return Number(timeout) < Number(interval)
    ? undefined
    : `ValidationError: health check timeout '${String(timeout)}' must be smaller than the interval '${String(interval)}'`;
};

const oneBalancerPerGroup: Check = (draft) => {
  const groups = valuesAt(draft.inputs, "defaultActions.targetGroupArn");
  const rival = others(draft).find(
    ({ inputs }) =>
      inputs.loadBalancerArn !== draft.inputs.loadBalancerArn &&
      valuesAt(inputs, "defaultActions.targetGroupArn").some((arn) => groups.includes(arn)),
  );
  return (
    rival &&
    `TargetGroupAssociationLimit: ${String(groups[0])} is associated with another load balancer`
  );
};

export const loadBalancing: Table = {
  "lb.LoadBalancer": {
    id: (draft) =>
      `arn:aws:elasticloadbalancing:${draft.region}:${draft.account}:loadbalancer/${kind(draft)}/${asText(draft.inputs.name)}/${suffix(draft)}`,
    arn: ({ id }) => id,
    name: NAME,
    defaults: { loadBalancerType: "application", ipAddressType: "ipv4" },
    replace: ["name", "namePrefix", "internal", "loadBalancerType", "subnetMappings"],
    references: {
      subnets: to("ec2.Subnet"),
      "subnetMappings.subnetId": to("ec2.Subnet"),
      "subnetMappings.allocationId": to("ec2.Eip"),
      securityGroups: to("ec2.SecurityGroup"),
    },
    checks: [
      unique("DuplicateLoadBalancerName", "name"),
      oneSubnetPerZone,
      mayChoose,
      addressesAreFree,
      groupsFromTheStart,
      groupsOfVpc,
    ],
    outputs: (draft) => ({
      arnSuffix: `${kind(draft)}/${asText(draft.inputs.name)}/${suffix(draft)}`,
      dnsName: `${asText(draft.inputs.name)}-${suffix(draft)}.elb.${draft.region}.amazonaws.com`,
      vpcId: draft.world.outputs("ec2.Subnet", subnetsOf(draft)[0]).vpcId,
      zoneId: "Z3F0SRJ5LGBH90",
      internal: draft.inputs.internal ?? false,
    }),
    blocked: (self) =>
      self.inputs.enableDeletionProtection
        ? `OperationNotPermitted: ${self.id} has deletion protection`
        : undefined,
  },
  "lb.TargetGroup": {
    id: (draft) =>
      `arn:aws:elasticloadbalancing:${draft.region}:${draft.account}:targetgroup/${asText(draft.inputs.name)}/${suffix(draft)}`,
    arn: ({ id }) => id,
    name: NAME,
    defaults: { targetType: "instance" },
    replace: ["name", "namePrefix", "port", "protocol", "targetType", "vpcId", "ipAddressType"],
    references: { vpcId: to("ec2.Vpc") },
    checks: [unique("DuplicateTargetGroupName", "name"), healthIsInRange],
    outputs: (draft) => ({
      arnSuffix: `targetgroup/${asText(draft.inputs.name)}/${suffix(draft)}`,
      loadBalancerArns: [],
    }),
  },
  "lb.Listener": {
    id: (draft) =>
      `${asText(draft.inputs.loadBalancerArn).replace(":loadbalancer/", ":listener/")}/${String(draft.inputs.port)}`,
    arn: ({ id }) => id,
    required: ["defaultActions", "loadBalancerArn"],
    replace: ["loadBalancerArn"],
    references: {
      loadBalancerArn: to("lb.LoadBalancer"),
      "defaultActions.targetGroupArn": to("lb.TargetGroup"),
    },
    checks: [
      targetsShareVpc,
      oneBalancerPerGroup,
      unique("DuplicateListener", "loadBalancerArn", "port"),
    ],
  },
  "lb.TargetGroupAttachment": {
    prefix: "tga-",
    required: ["targetGroupArn", "targetId"],
    replace: ["targetGroupArn", "targetId", "port", "availabilityZone"],
    references: { targetGroupArn: to("lb.TargetGroup") },
    checks: [unique("DuplicateTarget", "targetGroupArn", "targetId", "port")],
  },
};
