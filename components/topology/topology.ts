/** The checked description: every default filled in, networks flattened to VPCs, nothing left to choose. */
import type {
  AccessDescription,
  Architecture,
  Capacity,
  ChartSource,
  ChartValues,
  ControlPlaneLogsDescription,
  ControlPlaneMode,
  CountDescription,
  DataPlane,
  ExistingClusterDescription,
  ExistingVpcDescription,
  ExportDescription,
  FederationGatewayDescription,
  GatewayApi,
  IamDescription,
  IngressDescription,
  Injection,
  LinkVia,
  Locality,
  LoadBalancers,
  MutualTls,
  PeerOutput,
  PrivateApiDescription,
  PublishedGateway,
  PublishedMesh,
  NodeKind,
  ObservabilityDescription,
  NodeLimitsDescription,
  QuotasDescription,
  RemoteAccess,
  RevisionDescription,
  RootDescription,
  Egress,
  SharedServiceDescription,
  TenancyModel,
  TenantHostDescription,
  TenantLimitsDescription,
  TenantQuotaDescription,
  TopologyDescription,
  UpgradePolicy,
  VpcDescription,
} from "./description";
import type { ClusterValue, Given, GivenVpc } from "./given";
import type { EcsCluster, EcsService, MachineGroup } from "./outside";

export interface Topology {
  /** What is given beside it; absent where nothing can be: in the program of a whole stack, and offline. */
  given?: Given;
  /** What the user wrote, for rules about what was written; planners read the rest. */
  description: TopologyDescription;
  name: string;
  tags: Record<string, string>;
  /** Tags of the stack's `aws:defaultTags`: what Pulumi makes has them too, where the description has none of the same key. */
  stackTags: Record<string, string>;
  protect: boolean;
  quotas: QuotasDescription;
  /** Istio of meshes that have none of their own. */
  istio: IstioSettings;
  /** What every IAM role has. */
  iam: IamDescription;
  /** KMS keys of the user's, by region. */
  encryptionKeys: Record<string, string>;
  /** Nobody can delete a load balancer. */
  keepLoadBalancers: boolean;
  /** Absent only where no cluster is made here, or where the user has yet to say it (a problem for `up`). */
  api?: Api;
  trust: Trust;
  links: Links;
  /** Ids of each network's VPCs. */
  networks: Record<string, { vpcs: string[] }>;
  /** VPCs by id: the network's name in the short form, else `<network>-<vpc>`. */
  vpcs: Record<string, Vpc>;
  clusters: Record<string, Cluster>;
  meshes: Record<string, Mesh>;
  virtualMachines: Record<string, MachineGroup>;
  ecsClusters: Record<string, EcsCluster>;
  ecsServices: Record<string, EcsService>;
  tenants?: Tenants;
  federation: Federation;
}

/** The stack's Istio, or a mesh's own. */
export interface IstioSettings {
  /** Where it stands in the description, for problems: `istio` or `meshes.prod.istio`. */
  path: string;
  /** Version of the one istiod that has no revision; absent where there are named revisions alone. */
  version?: string;
  revisions: Record<string, RevisionDescription>;
  /** Revision that each tag points to. */
  tags: Record<string, string>;
  hub?: string;
  charts: { source: ChartSource; location?: string };
  refresherImage?: string;
  forwarderImage?: string;
}

export interface Api {
  allowFrom: string[];
  /** Present: there is no public endpoint, and these call the private one. */
  private?: Required<PrivateApiDescription>;
}

export interface Trust {
  roots: Record<string, RootDescription>;
  /** Name of the root that signs. */
  signing: string;
}

export interface Links {
  via: LinkVia;
  /** Role to assume in the account of the transit gateways; absent: the program's own credentials. */
  owner?: string;
  /** Ids of transit gateways that exist, by region; empty: they are made here. */
  transitGateways: Record<string, string>;
  /** Ranges of places behind transit gateways, by name. */
  reachable: Record<string, string[]>;
}

/** How a VPC is made here: what the description says of it, with its defaults. */
export type VpcSettings = Required<
  Omit<VpcDescription, "cidr" | "region" | "account" | "existing">
>;

export interface Vpc {
  id: string;
  network: string;
  /** Where it stands in the description, for problems: `networks.shared` or `networks.wide.vpcs.eu`. */
  path: string;
  /** One CIDR where the VPC is made here; all of them where it exists. */
  cidrs: string[];
  /** Empty where a rule will say that it is missing. */
  region: string;
  /** Role to assume; absent: the program's own credentials. */
  account?: string;
  settings: VpcSettings;
  existing?: ExistingVpcDescription;
  /** What a program gives of it; absent: nothing. */
  given?: GivenVpc;
}

/** Nodes of a cluster made here. */
export interface Nodes {
  kind: NodeKind;
  /** Of managed ones. */
  count: CountDescription;
  /** Of Auto Mode's. */
  limits: Required<NodeLimitsDescription>;
  /** Empty: what is usual for the kind. */
  instanceTypes: string[];
  /** At least one. */
  architectures: Architecture[];
  capacity: Capacity;
  diskGiB?: number;
}

export interface Cluster {
  name: string;
  network: string;
  /** Id of the VPC, a key of `Topology.vpcs`; empty where a rule will say that it cannot be told. */
  vpc: string;
  nodes: Nodes;
  loadBalancers: LoadBalancers;
  kubernetesVersion: string;
  api?: Api;
  /** Everybody who uses it. */
  access: Required<AccessDescription>;
  upgradePolicy: UpgradePolicy;
  zonalShift: boolean;
  logs: Required<ControlPlaneLogsDescription>;
  /** Absent: installed where they are needed. */
  gatewayApi?: GatewayApi;
  remoteAccess: RemoteAccess;
  existing?: ExistingClusterDescription;
  /** What a program gives of it. */
  given: ClusterValue[];
}

/** What a mesh says that holds in every place of it. */
export interface MeshPolicy {
  /** What its workloads take from others. */
  mtls: MutualTls;
  /** Which endpoints its clients prefer. */
  locality: Locality;
  /** What redirects the traffic of its pods with a sidecar. */
  injection: Injection;
  /** What it tells of its traffic. */
  observability: ObservabilityDescription;
}

export interface Mesh extends MeshPolicy {
  /** The mesh id. */
  name: string;
  dataPlane: DataPlane;
  trustDomain: string;
  mode: ControlPlaneMode;
  /** Clusters that run istiod. */
  runsIn: string[];
  configCluster?: string;
  /** Numbers of istiods' addresses that were said, by cluster and revision. */
  addressNumbers: Record<string, Record<string, number>>;
  /** Member clusters. */
  members: Record<string, MemberSettings>;
  /** Its own, or the stack's. */
  istio: IstioSettings;
  /** The mesh's own root; absent: the stack's. */
  trust?: Trust;
  experimental: boolean;
  ingress: Record<string, Ingress>;
  values: ChartValues;
}

/** What a member says; what follows from it is in the relations. */
export interface MemberSettings {
  /** Control-plane clusters in the order of failover; empty for a primary. */
  servedBy: string[];
  /** Revision that serves gateways; absent where there is one control plane. */
  revision?: string;
  /** Revision that serves node agents; absent where it is that of the gateways. */
  agentRevision?: string;
  /** Its own extra chart values, over the mesh's. */
  values: ChartValues;
}

export interface Ingress extends Required<IngressDescription> {
  /** Empty: the mesh's networks for `internal`, everyone for `internet`. */
  allowFrom: string[];
}

/** Meshes that exchange services. */
export interface Federation {
  /** By exporting mesh. */
  gateways: Record<string, Required<FederationGatewayDescription>>;
  /** By name. */
  exports: Record<string, ExportDescription>;
  /** By name. */
  peers: Record<string, Peer>;
}

/** A mesh that is not of the description. */
export interface Peer {
  name: string;
  /** Where it stands in the description, for problems. */
  path: string;
  /** The output that says what it is; absent: it is written by hand, or a rule will say that nothing is. */
  output?: Required<PeerOutput>;
  /** What is known of it; absent: nothing has been read. */
  published?: PublishedPeer;
  /** What is known of it stands for what its stack puts out, which is not read offline. */
  isUnread?: true;
  /** It is written by hand, and something was read for it all the same. */
  isReadToo?: true;
}

/** What a mesh elsewhere has published. */
export interface PublishedPeer extends PublishedMesh {
  gateways: Record<string, PublishedGateway>;
}

/** Tenants and what separates them. */
export interface Tenants {
  model: TenancyModel;
  /** By name. */
  of: Record<string, Tenant>;
}

export interface Tenant {
  mesh: string;
  namespaces: string[];
  clusters: string[];
  /** ARNs of whoever administers its namespaces. */
  admins: string[];
  quota: TenantQuotaDescription & Required<Pick<TenantQuotaDescription, "pods" | "istioObjects">>;
  limits: TenantLimitsDescription & Required<Pick<TenantLimitsDescription, "memory">>;
  egress: Egress;
  /** Ports at which hosts outside speak TLS, by host. */
  outside: Record<string, number[]>;
  /** Hosts that clients outside come by. */
  hosts: Record<string, TenantHostDescription>;
  /** Services that others may call, by host name. */
  shares: Record<string, SharedServiceDescription>;
}
