import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { waitingFor } from "../../options";
import type { RoleSettings } from "../../roles";
import { automaticName, LONGEST } from "../../topology";

/** What a VPC says of its flow logs. */
interface FlowLogSettings {
  flowLogRetentionDays?: pulumi.Input<number>;
  flowLogKeyArn?: pulumi.Input<string>;
  iam?: RoleSettings;
}

/** Sends a VPC's flow logs to a log group of its own. */
export function createFlowLogs(
  name: string,
  vpc: aws.ec2.Vpc,
  { flowLogRetentionDays: retentionInDays = 30, flowLogKeyArn: kmsKeyId, iam }: FlowLogSettings,
  options: pulumi.CustomResourceOptions,
): void {
  const logs = `${name}-flow-logs`;
  const group = new aws.cloudwatch.LogGroup(logs, { retentionInDays, kmsKeyId }, options);
  const role = new aws.iam.Role(
    automaticName(logs, LONGEST.role),
    { ...iam, assumeRolePolicy: trustPolicy(vpc) },
    options,
  );
  const policy = new aws.iam.RolePolicy(
    automaticName(logs, LONGEST.rolePolicy),
    { role: role.id, policy: deliveryPolicy(group) },
    options,
  );
  new aws.ec2.FlowLog(
    name,
    {
      vpcId: vpc.id,
      trafficType: "ALL",
      logDestination: group.arn,
      iamRoleArn: role.arn,
      tags: { Name: name },
    },
    waitingFor(options, [policy]),
  );
}

/** Only the flow logs of the VPC's own account (https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html). */
function trustPolicy(vpc: aws.ec2.Vpc): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "vpc-flow-logs.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": vpc.ownerId } },
      },
    ],
  });
}

function deliveryPolicy(group: aws.cloudwatch.LogGroup): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        Resource: pulumi.interpolate`${group.arn}:*`,
      },
    ],
  });
}
