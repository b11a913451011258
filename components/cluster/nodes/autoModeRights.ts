/**
 * What Auto Mode may do beyond AWS's managed policies, which let it set no tags but its own and use no key of yours
 * (https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html#tag-prop).
 */
import { partitionOf } from "../../topology";

/** What the rights are about. */
export interface AutoModeRightsFacts {
  clusterName: string;
  region: string;
  /** ARN of the key of nodes' disks; absent: AWS's own. */
  diskKeyArn?: string;
}

/** Tag by which EKS says whose a thing is. */
const OWNER = "eks:eks-cluster-name";

export function autoModeRights(facts: AutoModeRightsFacts) {
  const statements = [...nodes(facts), ...loadBalancers(facts), ...diskKey(facts)];
  return {
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({ Effect: "Allow", ...statement })),
  };
}

const requested = ({ clusterName }: AutoModeRightsFacts) => ({
  StringEquals: { [`aws:RequestTag/${OWNER}`]: clusterName },
});

/** Things of the cluster may be made with whatever tags. Nodes and volumes whose tags change are replaced. */
function nodes(facts: AutoModeRightsFacts) {
  const ec2 = (...kinds: string[]) => things(facts, "ec2", kinds);
  const Condition = requested(facts);
  return [
    {
      Action: ["ec2:CreateFleet", "ec2:RunInstances", "ec2:CreateLaunchTemplate"],
      Resource: ec2(
        ...["fleet", "instance", "launch-template"],
        ...["network-interface", "spot-instances-request", "volume"],
      ),
      Condition,
    },
    {
      Action: ["ec2:CreateVolume", "ec2:CreateSnapshot"],
      Resource: ec2("volume", "snapshot"),
      Condition,
    },
    { Action: ["ec2:CreateNetworkInterface"], Resource: ec2("network-interface"), Condition },
  ];
}

function loadBalancers(facts: AutoModeRightsFacts) {
  const { clusterName } = facts;
  const kinds = ["loadbalancer/net", "targetgroup", "listener/net"];
  const balancers = things(facts, "elasticloadbalancing", kinds);
  return [
    {
      Action: [
        "elasticloadbalancing:CreateLoadBalancer",
        "elasticloadbalancing:CreateTargetGroup",
        "elasticloadbalancing:CreateListener",
      ],
      Resource: balancers,
      Condition: requested(facts),
    },
    {
      Action: ["ec2:CreateSecurityGroup"],
      Resource: things(facts, "ec2", ["security-group"]),
      Condition: requested(facts),
    },
    {
      Action: ["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"],
      Resource: balancers,
      Condition: { StringEquals: { [`aws:ResourceTag/${OWNER}`]: clusterName } },
    },
  ];
}

/** ARNs of things of some kinds in the region; the account is the role's own. */
function things({ region }: AutoModeRightsFacts, service: string, kinds: string[]): string[] {
  return kinds.map((kind) => `arn:${partitionOf(region)}:${service}:${region}:*:${kind}/*`);
}

/** https://docs.aws.amazon.com/eks/latest/userguide/auto-kms.html */
function diskKey({ diskKeyArn }: AutoModeRightsFacts) {
  if (diskKeyArn === undefined) return [];
  return [
    {
      Action: [
        ...["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"],
        ...["kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey"],
      ],
      Resource: [diskKeyArn],
    },
    {
      Action: ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
      Resource: [diskKeyArn],
      Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}
