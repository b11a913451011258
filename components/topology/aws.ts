/** AWS's own places and limits: partitions, one provider per account and region, how long names may be. */
import type { IamDescription } from "./description";
import { accountId, providerKey, shortened } from "./names";

/** One AWS provider per account and region; the key is what options are asked by. */
export interface AwsProviderPlan {
  key: string;
  region: string;
  /** Role to assume; absent: the program's own credentials. */
  account?: string;
}

/** The provider of an account and region. */
export function planProvider(place: { account?: string; region: string }): AwsProviderPlan {
  const { account, region } = place;
  return { key: providerKey(place), region, account };
}

/** Partition of ARNs in a region (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html). */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** Policies that roles are given: of an account, and AWS's own. */
export const MANAGED_POLICY =
  /^arn:(aws|aws-cn|aws-us-gov):iam::(\d{12}|aws):policy\/[\w+=,.@/-]*[\w+=,.@-]$/;

/** Region of a partition's IAM, which is one for all regions (https://docs.aws.amazon.com/general/latest/gr/iam-service.html). */
export function iamRegion(region: string): string {
  return HOMES[partitionOf(region)] ?? region;
}

const HOMES: Record<string, string> = {
  aws: "us-east-1",
  "aws-cn": "cn-north-1",
  "aws-us-gov": "us-gov-west-1",
};

/** What every role in one account is made with; absent where nothing is said. */
export interface RolePlan {
  permissionsBoundary?: string;
  path?: string;
}

/**
 * What roles have in the account that a role of the user's leads to, or in the program's own: a boundary is of the role's own account
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html), AWS's own of every.
 */
export function planRoles(
  { permissionsBoundary: boundary, path }: IamDescription,
  account?: string,
): RolePlan {
  const id = accountId(account);
  const isOwn = boundary === undefined || id === undefined || accountId(boundary) === "aws";
  return {
    ...(boundary === undefined
      ? {}
      : { permissionsBoundary: isOwn ? boundary : inAccount(boundary, id) }),
    ...(path === undefined ? {} : { path }),
  };
}

function inAccount(arn: string, id: string): string {
  const parts = arn.split(":");
  return [...parts.slice(0, 4), id, ...parts.slice(5)].join(":");
}

/**
 * Longest names (https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html, API_PutRolePolicy.html there,
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html).
 */
export const LONGEST = { role: 64, rolePolicy: 128, nodeGroup: 63 };

/** Longest value of a tag (https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html). */
export const LONGEST_TAG = 256;

/** A hyphen and seven hex digits (https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming). */
const AUTOMATIC = 8;

/**
 * Logical name of what has no name of its own: short enough for the one that Pulumi makes of it. A fixed name would stand in
 * the way of a replacement, which is made before the old one goes.
 */
export function automaticName(logical: string, longest: number): string {
  return shortened(logical, longest - AUTOMATIC);
}
