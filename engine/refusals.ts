/** What AWS refuses of names and tags, and API servers of objects. A preview of the real engine shows it too late, or not at all. */
import { UNKNOWN } from "./graph";
import type { Registration, Values } from "./graph";

/** Pulumi's AWS provider adds it to the logical name of what has no name of its own (pulumi-aws, provider/autonaming.go). */
const AUTOMATIC = "-0123456";

interface PhysicalName {
  field: string;
  longest: number;
  form?: RegExp;
}

const name = (longest: number, form?: RegExp): PhysicalName => ({ field: "name", longest, form });

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html */
const balancerName = name(32, /^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/);

/** Names by type, each with the page of the call that makes it. */
export const physicalNames: Record<string, PhysicalName> = {
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
  "aws:iam/role:Role": name(64, /^[\w+=,.@-]+$/),
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
  "aws:iam/rolePolicy:RolePolicy": name(128, /^[\w+=,.@-]+$/),
  // https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
  "aws:eks/cluster:Cluster": name(100, /^[0-9A-Za-z][\w-]*$/),
  "eks:index:Cluster": name(100, /^[0-9A-Za-z][\w-]*$/),
  // https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html
  "aws:eks/nodeGroup:NodeGroup": { field: "nodeGroupName", longest: 63 },
  "aws:lb/loadBalancer:LoadBalancer": balancerName,
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
  "aws:lb/targetGroup:TargetGroup": balancerName,
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
  "aws:ec2/securityGroup:SecurityGroup": name(255, /^(?!sg-)[\w .:/()#,@[\]+=&;{}!$*-]+$/),
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html
  "aws:ec2/launchTemplate:LaunchTemplate": name(128, /^[\w().\/-]{3,}$/),
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateManagedPrefixList.html
  "aws:ec2/managedPrefixList:ManagedPrefixList": name(255, /^(?!com\.amazonaws)/),
  // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
  "aws:cloudwatch/logGroup:LogGroup": name(512, /^(?!aws\/)[\w./#-]+$/),
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCapacityProvider.html
  "aws:ecs/capacityProvider:CapacityProvider": name(255, /^(?!aws|ecs|fargate)[\w-]+$/i),
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
  "aws:ecs/cluster:Cluster": name(255, /^[\w-]+$/),
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
  "aws:ecs/service:Service": name(255, /^[\w-]+$/),
  // https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
  "aws:kms/alias:Alias": name(256, /^alias\/(?!aws\/)[\w/-]+$/),
};

/** Roles that `eks:index:Cluster` makes, which is not seen here (pulumi-eks, nodejs/eks/cluster/cluster.ts, servicerole.ts). */
function eksRoles(logical: string, { autoMode }: Values): string[] {
  const roles = autoMode?.enabled ? ["eksRole", "nodeRole"] : ["eksRole"];
  return roles.map((role) => `${logical}-${role}-role`);
}

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices */
const TAGS = { most: 50, key: 128, value: 256, reserved: /^aws:/i };

/** Of a hosted zone (https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeTagsForResource.html). */
const MOST_OF_ZONE = 10;

/** What IAM, EKS, KMS and load balancers allow in tags (https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html); EC2 allows more. */
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Annotations of a Gateway's infrastructure: `maxProperties` of Gateway API 1.5, whose definitions are installed here
 * (kubernetes-sigs/gateway-api v1.5.1, apis/v1/gateway_types.go).
 */
const GATEWAY_ANNOTATIONS = 8;

/** Why a resource would not be made, given the tags that its provider adds; absent where it would. */
export function refusal(registration: Registration, defaultTags: Values): string | undefined {
  const { type, inputs, read } = registration;
  if (read) return undefined;
  if (type === "kubernetes:gateway.networking.k8s.io/v1:Gateway") return refusedGateway(inputs);
  return /^(aws|eks):/.test(type) ? refusedByAws(registration, defaultTags) : undefined;
}

function refusedGateway({ spec }: Values): string | undefined {
  const count = Object.keys(spec?.infrastructure?.annotations ?? {}).length;
  return count > GATEWAY_ANNOTATIONS
    ? `spec.infrastructure.annotations: must have at most ${GATEWAY_ANNOTATIONS} items, has ${count}`
    : undefined;
}

function refusedByAws({ type, name: logical, inputs }: Registration, defaultTags: Values) {
  const own = inputs.tags === UNKNOWN ? {} : inputs.tags;
  // An Auto Scaling group has a list of them, and takes none from its provider.
  const tags = Array.isArray(own)
    ? Object.fromEntries(own.map(({ key, value }) => [key, value]))
    : { ...defaultTags, ...own };
  return refusedName(type, logical, inputs) ?? refusedTags(type, Object.entries(tags));
}

function refusedName(type: string, logical: string, inputs: Values): string | undefined {
  const roles = type === "eks:index:Cluster" ? eksRoles(logical, inputs) : [];
  const of = physicalNames[type];
  return [
    ...roles.map((role) => wrongName(role + AUTOMATIC, physicalNames["aws:iam/role:Role"]!)),
    of && wrongName(inputs[of.field] ?? logical + AUTOMATIC, of),
  ].find(Boolean);
}

function wrongName(text: unknown, { longest, form }: PhysicalName): string | undefined {
  if (typeof text !== "string" || text === UNKNOWN) return undefined;
  if (text.length > longest) return `${text} has ${text.length} characters, AWS allows ${longest}`;
  return form && !form.test(text) ? `${text} does not match ${form}` : undefined;
}

function refusedTags(type: string, tags: [key: string, value: unknown][]): string | undefined {
  const most = type.startsWith("aws:route53/") ? MOST_OF_ZONE : TAGS.most;
  if (tags.length > most) return `${tags.length} tags, AWS allows ${most}`;
  const isIam = type.startsWith("aws:iam/") || type.startsWith("eks:");
  const keys = tags.map(([key]) => (isIam ? key.toLowerCase() : key));
  if (new Set(keys).size < keys.length) return "IAM takes tags that differ by case alone for one";
  const bad = tags.find(([key, value]) => isWrongTag(type, key, String(value)));
  return bad && `AWS refuses the tag ${JSON.stringify(Object.fromEntries([bad]))}`;
}

function isWrongTag(type: string, key: string, value: string): boolean {
  if (key === "" || [...key].length > TAGS.key || [...value].length > TAGS.value) return true;
  if (TAGS.reserved.test(key)) return true;
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-tags.html
  if (type.startsWith("aws:lb/") && TAGS.reserved.test(value)) return true;
  const texts = [key, value].filter((text) => text !== UNKNOWN);
  return !type.startsWith("aws:ec2/") && !texts.every((text) => TAG_TEXT.test(text));
}
