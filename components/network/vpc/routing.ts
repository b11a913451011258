/** Ways out of a VPC: internet gateway, NAT gateways, and the tables that lead to them. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { NatMode } from "../../topology";

const ANYWHERE = "0.0.0.0/0";

/** A route table whose default route exists once `routed` is known. */
export interface RoutedTable {
  id: pulumi.Output<string>;
  routed: pulumi.Output<string>;
}

/** Leads the public subnets to the internet. Their ids are known once they are routed. */
export function createPublicRoutes(
  name: string,
  vpc: aws.ec2.Vpc,
  subnets: aws.ec2.Subnet[],
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string>[] {
  const gateway = new aws.ec2.InternetGateway(
    name,
    { vpcId: vpc.id, tags: { Name: name } },
    options,
  );
  const table = createTable(`${name}-public`, vpc, { gatewayId: gateway.id }, options);
  return associate(name, "public", subnets, [table], options);
}

/** One NAT gateway in the first zone, or one in each. */
export function createNatGateways(
  name: string,
  publicSubnets: pulumi.Output<string>[],
  nat: NatMode,
  options: pulumi.CustomResourceOptions,
): aws.ec2.NatGateway[] {
  const zones = nat === NatMode.PerZone ? publicSubnets : publicSubnets.slice(0, 1);
  return zones.map((subnetId, zone) => {
    const gateway = `${name}-nat-${zone}`;
    const tags = { Name: gateway };
    const address = new aws.ec2.Eip(gateway, { domain: "vpc", tags }, options);
    return new aws.ec2.NatGateway(gateway, { allocationId: address.id, subnetId, tags }, options);
  });
}

/** One table per NAT gateway. */
export function createPrivateTables(
  name: string,
  vpc: aws.ec2.Vpc,
  gateways: aws.ec2.NatGateway[],
  options: pulumi.CustomResourceOptions,
): RoutedTable[] {
  return gateways.map((gateway, zone) =>
    createTable(`${name}-private-${zone}`, vpc, { natGatewayId: gateway.id }, options),
  );
}

/**
 * Puts each zone's subnet on its table, or on the only one. The ids returned are known once the subnets have their way
 * out: nodes that start before cannot fetch images, and a controller that loses it before it is gone leaves load
 * balancers behind.
 */
export function associate(
  name: string,
  tier: string,
  subnets: aws.ec2.Subnet[],
  tables: RoutedTable[],
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string>[] {
  return subnets.map((subnet, zone) => {
    const { routed } = tables[zone] ?? tables[0]!;
    const association = new aws.ec2.RouteTableAssociation(
      `${name}-${tier}-${zone}`,
      { subnetId: subnet.id, routeTableId: routed },
      options,
    );
    return association.subnetId as pulumi.Output<string>;
  });
}

function createTable(
  name: string,
  vpc: aws.ec2.Vpc,
  target: Pick<aws.ec2.RouteArgs, "gatewayId" | "natGatewayId">,
  options: pulumi.CustomResourceOptions,
): RoutedTable {
  const { id } = new aws.ec2.RouteTable(name, { vpcId: vpc.id, tags: { Name: name } }, options);
  const route = new aws.ec2.Route(
    name,
    { routeTableId: id, destinationCidrBlock: ANYWHERE, ...target },
    options,
  );
  return { id, routed: route.routeTableId };
}
