/** What IAM roles have in common, whatever they are for. */
import type * as pulumi from "@pulumi/pulumi";

/** How a component makes its IAM roles. */
export interface RoleSettings {
  /**
   * ARN of the managed policy that bounds a role's rights, of the role's account or AWS's own.
   *
   * @default none
   */
  permissionsBoundary?: pulumi.Input<string>;
  /**
   * Path of a role, with a slash at both ends.
   *
   * @default /
   */
  path?: pulumi.Input<string>;
}
