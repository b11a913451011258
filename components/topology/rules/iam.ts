/** What every IAM role is made with. */
import { MANAGED_POLICY, partitionOf } from "../aws";
import { pathOf } from "../path";
import { type Problem, written } from "../problem";
import { type Rule, Severity } from "../rule";
import type { Topology } from "../topology";
import { when } from "./support";

function checkBoundaryForm({ iam: { permissionsBoundary: boundary } }: Topology): Problem[] {
  return when(boundary !== undefined && !MANAGED_POLICY.test(boundary), {
    path: pathOf("iam", "permissionsBoundary"),
    got: written(boundary),
    allowed: "the ARN of a managed policy: arn:aws:iam::<account>:policy/<name>",
    fix: "copy the policy's ARN",
  });
}

function checkBoundaryPartition({ iam, vpcs }: Topology): Problem[] {
  const [, partition] = MANAGED_POLICY.exec(iam.permissionsBoundary ?? "") ?? [];
  const other = Object.values(vpcs).find(({ region }) => partitionOf(region) !== partition);
  if (partition === undefined || other === undefined) return [];
  const there = partitionOf(other.region);
  return [
    {
      path: pathOf("iam", "permissionsBoundary"),
      got: `a policy of partition ${partition}`,
      allowed: `a policy of ${there}: ${other.path} is in ${other.region}`,
      fix: `name one of arn:${there}; what stands in several partitions is several stacks`,
    },
  ];
}

const PATH = /^\/([\w+=,.@-]+\/)*$/;
const LONGEST_PATH = 512;
const RESERVED = ["/aws-service-role/", "/aws-reserved/"];

function checkPath({ iam: { path } }: Topology): Problem[] {
  if (path === undefined) return [];
  const isTaken = RESERVED.some((reserved) => path.startsWith(reserved));
  return when(!PATH.test(path) || path.length > LONGEST_PATH || isTaken, {
    path: pathOf("iam", "path"),
    got: written(path),
    allowed: `a path with a slash at both ends, of at most ${LONGEST_PATH} letters, digits and +=,.@_-, such as /mesh/, and none of AWS's (${RESERVED.join(", ")})`,
    fix: "correct it",
  });
}

const severity = Severity.Problem;

export const iamRules: Rule[] = [
  {
    id: "iam-boundary-form",
    summary: "The boundary of roles is a managed policy.",
    why: "IAM takes no other (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html).",
    severity,
    check: checkBoundaryForm,
  },
  {
    id: "iam-boundary-partition",
    summary: "The boundary of roles is of the partition that they are made in.",
    why: "The accounts of another partition are none to IAM (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html).",
    severity,
    check: checkBoundaryPartition,
  },
  {
    id: "iam-path",
    summary: "The path of roles is one that IAM takes.",
    why: "A role is refused otherwise (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html), and AWS keeps some paths for roles of its own (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html).",
    severity,
    check: checkPath,
  },
];
