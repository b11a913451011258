/**
 * The description of a deployment: what a user writes under `istio-patterns:topology`.
 *
 * These interfaces are the source of the zod schema, of the published JSON Schema and of the package schema.
 * Closed sets are `as const` maps because Pulumi's schema inference refuses union types
 * (https://www.pulumi.com/docs/iac/using-pulumi/extending-pulumi/build-a-component/).
 */

/** How pods join the mesh: an Envoy sidecar in each pod, or ztunnel on each node with waypoints. */
export const DataPlane = { Sidecar: "sidecar", Ambient: "ambient" } as const;
export type DataPlane = (typeof DataPlane)[keyof typeof DataPlane];

/**
 * Where istiod runs relative to the clusters that it serves: in each of them, in some of them, or in none
 * (https://istio.io/latest/docs/ops/deployment/deployment-models/#control-plane-models).
 */
export const ControlPlaneMode = {
  MultiPrimary: "multi-primary",
  PrimaryRemote: "primary-remote",
  External: "external",
} as const;
export type ControlPlaneMode = (typeof ControlPlaneMode)[keyof typeof ControlPlaneMode];

/** How many NAT gateways a VPC has. One is about USD 33 a month and is lost with its zone. */
export const NatMode = { Single: "single", PerZone: "per-zone" } as const;
export type NatMode = (typeof NatMode)[keyof typeof NatMode];

/** What runs a cluster's pods: EKS Auto Mode, or a managed node group with the AWS load-balancer controller. */
export const Compute = { AutoMode: "auto-mode", ManagedNodes: "managed-nodes" } as const;
export type Compute = (typeof Compute)[keyof typeof Compute];

/** How VPCs that need routes to each other are joined. */
export const LinkVia = { Peering: "peering", TransitGateway: "transit-gateway" } as const;
export type LinkVia = (typeof LinkVia)[keyof typeof LinkVia];

/** Where the Helm charts come from. */
export const ChartSource = {
  Repository: "repository",
  Oci: "oci",
  Directory: "directory",
} as const;
export type ChartSource = (typeof ChartSource)[keyof typeof ChartSource];

/** Whether the Gateway API CRDs are installed here or stand in the cluster already. */
export const GatewayApi = { Installed: "installed", Present: "present" } as const;
export type GatewayApi = (typeof GatewayApi)[keyof typeof GatewayApi];

/** How another cluster's istiod authenticates to this cluster's API server. */
export const RemoteAccess = {
  EksIdentity: "eks-identity",
  ServiceAccountToken: "service-account-token",
} as const;
export type RemoteAccess = (typeof RemoteAccess)[keyof typeof RemoteAccess];

/** Where a mesh's root certificate comes from. */
export const RootSource = {
  Generated: "generated",
  Provided: "provided",
  AcmPca: "acm-pca",
} as const;
export type RootSource = (typeof RootSource)[keyof typeof RootSource];

/** Who can reach an ingress gateway's load balancer. */
export const Exposure = { Internal: "internal", Internet: "internet" } as const;
export type Exposure = (typeof Exposure)[keyof typeof Exposure];

/** What runs an ECS service's tasks. */
export const LaunchType = { Fargate: "fargate", Ec2: "ec2" } as const;
export type LaunchType = (typeof LaunchType)[keyof typeof LaunchType];

/** What separates tenants. */
export const TenancyModel = { Namespace: "namespace", Cluster: "cluster", Mesh: "mesh" } as const;
export type TenancyModel = (typeof TenancyModel)[keyof typeof TenancyModel];

/** What a subnet that you bring is for. */
export const SubnetTier = {
  Public: "public",
  Private: "private",
  LoadBalancer: "load-balancer",
} as const;
export type SubnetTier = (typeof SubnetTier)[keyof typeof SubnetTier];

/** One deployment of Istio on AWS: networks, the clusters on them, and the meshes over those. */
export interface TopologyArgs {
  /**
   * Prefix of logical names and tags, and of the physical names that must be known early (EKS clusters, IAM roles).
   * A DNS label of at most 20 characters.
   *
   * @default the stack's name
   */
  name?: string;
  /** Tags on every AWS resource. */
  tags?: Record<string, string>;
  /**
   * Protects roots of trust and VPCs from `pulumi destroy`.
   *
   * @default true
   */
  protect?: boolean;
  /** AWS quotas that your accounts have had raised; the plan compares its use with them. */
  quotas?: QuotasArgs;
  /** Versions, images and charts of Istio. */
  istio?: IstioArgs;
  /**
   * Who reaches the API servers of the clusters made here, Pulumi itself included.
   *
   * There is no default, since an open API server is never right: `up` and `preview` refuse without it.
   */
  api?: ApiArgs;
  /** Where the root certificates come from; a mesh may have its own. */
  trust?: TrustArgs;
  /** Istio networks by name: sets of addresses that reach each other directly. */
  networks: Record<string, NetworkArgs>;
  /** How VPCs are joined. */
  links?: LinksArgs;
  /** Kubernetes clusters by name. */
  clusters: Record<string, ClusterArgs>;
  /** Meshes by name. The name is the mesh id. */
  meshes: Record<string, MeshArgs>;
  /** Groups of EC2 machines with istio-agent, by name. */
  virtualMachines?: Record<string, VirtualMachinesArgs>;
  /** ECS services with a ztunnel sidecar, by name. */
  ecsServices?: Record<string, EcsServiceArgs>;
  /** Tenants and what separates them. */
  tenants?: TenantsArgs;
  /** Services that one mesh exports to others, by name. */
  federation?: Record<string, FederationArgs>;
}

/** Raised AWS quotas (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html). */
export interface QuotasArgs {
  /** Inbound or outbound rules per security group. AWS default 60. */
  securityGroupRules?: number;
  /** Routes per route table. AWS default 500. */
  routesPerTable?: number;
  /** Elastic IP addresses per region. AWS default 5. */
  elasticIps?: number;
  /** VPCs per region. AWS default 5. */
  vpcs?: number;
  /** EKS clusters per region. AWS default 100. */
  eksClusters?: number;
}

/** Versions, images and charts of Istio. */
export interface IstioArgs {
  /**
   * A version of the table in this package, as a quoted string: YAML reads 1.30 as the number 1.3.
   *
   * @default the newest version of the table
   */
  version?: string;
  /**
   * Control planes beside the default one, by revision name; a mesh or a cluster picks one with `revision`. At most one minor
   * version from `version`.
   */
  revisions?: Record<string, RevisionArgs>;
  /**
   * Registry of Istio's images.
   *
   * @default the version's own (docker.io/istio)
   */
  hub?: string;
  /** Where the Helm charts come from. */
  charts?: ChartsArgs;
  /**
   * Image that holds the AWS CLI for the token refresher beside istiod, with a tag or a digest.
   *
   * @default public.ecr.aws/aws-cli/aws-cli at the version's tag
   */
  refresherImage?: string;
}

/** A control plane beside the default one. */
export interface RevisionArgs {
  /** A version of the table in this package. */
  version: string;
  /** Stable revision labels (`istio.io/rev=<tag>`) that point to this revision. */
  tags?: string[];
}

/** Where the Helm charts come from. */
export interface ChartsArgs {
  /** @default repository */
  source?: ChartSource;
  /**
   * Base URL of the mirror (`repository`, `oci`), or a directory that holds one directory per chart. Required for `directory`.
   *
   * @default upstream's, by version
   */
  location?: string;
}

/** Who reaches an API server. One of the two. */
export interface ApiArgs {
  /** Public addresses that may call the public endpoint, as CIDRs. AWS allows 40 in all, peers included. */
  allowFrom?: string[];
  /** Only a private endpoint; Pulumi then runs inside the network. */
  private?: boolean;
}

/** Where a root certificate comes from. */
export interface TrustArgs {
  /** @default generated */
  root?: RootSource;
  /** With `provided`: config key of a secret that holds the root's certificate and private key as PEM. */
  secret?: string;
}

/** An AWS account that is not the one of the program's credentials. */
export interface AccountArgs {
  /** Role that Pulumi assumes in that account. */
  roleArn: string;
}

/** One VPC, made here or yours. */
export interface VpcDescription {
  /** IPv4 range of the VPC, /16 to /22. Required unless `existing`. */
  cidr?: string;
  /**
   * AWS region.
   *
   * @default `aws:region` of the stack
   */
  region?: string;
  /**
   * Number of availability zones, taken by index in the region's order, zones that EKS refuses left out.
   *
   * @default 3
   */
  zones?: number;
  /** @default single */
  nat?: NatMode;
  /** Account of the VPC and of the clusters in it. */
  account?: AccountArgs;
  /**
   * Sends flow logs to CloudWatch Logs (about USD 0.50 per GB).
   *
   * @default false
   */
  flowLogs?: boolean;
  /**
   * AWS services reached through VPC endpoints, such as `s3`, `ecr.api`, `ecr.dkr`, `sts`, `eks`. An interface endpoint is
   * about USD 7 a month and zone; `s3` and `dynamodb` are free.
   *
   * @default none
   */
  endpoints?: string[];
  /** A VPC that exists. */
  existing?: ExistingVpcArgs;
}

/** An Istio network: one VPC in the short form, or several routed ones under `vpcs`. */
export interface NetworkArgs extends VpcDescription {
  /** VPCs by name, where the network has several. Excludes the short form's fields. */
  vpcs?: Record<string, VpcDescription>;
}

/** A VPC that exists. Nothing in it is changed but the routes of links. */
export interface ExistingVpcArgs {
  /** The VPC's id. */
  vpcId: string;
  /** Every CIDR of the VPC that pods, nodes or load balancers use. */
  cidrs: string[];
  /** Subnets by id. */
  subnets: Record<string, ExistingSubnetArgs>;
  /** Route tables that get the routes of links. */
  routeTableIds?: string[];
  /** Public addresses that the VPC's NAT gateways have, for the API servers' allow lists. */
  natAddresses?: string[];
}

/** A subnet that exists. */
export interface ExistingSubnetArgs {
  /** IPv4 range of the subnet. */
  cidr: string;
  /** Availability zone, such as eu-west-1a. */
  zone: string;
  /** What the subnet is for. */
  tier: SubnetTier;
}

/** How VPCs are joined. */
export interface LinksArgs {
  /** @default peering */
  via?: LinkVia;
}

/** A Kubernetes cluster, made here with EKS or yours. */
export interface ClusterArgs {
  /** Network that the cluster's pods are on. */
  network: string;
  /** VPC of that network. Required where the network has several, refused where it has one. */
  vpc?: string;
  /** @default auto-mode */
  compute?: Compute;
  /**
   * Kubernetes minor version, as a quoted string.
   *
   * @default the newest that the Istio version and EKS both support
   */
  kubernetesVersion?: string;
  /** Who reaches this cluster's API server, where it differs from the rest. */
  api?: ApiArgs;
  /** @default installed */
  gatewayApi?: GatewayApi;
  /** @default eks-identity on EKS made here, service-account-token on a cluster you bring */
  remoteAccess?: RemoteAccess;
  /** A cluster that exists. */
  existing?: ExistingClusterArgs;
}

/** A cluster that exists. */
export interface ExistingClusterArgs {
  /** How to reach the API server. */
  kubeconfig: KubeconfigArgs;
  /** Kubernetes minor version, as a quoted string. */
  kubernetesVersion: string;
  /** CIDRs that pods get their addresses from. */
  podCidrs: string[];
  /** EKS name, needed by `eks-identity`, and where istiod serves other clusters from EKS Auto Mode. */
  eksName?: string;
  /** API server URL, needed where istiod of another cluster watches this one. */
  endpoint?: string;
  /** API server's CA bundle, base64, needed where istiod of another cluster watches this one. */
  certificateAuthority?: string;
  /** Security group of nodes and pods that gets the mesh's rules, needed where other clusters reach this one. */
  securityGroupId?: string;
  /** Who makes load balancers there, needed where a gateway or an istiod that serves other clusters stands there. */
  loadBalancers?: Compute;
}

/** Where a kubeconfig comes from. One of the two. */
export interface KubeconfigArgs {
  /** Config key of a secret that holds the kubeconfig. */
  secret?: string;
  /** Output of another stack. */
  output?: StackOutputArgs;
}

/** An output of another stack. */
export interface StackOutputArgs {
  /** Full name of the stack, `organization/project/stack`. */
  stack: string;
  /** Name of the output. */
  name: string;
}

/** A mesh: clusters with one identity root, one trust domain and one control-plane arrangement. */
export interface MeshArgs {
  /** @default sidecar */
  dataPlane?: DataPlane;
  /**
   * Trust domain of all workload identities (SPIFFE).
   *
   * @default cluster.local
   */
  trustDomain?: string;
  /**
   * Where istiod runs. Other than multi-primary only with the sidecar data plane.
   *
   * @default in every member
   */
  controlPlane?: ControlPlaneArgs;
  /** Member clusters: those whose pods are in the mesh. */
  clusters: Record<string, MemberArgs>;
  /**
   * Control plane of `istio.revisions` that serves gateways and node agents, for all members. It runs beside the default one
   * wherever that runs; namespaces choose between the two with the label `istio.io/rev`.
   *
   * @default the default control plane
   */
  revision?: string;
  /** A root of its own. */
  trust?: TrustArgs;
  /**
   * Allows arrangements that Istio calls experimental.
   *
   * @default false
   */
  experimental?: boolean;
  /** Ingress gateways by name. */
  ingress?: Record<string, IngressArgs>;
  /** Extra chart values; keys that the plan owns are refused by name. */
  values?: ChartValuesArgs;
}

/**
 * Where istiod runs. A cluster that runs istiod for others gets an internal load balancer with chosen addresses (about USD 17 a
 * month and revision), and each cluster that it serves a relay: two small pods behind its Service `istiod`.
 */
export interface ControlPlaneArgs {
  /**
   * Only to be read: it must be what follows from `runsIn`.
   *
   * @default follows from `runsIn`
   */
  mode?: ControlPlaneMode;
  /**
   * Clusters that run istiod: all members (multi-primary), some (primary-remote), or only clusters that are no members
   * (external). One cluster may run the external istiods of several meshes, each in a namespace `external-istiod-<mesh>`.
   *
   * @default all members
   */
  runsIn?: string[];
  /**
   * With `external`: the member whose API server holds the mesh's Istio configuration, and whose name is istiod's cluster id.
   * Required there, refused elsewhere: every other istiod reads the cluster that it runs in.
   */
  configCluster?: string;
}

/** What one member cluster has of its own in a mesh. */
export interface MemberArgs {
  /**
   * Clusters of `runsIn` that serve this one, in the order of failover: its relay sends to the first whose istiod is healthy.
   * Refused where the cluster runs istiod itself.
   *
   * @default all of `runsIn`, in that order
   */
  servedBy?: string[];
  /**
   * Control plane of `istio.revisions` that serves this cluster's gateways and node agents. Where the cluster runs no istiod
   * itself, those that serve it run this revision beside the default one.
   *
   * @default the mesh's `revision`
   */
  revision?: string;
}

/** An ingress gateway: Envoy behind a network load balancer on ports 80 and 443. About USD 17 a month and cluster. */
export interface IngressArgs {
  /** Clusters that get one. */
  clusters: string[];
  /** @default internal */
  exposure?: Exposure;
  /**
   * Client addresses let in, as CIDRs.
   *
   * @default the mesh's networks for `internal`, everyone for `internet`
   */
  allowFrom?: string[];
}

/** Extra Helm values per chart, merged over the plan's. */
export interface ChartValuesArgs {
  /** Chart `base`: CRDs. */
  base?: Record<string, any>;
  /** Chart `istiod`; `meshConfig` stands here. */
  istiod?: Record<string, any>;
  /** Chart `cni`: the node agent that redirects traffic. */
  cni?: Record<string, any>;
  /** Chart `ztunnel`: the node proxy of ambient. */
  ztunnel?: Record<string, any>;
  /** Chart `gateway`: every gateway that the chart installs. */
  gateway?: Record<string, any>;
}

/** A group of EC2 machines with istio-agent, registered through a WorkloadGroup. */
export interface VirtualMachinesArgs {
  /** Mesh that the machines join. */
  mesh: string;
  /** Cluster whose istiod serves them. */
  controlledBy: string;
  /** Network that the machines are on. */
  network: string;
  /** VPC of that network. Required where it has several, refused where it has one. */
  vpc?: string;
  /** Kubernetes namespace of their identity. */
  namespace: string;
  /** Service account of their identity. */
  serviceAccount: string;
  /** Ports of the application by name. */
  ports: Record<string, number>;
  /**
   * EC2 instance type.
   *
   * @default t3.small
   */
  instanceType?: string;
  /** Size of the Auto Scaling group. */
  count?: CountArgs;
  /** Allows machines in an ambient mesh. */
  experimental?: boolean;
}

/** Bounds of an Auto Scaling group. */
export interface CountArgs {
  /** Smallest number of machines. */
  min: number;
  /** Largest number of machines. */
  max: number;
}

/** An ECS service whose tasks carry ztunnel. */
export interface EcsServiceArgs {
  /** Mesh that the tasks join. */
  mesh: string;
  /** Cluster whose istiod serves them; the tasks are on its network. */
  controlledBy: string;
  /** VPC of that network. Required where it has several, refused where it has one. */
  vpc?: string;
  /** @default fargate */
  launchType?: LaunchType;
  /** Kubernetes namespace of their identity. */
  namespace: string;
  /** Service account of their identity. */
  serviceAccount: string;
  /** Image of the application. */
  image: string;
  /** Ports of the application by name. */
  ports: Record<string, number>;
  /**
   * Number of tasks.
   *
   * @default 1
   */
  count?: number;
  /**
   * CPU units of a task.
   *
   * @default 512
   */
  cpu?: number;
  /**
   * Memory of a task, MiB.
   *
   * @default 1024
   */
  memory?: number;
}

/** Tenants and what separates them. */
export interface TenantsArgs {
  /** What separates them. */
  model: TenancyModel;
  /** Tenants by name. */
  of: Record<string, TenantArgs>;
}

/** One tenant. */
export interface TenantArgs {
  /** The mesh that the tenant is in, or has. */
  mesh: string;
  /** With model `namespace`: the tenant's namespaces. */
  namespaces?: string[];
  /** With model `cluster`: the tenant's clusters. */
  clusters?: string[];
  /** Kubernetes groups that administer the tenant's namespaces. */
  admins?: string[];
  /** Resource quota of each namespace. */
  quota?: TenantQuotaArgs;
}

/** Resource quota of a tenant's namespace. */
export interface TenantQuotaArgs {
  /** Largest number of pods. */
  pods?: number;
}

/** Services that one mesh exports to others. */
export interface FederationArgs {
  /** The exporting mesh. */
  from: string;
  /** The importing meshes. */
  to: string[];
  /** Exported services by host name. */
  services: Record<string, FederatedServiceArgs>;
}

/** One exported service. */
export interface FederatedServiceArgs {
  /** Ports by name. */
  ports: Record<string, number>;
  /** Service accounts that serve it. */
  serviceAccounts: string[];
  /** Who may call it, as `<mesh>/<namespace>`. */
  allow: string[];
}
