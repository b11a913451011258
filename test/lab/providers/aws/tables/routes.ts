import { createHash } from "node:crypto";
import { asList, asProps, asText } from "../../base/values";
import { cidrs, others, unique } from "../checks";
import { isInside, overlap } from "../cidr";
import { to, toAnywhere } from "../table";
import type { Check, Draft, Table } from "../table";

const DESTINATIONS = [
  "destinationCidrBlock",
  "destinationIpv6CidrBlock",
  "destinationPrefixListId",
] as const;
const TARGETS = [
  "gatewayId",
  "natGatewayId",
  "transitGatewayId",
  "vpcPeeringConnectionId",
  "vpcEndpointId",
  "networkInterfaceId",
  "egressOnlyGatewayId",
  "carrierGatewayId",
  "coreNetworkArn",
  "localGatewayId",
] as const;

const destinationOf = (inputs: Draft["inputs"]) =>
  asText(DESTINATIONS.map((field) => inputs[field]).find((value) => value !== undefined));

const vpcOf = ({ inputs, world }: Draft) =>
  asText(world.outputs("ec2.RouteTable", inputs.routeTableId).vpcId);

const oneRoutePerDestination: Check = (draft) => {
  const twin = others(draft).find(
    (it) =>
      it.inputs.routeTableId === draft.inputs.routeTableId &&
      destinationOf(it.inputs) === destinationOf(draft.inputs),
  );
  return (
    twin &&
    `RouteAlreadyExists: ${asText(draft.inputs.routeTableId)} already routes ${destinationOf(draft.inputs)}`
  );
};

const notLocal: Check = (draft) => {
  const { cidrBlock } = draft.world.outputs("ec2.Vpc", vpcOf(draft));
  const { destinationCidrBlock } = draft.inputs;
  return destinationCidrBlock !== undefined && isInside(cidrBlock, destinationCidrBlock)
    ? destinationCidrBlock === "0.0.0.0/0"
      ? undefined
      : `InvalidParameterValue: ${asText(destinationCidrBlock)} covers the local route ${asText(cidrBlock)}`
    : undefined;
};

/** What AWS does with a list that holds the VPC's own range is written nowhere: whoever relies on it is refused. */
const listIsElsewhere: Check = (draft) => {
  const { cidrBlock } = draft.world.outputs("ec2.Vpc", vpcOf(draft));
  const { destinationPrefixListId } = draft.inputs;
  const { entries } = draft.world.outputs("ec2.ManagedPrefixList", destinationPrefixListId);
  const local = asList(entries).map((entry) => asProps(entry).cidr);
  const own = local.find((cidr) => overlap(cidr, cidrBlock));
  return own === undefined
    ? undefined
    : `InvalidParameterValue: ${asText(own)} of ${asText(destinationPrefixListId)} is in the local route ${asText(cidrBlock)}`;
};

const peeringIsOurs: Check = (draft) => {
  const id = draft.inputs.vpcPeeringConnectionId;
  if (id === undefined) return undefined;
  const peering = draft.world.outputs("ec2.VpcPeeringConnection", id);
  return [peering.vpcId, peering.peerVpcId].includes(vpcOf(draft))
    ? undefined
    : `InvalidParameterValue: ${asText(id)} does not join ${vpcOf(draft)}`;
};

const gatewayIsOurs: Check = (draft) => {
  const { gatewayId } = draft.inputs;
  if (!asText(gatewayId).startsWith("igw-")) return undefined;
  return draft.world.outputs("ec2.InternetGateway", gatewayId).vpcId === vpcOf(draft)
    ? undefined
    : `InvalidParameterValue: ${asText(gatewayId)} is not attached to ${vpcOf(draft)}`;
};

/** The route that is forgotten most often: AWS accepts it only once the VPC is attached. */
const gatewayIsAttached: Check = (draft) => {
  const id = draft.inputs.transitGatewayId;
  if (id === undefined) return undefined;
  const attachment = draft.world
    .list("ec2transitgateway.VpcAttachment")
    .find((it) => it.inputs.transitGatewayId === id && it.inputs.vpcId === vpcOf(draft));
  return attachment?.outputs.state === "available"
    ? undefined
    : `InvalidTransitGatewayID.NotFound: ${asText(id)} has no attachment to ${vpcOf(draft)}`;
};

export const routes: Table = {
  "ec2.Route": {
    id: ({ inputs }) => {
      const digest = createHash("sha256").update(destinationOf(inputs)).digest("hex");
      return `r-${asText(inputs.routeTableId)}${digest.slice(0, 10)}`;
    },
    required: ["routeTableId"],
    exactlyOne: [DESTINATIONS, TARGETS],
    replace: ["routeTableId", ...DESTINATIONS],
    references: {
      routeTableId: to("ec2.RouteTable"),
      natGatewayId: to("ec2.NatGateway"),
      gatewayId: to("ec2.InternetGateway"),
      transitGatewayId: toAnywhere("ec2transitgateway.TransitGateway"),
      vpcPeeringConnectionId: toAnywhere("ec2.VpcPeeringConnection"),
      vpcEndpointId: to("ec2.VpcEndpoint"),
      destinationPrefixListId: toAnywhere("ec2.ManagedPrefixList"),
    },
    checks: [
      cidrs("destinationCidrBlock"),
      oneRoutePerDestination,
      notLocal,
      listIsElsewhere,
      peeringIsOurs,
      gatewayIsOurs,
      gatewayIsAttached,
    ],
    outputs: () => ({ origin: "CreateRoute", state: "active" }),
  },
  "ec2.MainRouteTableAssociation": {
    prefix: "rtbassoc-",
    required: ["vpcId", "routeTableId"],
    replace: ["vpcId"],
    references: { vpcId: to("ec2.Vpc"), routeTableId: to("ec2.RouteTable") },
    checks: [unique("Resource.AlreadyAssociated", "vpcId")],
    outputs: ({ inputs }) => ({
      originalRouteTableId: asText(inputs.vpcId).replace(/^vpc-/, "rtb-"),
    }),
  },
};
