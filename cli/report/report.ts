/** What a plan tells: the one content of the text, the JSON and the diagrams. */

import type { Reach } from "../../components/mesh/reach/facts";
import type {
  ControlPlaneMode,
  DataPlane,
  Egress,
  Exposure,
  LaunchType,
  LinkVia,
  NatMode,
  NodeKind,
  RemoteAccess,
  SubnetTier,
} from "../../components/topology";

export interface Report {
  /** Prefix of names and tags. */
  name: string;
  stack: string;
  /** Versions of Istio, each with the day on which its support ends. */
  istio: { versions: Record<string, string> };
  meshes: MeshReport[];
  networks: NetworkReport[];
  links: LinkReport[];
  clusters: ClusterReport[];
  machines: MachinesReport[];
  tasks: TasksReport[];
  exports: ExportReport[];
  /** Tenants that share a mesh. */
  tenants: TenantReport[];
  /** What belongs to no single VPC or cluster: links, roots of trust, roles. */
  shared: Made;
  ports: PortsReport[];
  /** Who reaches whom, by which way and as whom. */
  reach: Reach;
  quotas: QuotaReport[];
  /** What it costs, as far as that is known before anything runs. */
  cost: CostReport;
  warnings: WarningReport[];
  totals: Totals;
}

export interface MeshReport {
  name: string;
  dataPlane: DataPlane;
  mode: ControlPlaneMode;
  trustDomain: string;
  /** Revision that each tag points to. */
  tags: Record<string, string>;
  root: RootReport;
  /** Clusters that run istiod. */
  runsIn: string[];
  /** Member that holds the configuration of an external istiod. */
  configCluster?: string;
  members: string[];
  networks: string[];
  experimental: boolean;
}

/** Where the root that signs for a mesh comes from, and whether the mesh has it for itself. */
export interface RootReport {
  source: RootSource;
  own: boolean;
  name: string;
  /** Names of the roots that are accepted too. */
  beside: string[];
}

export const RootSource = { Generated: "generated", Provided: "provided" } as const;
export type RootSource = (typeof RootSource)[keyof typeof RootSource];

export const GatewayKind = {
  EastWest: "east-west",
  Ingress: "ingress",
  Federation: "federation",
} as const;
export type GatewayKind = (typeof GatewayKind)[keyof typeof GatewayKind];

export interface NetworkReport {
  name: string;
  vpcs: VpcReport[];
}

export interface VpcReport {
  id: string;
  cidrs: string[];
  region: string;
  /** Role assumed for the account; absent for that of the credentials. */
  account?: string;
  /** Yours: nothing in it is made but routes. */
  existing: boolean;
  zones: number;
  nat: NatMode;
  subnets: SubnetsReport[];
  flowLogs: boolean;
  endpoints: string[];
  made: Made;
}

export interface SubnetsReport {
  tier: SubnetTier;
  cidrs: string[];
}

export interface LinkReport {
  via: LinkVia;
  /** VPC ids. */
  between: string[];
  detail: string;
}

export interface ClusterReport {
  name: string;
  /** Absent for a cluster that is not on EKS, or does not say so. */
  eksName?: string;
  network: string;
  vpc: string;
  region: string;
  kubernetesVersion: string;
  nodes: NodeKind;
  existing: boolean;
  /** Who reaches the API server. */
  api: { private: boolean; allowFrom: string[]; natOf: string[] };
  controlPlanes: ControlPlaneReport[];
  /** Meshes whose istiod elsewhere serves this cluster: one at most. */
  served: ServedReport[];
  gateways: GatewayReport[];
  releases: ReleaseReport[];
  /** Components that their provider's plugin expands during `up`: what is inside is not seen here. */
  remote: RemoteReport[];
  made: Made;
}

/** A group of machines. */
export interface MachinesReport {
  name: string;
  mesh: string;
  /** Of their mesh. */
  dataPlane: DataPlane;
  vpc: string;
  /** Cluster whose istiod serves them, alone. */
  servedBy: string;
  instanceType: string;
  count: { min: number; max: number };
  /** None where nobody calls them. */
  ports: number[];
}

/** Tasks of an ECS service. */
export interface TasksReport {
  name: string;
  mesh: string;
  vpc: string;
  /** Cluster whose istiod serves them, alone, and whose pods call them. */
  servedBy: string;
  /** What runs them. */
  launchType: LaunchType;
  /** Number of tasks, and what each has of CPU units and MiB. */
  count: number;
  cpu: number;
  memory: number;
  ports: number[];
  /** A waypoint stands in front of them. */
  waypoint: boolean;
}

/** A tenant that has namespaces of a mesh, or the mesh. */
export interface TenantReport {
  name: string;
  mesh: string;
  /** Its clusters, where it has some of the mesh's. */
  clusters?: string[];
  /** Its namespaces; none where the mesh is the tenant's. */
  namespaces: string[];
  /** ARNs of whoever administers them, or the clusters of its mesh. */
  admins: string[];
  /** What its pods reach outside the mesh; absent where the mesh is the tenant's. */
  egress?: Egress;
  /** Ports of hosts that its egress gateway leads to; absent where it has none. */
  outside?: Record<string, number[]>;
  /** Ingress gateway that clients outside come by, by host. */
  hosts: Record<string, string>;
  /** Tenants that may call each service that it shares, by host name. */
  shares: Record<string, string[]>;
}

/** A service that one mesh exports to another. */
export interface ExportReport {
  /** Name of the export in the description. */
  name: string;
  from: string;
  to: string;
  /** Host name in the exporting mesh, and in the importing one. */
  host: string;
  as: string;
  ports: number[];
  /** Namespaces of the importing mesh that may call it. */
  allow: string[];
  /** SPIFFE ids of those who answer. */
  identities: string[];
  /** Addresses of the gateways, by cluster. */
  gateways: Record<string, string[]>;
}

export interface ControlPlaneReport {
  mesh: string;
  dataPlane: DataPlane;
  istiods: IstiodReport[];
  /** Clusters without an istiod of their own that these serve. */
  serves: string[];
  /** Runs outside the mesh: no pod of this cluster is in it. */
  external: boolean;
  /** Clusters whose API servers these istiods read, and how they sign in there. */
  watches: { cluster: string; by: RemoteAccess }[];
  /** Common name of the intermediate that signs here. */
  certificate: string;
}

export interface IstiodReport {
  /** Absent: the only one, which has none. */
  revision?: string;
  version: string;
  /** Name and addresses of its load balancer, where it serves other clusters. */
  reachedAt?: { host: string; addresses: string[] };
}

/** How a cluster without an istiod of its own gets to one. */
export interface ServedReport {
  mesh: string;
  dataPlane: DataPlane;
  /** Clusters that run istiod for it, in the order of failover. */
  servers: string[];
  /** One relay each. */
  revisions: { revision?: string; version: string }[];
  holdsConfiguration: boolean;
}

export interface GatewayReport {
  name: string;
  mesh: string;
  kind: GatewayKind;
  exposure: Exposure;
  ports: number[];
}

export interface ReleaseReport {
  name: string;
  namespace: string;
  chart: string;
  version: string;
  /** Values that decide how it works, as `path=value`. */
  matters: string[];
  /** All values; secrets are replaced. */
  values: Record<string, unknown>;
}

export interface RemoteReport {
  type: string;
  name: string;
  matters: string[];
}

/** What one security group lets in. */
export interface PortsReport {
  /** What carries it. */
  target: string;
  rules: PortReport[];
}

export interface PortReport {
  ports: string;
  /** Ranges, clusters and load balancers. */
  from: string[];
  reason: string;
  /** What else these ports are open for, since this rule lets it in too. */
  alsoFor: string[];
}

export interface QuotaReport {
  /** What is counted, where. */
  what: string;
  used: number;
  limit: number;
}

/** List prices of what is planned, without what depends on use. */
export interface CostReport {
  currency: "USD";
  /** All parts, a month of 730 hours. */
  month: number;
  /** By kind, the dearest first. */
  parts: CostPart[];
  /** What is in the sum and not known. */
  assumed: string[];
  /** What costs and is not in the sum. */
  notCounted: string[];
  /** Day on which the prices were last looked up. */
  pricesOf: string;
}

export interface CostPart {
  what: string;
  /** How many of it. */
  count: number;
  /** A month, of all of them. */
  month: number;
}

/** Something that is allowed but should be known. */
export interface WarningReport {
  /** The rule that found it. */
  rule: string;
  path: string;
  got: string;
  allowed: string;
  fix: string;
}

/** Number of resources by short type. */
export interface Made {
  total: number;
  byType: Record<string, number>;
}

export interface Totals extends Made {
  /** Groupings that only give names: this package's own components. */
  components: number;
  remote: number;
  releases: number;
  clusters: number;
  vpcs: number;
  /** Inputs that are encrypted in the state. */
  secrets: number;
}
