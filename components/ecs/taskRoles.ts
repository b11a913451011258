import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childOptions, ownAccountId } from "../options";
import type { RoleSettings } from "../roles";
import { automaticName, LONGEST } from "../topology";
import { execPolicy, executionPolicy, tasksTrustPolicy } from "./policies";

/** What the roles of an ECS service's tasks are made from. */
export interface TaskRolesArgs {
  /** AWS region of the tasks. */
  region: pulumi.Input<string>;
  /** Images of the tasks' containers: those in private repositories of ECR are let be pulled. */
  images: string[];
  /**
   * ARNs of Secrets Manager secrets and SSM parameters that stand in the application's environment.
   *
   * @default none
   */
  secretArns?: string[];
  /**
   * ARNs of managed policies: what the application may do.
   *
   * @default none
   */
  policyArns?: string[];
  /**
   * Lets ECS Exec into the tasks.
   *
   * @default false
   */
  exec?: boolean;
  /**
   * Days that logs are kept.
   *
   * @default 30
   */
  logRetentionDays?: pulumi.Input<number>;
  /**
   * ARN of a symmetric KMS key of the region that encrypts logs, and lets `logs.<region>.amazonaws.com` use it.
   *
   * @default AWS's own
   */
  logKeyArn?: pulumi.Input<string>;
  /**
   * How the roles are made.
   *
   * @default at path /, without a boundary
   */
  iam?: RoleSettings;
}

/**
 * What the tasks of an ECS service are to AWS, and to the API server that makes their tokens; and the log group that they write to.
 * One for each service: whoever has the role has the service's identity.
 */
export class TaskRoles extends pulumi.ComponentResource {
  /** ARN of the role that the containers have. */
  public readonly taskRoleArn: pulumi.Output<string>;
  /** ARN of the role that ECS starts them with. */
  public readonly executionRoleArn: pulumi.Output<string>;
  /** Name of the log group. */
  public readonly logGroupName: pulumi.Output<string>;

  constructor(name: string, args: TaskRolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:TaskRoles", name, {}, opts);
    const children = childOptions(this, opts);
    const { logRetentionDays: retentionInDays = 30, logKeyArn: kmsKeyId } = args;
    const logs = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      { retentionInDays, kmsKeyId },
      children,
    );
    const trust = { region: args.region, accountId: ownAccountId({ ...opts, parent: this }) };
    const assumeRolePolicy = pulumi.jsonStringify(pulumi.output(trust).apply(tasksTrustPolicy));
    const task = createTaskRole(name, args, assumeRolePolicy, children);
    const execution = createExecutionRole(name, args, { assumeRolePolicy, logs }, children);

    this.taskRoleArn = task;
    this.executionRoleArn = execution;
    this.logGroupName = logs.name;
    const { taskRoleArn, executionRoleArn, logGroupName } = this;
    this.registerOutputs({ taskRoleArn, executionRoleArn, logGroupName });
  }
}

/** A token for EKS is made by signing, which asks for nothing in IAM. Known once its policies are there. */
function createTaskRole(
  name: string,
  { policyArns = [], exec = false, iam }: TaskRolesArgs,
  assumeRolePolicy: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const role = new aws.iam.Role(
    automaticName(name, LONGEST.role),
    { ...iam, assumeRolePolicy },
    opts,
  );
  const policy = JSON.stringify(execPolicy);
  const own = exec
    ? [
        new aws.iam.RolePolicy(
          automaticName(`${name}-exec`, LONGEST.rolePolicy),
          { role: role.name, policy },
          opts,
        ),
      ]
    : [];
  const attached = policyArns.map(
    (policyArn, index) =>
      new aws.iam.RolePolicyAttachment(`${name}-${index}`, { role: role.name, policyArn }, opts),
  );
  const ids = [...own, ...attached].map(({ id }) => id);
  return pulumi.output({ arn: role.arn, ids }).apply(({ arn }) => arn);
}

/** Known once its policy is there. */
function createExecutionRole(
  name: string,
  { images, secretArns = [], iam }: TaskRolesArgs,
  made: { assumeRolePolicy: pulumi.Input<string>; logs: aws.cloudwatch.LogGroup },
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const logical = `${name}-execution`;
  const { assumeRolePolicy } = made;
  const role = new aws.iam.Role(
    automaticName(logical, LONGEST.role),
    { ...iam, assumeRolePolicy },
    opts,
  );
  const document = made.logs.arn.apply((logGroupArn) =>
    executionPolicy({ logGroupArn, images, secretArns }),
  );
  const policy = new aws.iam.RolePolicy(
    automaticName(logical, LONGEST.rolePolicy),
    { role: role.name, policy: pulumi.jsonStringify(document) },
    opts,
  );
  return pulumi.all([role.arn, policy.id]).apply(([arn]) => arn);
}
