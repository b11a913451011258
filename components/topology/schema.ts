/** The shape of a description. The compiler holds it to the interfaces: no key more, no key less, no other type. */
import { z } from "zod";
import * as d from "./description";
import { laterShapes } from "./laterSchema";
import { map, names, text, type Shape, whole } from "./shapes";

const quotas = z.strictObject({
  securityGroupRules: whole(1).optional(),
  routesPerTable: whole(1).optional(),
  elasticIps: whole(1).optional(),
  vpcs: whole(1).optional(),
  eksClusters: whole(1).optional(),
} satisfies Shape<d.QuotasArgs>);

const revision = z.strictObject({
  version: text,
  tags: names.default([]),
} satisfies Shape<d.RevisionArgs>);

const charts = z.strictObject({
  source: z.enum(d.ChartSource).default(d.ChartSource.Repository),
  location: text.optional(),
} satisfies Shape<d.ChartsArgs>);

const istio = z.strictObject({
  version: text.optional(),
  revisions: map(revision).default({}),
  hub: text.optional(),
  charts: charts.prefault({}),
  refresherImage: text.optional(),
} satisfies Shape<d.IstioArgs>);

const api = z.strictObject({
  allowFrom: names.default([]),
  private: z.boolean().default(false),
} satisfies Shape<d.ApiArgs>);

const trust = z.strictObject({
  root: z.enum(d.RootSource).default(d.RootSource.Generated),
  secret: text.optional(),
} satisfies Shape<d.TrustArgs>);

const existingSubnet = z.strictObject({
  cidr: text,
  zone: text,
  tier: z.enum(d.SubnetTier),
} satisfies Shape<d.ExistingSubnetArgs>);

const existingVpc = z.strictObject({
  vpcId: text,
  cidrs: names,
  subnets: map(existingSubnet),
  routeTableIds: names.optional(),
  natAddresses: names.optional(),
} satisfies Shape<d.ExistingVpcArgs>);

const account = z.strictObject({ roleArn: text } satisfies Shape<d.AccountArgs>);

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
} satisfies Shape<d.NetworkArgs>);

const links = z.strictObject({
  via: z.enum(d.LinkVia).default(d.LinkVia.Peering),
} satisfies Shape<d.LinksArgs>);

const kubeconfig = z.strictObject({
  secret: text.optional(),
  output: z.strictObject({ stack: text, name: text } satisfies Shape<d.StackOutputArgs>).optional(),
} satisfies Shape<d.KubeconfigArgs>);

const existingCluster = z.strictObject({
  kubeconfig,
  kubernetesVersion: text,
  podCidrs: names,
  eksName: text.optional(),
  endpoint: text.optional(),
  certificateAuthority: text.optional(),
  securityGroupId: text.optional(),
  loadBalancers: z.enum(d.Compute).optional(),
} satisfies Shape<d.ExistingClusterArgs>);

const cluster = z.strictObject({
  network: text,
  vpc: text.optional(),
  compute: z.enum(d.Compute).default(d.Compute.AutoMode),
  kubernetesVersion: text.optional(),
  api: api.optional(),
  gatewayApi: z.enum(d.GatewayApi).default(d.GatewayApi.Installed),
  remoteAccess: z.enum(d.RemoteAccess).optional(),
  existing: existingCluster.optional(),
} satisfies Shape<d.ClusterArgs>);

const controlPlane = z.strictObject({
  mode: z.enum(d.ControlPlaneMode).optional(),
  runsIn: names.optional(),
  configCluster: text.optional(),
} satisfies Shape<d.ControlPlaneArgs>);

const member = z.strictObject({
  servedBy: names.optional(),
  revision: text.optional(),
} satisfies Shape<d.MemberArgs>);

const ingress = z.strictObject({
  clusters: names,
  exposure: z.enum(d.Exposure).default(d.Exposure.Internal),
  allowFrom: names.default([]),
} satisfies Shape<d.IngressArgs>);

const chartValues = map(z.any());
const values = z.strictObject({
  base: chartValues.optional(),
  istiod: chartValues.optional(),
  cni: chartValues.optional(),
  ztunnel: chartValues.optional(),
  gateway: chartValues.optional(),
} satisfies Shape<d.ChartValuesArgs>);

const mesh = z.strictObject({
  dataPlane: z.enum(d.DataPlane).default(d.DataPlane.Sidecar),
  trustDomain: text.default("cluster.local"),
  controlPlane: controlPlane.prefault({}),
  clusters: map(member),
  revision: text.optional(),
  trust: trust.optional(),
  experimental: z.boolean().default(false),
  ingress: map(ingress).default({}),
  values: values.default({}),
} satisfies Shape<d.MeshArgs>);

/** The shape of `istio-patterns:topology`. */
export const topologySchema = z.strictObject({
  name: text.optional(),
  tags: map(z.string()).default({}),
  protect: z.boolean().default(true),
  quotas: quotas.default({}),
  istio: istio.prefault({}),
  api: api.optional(),
  trust: trust.prefault({}),
  networks: map(network),
  links: links.prefault({}),
  clusters: map(cluster),
  meshes: map(mesh),
  ...laterShapes,
} satisfies Shape<d.TopologyArgs>) satisfies z.ZodType<unknown, d.TopologyArgs>;

/** A description with the defaults that need nothing but the description. */
export type FilledDescription = z.output<typeof topologySchema>;
