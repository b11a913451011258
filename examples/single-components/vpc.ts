/** A VPC as many programs have one: a public subnet with a NAT gateway, and private ones behind it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export const region = new pulumi.Config("aws").require("region");

export const cidr = "10.10.0.0/16";
const vpc = new aws.ec2.Vpc("shop", { cidrBlock: cidr, enableDnsHostnames: true });
export const vpcId = vpc.id;

// AWS opens a VPC's default group to itself and to the world; without rules it is closed.
new aws.ec2.DefaultSecurityGroup("shop", { vpcId });

const gateway = new aws.ec2.InternetGateway("shop", { vpcId });
const publicSubnet = new aws.ec2.Subnet("public", {
  vpcId,
  cidrBlock: "10.10.0.0/24",
  availabilityZone: `${region}a`,
});
const publicTable = new aws.ec2.RouteTable("public", {
  vpcId,
  routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: gateway.id }],
});
const publicRoute = new aws.ec2.RouteTableAssociation("public", {
  subnetId: publicSubnet.id,
  routeTableId: publicTable.id,
});

const address = new aws.ec2.Eip("nat", { domain: "vpc" }, { dependsOn: gateway });
const nat = new aws.ec2.NatGateway(
  "shop",
  { subnetId: publicSubnet.id, allocationId: address.id },
  { dependsOn: publicRoute },
);
const privateTable = new aws.ec2.RouteTable("private", {
  vpcId,
  routes: [{ cidrBlock: "0.0.0.0/0", natGatewayId: nat.id }],
});

/** EKS wants them in two zones at least. */
const privateSubnets = { a: "10.10.16.0/20", b: "10.10.32.0/20" };

const made = Object.entries(privateSubnets).map(([zone, cidrBlock]) => {
  const subnet = new aws.ec2.Subnet(`private-${zone}`, {
    vpcId,
    cidrBlock,
    availabilityZone: `${region}${zone}`,
    // By this tag EKS finds the subnets of internal load balancers.
    tags: { "kubernetes.io/role/internal-elb": "1" },
  });
  const route = new aws.ec2.RouteTableAssociation(`private-${zone}`, {
    subnetId: subnet.id,
    routeTableId: privateTable.id,
  });
  return { subnet, route };
});

export const privateSubnetIds = made.map(({ subnet }) => subnet.id);

/** What nodes wait for: without a way out they pull no image. */
export const routes = made.map(({ route }) => route);
