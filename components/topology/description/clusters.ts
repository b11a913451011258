/** Clusters, made here or yours. */
import type { ApiDescription } from "./api";

/** What a cluster's nodes are: EKS Auto Mode's, or those of a managed node group. */
export const NodeKind = { AutoMode: "auto-mode", Managed: "managed" } as const;
export type NodeKind = (typeof NodeKind)[keyof typeof NodeKind];

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
  /**
   * Whether the Gateway API CRDs are installed here or stand in the cluster already.
   *
   * @default installed
   */
  gatewayApi?: GatewayApi;
  /**
   * How another cluster's istiod authenticates to this cluster's API server.
   *
   * @default eks-identity on EKS made here, service-account-token on a cluster you bring
   */
  remoteAccess?: RemoteAccess;
  /** A cluster that exists. */
  existing?: ExistingClusterDescription;
}

/** Nodes of a cluster. */
export interface NodesDescription {
  /**
   * What the nodes are: EKS Auto Mode's, or those of a managed node group.
   *
   * @default auto-mode
   */
  kind?: NodeKind;
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
