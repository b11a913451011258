/** Attachments of VPCs to transit gateways: who sees a gateway, who accepts, and what follows from an attachment by itself. */
import { asList, asText } from "../../base/values";
import type { Props } from "../../base/values";
import type { Stored } from "../../base/store";
import { sameVpc, unique } from "../checks";
import { overlap } from "../cidr";
import { ec2Arn, to, toAnywhere } from "../table";
import type { Check, Draft, Table } from "../table";
import type { World } from "../world";

export const GATEWAY = "ec2transitgateway.TransitGateway";
export const ATTACHMENTS = [
  "ec2transitgateway.VpcAttachment",
  "ec2transitgateway.PeeringAttachment",
] as const;

/** The default route table that a gateway brings; its id follows from the gateway's. */
export const defaultTable = (gateway: string) => gateway.replace(/^tgw-/, "tgw-rtb-");

export const attachmentExists: Check = ({ inputs, world }) => {
  const id = inputs.transitGatewayAttachmentId;
  return id === undefined || ATTACHMENTS.some((type) => world.find(type, id))
    ? undefined
    : `InvalidTransitGatewayAttachmentID.NotFound: ${asText(id)}`;
};

/** AWS takes one subnet per zone, and at least one. */
const oneSubnetPerZone: Check = ({ inputs, world }) => {
  const zones = asList(inputs.subnetIds).map(
    (id) => world.outputs("ec2.Subnet", id).availabilityZone,
  );
  return new Set(zones).size === zones.length && zones.length > 0
    ? undefined
    : `DuplicateSubnetsInSameZone: ${zones.map(String).join(", ")}`;
};

const noOverlapOnGateway: Check = ({ id, inputs, world }) => {
  const mine = world.outputs("ec2.Vpc", inputs.vpcId).cidrBlock;
  const rival = world
    .list("ec2transitgateway.VpcAttachment")
    .filter((it) => it.id !== id && it.inputs.transitGatewayId === inputs.transitGatewayId)
    .find((it) => overlap(mine, world.outputs("ec2.Vpc", it.inputs.vpcId).cidrBlock));
  return rival && `OverlappingCidrBlocks: ${asText(mine)} is already reached through ${rival.id}`;
};

/** Both ends must have accepted before anything routes over an attachment. */
export const attachmentIsActive: Check = ({ inputs, world }) => {
  const attachment = attachmentOf(world, inputs.transitGatewayAttachmentId);
  return !attachment || attachment.outputs.state === "available"
    ? undefined
    : `IncorrectState: ${attachment.id} is in state ${asText(attachment.outputs.state)}`;
};

function attachmentOf(world: World, id: unknown): Stored | undefined {
  return ATTACHMENTS.map((type) => world.find(type, id)).find((found) => found);
}

/** Another account sees a gateway only through a share, whose owner has put it and the account there. */
const gatewayIsShared: Check = ({ inputs, account, world }) => {
  const gateway = world.find(GATEWAY, inputs.transitGatewayId);
  if (!gateway || gateway.account === account) return undefined;
  const shares = world
    .list("ram.ResourceAssociation")
    .filter((it) => it.inputs.resourceArn === gateway.outputs.arn)
    .map((it) => it.inputs.resourceShareArn);
  const invited = world
    .list("ram.PrincipalAssociation")
    .some((it) => shares.includes(it.inputs.resourceShareArn) && it.inputs.principal === account);
  return invited
    ? undefined
    : `InvalidTransitGatewayID.NotFound: Transit Gateway ${gateway.id} was deleted or does not exist`;
};

/** Of another account it waits for the gateway's owner, unless the gateway accepts whatever comes. */
function stateOf({ inputs, account, world, before }: Draft) {
  const gateway = world.find(GATEWAY, inputs.transitGatewayId);
  const own = gateway?.account === account;
  const accepts = gateway?.inputs.autoAcceptSharedAttachments === "enable";
  return before?.outputs.state ?? (own || accepts ? "available" : "pendingAcceptance");
}

/**
 * Whether a gateway's default tables take an attachment, as the provider reads it: in the gateway's own account what is so,
 * in another one always true, since it cannot look (hashicorp/terraform-provider-aws, transitgateway_vpc_attachment.go).
 */
function defaultTablesOf(gateway: Stored | undefined, account: string): Props {
  const foreign = gateway?.account !== account;
  const has = (option: string) => foreign || gateway?.inputs[option] !== "disable";
  return {
    transitGatewayDefaultRouteTableAssociation: has("defaultRouteTableAssociation"),
    transitGatewayDefaultRouteTablePropagation: has("defaultRouteTablePropagation"),
  };
}

/** An attachment that the default table has by itself is associated already. */
export const notAssociated: Check = (draft) => {
  const { inputs, world } = draft;
  const attachment = attachmentOf(world, inputs.transitGatewayAttachmentId);
  const gateway = world.find(GATEWAY, attachment?.inputs.transitGatewayId);
  const byDefault =
    gateway?.inputs.defaultRouteTableAssociation === "enable" &&
    attachment?.inputs.transitGatewayDefaultRouteTableAssociation !== false;
  return byDefault && attachment
    ? `Resource.AlreadyAssociated: ${attachment.id} is associated with ${defaultTable(gateway.id)}`
    : undefined;
};

export function accepted({ inputs, world }: Draft): Stored[] {
  const found = attachmentOf(world, inputs.transitGatewayAttachmentId);
  return found ? [{ ...found, outputs: { ...found.outputs, state: "available" } }] : [];
}

const isPending: Check = ({ inputs, world, before }) => {
  const attachment = world.find(ATTACHMENTS[0], inputs.transitGatewayAttachmentId);
  return before || attachment?.outputs.state === "pendingAcceptance"
    ? undefined
    : `IncorrectState: ${asText(inputs.transitGatewayAttachmentId)} is in invalid state`;
};

const ownsGateway: Check = ({ inputs, world, account }) => {
  const attachment = world.find(ATTACHMENTS[0], inputs.transitGatewayAttachmentId);
  const gateway = world.find(GATEWAY, attachment?.inputs.transitGatewayId);
  return gateway?.account === account
    ? undefined
    : `UnauthorizedOperation: ${asText(gateway?.id)} is not of account ${account}`;
};

/** What a refresh shows of the inputs that say something of the default tables. */
function declaredOf(self: Stored, world: World, gateway: unknown): Props {
  const real = defaultTablesOf(world.find(GATEWAY, gateway), self.account);
  return Object.fromEntries(Object.entries(real).filter(([key]) => self.inputs[key] !== undefined));
}

const acceptance = {
  transitGatewayDefaultRouteTableAssociation: true,
  transitGatewayDefaultRouteTablePropagation: true,
};

export const transitGatewayAttachments: Table = {
  "ec2transitgateway.VpcAttachment": {
    prefix: "tgw-attach-",
    arn: ec2Arn("transit-gateway-attachment"),
    required: ["subnetIds", "transitGatewayId", "vpcId"],
    defaults: { dnsSupport: "enable" },
    replace: ["transitGatewayId", "vpcId"],
    references: {
      transitGatewayId: toAnywhere(GATEWAY),
      vpcId: to("ec2.Vpc"),
      subnetIds: to("ec2.Subnet"),
    },
    checks: [
      unique("DuplicateTransitGatewayAttachment", "transitGatewayId", "vpcId"),
      sameVpc(["subnetIds", "ec2.Subnet"]),
      oneSubnetPerZone,
      noOverlapOnGateway,
      gatewayIsShared,
    ],
    computed: Object.keys(acceptance),
    outputs: (draft) => {
      const { account, inputs, world } = draft;
      const gateway = world.find(GATEWAY, inputs.transitGatewayId);
      const defaults = defaultTablesOf(gateway, account);
      return { vpcOwnerId: account, state: stateOf(draft), ...defaults };
    },
    live: (self, world) => declaredOf(self, world, self.inputs.transitGatewayId),
  },
  "ec2transitgateway.VpcAttachmentAccepter": {
    id: ({ inputs }) => asText(inputs.transitGatewayAttachmentId),
    required: ["transitGatewayAttachmentId"],
    defaults: acceptance,
    replace: ["transitGatewayAttachmentId"],
    references: { transitGatewayAttachmentId: toAnywhere(ATTACHMENTS[0]) },
    checks: [isPending, ownsGateway],
    touches: accepted,
    live: (self, world) => declaredOf(self, world, self.outputs.transitGatewayId),
    outputs: ({ inputs, world }) => {
      const attachment = world.find(ATTACHMENTS[0], inputs.transitGatewayAttachmentId);
      const { vpcId, subnetIds, transitGatewayId } = attachment?.inputs ?? {};
      return { vpcId, subnetIds, transitGatewayId, vpcOwnerId: attachment?.account };
    },
  },
};
