import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import type { RoleSettings } from "../../roles";
import { automaticName, LONGEST } from "../../topology";
import type { Architecture, Capacity } from "../../topology";
import { AddonName } from "../../versions/addons";
import { createAddon } from "./addons";
import { createNodeRole } from "./nodeRole";
import { instanceMetadata, nodeGroupSettings, nodePolicies, nodeTags, nodeVolume } from "./nodes";

/** What a managed node group is made from. */
export interface ManagedNodesArgs {
  /** Name that EKS knows the cluster by. */
  clusterName: pulumi.Input<string>;
  /** Kubernetes minor version of the nodes: the cluster's. */
  kubernetesVersion: pulumi.Input<string>;
  /** AWS region of the cluster. */
  region: pulumi.Input<string>;
  /** Subnets of the nodes: private, in at least two zones. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Least number of nodes, and how many there are at first. EKS refuses one above the number of nodes that run.
   *
   * @default 2
   */
  minSize?: number;
  /**
   * Largest number of nodes.
   *
   * @default 6
   */
  maxSize?: number;
  /**
   * EC2 instance types that nodes may have, all of one architecture.
   *
   * @default `m6i.large`, or `m7g.large` with arm64
   */
  instanceTypes?: string[];
  /**
   * Processors of the nodes.
   *
   * @default x86
   */
  architecture?: Architecture;
  /**
   * How the instances are bought.
   *
   * @default on-demand
   */
  capacity?: Capacity;
  /**
   * Size of a node's disk in GiB, at least 20.
   *
   * @default 50
   */
  diskGiB?: number;
  /**
   * ARN of a symmetric KMS key for the disks, which must let `AWSServiceRoleForAutoScaling` use it
   * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html).
   *
   * @default AWS's own
   */
  diskKeyArn?: pulumi.Input<string>;
  /**
   * Tags of the instances, their disks and network interfaces, beside `Name`.
   *
   * @default none
   */
  tags?: Record<string, string>;
  /**
   * How the role of the nodes is made.
   *
   * @default at path /, without a boundary
   */
  iam?: RoleSettings;
}

/**
 * Two to six nodes of one managed group, DNS, what autoscalers ask for metrics, and EKS's agent that hands out pods' AWS roles.
 * About USD 140 a month for two.
 *
 * Nodes carry the cluster's own security group. Nothing here changes their number; an autoscaler of yours may.
 */
export class ManagedNodes extends pulumi.ComponentResource {
  /** ARN of the node group. */
  public readonly nodeGroupArn: pulumi.Output<string>;

  constructor(name: string, args: ManagedNodesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:ManagedNodes", name, {}, opts);
    const children = childOptions(this, opts);
    const template = createTemplate(name, args, children);
    const { role, policies } = createNodeRole(name, args, nodePolicies, children);
    const group = new aws.eks.NodeGroup(
      automaticName(name, LONGEST.nodeGroup),
      {
        ...nodeGroupSettings(args),
        clusterName: args.clusterName,
        version: args.kubernetesVersion,
        nodeRoleArn: role.arn,
        subnetIds: args.subnetIds,
        launchTemplate: { id: template.id, version: pulumi.interpolate`${template.latestVersion}` },
        updateConfig: { maxUnavailable: 1 },
      },
      { ...children, dependsOn: policies, ignoreChanges: ["scalingConfig.desiredSize"] },
    );
    for (const [suffix, addon] of Object.entries(nodeAddons)) {
      createAddon(`${name}-${suffix}`, addon, args, { ...children, dependsOn: [group] });
    }

    this.nodeGroupArn = group.arn;
    this.registerOutputs({ nodeGroupArn: this.nodeGroupArn });
  }
}

/** Add-ons that are ready only where nodes are, by what ends their names. */
const nodeAddons = {
  "pod-identity": AddonName.PodIdentityAgent,
  coredns: AddonName.CoreDns,
  "metrics-server": AddonName.MetricsServer,
};

/** No security group: EKS then gives the nodes the cluster's own. */
function createTemplate(
  name: string,
  { clusterName, diskGiB, diskKeyArn, tags = {} }: ManagedNodesArgs,
  opts: pulumi.CustomResourceOptions,
): aws.ec2.LaunchTemplate {
  return new aws.ec2.LaunchTemplate(
    name,
    {
      updateDefaultVersion: true,
      metadataOptions: instanceMetadata,
      blockDeviceMappings: [nodeVolume(diskGiB, diskKeyArn)],
      tagSpecifications: nodeTags(clusterName, tags),
    },
    opts,
  );
}
