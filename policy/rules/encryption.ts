/** What lies on disks is encrypted. */
import type { Problem } from "../../components/topology/problem";
import { isYes, listOf, UNKNOWN } from "../rule";
import type { Resource, ResourceRule } from "../rule";

type Inputs = Resource["inputs"];

export const encryptedSecrets: ResourceRule = {
  name: "encrypted-secrets",
  summary: "An EKS cluster encrypts Kubernetes secrets with a KMS key of its account's.",
  why: "Intermediates' keys and tokens are such secrets; without a key of its own nobody can take the right to read them away (https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html).",
  level: "mandatory",
  check: ({ type, inputs }) => {
    if (type !== "aws:eks/cluster:Cluster") return [];
    const { encryptionConfig } = inputs;
    const resources = encryptionConfig?.resources;
    const isKnown = encryptionConfig !== UNKNOWN && resources !== UNKNOWN;
    if (!isKnown || listOf<string>(resources).some((one) => one === "secrets" || one === UNKNOWN))
      return [];
    return [
      {
        path: "encryptionConfig.resources",
        got: resources === undefined ? "nothing" : JSON.stringify(resources),
        allowed: '["secrets"]',
        fix: "give the cluster a KMS key: EksCluster of this package makes one, or takes encryptionKeyArn",
      },
    ];
  },
};

export const encryptedVolumes: ResourceRule = {
  name: "encrypted-volumes",
  summary: "Every EBS volume is encrypted.",
  why: "Pods' files and tokens lie on nodes' disks, and AWS encrypts none by default (https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html).",
  level: "mandatory",
  check: ({ type, inputs }) =>
    (VOLUMES[type]?.(inputs) ?? [])
      .filter(([, encrypted]) => !isYes(encrypted))
      .map(([path, encrypted]) => ({
        path,
        got: encrypted === undefined ? "nothing, which is false" : JSON.stringify(encrypted),
        allowed: "true",
        fix: "say true",
      })),
};

/** Path and value of what says that each volume is encrypted. */
const VOLUMES: Readonly<Record<string, (inputs: Inputs) => [string, unknown][]>> = {
  "aws:ebs/volume:Volume": ({ encrypted }) => [["encrypted", encrypted]],
  "aws:ec2/launchTemplate:LaunchTemplate": ({ blockDeviceMappings: mappings }) =>
    mappings === undefined
      ? [["blockDeviceMappings", undefined]]
      : listOf<Inputs>(mappings).flatMap(({ ebs }, index) =>
          ebs ? [[`blockDeviceMappings[${index}].ebs.encrypted`, ebs.encrypted]] : [],
        ),
  "aws:ec2/launchConfiguration:LaunchConfiguration": instanceVolumes,
  "aws:ec2/instance:Instance": instanceVolumes,
};

/** An instance without a template has a root volume in any case. */
function instanceVolumes(inputs: Inputs): [string, unknown][] {
  const { rootBlockDevice: root, ebsBlockDevices, launchTemplate } = inputs;
  const first: [string, unknown][] =
    launchTemplate && !root ? [] : [["rootBlockDevice.encrypted", encryptedOf(root)]];
  const others = listOf<Inputs>(ebsBlockDevices).map((device, index): [string, unknown] => [
    `ebsBlockDevices[${index}].encrypted`,
    encryptedOf(device),
  ]);
  return [...first, ...others];
}

function encryptedOf(device: Inputs | undefined): unknown {
  return String(device) === UNKNOWN ? UNKNOWN : device?.encrypted;
}

/** CloudWatch encrypts every log group with a key of AWS's; these components take a key of yours, and need none. */
export const logKeys: ResourceRule = {
  name: "log-keys",
  summary: "A log group is encrypted with a KMS key of yours.",
  why: "Only then can you take the right to read it away (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html).",
  level: "disabled",
  check: ({ type, inputs }): Problem[] =>
    type !== "aws:cloudwatch/logGroup:LogGroup" || inputs.kmsKeyId
      ? []
      : [
          {
            path: "kmsKeyId",
            got: "nothing",
            allowed: "ARN of a key",
            fix: "name one: `encryption.keys` of a description, `encryptionKeyArn` of an EksCluster, `flowLogKeyArn` of a Vpc",
          },
        ],
};
