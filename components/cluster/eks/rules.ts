/** What control planes may be told, and the keys that encrypt in their regions. */
import { oneOf, pathOf, Severity, written } from "../../topology";
import type { Problem, Relations, Rule, Topology } from "../../topology";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731],
  ...[1096, 1827, 2192, 2557, 2922, 3288, 3653],
];

function checkRetention({ clusters }: Topology): Problem[] {
  return Object.values(clusters)
    .filter(({ logs }) => !RETENTION_DAYS.includes(logs.retentionDays))
    .map(({ name, logs: { retentionDays } }) => ({
      path: pathOf("clusters", name, "logs", "retentionDays"),
      got: String(retentionDays),
      allowed: RETENTION_DAYS.join(", "),
      fix: "choose one of these",
    }));
}

/** ARN of a key itself: CloudWatch Logs takes no alias. */
const KEY = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:key\/[A-Za-z0-9-]+$/;

function checkKeys({ encryptionKeys }: Topology): Problem[] {
  return Object.entries(encryptionKeys)
    .filter(([region, key]) => KEY.exec(key)?.[1] !== region)
    .map(([region, key]) => ({
      path: pathOf("encryption", "keys", region),
      got: written(key),
      allowed: `the ARN of a KMS key in ${region}: arn:aws:kms:${region}:<account>:key/<id>`,
      fix: "name a key of that region by its own ARN, not by an alias",
    }));
}

function checkUsed({ encryptionKeys, vpcs }: Topology, { clusters }: Relations): Problem[] {
  const made = clusters.filter(({ cluster }) => !cluster.existing).map(({ vpc }) => vpc);
  const logged = Object.values(vpcs).filter(
    ({ existing, settings }) => !existing && settings.flowLogs,
  );
  const regions = [...new Set([...made, ...logged].map(({ region }) => region))];
  return Object.keys(encryptionKeys)
    .filter((region) => !regions.includes(region))
    .map((region) => ({
      path: pathOf("encryption", "keys", region),
      got: `a key in ${region}, where no cluster is made and no VPC writes flow logs`,
      allowed: `keys in regions of what they encrypt: ${oneOf(regions)}`,
      fix: "remove it, or correct the region",
    }));
}

const severity = Severity.Problem;

export const controlPlaneRules: Rule[] = [
  {
    id: "cluster-log-retention",
    summary: "Logs of control planes are kept for a time that CloudWatch Logs knows.",
    why: "It takes these numbers of days and no others (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html).",
    severity,
    check: checkRetention,
  },
  {
    id: "encryption-key-form",
    summary: "Keys are named by the ARN of a key in their region.",
    why: "EKS and CloudWatch Logs use keys of their own region, and CloudWatch Logs takes no alias (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html).",
    severity,
    check: checkKeys,
  },
  {
    id: "encryption-key-unused",
    summary: "Keys are of regions where a cluster is made, or a VPC writes flow logs.",
    why: "Nothing would be encrypted with another one.",
    severity,
    check: checkUsed,
  },
];
