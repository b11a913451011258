import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { instanceMetadata } from "../cluster/nodes/nodes";
import { childOptions } from "../options";
import { Capacity, DataPlane, MetadataAccess, partitionOf } from "../topology";
import { LONGEST_PROBE_PERIOD } from "../topology/machineSchema";
import { DEFAULT_PROBE } from "./boot/environment";
import { userData } from "./boot/userData";
import { groupSettings, groupTags, marketOptions, rootDisk, templateTags } from "./group";
import type { MachineProbe } from "./machineRegistration";

/** What the machines of a group are told of their mesh. */
export interface MachineMembership {
  /** Mesh id. */
  mesh: string;
  /**
   * Data plane of the mesh: in ambient the machines take HBONE.
   *
   * @default sidecar
   */
  dataPlane?: DataPlane;
  /** Trust domain of the mesh. */
  trustDomain: string;
  /** Istio's id of the cluster that registers them. */
  clusterId: string;
  /** Istio network of the machines. */
  network: string;
  /** Private name of the istiod that serves them, which is in its certificate. */
  istiodHost: string;
  /** Name that EKS knows the cluster by. */
  clusterName: string;
  /** URL of the cluster's API server. */
  endpoint: pulumi.Input<string>;
  /** Its CA bundle, base64. */
  certificateAuthority: pulumi.Input<string>;
  /** PEM of the mesh's root certificates. */
  rootCertificate: pulumi.Input<string>;
  /** Namespace of the machines' identity. */
  namespace: string;
  /** Service account of their identity. */
  serviceAccount: string;
}

/** What a group of machines is made from. */
export interface VirtualMachineGroupArgs {
  /** Name of the group, of its WorkloadGroup and Service. */
  group: string;
  /** Name of the Auto Scaling group, once in its account and region. */
  autoScalingGroup: string;
  /** AWS region of the machines. */
  region: string;
  /** Private subnets of the machines. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Security group of the machines, which lets in their ports alone. */
  securityGroupId: pulumi.Input<string>;
  /** ARN of the instance profile. */
  instanceProfileArn: pulumi.Input<string>;
  /** What they are told of their mesh. */
  membership: MachineMembership;
  /** Id of an AMI, or `resolve:ssm:` and the name of a parameter that holds one. */
  imageId: string;
  /**
   * Root device of the image, whose disk is encrypted then.
   *
   * @default what the image says of its disks holds
   */
  rootDevice?: string;
  /** EC2 instance type. */
  instanceType: string;
  /**
   * Ports of the application by name.
   *
   * @default none: nobody calls the machines
   */
  ports?: Record<string, number>;
  /**
   * Tells whether the application is well.
   *
   * @default every port takes connections, asked every 5 seconds
   */
  probe?: MachineProbe;
  /**
   * Smallest number of machines, and how many there are at first.
   *
   * @default 1
   */
  minSize?: number;
  /**
   * Largest number of machines.
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
   * Days after which a machine is replaced.
   *
   * @default 30
   */
  lifetimeDays?: number;
  /**
   * Who on a machine may ask for instance metadata.
   *
   * @default agent
   */
  metadata?: MetadataAccess;
  /**
   * Folder of the agent's package; `{kind}` stands for `deb` or `rpm`.
   *
   * @default none: the image has the agent
   */
  packageLocation?: string;
  /**
   * SHA-256 of the package.
   *
   * @default what a file beside the package says
   */
  packageSha256?: string;
  /**
   * The application's own user data.
   *
   * @default none
   */
  userData?: string;
  /**
   * ARN of a symmetric KMS key for the disks, which must let `AWSServiceRoleForAutoScaling` use it
   * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html).
   *
   * @default AWS's own
   */
  diskKeyArn?: pulumi.Input<string>;
  /**
   * Tags of the machines and what they bring.
   *
   * @default none
   */
  tags?: Record<string, string>;
}

/**
 * EC2 machines of one Auto Scaling group that join a mesh by themselves. Each makes its own token with its role, so that no
 * secret is in the state, in user data or on a disk.
 *
 * They must be registered first: see `MachineRegistration`. `up` ends when they are in the mesh.
 */
export class VirtualMachineGroup extends pulumi.ComponentResource {
  /** Name of the Auto Scaling group. */
  public readonly autoScalingGroupName: pulumi.Output<string>;

  constructor(name: string, args: VirtualMachineGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:VirtualMachineGroup", name, {}, opts);
    demandPeriod(args.probe);
    const children = childOptions(this, opts);
    const { capacity = Capacity.OnDemand, tags = {} } = args;
    const { minSize = 1, maxSize = 1, lifetimeDays = 30 } = args;
    const template = createTemplate(name, args, children);
    const group = new aws.autoscaling.Group(
      name,
      {
        ...groupSettings({ minSize, maxSize, lifetimeDays, capacity }),
        name: args.autoScalingGroup,
        vpcZoneIdentifiers: args.subnetIds,
        // A number: a refresh starts when it changes, which `$Latest` never does.
        launchTemplate: { id: template.id, version: pulumi.interpolate`${template.latestVersion}` },
        tags: groupTags(tags),
      },
      // Its name is the role's and the machines' too.
      { ...children, deleteBeforeReplace: true },
    );

    this.autoScalingGroupName = group.name;
    this.registerOutputs({ autoScalingGroupName: this.autoScalingGroupName });
  }
}

/** A hook that is over before a machine has drained would lose calls. */
function demandPeriod({ periodSeconds }: MachineProbe = DEFAULT_PROBE): void {
  if (periodSeconds >= 1 && periodSeconds <= LONGEST_PROBE_PERIOD) return;
  throw new pulumi.InputPropertyError({
    propertyPath: "probe.periodSeconds",
    reason: `got ${periodSeconds}; allowed: 1 to ${LONGEST_PROBE_PERIOD}, since a machine that leaves drains for four periods, and has five minutes; fix: ask more often`,
  });
}

function createTemplate(
  name: string,
  args: VirtualMachineGroupArgs,
  opts: pulumi.CustomResourceOptions,
): aws.ec2.LaunchTemplate {
  const { capacity = Capacity.OnDemand, tags = {} } = args;
  return new aws.ec2.LaunchTemplate(
    name,
    {
      ...{ imageId: args.imageId, instanceType: args.instanceType, updateDefaultVersion: true },
      iamInstanceProfile: { arn: args.instanceProfileArn },
      vpcSecurityGroupIds: [args.securityGroupId],
      metadataOptions: instanceMetadata,
      blockDeviceMappings: rootDisk(args.rootDevice, args.diskKeyArn),
      instanceMarketOptions: marketOptions(capacity),
      tagSpecifications: templateTags(tags),
      userData: encoded(args),
    },
    opts,
  );
}

function encoded(args: VirtualMachineGroupArgs): pulumi.Output<string> {
  const { membership, ports = {}, probe = DEFAULT_PROBE, metadata } = args;
  const { endpoint: server, certificateAuthority, rootCertificate: roots, ...known } = membership;
  const domain = partitionOf(args.region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  const agentOnly = metadata !== MetadataAccess.Shared;
  const { group, autoScalingGroup, region, packageLocation, packageSha256 } = args;
  const facts = {
    ...{
      dataPlane: DataPlane.Sidecar,
      ...known,
      group,
      autoScalingGroup,
      region,
      domain,
      ports,
      probe,
      agentOnly,
    },
    ...{ packageLocation, packageSha256, userData: args.userData },
  };
  return pulumi
    .output({ server, certificateAuthority, roots })
    .apply((values) => Buffer.from(userData(facts, values)).toString("base64"));
}
