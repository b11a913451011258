import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { LONGEST_TAG, shortened } from "../../topology";

/** What a peering request is made from. */
export interface VpcPeeringRequestArgs {
  /** VPC that asks. */
  vpcId: pulumi.Input<string>;
  /** VPC that is asked. */
  peerVpcId: pulumi.Input<string>;
  /** Region of the VPC that is asked. */
  peerRegion: pulumi.Input<string>;
  /**
   * Account of the VPC that is asked.
   *
   * @default the asking VPC's own
   */
  peerOwnerId?: pulumi.Input<string>;
}

/** Of both sides, which may be one object. */
function connectionTags(name: string) {
  return { Name: shortened(name, LONGEST_TAG) };
}

/** Asks another VPC, in any region and account, for a peering connection. */
export class VpcPeeringRequest extends pulumi.ComponentResource {
  /** Id of the connection, which is of no use until the other side has accepted it. */
  public readonly connectionId: pulumi.Output<string>;

  constructor(name: string, args: VpcPeeringRequestArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:VpcPeeringRequest", name, {}, opts);
    const connection = new aws.ec2.VpcPeeringConnection(
      name,
      { ...args, autoAccept: false, tags: connectionTags(name) },
      childOptions(this, opts),
    );
    this.connectionId = connection.id;
    this.registerOutputs({ connectionId: this.connectionId });
  }
}

/** Which end of a peering connection a VPC is. */
export const PeeringSide = { Requester: "requester", Accepter: "accepter" } as const;
export type PeeringSide = (typeof PeeringSide)[keyof typeof PeeringSide];

/** What one side of a peering connection is made from. */
export interface VpcPeeringSideArgs {
  /** The accepter accepts the connection; the requester must be given the id that the accepter gives out. */
  side: PeeringSide;
  /** Id of the connection. */
  connectionId: pulumi.Input<string>;
  /**
   * Name of the `VpcPeeringRequest`. Within one account and region both sides are one object with one set of tags: what
   * the accepter tags otherwise, the requester finds changed
   * (https://github.com/cloudposse/terraform-aws-vpc-peering-multi-account/issues/117).
   */
  connectionName: string;
  /** Route tables of this side that get a route to the other, by names that become parts of the routes' names. */
  routeTableIds: Record<string, pulumi.Input<string>>;
  /** IPv4 ranges of the other side. */
  peerCidrs: string[];
}

/**
 * One side of a peering connection: its consent, and routes to the other side.
 *
 * The connection's one option resolves public names of instances to private addresses
 * (https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-dns.html). It stays off: names of private zones, internal load
 * balancers and private API servers need it not.
 */
export class VpcPeeringSide extends pulumi.ComponentResource {
  /** Id of the connection, known once it is accepted. */
  public readonly connectionId: pulumi.Output<string>;

  constructor(name: string, args: VpcPeeringSideArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:VpcPeeringSide", name, {}, opts);
    const options = childOptions(this, opts);
    this.connectionId = acceptedConnection(name, args, options);
    createRoutes(name, args, this.connectionId, options);
    this.registerOutputs({ connectionId: this.connectionId });
  }
}

function acceptedConnection(
  name: string,
  { side, connectionId, connectionName }: VpcPeeringSideArgs,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  if (side === PeeringSide.Requester) return pulumi.output(connectionId);
  const accepter = new aws.ec2.VpcPeeringConnectionAccepter(
    name,
    {
      vpcPeeringConnectionId: connectionId,
      autoAccept: true,
      tags: connectionTags(connectionName),
    },
    options,
  );
  return accepter.id;
}

function createRoutes(
  name: string,
  { routeTableIds, peerCidrs }: VpcPeeringSideArgs,
  vpcPeeringConnectionId: pulumi.Output<string>,
  options: pulumi.CustomResourceOptions,
): void {
  for (const [table, routeTableId] of Object.entries(routeTableIds)) {
    for (const destinationCidrBlock of peerCidrs) {
      new aws.ec2.Route(
        `${name}-${table}-${destinationCidrBlock.replace("/", "-")}`,
        { routeTableId, destinationCidrBlock, vpcPeeringConnectionId },
        options,
      );
    }
  }
}
