import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { lookUp } from "../../records";
import { resourceOptions } from "../../options";
import type { AwsOptions } from "../../options";
import { logicalName, SubnetTier } from "../../topology";
import { ownerId, routeTables } from "./createPeerings";
import type { VpcHandle } from "../../handles";
import type { NetworkPlan, TransitGatewayPeeringPlan, TransitGatewayPlan, VpcPlan } from "../facts";
import { TransitGateway } from "./transitGateway";

/** Transit gateways by region. */
type Gateways = Record<string, TransitGateway>;

/** What is joined: VPCs by id of the plan, and ids of the prefix lists that routes refer to, by key of the plan. */
interface Linked {
  vpcs: Record<string, VpcHandle>;
  prefixLists: Record<string, pulumi.Input<string>>;
}

/** Joins VPCs through one transit gateway per region, and those with each other. */
export function createTransitGateways(
  name: string,
  plan: NetworkPlan,
  networks: Linked,
  options: AwsOptions,
): void {
  const gateways: Gateways = {};
  for (const [region, gatewayPlan] of Object.entries(plan.transitGateways)) {
    const gateway = createTransitGateway(name, plan, gatewayPlan, options);
    gateways[region] = gateway;
    for (const vpc of gatewayPlan.vpcs) {
      attach(
        logicalName(name, vpc),
        lookUp(plan.vpcs, vpc),
        gatewayPlan,
        gateway,
        networks,
        options,
      );
    }
  }
  for (const [key, peering] of Object.entries(plan.transitGatewayPeerings)) {
    createPeering(logicalName(name, key), plan, peering, gateways, options);
  }
}

function createTransitGateway(
  name: string,
  plan: NetworkPlan,
  { provider, region, sharedWith }: TransitGatewayPlan,
  options: AwsOptions,
): TransitGateway {
  const accountIds = Object.fromEntries(
    sharedWith.map((other) => [other, ownerId(plan, other, options)]),
  );
  return new TransitGateway(logicalName(name, region), { accountIds }, options(provider));
}

/** AWS wants the attachment to exist when a route leads to its gateway: the routes take the gateway's id from it. */
function attach(
  name: string,
  vpc: VpcPlan,
  { prefixLists }: TransitGatewayPlan,
  gateway: TransitGateway,
  networks: Linked,
  options: AwsOptions,
): void {
  const own = resourceOptions(options(vpc.provider));
  const handle = lookUp(networks.vpcs, vpc.id);
  const { transitGatewayId } = new aws.ec2transitgateway.VpcAttachment(
    name,
    {
      transitGatewayId: gateway.transitGatewayId,
      vpcId: handle.vpcId,
      subnetIds: attachmentSubnets(vpc, handle),
      dnsSupport: "enable",
      tags: { Name: name },
    },
    // The share is part of the component: another account sees the gateway only through it.
    { ...own, dependsOn: [gateway] },
  );
  for (const [table, routeTableId] of Object.entries(routeTables(vpc, handle))) {
    for (const key of lookUp(prefixLists, vpc.id)) {
      const destinationPrefixListId = lookUp(networks.prefixLists, key);
      new aws.ec2.Route(
        logicalName(name, table, key),
        { routeTableId, destinationPrefixListId, transitGatewayId },
        own,
      );
    }
  }
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

function createPeering(
  name: string,
  plan: NetworkPlan,
  peering: TransitGatewayPeeringPlan,
  gateways: Gateways,
  options: AwsOptions,
): void {
  const { requester, accepter } = peering;
  const optionsIn = (region: string) =>
    resourceOptions(options(lookUp(plan.transitGateways, region).provider));
  const [asking, asked] = [lookUp(gateways, requester), lookUp(gateways, accepter)];
  const request = new aws.ec2transitgateway.PeeringAttachment(
    name,
    {
      transitGatewayId: asking.transitGatewayId,
      peerTransitGatewayId: asked.transitGatewayId,
      peerRegion: accepter,
      peerAccountId: asked.ownerId,
      tags: { Name: name },
    },
    optionsIn(requester),
  );
  const acceptance = new aws.ec2transitgateway.PeeringAttachmentAccepter(
    name,
    { transitGatewayAttachmentId: request.id, tags: { Name: name } },
    optionsIn(accepter),
  );
  const { requesterCidrs, accepterCidrs } = peering;
  createRoutes(name, asking, acceptance.id, accepterCidrs, optionsIn(requester));
  createRoutes(name, asked, acceptance.id, requesterCidrs, optionsIn(accepter));
}

/** Peered transit gateways do not tell each other their routes. */
function createRoutes(
  name: string,
  gateway: TransitGateway,
  transitGatewayAttachmentId: pulumi.Output<string>,
  cidrs: string[],
  options: pulumi.CustomResourceOptions,
): void {
  for (const destinationCidrBlock of cidrs) {
    new aws.ec2transitgateway.Route(
      logicalName(name, destinationCidrBlock),
      {
        transitGatewayRouteTableId: gateway.routeTableId,
        transitGatewayAttachmentId,
        destinationCidrBlock,
      },
      options,
    );
  }
}
