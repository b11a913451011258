import { topologyRules } from "../../../components/topology";
import { iamRules } from "../../../components/topology/rules/iam";
import { type Claim, testEveryRule, testRules } from "../../support/rules";
import { good } from "./good";

const POLICY = "arn:aws:iam::111122223333:policy/edges/boundary";

const form =
  "allowed: the ARN of a managed policy: arn:aws:iam::<account>:policy/<name>; fix: copy the policy's ARN";

const path =
  "allowed: a path with a slash at both ends, of at most 512 letters, digits and +=,.@_-, such as /mesh/, and none of AWS's (/aws-service-role/, /aws-reserved/); fix: correct it";

const long = `/${"p".repeat(511)}/`;

const claims: Claim[] = [
  [
    "iam-boundary-form",
    "a name",
    (description) => (description.iam = { permissionsBoundary: "boundary" }),
    `iam.permissionsBoundary: got "boundary"; ${form}`,
  ],
  [
    "iam-boundary-form",
    "the policy of an account, at a path, is one",
    (description) => (description.iam = { permissionsBoundary: POLICY, path: "/mesh/" }),
  ],
  [
    "iam-boundary-partition",
    "a policy of China's accounts for roles elsewhere",
    (description) => (description.iam = { permissionsBoundary: POLICY.replace("aws", "aws-cn") }),
    "iam.permissionsBoundary: got a policy of partition aws-cn; allowed: a policy of aws: networks.old is in eu-west-1; fix: name one of arn:aws; what stands in several partitions is several stacks",
  ],
  [
    "iam-path",
    "a slash at one end only",
    (description) => (description.iam = { path: "/mesh" }),
    `iam.path: got "/mesh"; ${path}`,
  ],
  [
    "iam-path",
    "more characters than IAM takes",
    (description) => (description.iam = { path: long }),
    `iam.path: got "${long.slice(0, 79)}...; ${path}`,
  ],
  [
    "iam-path",
    "a path that AWS keeps",
    (description) => (description.iam = { path: "/aws-service-role/mesh/" }),
    `iam.path: got "/aws-service-role/mesh/"; ${path}`,
  ],
  ["iam-path", "several steps", (description) => (description.iam = { path: "/teams/mesh-1/" })],
];

describe("rules of IAM roles", () => {
  testRules(topologyRules, good, claims);
  testEveryRule(iamRules, claims);
});
