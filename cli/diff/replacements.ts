/**
 * Which inputs of a resource make the engine replace it, and which it changes where it stands.
 *
 * From `createOnlyProperties` of AWS's resource schemas, as cfn-lint 1.58.0 ships them (us-east-1), completed and corrected by what
 * the providers themselves do, since they and not CloudFormation make the resources: `ForceNew` and `RequiresReplace` in
 * https://github.com/hashicorp/terraform-provider-aws (on which Pulumi's is built) and
 * https://github.com/hashicorp/terraform-provider-tls, `forceNewProperties` in
 * https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/diff.go, and what pulumi-eks hands to
 * `aws.eks.Cluster` (https://github.com/pulumi/pulumi-eks/blob/master/nodejs/eks/cluster/cluster.ts).
 */

/** Inputs by what a change of them does; a path stands for all that is in it, and an input that is in neither list is not known. */
export interface Effects {
  replaces: readonly string[];
  updates: readonly string[];
}

const row = (replaces: string, updates = ""): Effects => ({
  replaces: words(replaces),
  updates: words(updates),
});

function words(text: string): string[] {
  return text.split(" ").filter((word) => word !== "");
}

/** AWS resources. All move to another region by being made there; tags change in place. */
const AWS: Readonly<Record<string, Effects>> = {
  "cloudwatch/logGroup:LogGroup": row("name", "retentionInDays kmsKeyId"),
  "ec2/defaultSecurityGroup:DefaultSecurityGroup": row("vpcId", "ingress egress"),
  "ec2/eip:Eip": row("domain"),
  "ec2/flowLog:FlowLog": row("iamRoleArn logDestination trafficType vpcId"),
  "ec2/internetGateway:InternetGateway": row("", "vpcId"),
  "ec2/launchTemplate:LaunchTemplate": row(
    "name",
    "blockDeviceMappings metadataOptions tagSpecifications updateDefaultVersion",
  ),
  "ec2/managedPrefixList:ManagedPrefixList": row("addressFamily", "entries maxEntries name"),
  "ec2/natGateway:NatGateway": row("allocationId subnetId connectivityType"),
  // Its target changes in place (resourceRouteUpdate).
  "ec2/route:Route": row(
    "destinationCidrBlock destinationPrefixListId routeTableId",
    "gatewayId natGatewayId transitGatewayId vpcPeeringConnectionId",
  ),
  "ec2/routeTable:RouteTable": row("vpcId", "routes"),
  // ReplaceRouteTableAssociation, though CloudFormation makes it anew.
  "ec2/routeTableAssociation:RouteTableAssociation": row("subnetId gatewayId", "routeTableId"),
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
  ),
  "ec2transitgateway/peeringAttachment:PeeringAttachment": row(
    "peerAccountId peerRegion peerTransitGatewayId transitGatewayId",
  ),
  "ec2transitgateway/peeringAttachmentAccepter:PeeringAttachmentAccepter": row(
    "transitGatewayAttachmentId",
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
  // ModifyTransitGatewayVpcAttachment takes subnets, though CloudFormation makes it anew.
  "ec2transitgateway/vpcAttachment:VpcAttachment": row(
    "transitGatewayId vpcId",
    "dnsSupport subnetIds transitGatewayDefaultRouteTableAssociation transitGatewayDefaultRouteTablePropagation",
  ),
  "ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter": row(
    "transitGatewayAttachmentId",
    "transitGatewayDefaultRouteTableAssociation transitGatewayDefaultRouteTablePropagation",
  ),
  "eks/accessEntry:AccessEntry": row("clusterName principalArn type", "kubernetesGroups userName"),
  "eks/accessPolicyAssociation:AccessPolicyAssociation": row(
    "accessScope clusterName policyArn principalArn",
  ),
  "eks/addon:Addon": row(
    "addonName clusterName",
    "addonVersion configurationValues resolveConflictsOnCreate resolveConflictsOnUpdate preserve",
  ),
  "eks/nodeGroup:NodeGroup": row(
    "amiType capacityType clusterName instanceTypes launchTemplate.id nodeGroupName nodeRoleArn subnetIds",
    "labels launchTemplate.version scalingConfig updateConfig version",
  ),
  "eks/podIdentityAssociation:PodIdentityAssociation": row(
    "clusterName namespace serviceAccount",
    "roleArn",
  ),
  "iam/role:Role": row("name path", "assumeRolePolicy description permissionsBoundary"),
  "iam/rolePolicy:RolePolicy": row("name role", "policy"),
  "iam/rolePolicyAttachment:RolePolicyAttachment": row("policyArn role"),
  "kms/alias:Alias": row("name", "targetKeyId"),
  "kms/key:Key": row("keyUsage multiRegion", "description enableKeyRotation policy"),
  "lb/listener:Listener": row("loadBalancerArn", "defaultActions port protocol"),
  // AWS adds subnets and security groups in place; none of these planned here is without either, so a change takes one away.
  "lb/loadBalancer:LoadBalancer": row(
    "internal loadBalancerType name subnetMappings",
    "accessLogs enableCrossZoneLoadBalancing enableDeletionProtection securityGroups",
  ),
  "lb/targetGroup:TargetGroup": row(
    "name port protocol targetType vpcId",
    "connectionTermination deregistrationDelay healthCheck preserveClientIp",
  ),
  "ram/principalAssociation:PrincipalAssociation": row("principal resourceShareArn"),
  "ram/resourceAssociation:ResourceAssociation": row("resourceArn resourceShareArn"),
  "ram/resourceShare:ResourceShare": row("", "allowExternalPrincipals name"),
  "route53/record:Record": row("name zoneId", "records ttl type"),
  "route53/vpcAssociationAuthorization:VpcAssociationAuthorization": row("vpcId vpcRegion zoneId"),
  "route53/zone:Zone": row("name delegationSetId", "comment forceDestroy vpcs"),
  "route53/zoneAssociation:ZoneAssociation": row("vpcId vpcRegion zoneId"),
  // ModifySecurityGroupRules changes them in place, though CloudFormation makes them anew.
  "vpc/securityGroupEgressRule:SecurityGroupEgressRule": rule(),
  "vpc/securityGroupIngressRule:SecurityGroupIngressRule": rule(),
};

function rule(): Effects {
  return row(
    "securityGroupId",
    "cidrIpv4 cidrIpv6 description fromPort ipProtocol prefixListId referencedSecurityGroupId toPort",
  );
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
    return { replaces: [...aws.replaces, "region"], updates: [...aws.updates, "tags"] };
  const other = OTHERS[type];
  if (other || !type.startsWith("kubernetes:")) return other;
  const fixed = ["apiVersion", "kind", "metadata.name", "metadata.namespace"];
  return {
    replaces: [...fixed, ...(OBJECTS[type] ?? [])],
    updates: ["metadata", "spec", "data", "rules", "subjects", "webhooks", "secrets"],
  };
}

export const Effect = { Replaces: "replaces", Updates: "updates", Unknown: "unknown" } as const;
export type Effect = (typeof Effect)[keyof typeof Effect];

/** What a change at a path does to a resource of a type. */
export function effectOf(type: string, path: string): Effect {
  const effects = effectsOf(type);
  const holds = (lists: readonly string[] = []) => lists.some((each) => leadsTo(each, path));
  if (holds(effects?.replaces)) return Effect.Replaces;
  return holds(effects?.updates) ? Effect.Updates : Effect.Unknown;
}

/** Whether a path is another one, or leads into it. */
export function leadsTo(above: string, path: string): boolean {
  return path === above || path.startsWith(`${above}.`) || path.startsWith(`${above}[`);
}
