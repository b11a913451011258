import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { instanceTrustPolicy } from "../cluster/nodes/nodes";
import { childOptions, ownAccountId } from "../options";
import type { RoleSettings } from "../roles";
import { automaticName, LONGEST } from "../topology";
import { lifecyclePolicy } from "./policies";

/** What the role of a group of machines is made from. */
export interface MachineRoleArgs {
  /** Name of the Auto Scaling group: the machines may end their own lifecycle actions and say that they are not well, there alone. */
  autoScalingGroup: pulumi.Input<string>;
  /** AWS region of the machines. */
  region: pulumi.Input<string>;
  /**
   * ARNs of managed policies: what the application may do.
   *
   * @default none
   */
  policyArns?: string[];
  /**
   * How the role is made.
   *
   * @default at path /, without a boundary
   */
  iam?: RoleSettings;
}

/** What a group of machines is to AWS, and to the API server that makes its tokens. Free of charge. */
export class MachineRole extends pulumi.ComponentResource {
  /** ARN of the role. */
  public readonly roleArn: pulumi.Output<string>;
  /** ARN of the instance profile that hands it to machines. */
  public readonly instanceProfileArn: pulumi.Output<string>;

  constructor(name: string, args: MachineRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:MachineRole", name, {}, opts);
    const { autoScalingGroup, region, policyArns = [], iam } = args;
    const children = childOptions(this, opts);
    const role = new aws.iam.Role(
      automaticName(name, LONGEST.role),
      { ...iam, assumeRolePolicy: JSON.stringify(instanceTrustPolicy) },
      children,
    );
    const facts = { autoScalingGroup, region, accountId: ownAccountId({ ...opts, parent: this }) };
    const policies = [
      new aws.iam.RolePolicy(
        automaticName(name, LONGEST.rolePolicy),
        {
          role: role.name,
          policy: pulumi.jsonStringify(pulumi.output(facts).apply(lifecyclePolicy)),
        },
        children,
      ),
      ...policyArns.map(
        (policyArn, index) =>
          new aws.iam.RolePolicyAttachment(
            `${name}-${index}`,
            { role: role.name, policyArn },
            children,
          ),
      ),
    ];
    const profile = new aws.iam.InstanceProfile(
      name,
      { role: role.name, path: iam?.path },
      { ...children, dependsOn: policies },
    );

    this.roleArn = role.arn;
    this.instanceProfileArn = profile.arn;
    this.registerOutputs({ roleArn: this.roleArn, instanceProfileArn: this.instanceProfileArn });
  }
}
