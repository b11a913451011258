/** What IAM allows of the documents of readers' roles, compared with what a plan writes. */
import { pathOf, Severity } from "../topology";
import type { Problem, Rule } from "../topology";
import type { AccessPlan, ReaderRolePlan } from "./facts";
import { readerRoleArn } from "./names";
import { accountRoot, assumePolicy, trustPolicy } from "./reader/policies";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, white space left out. */
export const TRUST_POLICY = { standard: 2048, most: 8192 };
const ROLE_POLICIES = 10240;

/** As long as that of the program's own account, which a plan does not know. */
const SOME_ACCOUNT = "000000000000";

interface Document {
  mesh: string;
  length: number;
  /** Other accounts that it names. */
  accounts: number;
}

function arnsOf({ roles }: AccessPlan, keys: string[]): string[] {
  return keys.map((key) => readerRoleArn(roles[key]!, roles[key]!.account ?? SOME_ACCOUNT));
}

function trustOf(plan: AccessPlan, { account, namespace, ...role }: ReaderRolePlan): Document {
  const assumedBy = arnsOf(plan, role.assumedBy);
  const document = trustPolicy({
    accountId: account ?? SOME_ACCOUNT,
    namespace,
    assumedBy,
    assumedByAccounts: assumedBy.map(accountRoot),
  });
  return { mesh: role.mesh, length: lengthOf(document), accounts: assumedBy.length };
}

/** The roles that one takes: those that let it. */
function rightsOf(plan: AccessPlan, key: string): Document {
  const taken = Object.keys(plan.roles).filter((other) =>
    plan.roles[other]!.assumedBy.includes(key),
  );
  const length = lengthOf(assumePolicy(arnsOf(plan, taken)));
  return { mesh: plan.roles[key]!.mesh, length, accounts: taken.length };
}

/** Characters that IAM counts. */
export function lengthOf(document: object): number {
  return JSON.stringify(document).replace(/\s/g, "").length;
}

/** A document that IAM limits. */
interface Limit {
  what: string;
  most: number;
  /** Who says so. */
  said: string;
  fix: string;
}

/** One problem for each mesh: the documents of its roles differ by little. */
function tooLong(documents: Document[], { what, most, said, fix }: Limit): Problem[] {
  const longest = new Map<string, Document>();
  for (const document of documents)
    if (document.length > Math.max(most, longest.get(document.mesh)?.length ?? 0))
      longest.set(document.mesh, document);
  return [...longest.values()].map(({ mesh, length, accounts }) => ({
    path: pathOf("meshes", mesh, "clusters"),
    got: `${length} characters in the ${what} of a reader's role, which names the roles of ${accounts} other accounts`,
    allowed: `${most}, ${said}`,
    fix,
  }));
}

const SHORTEN = "let the mesh's clusters be of fewer accounts, or shorten iam.path";

function checkTrust(plan: AccessPlan, most: number, said: string): Problem[] {
  const documents = Object.values(plan.roles).map((role) => trustOf(plan, role));
  const raise = `have AWS raise "Role trust policy length" in each account and say so in quotas.trustPolicyLength, or ${SHORTEN}`;
  const fix = most < TRUST_POLICY.most ? raise : SHORTEN;
  return tooLong(documents, { what: "trust policy", most, said, fix });
}

const TRUST_WHY =
  'IAM refuses what is longer than the quota "Role trust policy length", 2048 characters at first and 8192 at most (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html). Each role is named: a pattern would be wider.';

export const roleSizeRules: Rule<AccessPlan>[] = [
  {
    id: "standard-quota-trust-policy-length",
    summary: "The trust policies of readers' roles are as short as every account takes them.",
    why: TRUST_WHY,
    severity: Severity.Warning,
    check: ({ quotas }, _, plan) =>
      quotas.trustPolicyLength === undefined
        ? checkTrust(plan, TRUST_POLICY.standard, "what AWS gives every account")
        : [],
  },
  {
    id: "quota-trust-policy-length",
    summary: "The trust policies of readers' roles are as short as the accounts take them.",
    why: TRUST_WHY,
    severity: Severity.Problem,
    check: ({ quotas: { trustPolicyLength = TRUST_POLICY.most } }, _, plan) =>
      trustPolicyLength < TRUST_POLICY.most
        ? checkTrust(plan, trustPolicyLength, "as quotas says")
        : checkTrust(plan, TRUST_POLICY.most, "the most that AWS gives"),
  },
  {
    id: "access-role-policy-length",
    summary: "What a reader's role may do is short enough for IAM.",
    why: "The inline policies of a role hold 10,240 characters, and AWS does not raise this (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).",
    severity: Severity.Problem,
    check: (_, __, plan) =>
      tooLong(
        Object.keys(plan.roles).map((key) => rightsOf(plan, key)),
        { what: "policy", most: ROLE_POLICIES, said: "the most that AWS takes", fix: SHORTEN },
      ),
  },
];
