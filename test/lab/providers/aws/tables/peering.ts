import type { Stored } from "../../base/store";
import { asProps, asText } from "../../base/values";
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

/**
 * Both sides of one account and region are one object with one set of tags, else each has its own
 * (https://github.com/cloudposse/terraform-aws-vpc-peering-multi-account/issues/117).
 */
const isOneObject = (peering: Stored, side: { account: string; region: string }) =>
  peering.account === side.account && peering.region === side.region;

/** The accepter's EC2 calls: AcceptVpcPeeringConnection, then CreateTags for what is given. */
function accepted(draft: Draft): Stored[] {
  const peering = peeringOf(draft);
  if (!peering) return [];
  const tags = { ...asProps(peering.inputs.tags), ...asProps(draft.inputs.tags) };
  const inputs = isOneObject(peering, draft) ? { ...peering.inputs, tags } : peering.inputs;
  const state = draft.inputs.autoAccept ? { acceptStatus: "active" } : {};
  return [{ ...peering, inputs, outputs: { ...peering.outputs, ...inputs, ...state } }];
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
    touches: accepted,
    live: (self, world) => {
      const peering = world.find("ec2.VpcPeeringConnection", self.inputs.vpcPeeringConnectionId);
      return peering && isOneObject(peering, self) ? { tags: peering.inputs.tags } : {};
    },
  },
};
