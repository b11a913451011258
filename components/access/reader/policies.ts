/** IAM documents of the readers' roles. Plain data; ARNs may be values that exist only after deployment. */

/** What of a role goes into its documents. */
export interface RoleFacts<Text> {
  /** Account that the role is in: its own istiods may take it. */
  accountId: Text;
  /** Namespace of those istiods. */
  namespace: Text;
  /** Roles of the mesh in other accounts that may take this one. */
  assumedBy: Text[];
  /** Accounts of those roles, as `arn:aws:iam::<id>:root`. */
  assumedByAccounts: Text[];
}

/**
 * Session tags of Pod Identity stay on a session when it takes a further role, so that both steps need to allow them
 * (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html).
 */
const assume = ["sts:AssumeRole", "sts:TagSession"];

/** Who may be a mesh's reader: its istiods by Pod Identity, and its readers in other accounts. */
export function trustPolicy<Text>(role: RoleFacts<Text>) {
  return { Version: "2012-10-17", Statement: [byPodIdentity(role), ...byOtherAccounts(role)] };
}

/** Only pods of istiod's namespace, and only where a Pod Identity association of this account says so. */
function byPodIdentity<Text>({ accountId, namespace }: RoleFacts<Text>) {
  return {
    Sid: "IstiodByPodIdentity",
    Effect: "Allow",
    Principal: { Service: "pods.eks.amazonaws.com" },
    Action: assume,
    Condition: {
      StringEquals: {
        "aws:SourceAccount": accountId,
        "aws:RequestTag/kubernetes-namespace": namespace,
      },
    },
  };
}

/**
 * The other roles are named by condition: as principals they would have to exist first, and two roles that name each
 * other never could (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
 */
function byOtherAccounts<Text>({ assumedBy, assumedByAccounts }: RoleFacts<Text>) {
  if (assumedBy.length === 0) return [];
  return [
    {
      Sid: "ReadersOfOtherAccounts",
      Effect: "Allow",
      Principal: { AWS: assumedByAccounts },
      Action: assume,
      Condition: { ArnEquals: { "aws:PrincipalArn": assumedBy } },
    },
  ];
}

/** What a reader may do in AWS: take the roles of its mesh in other accounts, and nothing else. */
export function assumePolicy<Text>(roles: Text[]) {
  return {
    Version: "2012-10-17",
    Statement: [
      { Sid: "ReadersOfOtherAccounts", Effect: "Allow", Action: assume, Resource: roles },
    ],
  };
}

/** Root principal of a role's account. */
export function accountRoot(roleArn: string): string {
  const [, partition, , , account] = roleArn.split(":");
  return `arn:${partition}:iam::${account}:root`;
}
