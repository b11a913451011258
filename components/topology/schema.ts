/** The shape of a description. The compiler holds it to the interfaces: no key more, no key less, no other type. */
import { z } from "zod";
import * as d from "./description";
import { ecsCluster, ecsService } from "./ecsSchema";
import { federation } from "./federationSchema";
import { virtualMachines } from "./machineSchema";
import { TRUST_DOMAIN } from "./names";
import { count, map, names, port, text, type Shape, whole } from "./shapes";
import { tenants } from "./tenantSchema";

const quotas = z.strictObject({
  securityGroupRules: whole(1).optional(),
  routesPerTable: whole(1).optional(),
  elasticIps: whole(1).optional(),
  vpcs: whole(1).optional(),
  eksClusters: whole(1).optional(),
  trustPolicyLength: whole(1).optional(),
} satisfies Shape<d.QuotasDescription>);

const chartValues = map(z.any());

const revision = z.strictObject({
  version: text,
  values: chartValues.optional(),
} satisfies Shape<d.RevisionDescription>);

const charts = z.strictObject({
  source: z.enum(d.ChartSource).default(d.ChartSource.Repository),
  location: text.optional(),
} satisfies Shape<d.ChartsDescription>);

const istio = z.strictObject({
  version: text.optional(),
  revisions: map(revision).default({}),
  tags: map(text).default({}),
  hub: text.optional(),
  charts: charts.prefault({}),
  refresherImage: text.optional(),
  forwarderImage: text.optional(),
} satisfies Shape<d.IstioDescription>);

const privateApi = z.strictObject({
  cidrs: names.default([]),
  securityGroups: names.default([]),
  prefixLists: names.default([]),
} satisfies Shape<d.PrivateApiDescription>);

const api = z.strictObject({
  allowFrom: names.default([]),
  private: privateApi.optional(),
} satisfies Shape<d.ApiDescription>);

const access = z.strictObject({
  admins: names.default([]),
  viewers: names.default([]),
} satisfies Shape<d.AccessDescription>);

const root = z.strictObject({ secret: text.optional() } satisfies Shape<d.RootDescription>);

const trust = z.strictObject({
  roots: map(root).default({}),
  signing: text.optional(),
} satisfies Shape<d.TrustDescription>);

const existingSubnet = z.strictObject({
  id: text.optional(),
  cidr: text,
  zone: text,
  tier: z.enum(d.SubnetTier),
} satisfies Shape<d.ExistingSubnetDescription>);

const existingRouteTable = z.strictObject({
  id: text.optional(),
} satisfies Shape<d.ExistingRouteTableDescription>);

const existingVpc = z.strictObject({
  vpcId: text.optional(),
  cidrs: names,
  subnets: map(existingSubnet),
  controlPlaneZones: names.optional(),
  routeTables: map(existingRouteTable).default({}),
  natAddresses: names.optional(),
  endpoints: names.optional(),
} satisfies Shape<d.ExistingVpcDescription>);

const account = z.strictObject({ roleArn: text } satisfies Shape<d.AccountDescription>);

const vpcShape = {
  cidr: text.optional(),
  region: text.optional(),
  zones: whole(1).default(3),
  nat: z.enum(d.NatMode).default(d.NatMode.Single),
  account: account.optional(),
  flowLogs: z.boolean().default(false),
  endpoints: names.default([]),
  existing: existingVpc.optional(),
} satisfies Shape<d.VpcDescription>;

const vpc = z.strictObject(vpcShape);

const network = z.strictObject({
  ...vpcShape,
  vpcs: map(vpc).optional(),
} satisfies Shape<d.NetworkDescription>);

const transitGateway = z.strictObject({
  existing: text,
} satisfies Shape<d.TransitGatewayDescription>);

const reachable = z.strictObject({ cidrs: names } satisfies Shape<d.ReachableDescription>);

const links = z.strictObject({
  via: z.enum(d.LinkVia).default(d.LinkVia.Peering),
  owner: account.optional(),
  transitGateways: map(transitGateway).default({}),
  reachable: map(reachable).default({}),
} satisfies Shape<d.LinksDescription>);

const kubeconfig = z.strictObject({
  secret: text.optional(),
  output: z.strictObject({ stack: text, name: text } satisfies Shape<d.StackOutput>).optional(),
} satisfies Shape<d.KubeconfigSource>);

const existingCluster = z.strictObject({
  kubeconfig: kubeconfig.optional(),
  kubernetesVersion: text,
  podCidrs: names,
  eksName: text.optional(),
  endpoint: text.optional(),
  certificateAuthority: text.optional(),
  securityGroupId: text.optional(),
  loadBalancers: z.enum(d.LoadBalancers).optional(),
} satisfies Shape<d.ExistingClusterDescription>);

const nodeLimits = z.strictObject({
  cpu: whole(1).default(1000),
  memoryGiB: whole(1).default(1000),
} satisfies Shape<d.NodeLimitsDescription>);

const nodes = z.strictObject({
  kind: z.enum(d.NodeKind).default(d.NodeKind.AutoMode),
  count: count.default({ min: 2, max: 6 }),
  limits: nodeLimits.prefault({}),
  instanceTypes: names.default([]),
  architectures: z.array(z.enum(d.Architecture)).default([]),
  capacity: z.enum(d.Capacity).default(d.Capacity.OnDemand),
  // What AWS's images for nodes take.
  diskGiB: whole(20).optional(),
} satisfies Shape<d.NodesDescription>);

const logs = z.strictObject({
  types: z.array(z.enum(d.ControlPlaneLog)).default(Object.values(d.ControlPlaneLog)),
  retentionDays: whole(1).default(90),
} satisfies Shape<d.ControlPlaneLogsDescription>);

const iam = z.strictObject({
  permissionsBoundary: text.optional(),
  path: text.optional(),
} satisfies Shape<d.IamDescription>);

const encryption = z.strictObject({
  keys: map(text).default({}),
} satisfies Shape<d.EncryptionDescription>);

const loadBalancers = z.strictObject({
  deletionProtection: z.boolean().default(false),
} satisfies Shape<d.LoadBalancersDescription>);

const cluster = z.strictObject({
  network: text,
  vpc: text.optional(),
  nodes: nodes.prefault({}),
  kubernetesVersion: text.optional(),
  api: api.optional(),
  access: access.prefault({}),
  gatewayApi: z.enum(d.GatewayApi).optional(),
  remoteAccess: z.enum(d.RemoteAccess).optional(),
  upgradePolicy: z.enum(d.UpgradePolicy).default(d.UpgradePolicy.Extended),
  zonalShift: z.boolean().default(false),
  logs: logs.prefault({}),
  existing: existingCluster.optional(),
} satisfies Shape<d.ClusterDescription>);

const controlPlane = z.strictObject({
  mode: z.enum(d.ControlPlaneMode).optional(),
  runsIn: names.optional(),
  configCluster: text.optional(),
  addressNumbers: map(map(whole(0))).default({}),
} satisfies Shape<d.ControlPlaneDescription>);

const ingress = z.strictObject({
  clusters: names,
  exposure: z.enum(d.Exposure).default(d.Exposure.Internal),
  allowFrom: names.default([]),
  ports: map(port).default({ http: 80, https: 443 }),
  values: chartValues.default({}),
} satisfies Shape<d.IngressDescription>);

const ambientEastWest = z.strictObject({
  deployment: chartValues.optional(),
  service: chartValues.optional(),
  serviceAccount: chartValues.optional(),
  horizontalPodAutoscaler: chartValues.optional(),
  podDisruptionBudget: chartValues.optional(),
} satisfies Shape<d.AmbientEastWestValues>);

const values = z.strictObject({
  base: chartValues.optional(),
  istiod: chartValues.optional(),
  cni: chartValues.optional(),
  ztunnel: chartValues.optional(),
  eastWest: chartValues.optional(),
  ambientEastWest: ambientEastWest.optional(),
} satisfies Shape<d.ChartValues>);

const observability = z.strictObject({
  accessLogs: z.boolean().default(false),
  tracing: z
    .strictObject({
      address: text,
      sampling: z.number().min(0).max(100).default(1),
    } satisfies Shape<d.TracingDescription>)
    .optional(),
  metrics: z.strictObject({ from: names } satisfies Shape<d.MetricsDescription>).optional(),
} satisfies Shape<d.ObservabilityDescription>);

const member = z.strictObject({
  servedBy: names.optional(),
  revision: text.optional(),
  agentRevision: text.optional(),
  values: values.default({}),
} satisfies Shape<d.MemberDescription>);

const mesh = z.strictObject({
  dataPlane: z.enum(d.DataPlane).default(d.DataPlane.Sidecar),
  trustDomain: text.default(TRUST_DOMAIN),
  mtls: z.enum(d.MutualTls).default(d.MutualTls.Strict),
  locality: z.enum(d.Locality).default(d.Locality.None),
  injection: z.enum(d.Injection).optional(),
  observability: observability.prefault({}),
  controlPlane: controlPlane.prefault({}),
  clusters: map(member),
  istio: istio.optional(),
  revision: text.optional(),
  agentRevision: text.optional(),
  trust: trust.optional(),
  experimental: z.boolean().default(false),
  ingress: map(ingress).default({}),
  values: values.default({}),
} satisfies Shape<d.MeshDescription>);

/** The shape of `istio-patterns:topology`. */
export const topologySchema = z.strictObject({
  name: text.optional(),
  tags: map(z.string()).default({}),
  protect: z.boolean().default(true),
  quotas: quotas.default({}),
  istio: istio.prefault({}),
  api: api.optional(),
  access: access.prefault({}),
  iam: iam.prefault({}),
  encryption: encryption.prefault({}),
  loadBalancers: loadBalancers.prefault({}),
  trust: trust.prefault({}),
  networks: map(network),
  links: links.prefault({}),
  clusters: map(cluster),
  meshes: map(mesh),
  virtualMachines: map(virtualMachines).default({}),
  ecsClusters: map(ecsCluster).default({}),
  ecsServices: map(ecsService).default({}),
  tenants: tenants.optional(),
  federation: federation.prefault({}),
} satisfies Shape<d.TopologyDescription>) satisfies z.ZodType<unknown, d.TopologyDescription>;

/** A description with the defaults that need nothing but the description. */
export type FilledDescription = z.output<typeof topologySchema>;
