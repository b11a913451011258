import { createHash } from "node:crypto";
import { asProps, asText } from "../../base/values";
import { jsonDocument, unique } from "../checks";
import { to, unlisted } from "../table";
import type { Check, Draft, Table } from "../table";

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
    const length = asText(inputs.policy).replace(/\s/g, "").length;
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

export const iam: Table = {
  "iam.Role": {
    id: byName,
    arn: iamArn("role"),
    name: { field: "name", max: 64, pattern: NAME },
    required: ["assumeRolePolicy"],
    defaults: { maxSessionDuration: 3600, path: "/" },
    replace: ["name", "namePrefix", "path"],
    references: { permissionsBoundary: unlisted("iam.Policy") },
    checks: [jsonDocument("assumeRolePolicy"), trustNamesPrincipals],
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
    checks: [jsonDocument("policy"), statementsAreWhole, policyIsShort(10240)],
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
