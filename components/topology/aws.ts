/** AWS's own places: partitions, and one provider per account and region. */
import { providerKey } from "./names";

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

/** Region of a partition's IAM, which is one for all regions (https://docs.aws.amazon.com/general/latest/gr/iam-service.html). */
export function iamRegion(region: string): string {
  return HOMES[partitionOf(region)] ?? region;
}

const HOMES: Record<string, string> = {
  aws: "us-east-1",
  "aws-cn": "cn-north-1",
  "aws-us-gov": "us-gov-west-1",
};
