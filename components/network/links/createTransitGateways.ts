import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { lookUp } from "../../records";
import { resourceOptions } from "../../options";
import type { AwsOptions } from "../../options";
import { logicalName } from "../../topology";
import { attach } from "./attach";
import type { Gateway, Linked } from "./attach";
import { ownerId } from "./createPeerings";
import type { NetworkPlan, TransitGatewayPeeringPlan, TransitGatewayPlan } from "../facts";
import { TransitGateway } from "./transitGateway";

/** Transit gateways made here, by region. */
type Gateways = Record<string, TransitGateway>;

/**
 * Joins VPCs through one transit gateway per region, and those that are made here with each other.
 *
 * @returns routes to the gateways, by VPC id
 */
export function createTransitGateways(
  name: string,
  plan: NetworkPlan,
  networks: Linked,
  options: AwsOptions,
): Record<string, pulumi.Resource[]> {
  const made: Gateways = {};
  const routes: Record<string, pulumi.Resource[]> = {};
  for (const [region, gatewayPlan] of Object.entries(plan.transitGateways)) {
    const gateway = gatewayOf(name, plan, gatewayPlan, options);
    if (gateway.made) made[region] = gateway.made.component;
    for (const id of gatewayPlan.vpcs) {
      const vpc = lookUp(plan.vpcs, id);
      routes[id] = attach(logicalName(name, id), vpc, gateway, networks, options);
    }
  }
  for (const [key, peering] of Object.entries(plan.transitGatewayPeerings)) {
    createPeering(logicalName(name, key), peering, made, (region) =>
      resourceOptions(options(ownerOf(lookUp(plan.transitGateways, region))!)),
    );
  }
  return routes;
}

/** Provider of the account that owns a transit gateway made here. */
function ownerOf({ from }: TransitGatewayPlan): string | undefined {
  return from.kind === "made" ? from.provider : undefined;
}

function gatewayOf(
  name: string,
  plan: NetworkPlan,
  { from, region }: TransitGatewayPlan,
  options: AwsOptions,
): Gateway {
  if (from.kind === "existing") return { transitGatewayId: from.id };
  const accountIds = Object.fromEntries(
    from.sharedWith.map((other) => [other, ownerId(plan, other, options)]),
  );
  const component = new TransitGateway(
    logicalName(name, region),
    { accountIds },
    options(from.provider),
  );
  const { transitGatewayId } = component;
  return { transitGatewayId, made: { component, provider: from.provider } };
}

function createPeering(
  name: string,
  { requester, accepter, requesterCidrs, accepterCidrs }: TransitGatewayPeeringPlan,
  gateways: Gateways,
  optionsIn: (region: string) => pulumi.CustomResourceOptions,
): void {
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
  createSide(name, "requester", asking, acceptance.id, accepterCidrs, optionsIn(requester));
  createSide(name, "accepter", asked, acceptance.id, requesterCidrs, optionsIn(accepter));
}

/** What comes over a peering finds its way by the table that the peering is associated with; peered gateways do not tell each other their routes. */
function createSide(
  name: string,
  side: "requester" | "accepter",
  { routeTableId: transitGatewayRouteTableId }: TransitGateway,
  transitGatewayAttachmentId: pulumi.Output<string>,
  cidrs: string[],
  options: pulumi.CustomResourceOptions,
): void {
  const joined = { transitGatewayRouteTableId, transitGatewayAttachmentId };
  new aws.ec2transitgateway.RouteTableAssociation(`${name}.${side}`, joined, options);
  for (const destinationCidrBlock of cidrs) {
    new aws.ec2transitgateway.Route(
      logicalName(name, destinationCidrBlock),
      { ...joined, destinationCidrBlock },
      options,
    );
  }
}
