import { createHash } from "node:crypto";
import { asProps, asText } from "../../base/values";
import { jsonDocument, others, unique } from "../checks";
import { to, unlisted } from "../table";
import type { Check, Draft, Table } from "../table";
import type { World } from "../world";

const NAME = /^[\w+=,.@-]+$/;
const iamArn =
  (kind: string, field = "name") =>
  ({ account, inputs }: Draft) =>
    `arn:aws:iam::${account}:${kind}${asText(inputs.path) || "/"}${asText(inputs[field])}`;
const byName = ({ inputs }: Draft) => asText(inputs.name);
const uniqueId = (prefix: string, { id }: Draft) =>
  prefix + createHash("sha256").update(id).digest("hex").slice(0, 17).toUpperCase();

/** IAM refuses statements without a principal in a trust policy, and with one elsewhere. */
const trustNamesPrincipals: Check = ({ inputs }) => {
  const { Statement } = JSON.parse(asText(inputs.assumeRolePolicy)) as { Statement: unknown };
  const statements = Array.isArray(Statement) ? Statement : [Statement];
  return statements.every((it) => asProps(it).Principal && asProps(it).Action)
    ? undefined
    : "MalformedPolicyDocument: each statement of a trust policy needs Principal and Action";
};

const statementsAreWhole: Check = ({ inputs }) => {
  const { Statement } = JSON.parse(asText(inputs.policy)) as { Statement: unknown };
  const statements = Array.isArray(Statement) ? Statement : [Statement];
  const whole = statements.map(asProps).every((it) => {
    return (
      ["Allow", "Deny"].includes(asText(it.Effect)) &&
      (it.Action ?? it.NotAction) &&
      (it.Resource ?? it.NotResource)
    );
  });
  return whole
    ? undefined
    : "MalformedPolicyDocument: a statement lacks Effect, Action or Resource";
};

const policyIsShort =
  (limit: number): Check =>
  ({ inputs }) => {
    const length = size(inputs.policy);
    return length <= limit
      ? undefined
      : `LimitExceeded: the policy has ${length} characters, ${limit} are allowed`;
  };

const policyExists: Check = ({ inputs, world }) => {
  const policyArn = asText(inputs.policyArn);
  const managed = /^arn:aws:iam::aws:policy\/[\w/-]+$/.test(policyArn);
  return managed || world.find("iam.Policy", policyArn)
    ? undefined
    : `NoSuchEntity: policy ${policyArn} does not exist`;
};

/** White space left out (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html). */
const size = (document: unknown) => asText(document).replace(/\s/g, "").length;

/** CreateRole and UpdateAssumeRolePolicy; an account may have had it raised to 8192. */
const trustIsShort: Check = ({ inputs }) => {
  const limit = Number(process.env.LAB_TRUST_POLICY ?? 2048);
  return size(inputs.assumeRolePolicy) <= limit
    ? undefined
    : `LimitExceeded: Cannot exceed quota for ACLSizePerRole: ${limit}`;
};

/** PutRolePolicy: all inline policies of a role together. */
const inlinePoliciesAreShort: Check = (draft) => {
  const { role, policy } = draft.inputs;
  const mine = others(draft).filter(({ inputs }) => inputs.role === role);
  const whole = mine.reduce((sum, { inputs }) => sum + size(inputs.policy), size(policy));
  return whole <= 10240
    ? undefined
    : `LimitExceeded: Maximum policy size of 10240 bytes exceeded for role ${asText(role)}`;
};

/** CreateRole (https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html). */
const pathIsWhole: Check = ({ inputs }) =>
  /^\/$|^\/[\x21-\x7e]+\/$/.test(asText(inputs.path) || "/") && asText(inputs.path).length <= 512
    ? undefined
    : "ValidationError: The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.";

/** A boundary is AWS's own or of the role's account (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html). */
const boundaryIsHere: Check = ({ inputs, account, world }) => {
  const boundary = inputs.permissionsBoundary;
  if (boundary === undefined) return undefined;
  const owner = asText(boundary).split(":")[4];
  const isHere = world.find("iam.Policy", boundary) ?? organization(world)?.permissionsBoundary;
  return owner === "aws" || (owner === account && isHere)
    ? undefined
    : `NoSuchEntity: Scope ARN: ${asText(boundary)} does not exist or is not attachable.`;
};

/** What the service control policies of an organization ask of every role, where the machine says so. */
const organization = (world: World) => world.fact("organization", "roles");

/** As a policy that denies iam:CreateRole unless iam:PermissionsBoundary is one and the role stands below a path. */
const organizationAllows: Check = ({ inputs, account, world }) => {
  const { permissionsBoundary: policy, path } = organization(world) ?? {};
  const denied =
    (policy &&
      asText(inputs.permissionsBoundary) !== `arn:aws:iam::${account}:policy/${asText(policy)}`) ||
    (path && inputs.path !== path);
  return denied
    ? `AccessDenied: not authorized to perform: iam:CreateRole on resource: ${asText(inputs.name)} with an explicit deny in a service control policy`
    : undefined;
};

/** Names are one whatever their case, and whatever their paths. */
const nameIsFree: Check = (draft) => {
  const name = asText(draft.inputs.name);
  const twin = others(draft).find(
    (other) =>
      other.account === draft.account &&
      asText(other.inputs.name).toLowerCase() === name.toLowerCase(),
  );
  return twin && `EntityAlreadyExists: Role with name ${name} already exists.`;
};

export const iam: Table = {
  "iam.Role": {
    id: byName,
    arn: iamArn("role"),
    name: { field: "name", max: 64, pattern: NAME },
    required: ["assumeRolePolicy"],
    defaults: { maxSessionDuration: 3600, path: "/" },
    replace: ["name", "namePrefix", "path"],
    references: { permissionsBoundary: unlisted("iam.Policy") },
    checks: [
      jsonDocument("assumeRolePolicy"),
      ...[trustNamesPrincipals, trustIsShort, pathIsWhole],
      ...[boundaryIsHere, organizationAllows, nameIsFree],
    ],
    outputs: (draft) => ({
      uniqueId: uniqueId("AROA", draft),
      createDate: draft.before?.outputs.createDate ?? new Date().toISOString(),
    }),
  },
  "iam.RolePolicy": {
    id: ({ inputs }) => `${asText(inputs.role)}:${asText(inputs.name)}`,
    name: { field: "name", max: 128, pattern: NAME },
    required: ["role", "policy"],
    replace: ["name", "namePrefix", "role"],
    references: { role: to("iam.Role") },
    checks: [jsonDocument("policy"), statementsAreWhole, inlinePoliciesAreShort],
  },
  "iam.Policy": {
    id: iamArn("policy"),
    arn: iamArn("policy"),
    name: { field: "name", max: 128, pattern: NAME },
    required: ["policy"],
    defaults: { path: "/" },
    replace: ["name", "namePrefix", "path", "description"],
    checks: [jsonDocument("policy"), statementsAreWhole, policyIsShort(6144)],
    outputs: (draft) => ({ policyId: uniqueId("ANPA", draft), attachmentCount: 0 }),
  },
  "iam.RolePolicyAttachment": {
    id: ({ inputs }) => `${asText(inputs.role)}/${asText(inputs.policyArn)}`,
    required: ["role", "policyArn"],
    replace: ["role", "policyArn"],
    references: { role: to("iam.Role"), policyArn: unlisted("iam.Policy") },
    checks: [policyExists, unique("EntityAlreadyExists", "role", "policyArn")],
  },
  "iam.InstanceProfile": {
    id: byName,
    arn: iamArn("instance-profile"),
    name: { field: "name", max: 128, pattern: NAME },
    replace: ["name", "namePrefix", "path"],
    references: { role: to("iam.Role") },
    outputs: (draft) => ({
      uniqueId: uniqueId("AIPA", draft),
      createDate: draft.before?.outputs.createDate ?? new Date().toISOString(),
    }),
  },
  "iam.OpenIdConnectProvider": {
    id: ({ account, inputs }) =>
      `arn:aws:iam::${account}:oidc-provider/${asText(inputs.url).replace(/^https:\/\//, "")}`,
    arn: ({ id }) => id,
    required: ["clientIdLists", "url"],
    replace: ["url"],
  },
};
