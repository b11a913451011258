import type { Stored } from "../../base/store";
import { asList, asProps, asText } from "../../base/values";
import { cidrs, others, sameVpc, unique } from "../checks";
import { parseCidr } from "../cidr";
import { ec2Arn, to, toAnywhere } from "../table";
import type { Check, Draft, ResourceType, Table } from "../table";
import type { World } from "../world";

const SOURCES = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"] as const;
const RULE_TYPES = ["vpc.SecurityGroupIngressRule", "vpc.SecurityGroupEgressRule"];
/** AWS's default; a raised quota is the account's business and is given in the environment. */
const rulesPerGroup = () => Number(process.env.LAB_RULES_PER_GROUP ?? 60);

const portsFitProtocol: Check = ({ inputs }) => {
  const { ipProtocol, fromPort, toPort } = inputs;
  if (ipProtocol === "-1") {
    return fromPort === undefined && toPort === undefined
      ? undefined
      : "InvalidParameterValue: ipProtocol -1 takes no ports";
  }
  if (fromPort === undefined || toPort === undefined) {
    return `MissingParameter: ipProtocol ${asText(ipProtocol)} needs fromPort and toPort`;
  }
  return Number(fromPort) <= Number(toPort)
    ? undefined
    : "InvalidParameterValue: fromPort > toPort";
};

const ruleIsNew: Check = (draft) => {
  const fields = ["securityGroupId", "ipProtocol", "fromPort", "toPort", ...SOURCES];
  const key = (it: Draft["inputs"]) => JSON.stringify(fields.map((field) => it[field] ?? null));
  const twin = others(draft).find((it) => key(it.inputs) === key(draft.inputs));
  return twin && `InvalidPermission.Duplicate: ${twin.id} is the same rule`;
};

/** A group of another VPC may be named only over an active peering in the same region. */
const groupIsReachable: Check = ({ inputs, world, region }) => {
  const { referencedSecurityGroupId, securityGroupId } = inputs;
  if (referencedSecurityGroupId === undefined) return undefined;
  const mine = world.find("ec2.SecurityGroup", securityGroupId);
  const other = world.find("ec2.SecurityGroup", referencedSecurityGroupId);
  const vpcs = [mine?.outputs.vpcId, other?.outputs.vpcId];
  if (vpcs[0] === vpcs[1]) return undefined;
  const peered = world
    .list("ec2.VpcPeeringConnection")
    .some(
      (it) =>
        it.outputs.acceptStatus === "active" &&
        vpcs.every((vpc) => [it.inputs.vpcId, it.inputs.peerVpcId].includes(asText(vpc))),
    );
  return peered && other?.region === region
    ? undefined
    : `InvalidGroup.NotFound: ${asText(referencedSecurityGroupId)} is in another network than ${asText(securityGroupId)}`;
};

/** A prefix list counts with its maxEntries, not with its entries. */
function weight(rule: Stored["inputs"], world: World): number {
  const list = world.find("ec2.ManagedPrefixList", rule.prefixListId);
  return list ? Number(list.outputs.maxEntries) : 1;
}

const fitsQuota: Check = (draft) => {
  const { securityGroupId } = draft.inputs;
  const used = others(draft)
    .filter((it) => it.inputs.securityGroupId === securityGroupId)
    .reduce((sum, it) => sum + weight(it.inputs, draft.world), weight(draft.inputs, draft.world));
  return used > rulesPerGroup()
    ? `RulesPerSecurityGroupLimitExceeded: ${asText(securityGroupId)} would have ${used} rules, ${rulesPerGroup()} are allowed`
    : undefined;
};

const rule = (): ResourceType => ({
  prefix: "sgr-",
  arn: ec2Arn("security-group-rule"),
  required: ["securityGroupId", "ipProtocol"],
  exactlyOne: [SOURCES],
  replace: ["securityGroupId"],
  references: {
    securityGroupId: to("ec2.SecurityGroup"),
    referencedSecurityGroupId: to("ec2.SecurityGroup"),
    prefixListId: toAnywhere("ec2.ManagedPrefixList"),
  },
  checks: [cidrs("cidrIpv4"), portsFitProtocol, ruleIsNew, groupIsReachable, fitsQuota],
  outputs: ({ id }) => ({ securityGroupRuleId: id }),
});

const entriesFit: Check = ({ inputs, id, world }) => {
  const entries = [
    ...asList(inputs.entries).map((entry) => asText(asProps(entry).cidr)),
    ...world
      .list("ec2.ManagedPrefixListEntry")
      .filter((it) => it.inputs.prefixListId === id)
      .map((it) => asText(it.inputs.cidr)),
  ];
  if (new Set(entries).size < entries.length)
    return "DuplicatePrefixListEntry: an entry is there twice";
  const bad = entries.find((cidr) => !cidr.includes(":") && !parseCidr(cidr));
  if (bad !== undefined) return `InvalidParameterValue: '${bad}' is no network address`;
  return entries.length > Number(inputs.maxEntries)
    ? `PrefixListMaxEntriesExceeded: ${entries.length} entries, maxEntries is ${String(inputs.maxEntries)}`
    : undefined;
};

/** Resizing a list re-counts every rule that names it. */
const groupsStillFit: Check = ({ inputs, id, world }) => {
  const rules = RULE_TYPES.flatMap((type) => world.list(type));
  const touched = new Set(
    rules
      .filter((it) => it.inputs.prefixListId === id)
      .map((it) => it.type + it.inputs.securityGroupId),
  );
  for (const key of touched) {
    const used = rules
      .filter((it) => it.type + it.inputs.securityGroupId === key)
      .map((it) =>
        it.inputs.prefixListId === id ? Number(inputs.maxEntries) : weight(it.inputs, world),
      )
      .reduce((sum, it) => sum + it, 0);
    if (used > rulesPerGroup()) {
      return `RulesPerSecurityGroupLimitExceeded: a group that names ${id} would have ${used} rules`;
    }
  }
  return undefined;
};

const entryFits: Check = (draft) => {
  const list = draft.world.find("ec2.ManagedPrefixList", draft.inputs.prefixListId);
  const siblings = others(draft).filter(
    (it) => it.inputs.prefixListId === draft.inputs.prefixListId,
  );
  const entries = asList(list?.inputs.entries).length + siblings.length + 1;
  return entries > Number(list?.inputs.maxEntries)
    ? `PrefixListMaxEntriesExceeded: ${entries} entries, maxEntries is ${String(list?.inputs.maxEntries)}`
    : undefined;
};

export const groups: Table = {
  "ec2.SecurityGroup": {
    prefix: "sg-",
    arn: ec2Arn("security-group"),
    name: { field: "name", max: 255, pattern: /^(?!sg-)/ },
    defaults: { description: "Managed by Pulumi" },
    required: ["vpcId"],
    replace: ["name", "namePrefix", "description", "vpcId"],
    references: { vpcId: to("ec2.Vpc") },
    checks: [unique("InvalidGroup.Duplicate", "vpcId", "name")],
    outputs: ({ account }) => ({ ownerId: account }),
  },
  "ec2.DefaultSecurityGroup": {
    id: ({ inputs }) => asText(inputs.vpcId).replace(/^vpc-/, "sg-"),
    arn: ec2Arn("security-group"),
    replace: ["vpcId"],
    references: { vpcId: to("ec2.Vpc") },
    outputs: ({ account }) => ({
      ownerId: account,
      name: "default",
      description: "default VPC security group",
    }),
  },
  "ec2.SecurityGroupRule": {
    prefix: "sgrule-",
    required: ["securityGroupId", "type", "protocol", "fromPort", "toPort"],
    replace: ["securityGroupId", "type", "protocol", "fromPort", "toPort", "cidrBlocks", "self"],
    references: {
      securityGroupId: to("ec2.SecurityGroup"),
      sourceSecurityGroupId: to("ec2.SecurityGroup"),
    },
    checks: [
      sameVpc(
        ["securityGroupId", "ec2.SecurityGroup"],
        ["sourceSecurityGroupId", "ec2.SecurityGroup"],
      ),
    ],
    outputs: ({ id }) => ({ securityGroupRuleId: id.replace(/^sgrule/, "sgr") }),
  },
  "vpc.SecurityGroupIngressRule": rule(),
  "vpc.SecurityGroupEgressRule": rule(),
  "ec2.ManagedPrefixList": {
    prefix: "pl-",
    arn: ec2Arn("prefix-list"),
    name: { field: "name", max: 255, pattern: /^(?!com\.amazonaws)/ },
    required: ["addressFamily", "maxEntries"],
    replace: ["addressFamily"],
    checks: [entriesFit, groupsStillFit],
    outputs: ({ account, before }) => ({
      ownerId: account,
      version: Number(before?.outputs.version ?? 0) + 1,
    }),
  },
  "ec2.ManagedPrefixListEntry": {
    id: ({ inputs }) => `${asText(inputs.prefixListId)},${asText(inputs.cidr)}`,
    required: ["prefixListId", "cidr"],
    replace: ["prefixListId", "cidr", "description"],
    references: { prefixListId: to("ec2.ManagedPrefixList") },
    checks: [cidrs("cidr"), entryFits],
  },
};
