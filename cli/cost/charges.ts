/** What each type of resource costs, as a table: what is in no list of it fails a test over every plan. */
import type { Graph, Registration } from "../../engine";
import { eksVersions } from "../../components/versions/kubernetes";
import { isFederations } from "../report/owners";
import { instanceMonthly } from "./instances";
import { AUTO_MODE_FEE, monthly } from "./prices";
import type { PriceName, Rate } from "./prices";

/** So many of one thing that costs; without a rate, no price of it is here. */
export interface Charge {
  what: string;
  count: number;
  each?: Rate;
}

/** Where a resource stands, and what else is planned. */
export interface Site {
  region: string;
  graph: Graph;
  /** Standard support of a Kubernetes version ends on a day. */
  today: string;
}

type Charges = (resource: Registration, site: Site) => Charge[];

/** GB a month of each type of a control plane's logs: an assumption, since it depends on who calls the API server. */
export const LOGGED = 1;

/** So many of what has a price of its own. */
export function charge(what: string, price: PriceName, region: string, count = 1): Charge[] {
  return count > 0 ? [{ what, count, each: monthly(price, region) }] : [];
}

const one =
  (what: string, price: PriceName): Charges =>
  (_, { region }) =>
    charge(what, price, region);

/** Of most gateways a controller makes it, so that no resource stands for it. */
export const GATEWAY_BALANCER = "load balancer of a gateway";

const LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";

/** What costs by itself, by type. */
export const CHARGES: Readonly<Record<string, Charges>> = {
  "aws:autoscaling/group:Group": ({ inputs }, site) => {
    const template = templateOf(inputs.launchTemplate, site);
    return nodes("machine", [template?.instanceType], inputs.minSize, { template, site });
  },
  "aws:ec2/eip:Eip": one("public IPv4 address", "publicAddress"),
  "aws:ec2/natGateway:NatGateway": one("NAT gateway", "natGateway"),
  "aws:ec2/vpcEndpoint:VpcEndpoint": ({ inputs }, { region }) =>
    inputs.vpcEndpointType === "Interface"
      ? charge("endpoint in a zone", "interfaceEndpoint", region, inputs.subnetIds.length)
      : [],
  // Each owner of a peering pays for one: that of the request, and that of the accepter.
  "aws:ec2transitgateway/peeringAttachment:PeeringAttachment": attachment(),
  "aws:ec2transitgateway/peeringAttachmentAccepter:PeeringAttachmentAccepter": attachment(),
  "aws:ec2transitgateway/vpcAttachment:VpcAttachment": attachment(),
  "aws:ecs/service:Service": tasks,
  "aws:eks/nodeGroup:NodeGroup": ({ inputs }, site) => {
    const template = templateOf(inputs.launchTemplate, site);
    const { instanceTypes = [], scalingConfig } = inputs;
    return nodes("node", instanceTypes, scalingConfig.minSize, { template, site });
  },
  "aws:kms/key:Key": one("KMS key", "key"),
  "aws:lb/loadBalancer:LoadBalancer": ({ urn }, { region }) => {
    const what = isFederations(urn) ? GATEWAY_BALANCER : "load balancer of istiod";
    return charge(what, "loadBalancer", region);
  },
  "aws:route53/zone:Zone": one("private zone", "privateZone"),
  "eks:index:Cluster": ({ inputs }, { region, today }) => {
    const { version, upgradePolicy, enabledClusterLogTypes = [] } = inputs;
    const until = eksVersions[version]?.standardSupport;
    const isExtended =
      until !== undefined && today > until && upgradePolicy?.supportType !== "STANDARD";
    const logged = LOGGED * enabledClusterLogTypes.length;
    return [
      ...charge("EKS control plane", "controlPlane", region),
      ...charge("extended support of Kubernetes", "extendedSupport", region, isExtended ? 1 : 0),
      ...charge("GB of control plane's logs", "logs", region, logged),
    ];
  },
};

function attachment(): Charges {
  return one("transit gateway attachment", "transitGatewayAttachment");
}

/** On Fargate; the number of the beginning, where something scales it. On EC2 their instances cost. */
function tasks({ inputs }: Registration, { region, graph }: Site): Charge[] {
  const definition = graph
    .ofType("aws:ecs/taskDefinition:TaskDefinition")
    .find(({ computed }) => computed.arn === inputs.taskDefinition);
  const {
    cpu = 0,
    memory = 0,
    runtimePlatform,
    requiresCompatibilities,
  } = definition?.inputs ?? {};
  if (!requiresCompatibilities?.includes("FARGATE")) return [];
  const isArm = runtimePlatform?.cpuArchitecture === "ARM64";
  const count = Number(inputs.desiredCount);
  return [
    ...charge(
      "vCPU of tasks",
      isArm ? "taskCpuArm" : "taskCpu",
      region,
      (count * Number(cpu)) / 1024,
    ),
    ...charge(
      "GB of memory of tasks",
      isArm ? "taskMemoryArm" : "taskMemory",
      region,
      (count * Number(memory)) / 1024,
    ),
  ];
}

interface Template {
  instanceType?: string;
  blockDeviceMappings?: { ebs?: { volumeSize?: number } }[];
}

function templateOf(named: { id: string } | undefined, { graph }: Site): Template | undefined {
  return graph.ofType(LAUNCH_TEMPLATE).find(({ computed }) => computed.id === named?.id)?.inputs;
}

/** The least number of them, of the first of their types, with their disks. Without a type EKS takes t3.medium. */
function nodes(
  what: string,
  [type = "t3.medium"]: (string | undefined)[],
  count: number,
  { template, site: { region } }: { template?: Template; site: Site },
): Charge[] {
  if (count === 0) return [];
  const each = instanceMonthly(type, region);
  const size = template?.blockDeviceMappings?.[0]?.ebs?.volumeSize;
  return [
    { what: `${what}, ${type}`, count, ...(each && { each }) },
    ...(size === undefined
      ? [{ what: `disk of a ${what}, as big as its image`, count }]
      : charge(`GiB of disk of a ${what}`, "disk", region, Number(size) * count)),
  ];
}

/** What costs by how it is used, by type: said as not counted where it is planned. */
export const NOT_COUNTED: Readonly<Record<string, string>> = {
  "aws:ec2/flowLog:FlowLog": "flow logs, which follow traffic",
  "kubernetes:karpenter.sh/v1:NodePool": `nodes of Auto Mode, which follow your pods: each costs its instance and ${AUTO_MODE_FEE * 100}% more`,
};

/** What has no price of its own, by type, and who says so. */
export const FREE: Readonly<Record<string, string>> = {
  ...free(
    "https://aws.amazon.com/vpc/pricing/: only what is listed there costs",
    "ec2/defaultSecurityGroup:DefaultSecurityGroup ec2/internetGateway:InternetGateway ec2/managedPrefixList:ManagedPrefixList",
    "ec2/route:Route ec2/routeTable:RouteTable ec2/routeTableAssociation:RouteTableAssociation ec2/securityGroup:SecurityGroup",
    "ec2/subnet:Subnet ec2/vpc:Vpc vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  ),
  ...free(
    "https://docs.aws.amazon.com/vpc/latest/peering/what-is-vpc-peering.html: no charge to create one",
    "ec2/vpcPeeringConnection:VpcPeeringConnection ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter",
  ),
  ...free(
    "https://aws.amazon.com/transit-gateway/pricing/: attachments and what they process cost",
    "ec2transitgateway/route:Route ec2transitgateway/routeTable:RouteTable ec2transitgateway/transitGateway:TransitGateway",
    "ec2transitgateway/routeTableAssociation:RouteTableAssociation ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter",
    "ec2transitgateway/routeTablePropagation:RouteTablePropagation",
  ),
  ...free(
    "https://aws.amazon.com/elasticloadbalancing/pricing/: hours of balancers and what they process cost",
    "lb/listener:Listener lb/targetGroup:TargetGroup",
  ),
  ...free(
    "https://aws.amazon.com/eks/pricing/: clusters, and what runs for them",
    "eks/accessEntry:AccessEntry eks/accessPolicyAssociation:AccessPolicyAssociation eks/addon:Addon",
    "eks/podIdentityAssociation:PodIdentityAssociation",
  ),
  ...free(
    "https://aws.amazon.com/ecs/pricing/: only what tasks run on costs",
    "ecs/capacityProvider:CapacityProvider ecs/cluster:Cluster ecs/clusterCapacityProviders:ClusterCapacityProviders",
    "ecs/taskDefinition:TaskDefinition",
  ),
  ...free(
    "https://aws.amazon.com/autoscaling/pricing/: no additional fees but those of CloudWatch",
    "appautoscaling/policy:Policy appautoscaling/target:Target",
  ),
  ...free(
    "https://aws.amazon.com/iam/faqs/: offered at no additional charge",
    "iam/instanceProfile:InstanceProfile iam/role:Role iam/rolePolicy:RolePolicy iam/rolePolicyAttachment:RolePolicyAttachment",
  ),
  ...free(
    "https://aws.amazon.com/ram/: no additional charge",
    "ram/principalAssociation:PrincipalAssociation ram/resourceAssociation:ResourceAssociation ram/resourceShare:ResourceShare",
  ),
  ...free("https://aws.amazon.com/kms/pricing/: keys and requests cost", "kms/alias:Alias"),
  ...free(
    "https://aws.amazon.com/route53/pricing/: zones and queries cost",
    "route53/record:Record route53/zoneAssociation:ZoneAssociation route53/vpcAssociationAuthorization:VpcAssociationAuthorization",
  ),
  ...free(
    "https://aws.amazon.com/cloudwatch/pricing/: what is taken in costs, counted where it is written",
    "cloudwatch/logGroup:LogGroup",
  ),
  ...free(
    "https://docs.aws.amazon.com/autoscaling/ec2/userguide/what-is-amazon-ec2-auto-scaling.html: only what it launches costs",
    "ec2/launchTemplate:LaunchTemplate",
  ),
};

function free(source: string, ...types: string[]): Record<string, string> {
  const all = types.flatMap((line) => line.split(" "));
  return Object.fromEntries(all.map((type) => [`aws:${type}`, source]));
}

/** What stands in no account of AWS: objects in clusters run on nodes that are counted, and gateways' load balancers are too. */
const ELSEWHERE = /^(kubernetes|tls|pulumi):/;

/** How a type is priced; absent where nobody has said so yet. */
export function pricingOf(type: string): "priced" | "free" | "not counted" | undefined {
  if (type in CHARGES) return "priced";
  if (type in NOT_COUNTED) return "not counted";
  return type in FREE || ELSEWHERE.test(type) ? "free" : undefined;
}
