import { asList, asText } from "../../base/values";
import type { Stored } from "../../base/store";
import { cidrs, sameVpc, unique } from "../checks";
import { overlap } from "../cidr";
import { arn, ec2Arn, to, toAnywhere } from "../table";
import type { Check, Draft, Table } from "../table";

const GATEWAY = "ec2transitgateway.TransitGateway";
const TABLE = "ec2transitgateway.RouteTable";
const ATTACHMENTS = [
  "ec2transitgateway.VpcAttachment",
  "ec2transitgateway.PeeringAttachment",
] as const;

/** The default route table that a gateway brings; its id follows from the gateway's. */
const defaultTable = (gateway: string) => gateway.replace(/^tgw-/, "tgw-rtb-");

function defaultTables({ id, account, region, inputs }: Draft): Stored[] {
  if (inputs.defaultRouteTableAssociation === "disable") return [];
  const outputs = { transitGatewayId: id, defaultAssociationRouteTable: true };
  const common = { account, region, owner: id, inputs: { transitGatewayId: id } };
  return [{ ...common, type: TABLE, id: defaultTable(id), outputs }];
}

const attachmentExists: Check = ({ inputs, world }) => {
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

/** Both ends must have accepted before anything routes over a peering. */
const peeringIsActive: Check = ({ inputs, world }) => {
  const peering = world.find(ATTACHMENTS[1], inputs.transitGatewayAttachmentId);
  return !peering || peering.outputs.state === "available"
    ? undefined
    : `IncorrectState: ${peering.id} is in state ${asText(peering.outputs.state)}`;
};

const peerExists: Check = ({ inputs, world, region }) => {
  const peer = world.find(GATEWAY, inputs.peerTransitGatewayId);
  if (peer?.region !== inputs.peerRegion) {
    return `InvalidTransitGatewayID.NotFound: ${asText(inputs.peerTransitGatewayId)} is not in ${asText(inputs.peerRegion)}`;
  }
  return inputs.peerRegion === region && inputs.peerTransitGatewayId === inputs.transitGatewayId
    ? "InvalidParameterValue: a gateway cannot peer with itself"
    : undefined;
};

const accepterSide: Check = ({ inputs, world, region }) => {
  const peering = world.find(ATTACHMENTS[1], inputs.transitGatewayAttachmentId);
  return peering?.inputs.peerRegion === region
    ? undefined
    : `InvalidTransitGatewayAttachmentID.NotFound: ${asText(inputs.transitGatewayAttachmentId)} is not accepted in ${region}`;
};

function accepted({ inputs, world }: Draft): Stored[] {
  const peering = world.find(ATTACHMENTS[1], inputs.transitGatewayAttachmentId);
  return peering ? [{ ...peering, outputs: { ...peering.outputs, state: "available" } }] : [];
}

const pair = (first: string, second: string) => (draft: Draft) =>
  `${asText(draft.inputs[first])}_${asText(draft.inputs[second])}`;

export const transitGateway: Table = {
  [GATEWAY]: {
    prefix: "tgw-",
    arn: ec2Arn("transit-gateway"),
    defaults: {
      amazonSideAsn: 64512,
      autoAcceptSharedAttachments: "disable",
      defaultRouteTableAssociation: "enable",
      defaultRouteTablePropagation: "enable",
      dnsSupport: "enable",
      vpnEcmpSupport: "enable",
    },
    replace: ["amazonSideAsn", "multicastSupport"],
    outputs: ({ id, account }) => ({
      ownerId: account,
      associationDefaultRouteTableId: defaultTable(id),
      propagationDefaultRouteTableId: defaultTable(id),
    }),
    along: defaultTables,
  },
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
    ],
    outputs: ({ account }) => ({ vpcOwnerId: account }),
  },
  "ec2transitgateway.VpcAttachmentAccepter": {
    id: ({ inputs }) => asText(inputs.transitGatewayAttachmentId),
    required: ["transitGatewayAttachmentId"],
    replace: ["transitGatewayAttachmentId"],
    references: { transitGatewayAttachmentId: toAnywhere(ATTACHMENTS[0]) },
    outputs: ({ inputs, world }) => {
      const attachment = world.find(ATTACHMENTS[0], inputs.transitGatewayAttachmentId);
      const { vpcId, subnetIds, transitGatewayId } = attachment?.inputs ?? {};
      return { vpcId, subnetIds, transitGatewayId, vpcOwnerId: attachment?.account };
    },
  },
  [TABLE]: {
    prefix: "tgw-rtb-",
    arn: ec2Arn("transit-gateway-route-table"),
    required: ["transitGatewayId"],
    replace: ["transitGatewayId"],
    references: { transitGatewayId: to(GATEWAY) },
    outputs: () => ({ defaultAssociationRouteTable: false, defaultPropagationRouteTable: false }),
  },
  "ec2transitgateway.RouteTableAssociation": {
    id: pair("transitGatewayRouteTableId", "transitGatewayAttachmentId"),
    required: ["transitGatewayAttachmentId", "transitGatewayRouteTableId"],
    replace: ["transitGatewayAttachmentId", "transitGatewayRouteTableId"],
    references: { transitGatewayRouteTableId: to(TABLE) },
    checks: [
      attachmentExists,
      peeringIsActive,
      unique("Resource.AlreadyAssociated", "transitGatewayAttachmentId"),
    ],
  },
  "ec2transitgateway.RouteTablePropagation": {
    id: pair("transitGatewayRouteTableId", "transitGatewayAttachmentId"),
    required: ["transitGatewayAttachmentId", "transitGatewayRouteTableId"],
    replace: ["transitGatewayAttachmentId", "transitGatewayRouteTableId"],
    references: {
      transitGatewayRouteTableId: to(TABLE),
      // A peering attachment does not propagate: AWS takes static routes only.
      transitGatewayAttachmentId: toAnywhere(ATTACHMENTS[0]),
    },
  },
  "ec2transitgateway.Route": {
    id: pair("transitGatewayRouteTableId", "destinationCidrBlock"),
    required: ["destinationCidrBlock", "transitGatewayRouteTableId"],
    replace: [
      "destinationCidrBlock",
      "transitGatewayRouteTableId",
      "transitGatewayAttachmentId",
      "blackhole",
    ],
    references: { transitGatewayRouteTableId: to(TABLE) },
    checks: [cidrs("destinationCidrBlock"), attachmentExists, peeringIsActive],
  },
  "ec2transitgateway.PrefixListReference": {
    id: pair("transitGatewayRouteTableId", "prefixListId"),
    required: ["prefixListId", "transitGatewayRouteTableId"],
    replace: ["prefixListId", "transitGatewayRouteTableId"],
    references: {
      transitGatewayRouteTableId: to(TABLE),
      prefixListId: to("ec2.ManagedPrefixList"),
    },
    checks: [attachmentExists, peeringIsActive],
    outputs: ({ account }) => ({ prefixListOwnerId: account }),
  },
  "ec2transitgateway.PeeringAttachment": {
    prefix: "tgw-attach-",
    arn: ec2Arn("transit-gateway-attachment"),
    required: ["peerRegion", "peerTransitGatewayId", "transitGatewayId"],
    replace: ["peerRegion", "peerTransitGatewayId", "transitGatewayId", "peerAccountId"],
    references: { transitGatewayId: to(GATEWAY), peerTransitGatewayId: toAnywhere(GATEWAY) },
    checks: [peerExists],
    outputs: ({ account, before }) => ({
      peerAccountId: account,
      state: before?.outputs.state ?? "pendingAcceptance",
    }),
  },
  "ec2transitgateway.PeeringAttachmentAccepter": {
    id: ({ inputs }) => asText(inputs.transitGatewayAttachmentId),
    required: ["transitGatewayAttachmentId"],
    replace: ["transitGatewayAttachmentId"],
    references: { transitGatewayAttachmentId: toAnywhere(ATTACHMENTS[1]) },
    checks: [accepterSide],
    outputs: ({ inputs, world }) => {
      const peering = world.find(ATTACHMENTS[1], inputs.transitGatewayAttachmentId);
      return {
        transitGatewayId: peering?.inputs.peerTransitGatewayId,
        peerTransitGatewayId: peering?.inputs.transitGatewayId,
        peerAccountId: peering?.account,
      };
    },
    touches: accepted,
  },
  "ram.ResourceShare": {
    id: ({ inputs, region, account }) =>
      `arn:aws:ram:${region}:${account}:resource-share/${asText(inputs.name)}`,
    arn: arn("ram", ({ inputs }) => `resource-share/${asText(inputs.name)}`),
    name: { field: "name", max: 255 },
    replace: ["permissionArns"],
  },
  "ram.ResourceAssociation": {
    id: pair("resourceShareArn", "resourceArn"),
    required: ["resourceArn", "resourceShareArn"],
    replace: ["resourceArn", "resourceShareArn"],
    references: { resourceShareArn: to("ram.ResourceShare") },
  },
  "ram.PrincipalAssociation": {
    id: pair("resourceShareArn", "principal"),
    required: ["principal", "resourceShareArn"],
    replace: ["principal", "resourceShareArn"],
    references: { resourceShareArn: to("ram.ResourceShare") },
  },
  "ram.ResourceShareAccepter": {
    id: ({ inputs }) => asText(inputs.shareArn),
    required: ["shareArn"],
    replace: ["shareArn"],
    references: { shareArn: toAnywhere("ram.ResourceShare") },
    outputs: ({ inputs, account, world }) => {
      const share = world.find("ram.ResourceShare", inputs.shareArn);
      return {
        invitationArn: `${asText(inputs.shareArn)}/invitation`,
        receiverAccountId: account,
        resources: [],
        senderAccountId: share?.account,
        shareId: share?.id,
        shareName: share?.inputs.name,
        status: "ACTIVE",
      };
    },
  },
};
