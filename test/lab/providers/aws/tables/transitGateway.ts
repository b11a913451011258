import { asText } from "../../base/values";
import type { Stored } from "../../base/store";
import { cidrs, unique } from "../checks";
import { arn, ec2Arn, to, toAnywhere } from "../table";
import type { Check, Draft, Table } from "../table";
import {
  accepted,
  attachmentExists,
  attachmentIsActive,
  ATTACHMENTS,
  defaultTable,
  GATEWAY,
  notAssociated,
} from "./transitGatewayAttachments";

const TABLE = "ec2transitgateway.RouteTable";

function defaultTables({ id, account, region, inputs }: Draft): Stored[] {
  if (inputs.defaultRouteTableAssociation === "disable") return [];
  const outputs = { transitGatewayId: id, defaultAssociationRouteTable: true };
  const common = { account, region, owner: id, inputs: { transitGatewayId: id } };
  return [{ ...common, type: TABLE, id: defaultTable(id), outputs }];
}

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
    outputs: ({ id, account, inputs }) => ({
      ownerId: account,
      associationDefaultRouteTableId:
        inputs.defaultRouteTableAssociation === "disable" ? "" : defaultTable(id),
      propagationDefaultRouteTableId:
        inputs.defaultRouteTablePropagation === "disable" ? "" : defaultTable(id),
    }),
    along: defaultTables,
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
      attachmentIsActive,
      notAssociated,
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
    checks: [attachmentIsActive],
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
    checks: [cidrs("destinationCidrBlock"), attachmentExists, attachmentIsActive],
  },
  "ec2transitgateway.PrefixListReference": {
    id: pair("transitGatewayRouteTableId", "prefixListId"),
    required: ["prefixListId", "transitGatewayRouteTableId"],
    replace: ["prefixListId", "transitGatewayRouteTableId"],
    references: {
      transitGatewayRouteTableId: to(TABLE),
      prefixListId: to("ec2.ManagedPrefixList"),
    },
    checks: [attachmentExists, attachmentIsActive],
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
