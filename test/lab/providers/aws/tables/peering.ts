import type { Stored } from "../../base/store";
import { asText } from "../../base/values";
import { others } from "../checks";
import { overlap } from "../cidr";
import { toAnywhere } from "../table";
import type { Check, Draft, Table } from "../table";

const peeringOf = ({ inputs, world }: Draft) =>
  world.find("ec2.VpcPeeringConnection", inputs.vpcPeeringConnectionId);

const noOverlap: Check = ({ inputs, world }) => {
  const mine = world.outputs("ec2.Vpc", inputs.vpcId).cidrBlock;
  const theirs = world.outputs("ec2.Vpc", inputs.peerVpcId).cidrBlock;
  return overlap(mine, theirs)
    ? `OverlappingCidrBlocks: ${asText(mine)} and ${asText(theirs)} overlap`
    : undefined;
};

const notTwice: Check = (draft) => {
  const ends = (it: Draft["inputs"]) => [it.vpcId, it.peerVpcId].map(asText).sort().join("|");
  const twin = others(draft).find((it) => ends(it.inputs) === ends(draft.inputs));
  return twin && `VpcPeeringConnectionAlreadyExists: ${twin.id} joins the same VPCs`;
};

const ownSide: Check = ({ inputs, world, region, account }) => {
  const vpc = world.find("ec2.Vpc", inputs.vpcId);
  return vpc?.region === region && vpc.account === account
    ? undefined
    : `InvalidVpcID.NotFound: ${asText(inputs.vpcId)} is not in ${account} ${region}`;
};

const peerSide: Check = ({ inputs, world, region, account }) => {
  const peer = world.find("ec2.Vpc", inputs.peerVpcId);
  const expected = { region: inputs.peerRegion ?? region, account: inputs.peerOwnerId ?? account };
  if (peer?.region !== expected.region || peer?.account !== expected.account) {
    return `InvalidVpcID.NotFound: ${asText(inputs.peerVpcId)} is not in ${asText(expected.account)} ${asText(expected.region)}`;
  }
  const remote = peer?.region !== region || peer?.account !== account;
  return remote && inputs.autoAccept
    ? "OperationNotPermitted: autoAccept needs both VPCs in one account and region"
    : undefined;
};

const accepterSide: Check = (draft) => {
  const peering = peeringOf(draft);
  const peer = draft.world.find("ec2.Vpc", peering?.inputs.peerVpcId);
  return peer?.region === draft.region && peer.account === draft.account
    ? undefined
    : `InvalidVpcPeeringConnectionID.NotFound: ${asText(draft.inputs.vpcPeeringConnectionId)} is not accepted in ${draft.account} ${draft.region}`;
};

const isActive: Check = (draft) =>
  peeringOf(draft)?.outputs.acceptStatus === "active"
    ? undefined
    : `OperationNotPermitted: ${asText(draft.inputs.vpcPeeringConnectionId)} is not active`;

function accepted(peering: Stored | undefined): Stored[] {
  return peering ? [{ ...peering, outputs: { ...peering.outputs, acceptStatus: "active" } }] : [];
}

export const peering: Table = {
  "ec2.VpcPeeringConnection": {
    prefix: "pcx-",
    required: ["vpcId", "peerVpcId"],
    replace: ["vpcId", "peerVpcId", "peerOwnerId", "peerRegion"],
    computed: ["peerOwnerId", "peerRegion"],
    references: { vpcId: toAnywhere("ec2.Vpc"), peerVpcId: toAnywhere("ec2.Vpc") },
    checks: [ownSide, peerSide, noOverlap, notTwice],
    outputs: ({ inputs, world, before }) => {
      const peer = world.find("ec2.Vpc", inputs.peerVpcId);
      const acceptStatus = inputs.autoAccept ? "active" : "pending-acceptance";
      return {
        acceptStatus: before?.outputs.acceptStatus ?? acceptStatus,
        peerOwnerId: peer?.account,
        peerRegion: peer?.region,
      };
    },
  },
  "ec2.VpcPeeringConnectionAccepter": {
    id: ({ inputs }) => asText(inputs.vpcPeeringConnectionId),
    required: ["vpcPeeringConnectionId"],
    replace: ["vpcPeeringConnectionId"],
    references: { vpcPeeringConnectionId: toAnywhere("ec2.VpcPeeringConnection") },
    checks: [accepterSide],
    outputs: (draft) => {
      const { vpcId, peerVpcId } = peeringOf(draft)?.inputs ?? {};
      return {
        acceptStatus: draft.inputs.autoAccept ? "active" : "pending-acceptance",
        vpcId: peerVpcId,
        peerVpcId: vpcId,
        peerOwnerId: peeringOf(draft)?.account,
        peerRegion: peeringOf(draft)?.region,
      };
    },
    touches: (draft) => (draft.inputs.autoAccept ? accepted(peeringOf(draft)) : []),
  },
  "ec2.PeeringConnectionOptions": {
    // Each side has its own; in AWS both go by the connection's id.
    id: ({ inputs }) =>
      `${asText(inputs.vpcPeeringConnectionId)}:${inputs.requester ? "requester" : "accepter"}`,
    required: ["vpcPeeringConnectionId"],
    replace: ["vpcPeeringConnectionId"],
    references: { vpcPeeringConnectionId: toAnywhere("ec2.VpcPeeringConnection") },
    checks: [isActive],
  },
};
