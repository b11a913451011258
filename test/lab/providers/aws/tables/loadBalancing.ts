import { createHash } from "node:crypto";
import { asList, asProps, asText } from "../../base/values";
import { others, unique } from "../checks";
import { isInside } from "../cidr";
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

/** A chosen address must be free and inside its subnet; the first four and the last are AWS's. */
const addressesAreFree: Check = (draft) => {
  for (const { subnetId, privateIpv4Address } of chosenAddresses(draft.inputs)) {
    const { cidrBlock } = draft.world.outputs("ec2.Subnet", subnetId);
    if (!isInside(`${asText(privateIpv4Address)}/32`, cidrBlock)) {
      return `InvalidConfigurationRequest: ${asText(privateIpv4Address)} is not inside ${asText(cidrBlock)}`;
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
    checks: [oneSubnetPerZone, addressesAreFree, groupsFromTheStart],
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
    checks: [unique("DuplicateTargetGroupName", "name")],
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
    checks: [targetsShareVpc, unique("DuplicateListener", "loadBalancerArn", "port")],
  },
  "lb.TargetGroupAttachment": {
    prefix: "tga-",
    required: ["targetGroupArn", "targetId"],
    replace: ["targetGroupArn", "targetId", "port", "availabilityZone"],
    references: { targetGroupArn: to("lb.TargetGroup") },
    checks: [unique("DuplicateTarget", "targetGroupArn", "targetId", "port")],
  },
};
