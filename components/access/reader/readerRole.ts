import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import type { RoleSettings } from "../../roles";
import { automaticName, LONGEST } from "../../topology";
import { accountRoot, assumePolicy, trustPolicy } from "./policies";

/** What the role of a mesh's readers in one AWS account is made from. */
export interface ReaderRoleArgs {
  /** Physical name of the role, at most 64 characters: trust policies of other accounts name it. */
  roleName: pulumi.Input<string>;
  /**
   * Account of the role.
   *
   * @default the account of the AWS provider
   */
  accountId?: pulumi.Input<string>;
  /** Namespace of the istiods that may take the role by Pod Identity. */
  namespace: pulumi.Input<string>;
  /**
   * ARNs of the mesh's roles in other accounts that may take this one.
   *
   * @default none
   */
  assumedBy?: pulumi.Input<string>[];
  /**
   * ARNs of the mesh's roles in other accounts that this one may take.
   *
   * @default none
   */
  assumes?: pulumi.Input<string>[];
  /**
   * How the role is made.
   *
   * @default at path /, without a boundary
   */
  iam?: RoleSettings;
}

/**
 * What the istiods of one mesh are to the API servers of one AWS account: a role that gives no right in AWS but to become
 * the same mesh's role in another account. What it may read in a cluster is that cluster's `RemoteReader`.
 */
export class ReaderRole extends pulumi.ComponentResource {
  /** ARN of the role. */
  public readonly arn: pulumi.Output<string>;
  /** Account of the role. */
  public readonly accountId: pulumi.Output<string>;

  constructor(name: string, args: ReaderRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:ReaderRole", name, {}, opts);
    const { assumes = [] } = args;
    const children = childOptions(this, opts);

    this.accountId = args.accountId
      ? pulumi.output(args.accountId)
      : aws.getCallerIdentityOutput({}, { parent: this }).accountId;
    const role = createRole(name, args, this.accountId, children);
    if (assumes.length > 0) {
      const policy = pulumi.jsonStringify(assumePolicy(assumes));
      const logical = automaticName(`${name}-assume`, LONGEST.rolePolicy);
      new aws.iam.RolePolicy(logical, { role: role.name, policy }, children);
    }

    this.arn = role.arn;
    this.registerOutputs({ arn: this.arn, accountId: this.accountId });
  }
}

function createRole(
  name: string,
  { roleName, namespace, assumedBy = [], iam }: ReaderRoleArgs,
  accountId: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): aws.iam.Role {
  const assumedByAccounts = assumedBy.map((arn) => pulumi.output(arn).apply(accountRoot));
  const policy = trustPolicy({ accountId, namespace, assumedBy, assumedByAccounts });
  return new aws.iam.Role(
    name,
    {
      ...iam,
      name: roleName,
      description: "Reads the Kubernetes API servers of one mesh",
      assumeRolePolicy: pulumi.jsonStringify(policy),
    },
    // Another path makes it anew, and an account has one role of a name, whatever its path.
    { ...opts, deleteBeforeReplace: true },
  );
}
