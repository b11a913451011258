import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { RoleSettings } from "../../roles";
import { automaticName, LONGEST, partitionOf } from "../../topology";
import { instanceTrustPolicy } from "./nodes";

/** The role of nodes, and AWS's managed policies on it, which must be there before a node starts. */
export function createNodeRole(
  name: string,
  { region, iam }: { region: pulumi.Input<string>; iam?: RoleSettings },
  managedPolicies: readonly string[],
  opts: pulumi.CustomResourceOptions,
) {
  const partition = pulumi.output(region).apply(partitionOf);
  const role = new aws.iam.Role(
    automaticName(`${name}-role`, LONGEST.role),
    { ...iam, assumeRolePolicy: JSON.stringify(instanceTrustPolicy) },
    opts,
  );
  const policies = managedPolicies.map(
    (policy) =>
      new aws.iam.RolePolicyAttachment(
        `${name}-${policy}`,
        {
          role: role.name,
          policyArn: pulumi.interpolate`arn:${partition}:iam::aws:policy/${policy}`,
        },
        opts,
      ),
  );
  return { role, policies };
}
