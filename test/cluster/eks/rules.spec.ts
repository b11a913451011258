import { controlPlaneRules } from "../../../components/cluster/eks/rules";
import { testEveryRule, testRules } from "../../support/rules";
import type { Claim } from "../../support/rules";
import { good } from "../../topology/rules/good";

const claims: Claim[] = [
  [
    "cluster-log-retention",
    "a number of days that CloudWatch Logs does not take",
    ({ clusters }) => (clusters.east.logs = { retentionDays: 61 }),
    "clusters.east.logs.retentionDays: got 61; allowed: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653; fix: choose one of these",
  ],
  [
    "encryption-key-form",
    "an alias, and a key of another region",
    (description) => {
      description.encryption = {
        keys: {
          "eu-west-1": "arn:aws:kms:eu-west-1:111122223333:alias/mesh",
          "us-east-1": "arn:aws:kms:us-west-2:111122223333:key/0a1b-2c",
        },
      };
    },
    'encryption.keys.eu-west-1: got "arn:aws:kms:eu-west-1:111122223333:alias/mesh"; allowed: the ARN of a KMS key in eu-west-1: arn:aws:kms:eu-west-1:<account>:key/<id>; fix: name a key of that region by its own ARN, not by an alias',
    'encryption.keys.us-east-1: got "arn:aws:kms:us-west-2:111122223333:key/0a1b-2c"; allowed: the ARN of a KMS key in us-east-1: arn:aws:kms:us-east-1:<account>:key/<id>; fix: name a key of that region by its own ARN, not by an alias',
  ],
  [
    "encryption-key-unused",
    "a key of a region without a cluster made here",
    (description) => {
      const key = (region: string) => `arn:aws:kms:${region}:111122223333:key/mrk-0a1b`;
      const keys = Object.fromEntries(["eu-west-1", "us-east-1"].map((one) => [one, key(one)]));
      description.encryption = { keys };
    },
    "encryption.keys.us-east-1: got a key in us-east-1, where no cluster is made and no VPC writes flow logs; allowed: keys in regions of what they encrypt: eu-west-1; fix: remove it, or correct the region",
  ],
];

describe("the rules about control planes", () => {
  testRules(controlPlaneRules, good, claims);
  testEveryRule(controlPlaneRules, claims);
});
