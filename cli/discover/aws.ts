/** What AWS says of a VPC and a cluster, asked by its own command line, which kubeconfigs need anyway. */
import { outputOf } from "../output";
import { refuseArgument } from "../problems";

interface Tag {
  Key: string;
  Value: string;
}

export interface Tagged {
  Tags?: Tag[];
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html */
export interface AwsVpc extends Tagged {
  VpcId: string;
  CidrBlockAssociationSet: { CidrBlock: string; CidrBlockState: { State: string } }[];
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Subnet.html */
export interface AwsSubnet extends Tagged {
  SubnetId: string;
  SubnetArn: string;
  CidrBlock: string;
  AvailabilityZone: string;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RouteTable.html */
export interface AwsRouteTable extends Tagged {
  RouteTableId: string;
  Associations: { Main?: boolean; SubnetId?: string }[];
  Routes: { DestinationCidrBlock?: string; GatewayId?: string }[];
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html */
export interface AwsNatGateway {
  State: string;
  NatGatewayAddresses: { PublicIp?: string }[];
}

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_Cluster.html */
export interface AwsCluster {
  name: string;
  version: string;
  endpoint?: string;
  certificateAuthority?: { data?: string };
  resourcesVpcConfig: { vpcId: string; clusterSecurityGroupId?: string };
  /** Absent without Auto Mode. */
  computeConfig?: { enabled?: boolean };
}

export interface AwsOptions {
  region?: string;
  profile?: string;
}

export interface VpcAnswers {
  vpc: AwsVpc;
  subnets: AwsSubnet[];
  routeTables: AwsRouteTable[];
  natGateways: AwsNatGateway[];
}

/** One at a time: what is refused first is said, and nothing else is asked. */
export async function askVpc(vpc: string, options: AwsOptions): Promise<VpcAnswers> {
  const path = `--vpc ${vpc}`;
  const ask = <T>(...words: string[]) => askAws<T>(path, ["ec2", ...words], options);
  const filters = ["--filters", `Name=vpc-id,Values=${vpc}`];
  const { Vpcs } = await ask<{ Vpcs: AwsVpc[] }>("describe-vpcs", "--vpc-ids", vpc);
  const { Subnets } = await ask<{ Subnets: AwsSubnet[] }>("describe-subnets", ...filters);
  const { RouteTables } = await ask<{ RouteTables: AwsRouteTable[] }>(
    ...["describe-route-tables", ...filters],
  );
  const { NatGateways } = await ask<{ NatGateways: AwsNatGateway[] }>(
    ...["describe-nat-gateways", "--filter", `Name=vpc-id,Values=${vpc}`],
  );
  const [found] = Vpcs;
  if (!found) return refuse(path, "no VPC");
  return { vpc: found, subnets: Subnets, routeTables: RouteTables, natGateways: NatGateways };
}

export async function askCluster(name: string, options: AwsOptions): Promise<AwsCluster> {
  const words = ["eks", "describe-cluster", "--name", name];
  return (await askAws<{ cluster: AwsCluster }>(`--cluster ${name}`, words, options)).cluster;
}

function askAws<T>(path: string, words: string[], { region, profile }: AwsOptions): Promise<T> {
  const more = [
    ...(region === undefined ? [] : ["--region", region]),
    ...(profile === undefined ? [] : ["--profile", profile]),
  ];
  const said = [...words, ...more, "--output", "json"];
  return outputOf("aws", said, JSON.parse as (text: string) => T, (got) => refuse(path, got));
}

function refuse(path: string, got: string): never {
  const fix = "see that the name is right, and name --region and --profile";
  refuseArgument({ path, got, allowed: "what `aws` finds", fix });
}
