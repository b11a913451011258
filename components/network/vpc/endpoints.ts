import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { endpointServiceName, isGatewayService } from "./endpointServices";
import type { RoutedTable } from "./routing";

/** AWS services listen on it (https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html). */
const HTTPS = 443;

/** Where endpoints are put. */
interface Place {
  vpc: aws.ec2.Vpc;
  tables: RoutedTable[];
  subnets: pulumi.Output<string>[];
}

/** Reaches AWS services without NAT: by a route where the service allows it, else by an address in each zone. */
export function createEndpoints(
  name: string,
  services: string[],
  { vpc, tables, subnets }: Place,
  options: pulumi.CustomResourceOptions,
): void {
  if (services.length === 0) return;
  const { region } = aws.getRegionOutput({}, { parent: options.parent });
  const nameOf = (service: string) => region.apply((here) => endpointServiceName(service, here));
  const byRoute = { vpcEndpointType: "Gateway", routeTableIds: tables.map(({ id }) => id) };
  const byAddress = services.every(isGatewayService)
    ? {}
    : {
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
        subnetIds: subnets,
        securityGroupIds: [createGroup(`${name}-endpoints`, vpc, options).id],
      };
  for (const service of services) {
    const endpoint = `${name}-${service}`;
    new aws.ec2.VpcEndpoint(
      endpoint,
      {
        vpcId: vpc.id,
        serviceName: nameOf(service),
        ...(isGatewayService(service) ? byRoute : byAddress),
        tags: { Name: endpoint },
      },
      options,
    );
  }
}

/** Security group of the addresses: HTTPS from inside, nothing out. */
function createGroup(name: string, vpc: aws.ec2.Vpc, options: pulumi.CustomResourceOptions) {
  const group = new aws.ec2.SecurityGroup(
    name,
    { vpcId: vpc.id, description: "Addresses of VPC endpoints", tags: { Name: name } },
    options,
  );
  new aws.vpc.SecurityGroupIngressRule(
    name,
    {
      securityGroupId: group.id,
      cidrIpv4: vpc.cidrBlock,
      ipProtocol: "tcp",
      fromPort: HTTPS,
      toPort: HTTPS,
      description: "calls of AWS services from inside the VPC",
    },
    options,
  );
  return group;
}
