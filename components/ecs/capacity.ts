/** Instances of an ECS cluster. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { instanceMetadata, instanceTrustPolicy, nodeVolume } from "../cluster/nodes/nodes";
import type { RoleSettings } from "../roles";
import { automaticName, Capacity, LONGEST, partitionOf } from "../topology";
import { marketOptions, templateTags } from "../vm/group";
import { groupSettings, INSTANCE_POLICY, scalingSettings, userData } from "./instances";

/** Instances that an ECS cluster has of its own. */
export interface EcsInstances {
  /** AWS region of the instances. */
  region: string;
  /** VPC of the instances. */
  vpcId: pulumi.Input<string>;
  /** Private subnets of the instances. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** EC2 instance type. Each task takes one of its network interfaces. */
  instanceType: string;
  /** Id of an AMI with ECS's agent, or `resolve:ssm:` and the name of a parameter that holds one. */
  imageId: string;
  /**
   * Smallest number of instances.
   *
   * @default 1
   */
  minSize?: number;
  /**
   * Largest number of instances.
   *
   * @default 1
   */
  maxSize?: number;
  /**
   * How the instances are bought.
   *
   * @default on-demand
   */
  capacity?: Capacity;
  /**
   * Days after which an instance is replaced.
   *
   * @default 30
   */
  lifetimeDays?: number;
  /**
   * ARN of a symmetric KMS key for the disks, which must let `AWSServiceRoleForAutoScaling` use it
   * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html).
   *
   * @default AWS's own
   */
  diskKeyArn?: pulumi.Input<string>;
  /**
   * Tags of the instances and what they bring.
   *
   * @default none
   */
  tags?: Record<string, string>;
  /**
   * How their role is made.
   *
   * @default at path /, without a boundary
   */
  iam?: RoleSettings;
}

/**
 * Instances of an ECS cluster, as many as its tasks need. They end before the cluster, whose name they are told, is deleted.
 * Says the name of their capacity provider.
 */
export function createCapacity(
  name: string,
  clusterName: pulumi.Input<string>,
  instances: EcsInstances,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { minSize = 1, maxSize = 1, lifetimeDays = 30, tags = {} } = instances;
  const template = createTemplate(name, clusterName, instances, opts);
  const group = new aws.autoscaling.Group(
    name,
    {
      ...groupSettings({ minSize, maxSize, lifetimeDays, tags }),
      capacityRebalance: instances.capacity === Capacity.Spot,
      vpcZoneIdentifiers: instances.subnetIds,
      // A number: a refresh starts when it changes, which `$Latest` never does.
      launchTemplate: { id: template.id, version: pulumi.interpolate`${template.latestVersion}` },
    },
    opts,
  );
  // Its name has no dot, and may not begin with aws, ecs or fargate (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCapacityProvider.html).
  const provider = new aws.ecs.CapacityProvider(
    `instances-${name.replaceAll(".", "-")}`,
    { autoScalingGroupProvider: { autoScalingGroupArn: group.arn, ...scalingSettings } },
    opts,
  );
  return provider.name;
}

function createTemplate(
  name: string,
  clusterName: pulumi.Input<string>,
  instances: EcsInstances,
  opts: pulumi.CustomResourceOptions,
): aws.ec2.LaunchTemplate {
  const { imageId, instanceType, capacity = Capacity.OnDemand, tags = {} } = instances;
  return new aws.ec2.LaunchTemplate(
    name,
    {
      ...{ imageId, instanceType, updateDefaultVersion: true, metadataOptions: instanceMetadata },
      iamInstanceProfile: { arn: createProfile(name, instances, opts) },
      vpcSecurityGroupIds: [createGroup(name, instances, opts)],
      blockDeviceMappings: [nodeVolume(undefined, instances.diskKeyArn)],
      instanceMarketOptions: marketOptions(capacity),
      tagSpecifications: templateTags(tags),
      userData: pulumi
        .output(clusterName)
        .apply((cluster) => Buffer.from(userData(cluster)).toString("base64")),
    },
    opts,
  );
}

/** Known once its policy is there. */
function createProfile(
  name: string,
  { region, iam }: EcsInstances,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const assumeRolePolicy = JSON.stringify(instanceTrustPolicy);
  const role = new aws.iam.Role(
    automaticName(name, LONGEST.role),
    { ...iam, assumeRolePolicy },
    opts,
  );
  const policyArn = `arn:${partitionOf(region)}:iam::aws:policy/${INSTANCE_POLICY}`;
  const policy = new aws.iam.RolePolicyAttachment(name, { role: role.name, policyArn }, opts);
  const profile = new aws.iam.InstanceProfile(name, { role: role.name, path: iam?.path }, opts);
  return pulumi.all([profile.arn, policy.id]).apply(([arn]) => arn);
}

/** AWS listens there, and registries of images. */
const HTTPS = 443;

/** Nothing comes in: tasks have addresses and groups of their own. */
function createGroup(
  name: string,
  { vpcId }: EcsInstances,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const group = new aws.ec2.SecurityGroup(
    name,
    { vpcId, description: "Instances that tasks run on", tags: { Name: name } },
    opts,
  );
  const rule = new aws.vpc.SecurityGroupEgressRule(
    name,
    {
      ...{ securityGroupId: group.id, cidrIpv4: "0.0.0.0/0", ipProtocol: "tcp" },
      ...{ fromPort: HTTPS, toPort: HTTPS, description: "ECS, images, logs" },
    },
    opts,
  );
  return pulumi.all([group.id, rule.id]).apply(([id]) => id);
}
