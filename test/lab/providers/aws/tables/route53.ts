import { isIPv4 } from "node:net";
import type { Stored } from "../../base/store";
import { asList, asProps, asText } from "../../base/values";
import type { Props } from "../../base/values";
import { unique } from "../checks";
import { toAnywhere } from "../table";
import type { Check, Draft, Table } from "../table";
import { newId, valuesAt } from "../world";
import type { World } from "../world";

/** Route 53 shows every associated VPC in the zone, whoever associated it. */
function associated(self: Stored, world: World): Props {
  const inline = asList(self.inputs.vpcs).map(asProps);
  if (inline.length === 0) return {};
  const others = world
    .list("route53.ZoneAssociation")
    .filter((it) => it.inputs.zoneId === self.id)
    .map((it) => ({ vpcId: it.inputs.vpcId, vpcRegion: it.outputs.vpcRegion }));
  return others.length === 0 ? {} : { vpcs: [...inline, ...others] };
}

const notTwice: Check = ({ inputs, world }) => {
  const zone = world.find("route53.Zone", inputs.zoneId);
  return valuesAt(zone?.inputs, "vpcs.vpcId").includes(inputs.vpcId)
    ? `ConflictingDomainExists: ${asText(inputs.vpcId)} is already associated with ${asText(inputs.zoneId)}`
    : undefined;
};

const zoneIsPrivate: Check = ({ inputs, world }) =>
  valuesAt(world.find("route53.Zone", inputs.zoneId)?.inputs, "vpcs").length > 0
    ? undefined
    : `PublicZoneVPCAssociation: ${asText(inputs.zoneId)} is public`;

/** Across accounts the zone's owner must have authorised the VPC first. */
const isAuthorised: Check = ({ inputs, world, account }) => {
  const zone = world.find("route53.Zone", inputs.zoneId);
  if (zone?.account === account) return undefined;
  const allowed = world
    .list("route53.VpcAssociationAuthorization")
    .some((it) => it.inputs.zoneId === inputs.zoneId && it.inputs.vpcId === inputs.vpcId);
  return allowed
    ? undefined
    : `NotAuthorizedException: ${asText(inputs.vpcId)} is not authorised for ${asText(inputs.zoneId)}`;
};

/** Two private zones of one name cannot serve one VPC. */
const oneZonePerVpc: Check = ({ id, inputs, world }) => {
  const wanted = valuesAt(inputs, "vpcs.vpcId");
  const rival = world
    .list("route53.Zone")
    .filter((it) => it.id !== id && it.inputs.name === inputs.name)
    .find((it) => valuesAt(it.inputs, "vpcs.vpcId").some((vpc) => wanted.includes(vpc)));
  return (
    rival && `ConflictingDomainExists: ${rival.id} already serves ${asText(inputs.name)} there`
  );
};

/** Nor one that joins later. */
const oneZonePerName: Check = ({ inputs, world }) => {
  const name = world.find("route53.Zone", inputs.zoneId)?.inputs.name;
  const rival = world
    .list("route53.Zone")
    .filter((it) => it.id !== inputs.zoneId && it.inputs.name === name)
    .find((it) => valuesAt(it.inputs, "vpcs.vpcId").includes(inputs.vpcId));
  return rival && `ConflictingDomainExists: ${rival.id} already serves ${asText(name)} in that VPC`;
};

/** Each side of an association is for its own account to say. */
const ownedHere =
  (type: string, field: string): Check =>
  ({ inputs, world, account }) =>
    world.find(type, inputs[field])?.account === account
      ? undefined
      : `AccessDenied: ${asText(inputs[field])} is not of account ${account}`;

/** A value of an A record is an address, and stands there once. */
const addresses: Check = ({ inputs }) => {
  const values = inputs.type === "A" ? asList(inputs.records).map(asText) : [];
  const bad = values.find((value) => !isIPv4(value));
  if (bad !== undefined) return `InvalidChangeBatch: '${bad}' is no IPv4 address`;
  return new Set(values).size === values.length
    ? undefined
    : "InvalidChangeBatch: duplicate resource record";
};

const nameInZone: Check = ({ inputs, world }) => {
  const zone = asText(world.find("route53.Zone", inputs.zoneId)?.inputs.name).replace(/\.$/, "");
  const name = asText(inputs.name).replace(/\.$/, "");
  return name === zone || name.endsWith(`.${zone}`) || !name.includes(".")
    ? undefined
    : `InvalidChangeBatch: ${name} is not permitted in zone ${zone}`;
};

const recordsOrAlias: Check = ({ inputs }) => {
  const given = [asList(inputs.records).length > 0, asList(inputs.aliases).length > 0];
  if (given.filter(Boolean).length !== 1) return "InvalidInput: exactly one of records and aliases";
  return given[0] && inputs.ttl === undefined ? "InvalidInput: records need a ttl" : undefined;
};

const recordId = ({ inputs }: Draft) =>
  [inputs.zoneId, inputs.name, inputs.type, inputs.setIdentifier].filter(Boolean).join("_");

export const route53: Table = {
  "route53.Zone": {
    id: ({ before }) => before?.id ?? newId("Z").toUpperCase(),
    arn: ({ id }) => `arn:aws:route53:::hostedzone/${id}`,
    name: { field: "name", max: 255 },
    defaults: { comment: "Managed by Pulumi" },
    replace: ["name", "delegationSetId"],
    references: { "vpcs.vpcId": toAnywhere("ec2.Vpc") },
    checks: [oneZonePerVpc],
    outputs: ({ id }) => ({
      zoneId: id,
      nameServers: ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"],
      primaryNameServer: "ns-1.awsdns-01.org",
    }),
    live: associated,
  },
  "route53.ZoneAssociation": {
    id: ({ inputs }) => `${asText(inputs.zoneId)}:${asText(inputs.vpcId)}`,
    required: ["vpcId", "zoneId"],
    replace: ["vpcId", "zoneId", "vpcRegion"],
    references: { vpcId: toAnywhere("ec2.Vpc"), zoneId: toAnywhere("route53.Zone") },
    checks: [
      ownedHere("ec2.Vpc", "vpcId"),
      zoneIsPrivate,
      notTwice,
      isAuthorised,
      oneZonePerName,
      unique("ConflictingDomainExists", "zoneId", "vpcId"),
    ],
    outputs: ({ inputs, world }) => ({
      owningAccount: world.find("route53.Zone", inputs.zoneId)?.account,
      vpcRegion: world.find("ec2.Vpc", inputs.vpcId)?.region,
    }),
  },
  "route53.VpcAssociationAuthorization": {
    id: ({ inputs }) => `${asText(inputs.zoneId)}:${asText(inputs.vpcId)}`,
    required: ["vpcId", "zoneId"],
    replace: ["vpcId", "zoneId", "vpcRegion"],
    references: { vpcId: toAnywhere("ec2.Vpc"), zoneId: toAnywhere("route53.Zone") },
    checks: [ownedHere("route53.Zone", "zoneId")],
    outputs: ({ inputs, world }) => ({
      vpcRegion: world.find("ec2.Vpc", inputs.vpcId)?.region,
    }),
  },
  "route53.Record": {
    id: recordId,
    required: ["name", "type", "zoneId"],
    replace: ["zoneId", "name", "type", "setIdentifier"],
    references: { zoneId: toAnywhere("route53.Zone") },
    checks: [
      nameInZone,
      recordsOrAlias,
      addresses,
      unique("InvalidChangeBatch", "zoneId", "name", "type", "setIdentifier"),
    ],
    outputs: ({ inputs, world }) => {
      const zone = asText(world.find("route53.Zone", inputs.zoneId)?.inputs.name);
      const name = asText(inputs.name);
      return { fqdn: name.endsWith(zone) ? name : `${name}.${zone}` };
    },
  },
};
