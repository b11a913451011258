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
