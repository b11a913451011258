/** The checked description: every default filled in, networks flattened to VPCs, nothing left to choose. */
import type {
  ChartSource,
  ChartValuesArgs,
  Compute,
  ControlPlaneMode,
  DataPlane,
  EcsServiceArgs,
  ExistingClusterArgs,
  ExistingVpcArgs,
  Exposure,
  FederationArgs,
  GatewayApi,
  LinkVia,
  NatMode,
  QuotasArgs,
  RemoteAccess,
  RootSource,
  TenantsArgs,
  TopologyArgs,
  VirtualMachinesArgs,
} from "./description";

export interface Topology {
  /** What the user wrote, for rules about what was written; planners read the rest. */
  description: TopologyArgs;
  name: string;
  tags: Record<string, string>;
  protect: boolean;
  quotas: QuotasArgs;
  istio: IstioSettings;
  /** Absent only where no cluster is made here, or where the user has yet to say it (a problem for `up`). */
  api?: Api;
  trust: Trust;
  linkVia: LinkVia;
  /** Ids of each network's VPCs, in the description's order. */
  networks: Record<string, { vpcs: string[] }>;
  /** VPCs by id: the network's name in the short form, else `<network>-<vpc>`. */
  vpcs: Record<string, Vpc>;
  clusters: Record<string, Cluster>;
  meshes: Record<string, Mesh>;
  virtualMachines: Record<string, VirtualMachinesArgs>;
  ecsServices: Record<string, EcsServiceArgs>;
  tenants?: TenantsArgs;
  federation: Record<string, FederationArgs>;
}

export interface IstioSettings {
  /** Version of the default control plane. */
  version: string;
  revisions: Record<string, { version: string; tags: string[] }>;
  hub?: string;
  charts: { source: ChartSource; location?: string };
  refresherImage?: string;
}

export interface Api {
  allowFrom: string[];
  private: boolean;
}

export interface Trust {
  root: RootSource;
  secret?: string;
}

export interface Vpc {
  id: string;
  network: string;
  /** Where it stands in the description, for problems: `networks.shared` or `networks.wide.vpcs.eu`. */
  path: string;
  /** One CIDR where the VPC is made here; all of them where it exists. */
  cidrs: string[];
  region: string;
  zones: number;
  nat: NatMode;
  /** Role to assume, or "" for the account of the program's own credentials. */
  account: string;
  flowLogs: boolean;
  endpoints: string[];
  existing?: ExistingVpcArgs;
}

export interface Cluster {
  name: string;
  network: string;
  /** Id of the VPC, a key of `Topology.vpcs`. */
  vpc: string;
  compute: Compute;
  kubernetesVersion: string;
  api?: Api;
  gatewayApi: GatewayApi;
  remoteAccess: RemoteAccess;
  existing?: ExistingClusterArgs;
}

export interface Mesh {
  /** The mesh id. */
  name: string;
  dataPlane: DataPlane;
  trustDomain: string;
  mode: ControlPlaneMode;
  /** Clusters that run istiod. */
  runsIn: string[];
  configCluster?: string;
  /** Member clusters. */
  members: Record<string, Member>;
  /** The mesh's own root; absent: the stack's. */
  trust?: Trust;
  experimental: boolean;
  ingress: Record<string, Ingress>;
  values: ChartValuesArgs;
}

export interface Member {
  /** Control-plane clusters in the order of failover; empty for a primary. */
  servedBy: string[];
  /** Revision that serves gateways and node agents: "" is the default control plane. */
  revision: string;
}

export interface Ingress {
  clusters: string[];
  exposure: Exposure;
  /** Empty: the mesh's networks for `internal`, everyone for `internet`. */
  allowFrom: string[];
}
