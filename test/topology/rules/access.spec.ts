import { topologyRules } from "../../../components/topology";
import { accessFormRules } from "../../../components/topology/rules/access";
import { type Claim, testEveryRule, testRules } from "../../support/rules";
import { good } from "./good";

const ACCOUNT = "arn:aws:iam::111122223333";
const form =
  "allowed: the ARN of an IAM role or user: arn:aws:iam::<account>:role/<name>, a path before its name; fix:";

const claims: Claim[] = [
  [
    "access-principal",
    "a session, the root user, a name",
    (description) => {
      const session = "arn:aws:sts::111122223333:assumed-role/admin/me";
      description.access = { admins: [session, `${ACCOUNT}:root`] };
      description.clusters.east.access = { viewers: ["auditor"] };
    },
    `access.admins[0]: got "arn:aws:sts::111122223333:assumed-role/admin/me"; ${form} a session ends: name its role, ${ACCOUNT}:role/admin, with the path that it has`,
    `access.admins[1]: got "${ACCOUNT}:root"; ${form} nobody works as the root user: name a role that people take`,
    `clusters.east.access.viewers[0]: got "auditor"; ${form} copy the ARN of a role that people take`,
  ],
  [
    "access-principal",
    "roles with a path, and users, of any account, are people",
    (description) => {
      const admins = [`${ACCOUNT}:role/teams/mesh/admin`, "arn:aws:iam::444455556666:user/me"];
      description.access = { admins };
    },
  ],
  [
    "access-partition",
    "somebody of China's accounts, once",
    (description) => {
      description.access = { viewers: ["arn:aws-cn:iam::111122223333:role/viewer"] };
      description.clusters.west.access = { admins: ["arn:aws-us-gov:iam::111122223333:role/a"] };
    },
    'access.viewers[0]: got "arn:aws-cn:iam::111122223333:role/viewer"; allowed: somebody of partition aws: cluster east is in eu-west-1; fix: move the name to the access of the clusters in its partition',
    'clusters.west.access.admins[0]: got "arn:aws-us-gov:iam::111122223333:role/a"; allowed: somebody of partition aws: cluster west is in eu-west-1; fix: name somebody of arn:aws',
  ],
  [
    "access-twice",
    "an admin who also views, and one of all clusters who is also one cluster's, whatever the case",
    (description) => {
      description.access = { admins: [`${ACCOUNT}:role/a`], viewers: [`${ACCOUNT}:role/a`] };
      description.clusters.east.access = { admins: [`${ACCOUNT}:role/A`] };
    },
    `access.viewers[0]: got "${ACCOUNT}:role/a"; allowed: somebody else: access.admins[0] is the same; fix: remove one; whoever administers a cluster sees it too`,
    `clusters.east.access.admins[0]: got "${ACCOUNT}:role/A"; allowed: somebody else: access.admins[0] is the same; fix: remove one; whoever administers a cluster sees it too`,
  ],
  [
    "access-twice",
    "one person may be named in two clusters",
    ({ clusters }) => {
      clusters.east.access = { admins: [`${ACCOUNT}:role/a`] };
      clusters.west.access = { viewers: [`${ACCOUNT}:role/a`] };
    },
  ],
  [
    "access-own-role",
    "the role that makes the clusters of a VPC",
    (description) => {
      const roleArn = `${ACCOUNT}:role/deploy`;
      description.networks.wide.vpcs!.eu.account = { roleArn };
      description.access = { admins: [roleArn] };
    },
    "access.admins[0]: got the role by which Pulumi makes cluster west; allowed: others: who makes a cluster administers it; fix: remove it, unless another identity made the cluster: EKS refuses a second entry",
  ],
];

describe("rules of people", () => {
  testRules(topologyRules, good, claims);
  testEveryRule(accessFormRules, claims);
});
