/** How IAM roles are made. */

/** What every IAM role that is made here has. */
export interface IamDescription {
  /**
   * ARN of the managed policy that bounds the rights of each role. In accounts that are reached by a role of yours it is the
   * policy of the same path and name there: IAM takes none of another account. It must allow what the roles are for; see the
   * policies in the plan.
   *
   * @default none
   */
  permissionsBoundary?: string;
  /**
   * Path of each role, with a slash at both ends, such as `/mesh/`. A change makes roles and nodes anew; the role of a cluster
   * keeps the path that it was made with, since EKS lets no cluster change its role.
   *
   * @default /
   */
  path?: string;
}
