import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import type { RoleSettings } from "../../roles";
import { automaticName, LONGEST, partitionOf } from "../../topology";
import type { Architecture, Capacity } from "../../topology";
import { AddonName } from "../../versions/addons";
import { createAddon } from "./addons";
import { autoModeRights } from "./autoModeRights";
import { nodeClassSpec, nodePoolSpec, POOL } from "./nodePool";
import { createNodeRole } from "./nodeRole";
import { autoModeNodePolicies } from "./nodes";

/** What Auto Mode's nodes are made from. */
export interface AutoModeNodesArgs {
  /** Name that EKS knows the cluster by. */
  clusterName: pulumi.Input<string>;
  /** Kubernetes minor version of the cluster. */
  kubernetesVersion: pulumi.Input<string>;
  /** AWS region of the cluster. */
  region: pulumi.Input<string>;
  /** Subnets of the nodes: private, with a NAT gateway or endpoints for what pods call outside the VPC. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Security group of nodes and pods: the cluster's own. */
  securityGroupId: pulumi.Input<string>;
  /**
   * Most vCPUs that all nodes together have.
   *
   * @default 1000
   */
  vcpuLimit?: number;
  /**
   * Most memory in GiB that all nodes together have.
   *
   * @default 1000
   */
  memoryLimitGiB?: number;
  /**
   * EC2 instance types that nodes may have, none of them `nano`, `micro` or `small`.
   *
   * @default any of the categories c, m and r from the fifth generation on
   */
  instanceTypes?: string[];
  /**
   * Processors that nodes may have.
   *
   * @default x86
   */
  architectures?: Architecture[];
  /**
   * How the instances are bought.
   *
   * @default on-demand
   */
  capacity?: Capacity;
  /**
   * Size of a node's disk in GiB.
   *
   * @default EKS's own, 80
   */
  diskGiB?: number;
  /**
   * ARN of a symmetric KMS key for the disks, whose policy leaves its use to the account's IAM policies. Needs `clusterRoleName`.
   *
   * @default AWS's own
   */
  diskKeyArn?: pulumi.Input<string>;
  /**
   * Tags of the instances, their disks and network interfaces. Needs `clusterRoleName`; keys that EKS sets itself are refused
   * there. A change replaces the nodes.
   *
   * @default none
   */
  tags?: Record<string, string>;
  /**
   * Name of the role that EKS acts in: it gets the rights to make things of the cluster, load balancers too, with tags other than
   * EKS's own, and to use the key of the disks.
   *
   * @default it gets none
   */
  clusterRoleName?: pulumi.Input<string>;
  /**
   * Kubernetes' NetworkPolicies hold for pods. A change replaces the nodes.
   *
   * @default false
   */
  networkPolicies?: boolean;
  /**
   * How the role of the nodes is made.
   *
   * @default at path /, without a boundary
   */
  iam?: RoleSettings;
}

/**
 * Auto Mode's nodes: a NodePool like EKS's general-purpose one, at most 1000 vCPUs and 1000 GiB, with a NodeClass and a role
 * of its own, and what autoscalers ask for metrics. Nodes come and go with the pods, whose address stays on the way to other
 * VPCs.
 *
 * EKS's built-in pools are off: their nodes outlive a cluster that is deleted, and leave its security group and with it the
 * VPC behind (https://github.com/aws/aws-k8s-tester/pull/541). This pool goes before the cluster, and only when its nodes have
 * gone: what still runs on them holds the deletion, up to half an hour.
 */
export class AutoModeNodes extends pulumi.ComponentResource {
  /** Name of the NodePool. */
  public readonly poolName: pulumi.Output<string>;

  constructor(name: string, args: AutoModeNodesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:AutoModeNodes", name, {}, opts);
    const children = childOptions(this, opts);
    const { role, policies } = createNodeRole(name, args, autoModeNodePolicies, children);
    const admission = admitNodes(name, args, role, children);
    const rights = createRights(name, args, children);
    const engine = createPolicyEngine(name, args, children);
    const nodeClass = createNodeClass(name, args, role, {
      ...children,
      dependsOn: [...policies, ...rights, ...engine, admission],
    });
    const pool = createNodePool(name, args, { ...children, dependsOn: [nodeClass] });
    createAddon(`${name}-metrics-server`, AddonName.MetricsServer, args, {
      ...children,
      dependsOn: [pool],
    });

    this.poolName = pool.metadata.name;
    this.registerOutputs({ poolName: this.poolName });
  }
}

/**
 * EKS lets nodes of its built-in pools in by itself, and no others
 * (https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html#auto-node-access-entry).
 */
function admitNodes(
  name: string,
  { clusterName, region }: AutoModeNodesArgs,
  role: aws.iam.Role,
  opts: pulumi.CustomResourceOptions,
): aws.eks.AccessPolicyAssociation {
  const partition = pulumi.output(region).apply(partitionOf);
  const entry = new aws.eks.AccessEntry(
    name,
    { clusterName, principalArn: role.arn, type: "EC2" },
    opts,
  );
  return new aws.eks.AccessPolicyAssociation(
    name,
    {
      clusterName,
      principalArn: entry.principalArn,
      policyArn: pulumi.interpolate`arn:${partition}:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy`,
      accessScope: { type: "cluster" },
    },
    opts,
  );
}

/** Without them EKS may not start a node, or make a load balancer, that is to have a tag of yours. */
function createRights(
  name: string,
  { clusterName, region, clusterRoleName: role, diskKeyArn, tags }: AutoModeNodesArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  if (role === undefined) {
    const needs = Object.entries({ tags, diskKeyArn }).find(([, value]) => value !== undefined);
    if (!needs) return [];
    throw new pulumi.RunError(
      `clusterRoleName: got nothing; allowed: the name of the role that EKS acts in, with ${needs[0]}; fix: give \`roleName\` of the EksCluster`,
    );
  }
  const policy = pulumi.output({ clusterName, region, diskKeyArn }).apply(autoModeRights);
  const rights = new aws.iam.RolePolicy(
    automaticName(`${name}-rights`, LONGEST.rolePolicy),
    { role, policy: pulumi.jsonStringify(policy) },
    opts,
  );
  return [rights];
}

/** Without it policies are taken and hold for nobody (https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html). */
function createPolicyEngine(
  name: string,
  { networkPolicies = false }: AutoModeNodesArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  if (!networkPolicies) return [];
  const engine = new k8s.core.v1.ConfigMap(
    `${name}-network-policies`,
    {
      metadata: { name: "amazon-vpc-cni", namespace: "kube-system" },
      data: { "enable-network-policy-controller": "true" },
    },
    opts,
  );
  return [engine];
}

function createNodeClass(
  name: string,
  args: AutoModeNodesArgs,
  role: aws.iam.Role,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  const { subnetIds, securityGroupId, diskGiB, diskKeyArn, tags = {}, networkPolicies } = args;
  return new k8s.apiextensions.CustomResource(
    `${name}-class`,
    {
      apiVersion: "eks.amazonaws.com/v1",
      kind: "NodeClass",
      metadata: { name: POOL },
      spec: pulumi
        .output({ role: role.name, subnetIds, securityGroupId, diskKeyArn })
        .apply((known) => nodeClassSpec({ ...known, diskGiB, tags, networkPolicies })),
    },
    opts,
  );
}

/** Pulumi deletes in the foreground: the pool is gone once its nodes are, which their pods' grace periods can hold up. */
function createNodePool(
  name: string,
  args: AutoModeNodesArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  return new k8s.apiextensions.CustomResource(
    name,
    {
      apiVersion: "karpenter.sh/v1",
      kind: "NodePool",
      metadata: { name: POOL },
      spec: nodePoolSpec(args),
    },
    { ...opts, customTimeouts: { delete: "30m" } },
  );
}
