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
type Gateways = Record<string, NonNullable<Gateway["made"]>>;

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
    if (gateway.made) made[region] = gateway.made;
    for (const id of gatewayPlan.vpcs) {
      const vpc = lookUp(plan.vpcs, id);
      routes[id] = attach(logicalName(name, id), vpc, gateway, networks, options);
    }
  }
  for (const [key, peering] of Object.entries(plan.transitGatewayPeerings)) {
    createPeering(logicalName(name, key), peering, made, options);
  }
  return routes;
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
  options: AwsOptions,
): void {
  const asking = lookUp(gateways, requester);
  const asked = lookUp(gateways, accepter);
  const ofRequester = resourceOptions(options(asking.provider));
  const ofAccepter = resourceOptions(options(asked.provider));
  const request = new aws.ec2transitgateway.PeeringAttachment(
    name,
    {
      transitGatewayId: asking.component.transitGatewayId,
      peerTransitGatewayId: asked.component.transitGatewayId,
      peerRegion: accepter,
      peerAccountId: asked.component.ownerId,
      tags: { Name: name },
    },
    ofRequester,
  );
  const acceptance = new aws.ec2transitgateway.PeeringAttachmentAccepter(
    name,
    { transitGatewayAttachmentId: request.id, tags: { Name: name } },
    ofAccepter,
  );
  createSide(name, "requester", asking.component, acceptance.id, accepterCidrs, ofRequester);
  createSide(name, "accepter", asked.component, acceptance.id, requesterCidrs, ofAccepter);
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
