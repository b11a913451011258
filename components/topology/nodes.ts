import { Architecture, LoadBalancers, NodeKind } from "./description";
import type { Cluster } from "./topology";

/** What follows from whose nodes run pods. */
export const NODES = {
  [NodeKind.AutoMode]: {
    label: "Auto Mode",
    // Auto Mode brings a controller of its own.
    loadBalancers: LoadBalancers.AutoMode,
  },
  [NodeKind.Managed]: {
    label: "managed nodes",
    loadBalancers: LoadBalancers.Controller,
  },
} satisfies Record<NodeKind, { label: string; loadBalancers: LoadBalancers }>;

interface Balancing {
  /** Its chart is installed where the cluster is made here. */
  isInstalled: boolean;
  /** It registers targets only with what bears `TARGETS_TAG`, whoever made the cluster. */
  needsTag: boolean;
}

/**
 * Tag of target groups that a cluster's pods are registered with: the cluster's name in EKS. Auto Mode may register with no
 * others (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSLoadBalancingPolicy.html), nor may the AWS
 * load-balancer controller where it is installed here.
 */
export const TARGETS_TAG = "eks:eks-cluster-name";

/** What follows from who makes load balancers. */
export const BALANCING = {
  [LoadBalancers.AutoMode]: { isInstalled: false, needsTag: true },
  [LoadBalancers.Controller]: { isInstalled: true, needsTag: false },
} satisfies Record<LoadBalancers, Balancing>;

/** Whether the AWS load-balancer controller is installed in a cluster: Auto Mode brings its own, and yours is yours. */
export function installsController({
  existing,
  loadBalancers,
}: Pick<Cluster, "existing" | "loadBalancers">): boolean {
  return !existing && BALANCING[loadBalancers].isInstalled;
}

/** `m7g.large`, `u7in-16tb.224xlarge`. */
export const INSTANCE_TYPE = /^[a-z][a-z0-9]*(-[a-z0-9]+)*\.[a-z0-9-]+$/;

/**
 * Processors of an instance type: a `g` behind the generation is AWS Graviton
 * (https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html), and so is the first family, a1.
 */
export function architectureOf(instanceType: string): Architecture {
  return /^(a1\.|[a-z]+\d+[a-z]*g)/.test(instanceType) ? Architecture.Arm64 : Architecture.X86;
}
