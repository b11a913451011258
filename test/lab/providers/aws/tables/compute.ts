import { asList, asProps, asText } from "../../base/values";
import { isInside } from "../cidr";
import { addressIn } from "../cidr";
import { ec2Arn, to, arn } from "../table";
import type { Check, Table } from "../table";

const USER_DATA_LIMIT = 16 * 1024;

/** EC2 counts the decoded bytes; launch templates carry base64. */
const userDataFits =
  (field: string, encoded: boolean): Check =>
  ({ inputs }) => {
    const text = asText(inputs[field]);
    if (encoded && !/^[A-Za-z0-9+/\s]*=*\s*$/.test(text))
      return `InvalidUserData.Malformed: ${field} is not base64`;
    const size = Buffer.from(text, encoded ? "base64" : "utf8").length;
    return size <= USER_DATA_LIMIT
      ? undefined
      : `InvalidParameterValue: user data is ${size} bytes, ${USER_DATA_LIMIT} are allowed`;
  };

const addressFits: Check = ({ inputs, world }) => {
  const { cidrBlock } = world.outputs("ec2.Subnet", inputs.subnetId);
  return inputs.privateIp === undefined || isInside(`${asText(inputs.privateIp)}/32`, cidrBlock)
    ? undefined
    : `InvalidParameterValue: ${asText(inputs.privateIp)} is not inside ${asText(cidrBlock)}`;
};

export const compute: Table = {
  "ec2.LaunchTemplate": {
    prefix: "lt-",
    arn: ec2Arn("launch-template"),
    name: { field: "name", max: 128, pattern: /^[\w().\/-]+$/ },
    replace: ["name", "namePrefix"],
    references: {
      vpcSecurityGroupIds: to("ec2.SecurityGroup"),
      "networkInterfaces.securityGroups": to("ec2.SecurityGroup"),
      "iamInstanceProfile.name": to("iam.InstanceProfile"),
      "iamInstanceProfile.arn": to("iam.InstanceProfile"),
    },
    checks: [userDataFits("userData", true)],
    outputs: ({ before, inputs }) => {
      const latestVersion = Number(before?.outputs.latestVersion ?? 0) + 1;
      const first = before?.outputs.defaultVersion ?? 1;
      return { latestVersion, defaultVersion: inputs.updateDefaultVersion ? latestVersion : first };
    },
  },
  "ec2.Instance": {
    prefix: "i-",
    arn: ec2Arn("instance"),
    computed: ["privateIp", "availabilityZone"],
    replace: ["ami", "subnetId", "availabilityZone", "keyName", "privateIp", "userData"],
    references: {
      subnetId: to("ec2.Subnet"),
      vpcSecurityGroupIds: to("ec2.SecurityGroup"),
      iamInstanceProfile: to("iam.InstanceProfile"),
      "launchTemplate.id": to("ec2.LaunchTemplate"),
    },
    checks: [userDataFits("userData", false), userDataFits("userDataBase64", true), addressFits],
    outputs: ({ id, inputs, world }) => {
      const subnet = world.outputs("ec2.Subnet", inputs.subnetId);
      const n = 16 + (Number.parseInt(id.slice(-4), 16) % 200);
      const privateIp = asText(inputs.privateIp) || addressIn(subnet.cidrBlock, n);
      return {
        privateIp,
        privateDns: `ip-${privateIp.replaceAll(".", "-")}.ec2.internal`,
        primaryNetworkInterfaceId: id.replace(/^i-/, "eni-"),
        availabilityZone: subnet.availabilityZone,
        instanceState: "running",
      };
    },
  },
  "autoscaling.Group": {
    id: ({ inputs }) => asText(inputs.name),
    arn: arn("autoscaling", ({ id }) => `autoScalingGroup:lab:autoScalingGroupName/${id}`),
    name: { field: "name", max: 255 },
    required: ["maxSize", "minSize"],
    computed: ["desiredCapacity"],
    replace: ["name", "namePrefix"],
    references: {
      vpcZoneIdentifiers: to("ec2.Subnet"),
      targetGroupArns: to("lb.TargetGroup"),
      "launchTemplate.id": to("ec2.LaunchTemplate"),
    },
    checks: [
      ({ inputs }) =>
        Number(inputs.minSize) <= Number(inputs.maxSize)
          ? undefined
          : "ValidationError: minSize is greater than maxSize",
      ({ inputs }) =>
        asList(inputs.tags).every((tag) => asProps(tag).propagateAtLaunch !== undefined)
          ? undefined
          : "ValidationError: a tag lacks propagateAtLaunch",
    ],
    outputs: ({ inputs }) => ({ desiredCapacity: inputs.desiredCapacity ?? inputs.minSize }),
  },
};
