import type { Value, Values } from "../../../../../engine";
import { automaticSuffix, capitalised, document, tagged, type Part, type Row } from "../row";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-eks-cluster-clusterlogging.html */
const logging = (types: string[]) => ({
  Logging: { ClusterLogging: { EnabledTypes: types.map((Type) => ({ Type })) } },
});

export const clusters = {
  "aws:cloudwatch/logGroup:LogGroup": {
    type: "AWS::Logs::LogGroup",
    names: { name: "LogGroupName" },
    autonamed: "LogGroupName",
    tags: tagged,
  },
  "aws:ec2/launchTemplate:LaunchTemplate": {
    type: "AWS::EC2::LaunchTemplate",
    names: { name: "LaunchTemplateName" },
    forms: {
      blockDeviceMappings: (mappings) => ({
        LaunchTemplateData: { BlockDeviceMappings: capitalised(mappings) },
      }),
      iamInstanceProfile: ({ arn }) => ({
        LaunchTemplateData: { IamInstanceProfile: { Arn: arn } },
      }),
      imageId: (ImageId) => ({ LaunchTemplateData: { ImageId } }),
      instanceMarketOptions: ({ marketType }) => ({
        LaunchTemplateData: { InstanceMarketOptions: { MarketType: marketType } },
      }),
      instanceType: (InstanceType) => ({ LaunchTemplateData: { InstanceType } }),
      userData: (UserData) => ({ LaunchTemplateData: { UserData } }),
      vpcSecurityGroupIds: (SecurityGroupIds) => ({ LaunchTemplateData: { SecurityGroupIds } }),
      metadataOptions: (options) => ({
        LaunchTemplateData: { MetadataOptions: capitalised(options) },
      }),
      tagSpecifications: (all: Values[]) => ({
        LaunchTemplateData: {
          TagSpecifications: all.map(({ resourceType, tags }) => ({
            ResourceType: resourceType,
            Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
          })),
        },
      }),
    },
    without: { updateDefaultVersion: "a step of the provider's" },
    autonamed: "LaunchTemplateName",
  },
  "aws:autoscaling/group:Group": {
    type: "AWS::AutoScaling::AutoScalingGroup",
    names: { name: "AutoScalingGroupName", vpcZoneIdentifiers: "VPCZoneIdentifier" },
    forms: {
      initialLifecycleHooks: (hooks: Values[]) => ({
        LifecycleHookSpecificationList: hooks.map(({ name, ...hook }) => ({
          LifecycleHookName: name,
          ...capitalised(hook),
        })),
      }),
      launchTemplate: ({ id, version }) => ({
        LaunchTemplate: { LaunchTemplateId: id, Version: version },
      }),
      maxSize: (size) => ({ MaxSize: String(size) }),
      minSize: (size) => ({ MinSize: String(size) }),
      tags: (tags) => ({ Tags: capitalised(tags) }),
    },
    without: {
      instanceRefresh: "an update policy there, which is no property",
      ...{
        forceDelete: "a step of the provider's",
        waitForCapacityTimeout: "a step of the provider's",
      },
    },
  },
  "aws:iam/instanceProfile:InstanceProfile": {
    type: "AWS::IAM::InstanceProfile",
    names: { name: "InstanceProfileName" },
    forms: { role: (role) => ({ Roles: [role] }) },
    without: { tags: "IAM takes them, CloudFormation does not" },
  },
  "aws:eks/accessEntry:AccessEntry": {
    type: "AWS::EKS::AccessEntry",
    names: { userName: "Username" },
    tags: tagged,
  },
  "aws:eks/addon:Addon": {
    type: "AWS::EKS::Addon",
    names: { preserve: "PreserveOnDelete", resolveConflictsOnCreate: "ResolveConflicts" },
    without: {
      resolveConflictsOnUpdate: "one property for both there, and one value in every add-on",
    },
    tags: tagged,
  },
  "aws:eks/cluster:Cluster": {
    type: "AWS::EKS::Cluster",
    names: { vpcConfig: "ResourcesVpcConfig" },
    forms: {
      encryptionConfig: (config) => ({ EncryptionConfig: [capitalised(config)] }),
      enabledClusterLogTypes: logging,
    },
    tags: tagged,
  },
  "aws:eks/nodeGroup:NodeGroup": {
    type: "AWS::EKS::Nodegroup",
    names: { nodeGroupName: "NodegroupName", nodeRoleArn: "NodeRole", subnetIds: "Subnets" },
    autonamed: "NodegroupName",
    tags: { property: "Tags", as: "map" },
  },
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": {
    type: "AWS::EKS::PodIdentityAssociation",
    tags: tagged,
  },
  "aws:iam/role:Role": {
    type: "AWS::IAM::Role",
    names: { name: "RoleName" },
    forms: { assumeRolePolicy: document("AssumeRolePolicyDocument") },
    autonamed: "RoleName",
    tags: tagged,
  },
  "aws:kms/alias:Alias": { type: "AWS::KMS::Alias", names: { name: "AliasName" } },
  "aws:kms/key:Key": {
    type: "AWS::KMS::Key",
    forms: { policy: document("KeyPolicy") },
    tags: tagged,
  },
} satisfies Record<string, Row>;

const inlinePolicy = (name: string, policy: Value) => ({
  PolicyName: `${name}${automaticSuffix}`,
  ...document("PolicyDocument")(policy),
});

export const clusterParts = {
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {
    of: "aws:eks/accessEntry:AccessEntry",
    by: ["clusterName", "principalArn"],
    adds: ({ accessScope, policyArn }) => ({
      AccessPolicies: [{ PolicyArn: policyArn, AccessScope: capitalised(accessScope) }],
    }),
  },
  "aws:iam/rolePolicy:RolePolicy": {
    of: "aws:iam/role:Role",
    by: "role",
    adds: ({ policy }, { name }) => ({ Policies: [inlinePolicy(name, policy)] }),
    alone: ({ role, policy }, { name }) => ({
      Type: "AWS::IAM::Policy",
      Properties: { ...inlinePolicy(name, policy), Roles: [role] },
    }),
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    of: "aws:iam/role:Role",
    by: "role",
    adds: ({ policyArn }) => ({ ManagedPolicyArns: [policyArn] }),
  },
} satisfies Record<string, Part>;
