import { partitionOf } from "../../topology";

/** AWS services that EKS, images and this package's other parts call, and how a VPC reaches each. */
const KINDS = {
  s3: "Gateway",
  dynamodb: "Gateway",
  "acm-pca": "Interface",
  autoscaling: "Interface",
  ec2: "Interface",
  ec2messages: "Interface",
  "ecr.api": "Interface",
  "ecr.dkr": "Interface",
  ecs: "Interface",
  "ecs-agent": "Interface",
  "ecs-telemetry": "Interface",
  eks: "Interface",
  "eks-auth": "Interface",
  elasticfilesystem: "Interface",
  elasticloadbalancing: "Interface",
  kms: "Interface",
  logs: "Interface",
  monitoring: "Interface",
  secretsmanager: "Interface",
  ssm: "Interface",
  ssmmessages: "Interface",
  sts: "Interface",
  xray: "Interface",
} as const;

/** Names that `endpoints` may hold. */
export const ENDPOINT_SERVICES: string[] = Object.keys(KINDS);

/** Whether a service is reached by a route, which costs nothing, rather than by an address in each zone. */
export function isGatewayService(service: string): boolean {
  return KINDS[service as keyof typeof KINDS] === "Gateway";
}

/** Those of the services above whose endpoints have a name of their own in China (aws-cdk, aws-ec2/lib/vpc-endpoint.ts). */
const OWN_NAME_IN_CHINA = [
  ...["autoscaling", "ec2", "ecr.api", "ecr.dkr", "eks", "elasticfilesystem", "monitoring", "sts"],
  "xray",
];

/** What EC2 calls the endpoint of a service in a region. */
export function endpointServiceName(service: string, region: string): string {
  const name = `com.amazonaws.${region}.${service}`;
  const isOwn = partitionOf(region) === "aws-cn" && OWN_NAME_IN_CHINA.includes(service);
  return isOwn ? `cn.${name}` : name;
}
