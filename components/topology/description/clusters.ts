/** Clusters, made here or yours. */
import type { AccessDescription } from "./access";
import type { ApiDescription } from "./api";

/** What a cluster's nodes are: EKS Auto Mode's, or those of a managed node group. */
export const NodeKind = { AutoMode: "auto-mode", Managed: "managed" } as const;
export type NodeKind = (typeof NodeKind)[keyof typeof NodeKind];

/** Processors of nodes: Intel's and AMD's, or AWS Graviton. */
export const Architecture = { X86: "x86", Arm64: "arm64" } as const;
export type Architecture = (typeof Architecture)[keyof typeof Architecture];

/** How AWS sells instances: until you return them, or cheaper and taken back at two minutes' notice. */
export const Capacity = { OnDemand: "on-demand", Spot: "spot" } as const;
export type Capacity = (typeof Capacity)[keyof typeof Capacity];

/**
 * What EKS does when it no longer supports a Kubernetes version as a standard: upgrade the cluster by itself, or go on for
 * USD 365 a month more (https://docs.aws.amazon.com/eks/latest/userguide/view-support-policy.html).
 */
export const UpgradePolicy = { Standard: "standard", Extended: "extended" } as const;
export type UpgradePolicy = (typeof UpgradePolicy)[keyof typeof UpgradePolicy];

/** Logs of an EKS control plane (https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html). */
export const ControlPlaneLog = {
  Api: "api",
  Audit: "audit",
  Authenticator: "authenticator",
  ControllerManager: "controllerManager",
  Scheduler: "scheduler",
} as const;
export type ControlPlaneLog = (typeof ControlPlaneLog)[keyof typeof ControlPlaneLog];

/** Who makes load balancers in a cluster, and registers pods with them: EKS Auto Mode, or the AWS load-balancer controller. */
export const LoadBalancers = { AutoMode: "auto-mode", Controller: "controller" } as const;
export type LoadBalancers = (typeof LoadBalancers)[keyof typeof LoadBalancers];

/** Whether the Gateway API CRDs are installed here or stand in the cluster already. */
export const GatewayApi = { Installed: "installed", Present: "present" } as const;
export type GatewayApi = (typeof GatewayApi)[keyof typeof GatewayApi];

/** How another cluster's istiod authenticates to this cluster's API server. */
export const RemoteAccess = {
  EksIdentity: "eks-identity",
  ServiceAccountToken: "service-account-token",
} as const;
export type RemoteAccess = (typeof RemoteAccess)[keyof typeof RemoteAccess];

/** Bounds of a group of machines or nodes. */
export interface CountDescription {
  /** Smallest number. */
  min: number;
  /** Largest number. */
  max: number;
}

/** A Kubernetes cluster, made here with EKS or yours. */
export interface ClusterDescription {
  /** Network that the cluster's pods are on. */
  network: string;
  /** VPC of that network. Required where the network has several, refused where it has one. */
  vpc?: string;
  /** Nodes of a cluster made here. */
  nodes?: NodesDescription;
  /**
   * Kubernetes minor version, as a quoted string.
   *
   * @default the newest that the Istio version and EKS both support
   */
  kubernetesVersion?: string;
  /** Who reaches this cluster's API server, where it differs from the rest. */
  api?: ApiDescription;
  /** Who uses this cluster, beside those that are said for all. */
  access?: AccessDescription;
  /**
   * Whether the Gateway API CRDs are installed here or stand in the cluster already. Sidecar meshes work without; say `installed`
   * to write `Gateway` and `HTTPRoute` objects there, as Istio advises.
   *
   * @default installed where an ambient control plane runs, which needs them; not elsewhere
   */
  gatewayApi?: GatewayApi;
  /**
   * How another cluster's istiod authenticates to this cluster's API server.
   *
   * @default eks-identity on EKS made here, service-account-token on a cluster you bring
   */
  remoteAccess?: RemoteAccess;
  /**
   * What EKS does when standard support of the Kubernetes version ends. With `standard` it upgrades the cluster by itself, and
   * `kubernetesVersion` is then to be raised after it.
   *
   * @default extended
   */
  upgradePolicy?: UpgradePolicy;
  /**
   * Lets AWS, or you, turn traffic away from an impaired availability zone
   * (https://docs.aws.amazon.com/eks/latest/userguide/zone-shift.html). Free of charge.
   *
   * @default false
   */
  zonalShift?: boolean;
  /** Logs of the control plane. */
  logs?: ControlPlaneLogsDescription;
  /** A cluster that exists. */
  existing?: ExistingClusterDescription;
}

/**
 * Logs of a control plane, in CloudWatch Logs as `/aws/eks/<name>/cluster` (about USD 0.50 per GB). They go with the cluster. EKS
 * may write its last lines after that and so make the group again, which the next cluster of the same name then finds in its
 * way: `aws logs delete-log-group`.
 */
export interface ControlPlaneLogsDescription {
  /**
   * Which ones. An empty list: none.
   *
   * @default all of them
   */
  types?: ControlPlaneLog[];
  /**
   * Days until a line is deleted, of those that CloudWatch Logs takes.
   *
   * @default 90
   */
  retentionDays?: number;
}

/**
 * Nodes of a cluster. Auto Mode adds and removes them as pods need it. Nothing here changes the number of managed nodes: run
 * Cluster Autoscaler, which finds the group by the tags that EKS gives it, or scale the group yourself
 * (https://docs.aws.amazon.com/eks/latest/best-practices/cas.html).
 */
export interface NodesDescription {
  /**
   * What the nodes are: EKS Auto Mode's, or those of a managed node group.
   *
   * @default auto-mode
   */
  kind?: NodeKind;
  /**
   * Least and largest number of managed nodes, the least to begin with. EKS refuses a `min` above the number of nodes that run:
   * scale the group up first. Refused with Auto Mode.
   *
   * @default 2 to 6
   */
  count?: CountDescription;
  /** How far Auto Mode's nodes go. Refused with managed nodes. */
  limits?: NodeLimitsDescription;
  /**
   * EC2 instance types that nodes may have, such as `m7g.large`. Managed nodes are replaced when it changes, new ones first.
   * Auto Mode takes none that is `nano`, `micro` or `small`.
   *
   * @default managed: `m6i.large`, or `m7g.large` with arm64; Auto Mode: any of the categories c, m and r from the fifth generation on
   */
  instanceTypes?: string[];
  /**
   * Processors that nodes may have. Managed nodes have one, since their group has one image; with both, Auto Mode takes what is
   * cheaper, and your own images must be built for both.
   *
   * @default what `instanceTypes` have, otherwise x86
   */
  architectures?: Architecture[];
  /**
   * How the instances are bought.
   *
   * @default on-demand
   */
  capacity?: Capacity;
  /**
   * Size of a node's disk in GiB, at least 20.
   *
   * @default 50 for managed nodes; with Auto Mode EKS's own, 80
   */
  diskGiB?: number;
}

/** What all nodes of a cluster together may have; beyond it pods wait. */
export interface NodeLimitsDescription {
  /**
   * Number of vCPUs.
   *
   * @default 1000
   */
  cpu?: number;
  /**
   * Memory in GiB.
   *
   * @default 1000
   */
  memoryGiB?: number;
}

/**
 * A cluster that exists.
 *
 * What is known only once other resources exist can be given to a `MeshTopology` as their outputs, under `existing` of its
 * args.
 */
export interface ExistingClusterDescription {
  /** How to reach the API server. Required unless a `MeshTopology` is given it. */
  kubeconfig?: KubeconfigSource;
  /** Kubernetes minor version, as a quoted string. */
  kubernetesVersion: string;
  /** CIDRs that pods get their addresses from. */
  podCidrs: string[];
  /**
   * EKS name, needed by `eks-identity`, and where istiod serves other clusters from EKS Auto Mode. Target groups of such
   * istiods bear it, whoever registers with them.
   */
  eksName?: string;
  /** API server URL, needed where istiod of another cluster watches this one. */
  endpoint?: string;
  /** API server's CA bundle, base64, needed where istiod of another cluster watches this one. */
  certificateAuthority?: string;
  /**
   * Security group that nodes, pods and the API server's network interfaces carry: it gets the mesh's rules. EKS makes one
   * for each cluster (https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html). Without it the ports are yours
   * to open, and a warning lists them.
   */
  securityGroupId?: string;
  /** Who makes load balancers there, needed where a gateway or an istiod that serves other clusters stands there. */
  loadBalancers?: LoadBalancers;
}

/** Where a kubeconfig comes from. One of the two. */
export interface KubeconfigSource {
  /** Config key of a secret that holds the kubeconfig. */
  secret?: string;
  /** Output of another stack. */
  output?: StackOutput;
}

/** An output of another stack. */
export interface StackOutput {
  /** Full name of the stack, `organization/project/stack`. */
  stack: string;
  /** Name of the output. */
  name: string;
}
