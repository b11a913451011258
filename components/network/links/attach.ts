/** A VPC on a transit gateway: the attachment, the owner's consent to it, and the VPC's routes. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { lookUp } from "../../records";
import { resourceOptions } from "../../options";
import type { AwsOptions } from "../../options";
import { SubnetTier } from "../../topology";
import { routeTables } from "./createPeerings";
import type { VpcHandle } from "../../handles";
import type { VpcPlan } from "../facts";
import type { TransitGateway } from "./transitGateway";

/** A transit gateway that VPCs are attached to. */
export interface Gateway {
  transitGatewayId: pulumi.Input<string>;
  /** Absent: it exists, and what follows from an attachment is its owner's. */
  made?: { component: TransitGateway; provider: string };
}

/** What is joined: VPCs by id of the plan, and ids of the prefix lists that their routes refer to, likewise. */
export interface Linked {
  vpcs: Record<string, VpcHandle>;
  routeLists: Record<string, pulumi.Input<string>>;
}

/**
 * Attaches a VPC, and leads its routes to the gateway.
 *
 * @returns the routes: AWS takes none before the attachment is accepted
 */
export function attach(
  name: string,
  vpc: VpcPlan,
  gateway: Gateway,
  { vpcs, routeLists }: Linked,
  options: AwsOptions,
): pulumi.Resource[] {
  const own = resourceOptions(options(vpc.provider));
  const handle = lookUp(vpcs, vpc.id);
  const attachment = createAttachment(name, vpc, handle, gateway, own);
  const joined = gateway.made ? join(name, vpc, gateway.made, attachment, options) : [attachment];
  const destinationPrefixListId = lookUp(routeLists, vpc.id);
  const { transitGatewayId } = attachment;
  return Object.entries(routeTables(vpc, handle)).map(
    ([table, routeTableId]) =>
      new aws.ec2.Route(
        `${name}.${table}`,
        { routeTableId, destinationPrefixListId, transitGatewayId },
        { ...own, dependsOn: joined },
      ),
  );
}

/**
 * In the gateway's own account the provider reads whether the default table has it, and finds that it has not; in another one
 * it cannot look (https://www.pulumi.com/registry/packages/aws/api-docs/ec2transitgateway/vpcattachment/).
 */
function createAttachment(
  name: string,
  vpc: VpcPlan,
  handle: VpcHandle,
  { transitGatewayId, made }: Gateway,
  options: pulumi.CustomResourceOptions,
): aws.ec2transitgateway.VpcAttachment {
  return new aws.ec2transitgateway.VpcAttachment(
    name,
    {
      transitGatewayId,
      vpcId: handle.vpcId,
      subnetIds: attachmentSubnets(vpc, handle),
      dnsSupport: "enable",
      ...(made?.provider === vpc.provider && NO_DEFAULT_TABLE),
      tags: { Name: name },
    },
    // The share is part of the component: another account sees the gateway only through it.
    { ...options, dependsOn: made && [made.component] },
  );
}

const NO_DEFAULT_TABLE = {
  transitGatewayDefaultRouteTableAssociation: false,
  transitGatewayDefaultRouteTablePropagation: false,
};

/** What the owner of a gateway does with an attachment that is planned: accepts it of another account, and lets it send and be sent to. */
function join(
  name: string,
  vpc: VpcPlan,
  { component, provider }: NonNullable<Gateway["made"]>,
  { id }: aws.ec2transitgateway.VpcAttachment,
  options: AwsOptions,
): pulumi.Resource[] {
  const owners = resourceOptions(options(provider));
  const transitGatewayAttachmentId =
    provider === vpc.provider
      ? id
      : new aws.ec2transitgateway.VpcAttachmentAccepter(
          name,
          { transitGatewayAttachmentId: id, ...NO_DEFAULT_TABLE, tags: { Name: name } },
          owners,
        ).id;
  const joined = { transitGatewayRouteTableId: component.routeTableId, transitGatewayAttachmentId };
  return [
    new aws.ec2transitgateway.RouteTableAssociation(name, joined, owners),
    new aws.ec2transitgateway.RouteTablePropagation(name, joined, owners),
  ];
}

/** At most one subnet per zone (https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html). */
function attachmentSubnets({ existing }: VpcPlan, { privateSubnetIds }: VpcHandle) {
  if (!existing) return privateSubnetIds;
  const zones = Object.values(existing.subnets)
    .filter(({ tier }) => tier === SubnetTier.Private)
    .map(({ zone }) => zone);
  const isFirst = (index: number) => zones.indexOf(zones[index]!) === index;
  return pulumi.output(privateSubnetIds).apply((ids) => ids.filter((_, index) => isFirst(index)));
}
