import { LoadBalancers, NodeKind } from "./description";

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
  /** It registers targets only with what is tagged with the cluster's name in EKS (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSLoadBalancingPolicy.html). */
  needsTag: boolean;
}

/** What follows from who makes load balancers. */
export const BALANCING = {
  [LoadBalancers.AutoMode]: { isInstalled: false, needsTag: true },
  [LoadBalancers.Controller]: { isInstalled: true, needsTag: false },
} satisfies Record<LoadBalancers, Balancing>;
