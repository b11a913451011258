import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { logicalName } from "../../topology";

/** What a transit gateway is made from. */
export interface TransitGatewayArgs {
  /**
   * Ids of other accounts whose VPCs attach to it, by a name for each. They must be in the same organization, with sharing
   * through AWS RAM enabled.
   *
   * @default none
   */
  accountIds?: Record<string, pulumi.Input<string>>;
}

/**
 * The transit gateway of one region, shared with the accounts that attach VPCs to it. About USD 37 a month and attachment.
 *
 * Nothing follows from an attachment alone: whoever the share lets attach must be accepted, associated and propagated
 * (https://docs.aws.amazon.com/vpc/latest/tgw/tgw-transit-gateways.html).
 */
export class TransitGateway extends pulumi.ComponentResource {
  /** Id of the transit gateway. */
  public readonly transitGatewayId: pulumi.Output<string>;
  /** Its only route table: an attachment is associated with it, and its routes propagated to it, where somebody says so. */
  public readonly routeTableId: pulumi.Output<string>;
  /** Account that owns it. */
  public readonly ownerId: pulumi.Output<string>;

  constructor(name: string, args: TransitGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:TransitGateway", name, {}, opts);
    const { accountIds = {} } = args;
    const options = childOptions(this, opts);
    const gateway = new aws.ec2transitgateway.TransitGateway(
      name,
      {
        autoAcceptSharedAttachments: "disable",
        defaultRouteTableAssociation: "disable",
        defaultRouteTablePropagation: "disable",
        dnsSupport: "enable",
        tags: { Name: name },
      },
      options,
    );
    const table = new aws.ec2transitgateway.RouteTable(
      name,
      { transitGatewayId: gateway.id, tags: { Name: name } },
      options,
    );
    if (Object.keys(accountIds).length > 0) share(name, gateway, accountIds, options);
    this.transitGatewayId = gateway.id;
    this.routeTableId = table.id;
    this.ownerId = gateway.ownerId;
    this.registerOutputs({
      transitGatewayId: this.transitGatewayId,
      routeTableId: this.routeTableId,
      ownerId: this.ownerId,
    });
  }
}

/** Inside an organization no invitation has to be accepted (https://docs.aws.amazon.com/ram/latest/userguide/getting-started-sharing.html). */
function share(
  name: string,
  gateway: aws.ec2transitgateway.TransitGateway,
  accountIds: Record<string, pulumi.Input<string>>,
  options: pulumi.CustomResourceOptions,
): void {
  const { arn: resourceShareArn } = new aws.ram.ResourceShare(
    name,
    { name, allowExternalPrincipals: false },
    options,
  );
  new aws.ram.ResourceAssociation(name, { resourceShareArn, resourceArn: gateway.arn }, options);
  for (const [account, principal] of Object.entries(accountIds)) {
    new aws.ram.PrincipalAssociation(
      logicalName(name, account),
      { resourceShareArn, principal },
      options,
    );
  }
}
