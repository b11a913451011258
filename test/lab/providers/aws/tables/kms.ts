import { randomUUID } from "node:crypto";
import { asText } from "../../base/values";
import { jsonDocument, oneOfValues } from "../checks";
import { arn, to, toLoosely } from "../table";
import type { Check, Table } from "../table";

const RETENTIONS = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
  3288, 3653,
];

/** CloudWatch Logs uses a key only if the key's policy names its regional service principal. */
const keyAllowsLogs: Check = ({ inputs, world, region }) => {
  const key = world.find("kms.Key", inputs.kmsKeyId);
  if (!key || asText(key.inputs.policy).includes(`logs.${region}.amazonaws.com`)) return undefined;
  return `AccessDeniedException: ${asText(inputs.kmsKeyId)} does not let logs.${region}.amazonaws.com use it`;
};

export const kms: Table = {
  "kms.Key": {
    id: ({ before }) => before?.id ?? randomUUID(),
    arn: arn("kms", ({ id }) => `key/${id}`),
    defaults: { isEnabled: true, keyUsage: "ENCRYPT_DECRYPT", rotationPeriodInDays: 365 },
    replace: ["keyUsage", "customerMasterKeySpec", "multiRegion"],
    checks: [jsonDocument("policy")],
    outputs: ({ id }) => ({ keyId: id }),
  },
  "kms.Alias": {
    id: ({ inputs }) => asText(inputs.name),
    arn: arn("kms", ({ inputs }) => asText(inputs.name)),
    name: { field: "name", max: 256, pattern: /^alias\/[\w/-]+$/ },
    required: ["targetKeyId"],
    replace: ["name", "namePrefix"],
    references: { targetKeyId: toLoosely("kms.Key") },
    outputs: ({ inputs, world }) => ({
      targetKeyArn: world.outputs("kms.Key", inputs.targetKeyId).arn,
    }),
  },
  "cloudwatch.LogGroup": {
    id: ({ inputs }) => asText(inputs.name),
    arn: arn("logs", ({ inputs }) => `log-group:${asText(inputs.name)}`),
    name: { field: "name", max: 512, pattern: /^[\w./#-]+$/ },
    replace: ["name", "namePrefix", "logGroupClass"],
    references: { kmsKeyId: toLoosely("kms.Key") },
    checks: [oneOfValues("retentionInDays", ...RETENTIONS), keyAllowsLogs],
  },
  "ssm.Parameter": {
    id: ({ inputs }) => asText(inputs.name),
    arn: arn("ssm", ({ inputs }) => `parameter/${asText(inputs.name).replace(/^\//, "")}`),
    name: { field: "name", max: 1011 },
    required: ["type"],
    replace: ["name", "dataType"],
    outputs: ({ before }) => ({ version: Number(before?.outputs.version ?? 0) + 1 }),
  },
  "secretsmanager.Secret": {
    id: ({ inputs, region, account, before }) =>
      before?.id ??
      `arn:aws:secretsmanager:${region}:${account}:secret:${asText(inputs.name)}-aB3dE5`,
    arn: ({ id }) => id,
    name: { field: "name", max: 512 },
    replace: ["name", "namePrefix"],
    references: { kmsKeyId: toLoosely("kms.Key") },
    checks: [jsonDocument("policy")],
  },
  "secretsmanager.SecretVersion": {
    prefix: "secret-version-",
    arn: ({ inputs }) => asText(inputs.secretId),
    required: ["secretId"],
    replace: ["secretId", "secretString", "secretBinary"],
    references: { secretId: to("secretsmanager.Secret") },
    outputs: ({ before }) => ({ versionId: before?.outputs.versionId ?? randomUUID() }),
  },
};
