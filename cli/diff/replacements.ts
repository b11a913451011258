/**
 * Which inputs of a resource make the engine replace it, and which it changes where it stands.
 *
 * From `createOnlyProperties` of AWS's resource schemas, as cfn-lint ships them (the lab's judges compare), and `forceNewProperties` in
 * https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/diff.go. A row with a source does what the file says
 * in https://github.com/hashicorp/terraform-provider-aws/tree/main/internal/service, which makes the resources: either AWS has no
 * schema of them, or the two differ. The engine's own preview has the last word.
 */

/** Inputs by what a change of them does; a path stands for all that is in it, and an input that is in no list is not known. */
export interface Effects extends Nuances {
  replaces: readonly string[];
  updates: readonly string[];
}

interface Nuances {
  /** Of what replaces: lists that take further entries in place. */
  grows?: readonly string[];
  /** Of what updates: inputs that replace where they come or go, since one takes the place of another. */
  switches?: readonly string[];
  /** File of the provider, where not AWS's schema says it. */
  source?: string;
}

const row = (replaces: string, updates = "", nuances: Nuances = {}): Effects => ({
  replaces: words(replaces),
  updates: words(updates),
  ...nuances,
});

function words(text: string): string[] {
  return text.split(" ").filter((word) => word !== "");
}

/** AWS resources. All move to another region by being made there; tags change in place. */
const AWS: Readonly<Record<string, Effects>> = {
  "appautoscaling/policy:Policy": row(
    "name resourceId scalableDimension serviceNamespace",
    "policyType targetTrackingScalingPolicyConfiguration",
  ),
  "appautoscaling/target:Target": row(
    "resourceId scalableDimension serviceNamespace",
    "maxCapacity minCapacity",
  ),
  "autoscaling/group:Group": row(
    "initialLifecycleHooks name namePrefix",
    "capacityRebalance desiredCapacity forceDelete healthCheckGracePeriod healthCheckType instanceMaintenancePolicy instanceRefresh launchTemplate maxInstanceLifetime maxSize minSize mixedInstancesPolicy terminationPolicies vpcZoneIdentifiers waitForCapacityTimeout",
    { source: "autoscaling/group.go" },
  ),
  "cloudwatch/logGroup:LogGroup": row("name", "retentionInDays kmsKeyId"),
  "ec2/defaultSecurityGroup:DefaultSecurityGroup": row("vpcId", "ingress egress", {
    source: "ec2/vpc_default_security_group.go",
  }),
  "ec2/eip:Eip": row("domain", "", { source: "ec2/ec2_eip.go" }),
  "ec2/flowLog:FlowLog": row("iamRoleArn logDestination trafficType vpcId"),
  "ec2/internetGateway:InternetGateway": row("", "vpcId", {
    source: "ec2/vpc_internet_gateway.go",
  }),
  "ec2/launchTemplate:LaunchTemplate": row(
    "name",
    "blockDeviceMappings iamInstanceProfile imageId instanceMarketOptions instanceType metadataOptions tagSpecifications updateDefaultVersion userData vpcSecurityGroupIds",
  ),
  "ec2/managedPrefixList:ManagedPrefixList": row("addressFamily", "entries maxEntries name", {
    source: "ec2/vpc_managed_prefix_list.go",
  }),
  "ec2/natGateway:NatGateway": row("allocationId subnetId connectivityType"),
  // Its target changes in place (resourceRouteUpdate).
  "ec2/route:Route": row(
    "destinationCidrBlock destinationPrefixListId routeTableId",
    "gatewayId natGatewayId transitGatewayId vpcPeeringConnectionId",
  ),
  "ec2/routeTable:RouteTable": row("vpcId", "routes"),
  "ec2/routeTableAssociation:RouteTableAssociation": row("subnetId gatewayId", "routeTableId", {
    source: "ec2/vpc_route_table_association.go",
  }),
  "ec2/securityGroup:SecurityGroup": row("description name vpcId", "ingress egress"),
  "ec2/subnet:Subnet": row("availabilityZone cidrBlock vpcId"),
  "ec2/vpc:Vpc": row("cidrBlock", "enableDnsHostnames enableDnsSupport"),
  "ec2/vpcEndpoint:VpcEndpoint": row(
    "serviceName vpcEndpointType vpcId",
    "policy privateDnsEnabled routeTableIds securityGroupIds subnetIds",
  ),
  "ec2/vpcPeeringConnection:VpcPeeringConnection": row(
    "peerOwnerId peerRegion peerVpcId vpcId",
    "autoAccept",
  ),
  "ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": row(
    "vpcPeeringConnectionId",
    "autoAccept",
    { source: "ec2/vpc_peering_connection_accepter.go" },
  ),
  "ec2transitgateway/peeringAttachment:PeeringAttachment": row(
    "peerAccountId peerRegion peerTransitGatewayId transitGatewayId",
  ),
  "ec2transitgateway/peeringAttachmentAccepter:PeeringAttachmentAccepter": row(
    "transitGatewayAttachmentId",
    "",
    { source: "ec2/transitgateway_peering_attachment_accepter.go" },
  ),
  "ec2transitgateway/route:Route": row(
    "destinationCidrBlock transitGatewayAttachmentId transitGatewayRouteTableId",
  ),
  "ec2transitgateway/routeTable:RouteTable": row("transitGatewayId"),
  "ec2transitgateway/routeTableAssociation:RouteTableAssociation": row(
    "transitGatewayAttachmentId transitGatewayRouteTableId",
  ),
  "ec2transitgateway/routeTablePropagation:RouteTablePropagation": row(
    "transitGatewayAttachmentId transitGatewayRouteTableId",
  ),
  "ec2transitgateway/transitGateway:TransitGateway": row(
    "multicastSupport",
    "autoAcceptSharedAttachments defaultRouteTableAssociation defaultRouteTablePropagation description dnsSupport",
  ),
  "ec2transitgateway/vpcAttachment:VpcAttachment": row(
    "transitGatewayId vpcId",
    "dnsSupport subnetIds transitGatewayDefaultRouteTableAssociation transitGatewayDefaultRouteTablePropagation",
    { source: "ec2/transitgateway_vpc_attachment.go" },
  ),
  "ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter": row(
    "transitGatewayAttachmentId",
    "transitGatewayDefaultRouteTableAssociation transitGatewayDefaultRouteTablePropagation",
    { source: "ec2/transitgateway_vpc_attachment_accepter.go" },
  ),
  "ecs/capacityProvider:CapacityProvider": row(
    "autoScalingGroupProvider.autoScalingGroupArn name",
    "autoScalingGroupProvider.managedDraining autoScalingGroupProvider.managedScaling autoScalingGroupProvider.managedTerminationProtection",
    { source: "ecs/capacity_provider.go" },
  ),
  "ecs/cluster:Cluster": row("name", "configuration settings"),
  "ecs/clusterCapacityProviders:ClusterCapacityProviders": row(
    "clusterName",
    "capacityProviders defaultCapacityProviderStrategies",
  ),
  // Of another capacity it is made anew, unless a deployment is forced (capacityProviderStrategyForceNew).
  "ecs/service:Service": row(
    "capacityProviderStrategies cluster launchType name schedulingStrategy",
    "availabilityZoneRebalancing deploymentCircuitBreaker deploymentMaximumPercent deploymentMinimumHealthyPercent desiredCount enableEcsManagedTags enableExecuteCommand networkConfiguration orderedPlacementStrategies propagateTags taskDefinition waitForSteadyState",
    { source: "ecs/service.go" },
  ),
  "ecs/taskDefinition:TaskDefinition": row(
    "containerDefinitions cpu executionRoleArn family memory networkMode requiresCompatibilities runtimePlatform taskRoleArn volumes",
  ),
  "eks/accessEntry:AccessEntry": row("clusterName principalArn type", "kubernetesGroups userName"),
  "eks/accessPolicyAssociation:AccessPolicyAssociation": row(
    "accessScope clusterName policyArn principalArn",
    "",
    { source: "eks/access_policy_association.go" },
  ),
  "eks/addon:Addon": row(
    "addonName clusterName",
    "addonVersion configurationValues resolveConflictsOnCreate resolveConflictsOnUpdate preserve",
  ),
  "eks/nodeGroup:NodeGroup": row(
    "amiType capacityType clusterName instanceTypes launchTemplate.id nodeGroupName nodeRoleArn subnetIds",
    "labels launchTemplate.version scalingConfig updateConfig version",
    { source: "eks/node_group.go" },
  ),
  "eks/podIdentityAssociation:PodIdentityAssociation": row(
    "clusterName namespace serviceAccount",
    "roleArn",
  ),
  "iam/instanceProfile:InstanceProfile": row("name path", "role"),
  "iam/role:Role": row("name path", "assumeRolePolicy description permissionsBoundary"),
  "iam/rolePolicy:RolePolicy": row("name role", "policy"),
  "iam/rolePolicyAttachment:RolePolicyAttachment": row("policyArn role", "", {
    source: "iam/role_policy_attachment.go",
  }),
  "kms/alias:Alias": row("name", "targetKeyId"),
  "kms/key:Key": row("keyUsage multiRegion", "description enableKeyRotation policy", {
    source: "kms/key.go",
  }),
  "lb/listener:Listener": row("loadBalancerArn", "defaultActions port protocol"),
  // Network ones take further subnets; security groups change in place while there is one before and after, as there is here.
  "lb/loadBalancer:LoadBalancer": row(
    "internal loadBalancerType name subnetMappings",
    "accessLogs enableCrossZoneLoadBalancing enableDeletionProtection securityGroups",
    { grows: ["subnetMappings"], source: "elbv2/load_balancer.go" },
  ),
  "lb/targetGroup:TargetGroup": row(
    "name port protocol targetType vpcId",
    "connectionTermination deregistrationDelay healthCheck preserveClientIp",
  ),
  "ram/principalAssociation:PrincipalAssociation": row("principal resourceShareArn", "", {
    source: "ram/principal_association.go",
  }),
  "ram/resourceAssociation:ResourceAssociation": row("resourceArn resourceShareArn", "", {
    source: "ram/resource_association.go",
  }),
  "ram/resourceShare:ResourceShare": row("", "allowExternalPrincipals name"),
  "route53/record:Record": row("name zoneId", "records ttl type", { source: "route53/record.go" }),
  "route53/vpcAssociationAuthorization:VpcAssociationAuthorization": row(
    "vpcId vpcRegion zoneId",
    "",
    { source: "route53/vpc_association_authorization.go" },
  ),
  "route53/zone:Zone": row("name delegationSetId", "comment forceDestroy vpcs"),
  "route53/zoneAssociation:ZoneAssociation": row("vpcId vpcRegion zoneId", "", {
    source: "route53/zone_association.go",
  }),
  "vpc/securityGroupEgressRule:SecurityGroupEgressRule": rule("egress"),
  "vpc/securityGroupIngressRule:SecurityGroupIngressRule": rule("ingress"),
};

/** A rule keeps what kind of peer it has. */
function rule(direction: string): Effects {
  const peers = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"];
  return row("securityGroupId", ["description fromPort ipProtocol toPort", ...peers].join(" "), {
    switches: peers,
    source: `ec2/vpc_security_group_${direction}_rule.go`,
  });
}

const certificate = row(
  "allowedUses caCertPem caPrivateKeyPem certRequestPem isCaCertificate maxPathLength privateKeyPem setAuthorityKeyId setSubjectKeyId subject validityPeriodHours",
  "earlyRenewalHours",
);

/** Objects keep their name and namespace; what else of some kinds cannot change is here. */
const OBJECTS: Readonly<Record<string, readonly string[]>> = {
  "kubernetes:apps/v1:Deployment": ["spec.selector"],
  "kubernetes:core/v1:Secret": ["type"],
  "kubernetes:core/v1:Service": ["spec.clusterIP"],
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": ["roleRef"],
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": ["roleRef"],
};

const OTHERS: Readonly<Record<string, Effects>> = {
  // `deletionProtection` and the rest go to UpdateClusterConfig. Of its subnets, those of another VPC are refused there.
  "eks:index:Cluster": row(
    "name bootstrapSelfManagedAddons kubernetesServiceIpAddressRange ipFamily serviceRole",
    "accessEntries authenticationMode autoMode clusterTags corednsAddonOptions deletionProtection enabledClusterLogTypes encryptionConfigKeyArn endpointPrivateAccess endpointPublicAccess kubeProxyAddonOptions privateSubnetIds providerCredentialOpts publicAccessCidrs publicSubnetIds skipDefaultNodeGroup skipDefaultSecurityGroups subnetIds tags upgradePolicy version vpcCniOptions vpcId",
  ),
  "kubernetes:helm.sh/v3:Release": row(
    "name namespace",
    "atomic chart compat createNamespace repositoryOpts timeout values version",
  ),
  "kubernetes:helm.sh/v4:Chart": row("", "chart name namespace repositoryOpts values version"),
  "pulumi:providers:aws": row(
    "",
    "assumeRoles defaultTags region skipCredentialsValidation skipRegionValidation",
  ),
  // With an identifier of the cluster, a new kubeconfig is a new way to the same one (DiffConfig).
  "pulumi:providers:kubernetes": row(
    "clusterIdentifier",
    "enableConfigMapMutable enableSecretMutable enableServerSideApply kubeconfig",
  ),
  "tls:index/privateKey:PrivateKey": row("algorithm ecdsaCurve rsaBits"),
  "tls:index/certRequest:CertRequest": row("privateKeyPem subject"),
  "tls:index/locallySignedCert:LocallySignedCert": certificate,
  "tls:index/selfSignedCert:SelfSignedCert": certificate,
};

/** What is known of a type; absent where nothing is. */
export function effectsOf(type: string): Effects | undefined {
  const aws = AWS[type.replace(/^aws:/, "")];
  if (aws && type.startsWith("aws:"))
    return { ...aws, replaces: [...aws.replaces, "region"], updates: [...aws.updates, "tags"] };
  const other = OTHERS[type];
  if (other || !type.startsWith("kubernetes:")) return other;
  const fixed = ["apiVersion", "kind", "metadata.name", "metadata.namespace"];
  return {
    replaces: [...fixed, ...(OBJECTS[type] ?? [])],
    updates: [
      ...["metadata", "spec", "data", "rules", "subjects", "webhooks", "secrets"],
      "automountServiceAccountToken",
    ],
  };
}

export const Effect = { Replaces: "replaces", Updates: "updates", Unknown: "unknown" } as const;
export type Effect = (typeof Effect)[keyof typeof Effect];

/** Whether something stands at a path before and after. */
export interface Presence {
  before: boolean;
  after: boolean;
}

/** What a change at a path does to a resource of a type. */
export function effectOf(
  type: string,
  path: string,
  { before, after }: Presence = { before: true, after: true },
): Effect {
  const effects = effectsOf(type);
  const holds = (lists: readonly string[] = []) => lists.some((each) => leadsTo(each, path));
  if (!before && holds(effects?.grows)) return Effect.Updates;
  if (!(before && after) && holds(effects?.switches)) return Effect.Replaces;
  if (holds(effects?.replaces)) return Effect.Replaces;
  return holds(effects?.updates) ? Effect.Updates : Effect.Unknown;
}

/** Whether a path is another one, or leads into it. */
export function leadsTo(above: string, path: string): boolean {
  return path === above || path.startsWith(`${above}.`) || path.startsWith(`${above}[`);
}
