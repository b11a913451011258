/** Valid descriptions of every kind that can be built, for property tests. */
import fc from "fast-check";
import { istioVersions, minorsApart, newestVersion } from "../../components/istio/versions";
import {
  ChartSource,
  type ControlPlaneDescription,
  ControlPlaneMode,
  DataPlane,
  Exposure,
  GatewayApi,
  LinkVia,
  LoadBalancers,
  NatMode,
  NodeKind,
  RemoteAccess,
  type ClusterDescription,
  type ExistingClusterDescription,
  type ExistingVpcDescription,
  type MeshDescription,
  type NetworkDescription,
  SubnetTier,
  type TopologyDescription,
  type VpcDescription,
} from "../../components/topology";

/** One of some values, typed as what they have in common. */
function oneFrom<T>(...values: T[]): fc.Arbitrary<T> {
  return fc.constantFrom<T[]>(...values);
}

/** What a network is drawn from; numbers pick from what there is. */
const networkSpec = fc.record({
  form: oneFrom("short", "short", "several", "existing"),
  vpcs: fc.integer({ min: 1, max: 3 }),
  region: oneFrom(undefined, undefined, "us-west-2", "ap-southeast-2"),
  account: oneFrom(undefined, undefined, undefined, "111122223333", "444455556666"),
  bits: fc.integer({ min: 16, max: 20 }),
  zones: oneFrom(undefined, 2, 3),
  nat: oneFrom(undefined, NatMode.PerZone),
  flowLogs: oneFrom(undefined, true),
  endpoints: oneFrom(undefined, ["s3"], ["s3", "ecr.api", "sts"]),
});
type NetworkSpec = typeof networkSpec extends fc.Arbitrary<infer T> ? T : never;

const clusterSpec = fc.record({
  network: fc.nat(5),
  vpc: fc.nat(2),
  mesh: fc.nat(2),
  isExisting: fc.boolean(),
  nodes: oneFrom(undefined, NodeKind.Managed),
  kubernetes: oneFrom(undefined, "newest", "oldest"),
  gatewayApi: oneFrom(undefined, undefined, GatewayApi.Present),
  token: oneFrom(undefined, undefined, RemoteAccess.ServiceAccountToken),
  ownApi: oneFrom(undefined, undefined, { allowFrom: ["198.51.100.0/24"] }),
  revision: fc.nat(3),
});
type ClusterSpec = typeof clusterSpec extends fc.Arbitrary<infer T> ? T : never;

const meshSpec = fc.record({
  dataPlane: oneFrom(undefined, DataPlane.Sidecar, DataPlane.Ambient),
  trustDomain: fc.boolean(),
  trust: oneFrom(undefined, undefined, {}, { roots: { own: { secret: "root" } } }),
  ingress: oneFrom(undefined, Exposure.Internal, Exposure.Internet),
  ingressFrom: oneFrom(undefined, ["203.0.113.0/24"]),
  controlPlane: oneFrom(undefined, ...Object.values(ControlPlaneMode)),
  reversed: fc.boolean(),
  revision: fc.nat(3),
  values: oneFrom(undefined, { istiod: { meshConfig: { accessLogFile: "/dev/stdout" } } }),
});
type MeshSpec = typeof meshSpec extends fc.Arbitrary<infer T> ? T : never;

/** Patches of the newest minor version: no end of life comes near while it is the newest. */
const versions = Object.keys(istioVersions).filter(
  (version) => minorsApart(version, newestVersion()) === 0,
);

const topologySpec = fc.record({
  networks: fc.array(networkSpec, { minLength: 1, maxLength: 4 }),
  clusters: fc.array(clusterSpec, { minLength: 1, maxLength: 6 }),
  meshes: fc.array(meshSpec, { minLength: 1, maxLength: 3 }),
  transit: fc.boolean(),
  api: oneFrom({ allowFrom: ["192.0.2.1/32"] }, { private: { cidrs: ["172.16.0.0/12"] } }),
  version: oneFrom(undefined, ...versions),
  canary: oneFrom(undefined, ...versions),
  tags: oneFrom(undefined, { team: "platform" }),
  protect: oneFrom(undefined, false),
  charts: oneFrom(
    undefined,
    { source: ChartSource.Oci },
    { source: ChartSource.Directory, location: "./charts" },
  ),
  trust: oneFrom(undefined, { roots: { own: { secret: "root" } } }),
});
type TopologySpec = typeof topologySpec extends fc.Arbitrary<infer T> ? T : never;

/** Leaves out what is undefined, as a stack file does. */
function plain<T extends object>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

const REGION = "eu-west-1";

/** The nth /16 of 10.0.0.0/8, or the beginning of it. */
function cidrOf(index: number, bits: number): string {
  return `10.${10 + index}.0.0/${bits}`;
}

/** A VPC with a private and a public subnet and one for load balancers in each of two zones. */
function existingVpc(index: number, region: string): ExistingVpcDescription {
  const subnet = (third: number, zone: string, tier: SubnetTier) => [
    `subnet-${index}${third}`,
    { cidr: `10.${10 + index}.${third}.0/24`, zone: `${region}${zone}`, tier },
  ];
  return {
    vpcId: `vpc-${index}`,
    cidrs: [cidrOf(index, 16)],
    subnets: Object.fromEntries([
      subnet(0, "a", SubnetTier.Private),
      subnet(1, "b", SubnetTier.Private),
      subnet(10, "a", SubnetTier.Public),
      subnet(11, "b", SubnetTier.Public),
      subnet(20, "a", SubnetTier.LoadBalancer),
      subnet(21, "b", SubnetTier.LoadBalancer),
    ]),
    routeTableIds: [`rtb-${index}a`, `rtb-${index}b`],
    natAddresses: [`198.51.100.${index}`],
  };
}

function vpcOf(spec: NetworkSpec, index: number): VpcDescription {
  const { region, account } = spec;
  const place = {
    region,
    account:
      account === undefined ? undefined : { roleArn: `arn:aws:iam::${account}:role/deployer` },
  };
  if (spec.form === "existing") return { ...place, existing: existingVpc(index, region ?? REGION) };
  const { zones, nat, flowLogs, endpoints, bits } = spec;
  return { ...place, cidr: cidrOf(index, bits), zones, nat, flowLogs, endpoints };
}

/** Every other VPC of a network is in another region. */
function regionOf({ region }: NetworkSpec, nth: number): string | undefined {
  return nth % 2 === 0 ? region : region === "us-west-2" ? REGION : "us-west-2";
}

interface Network {
  name: string;
  args: NetworkDescription;
  /** Names of its VPCs, where it has several. */
  keys: string[];
}

function networksOf(specs: NetworkSpec[]): Network[] {
  let index = 0;
  return specs.map((spec, position) => {
    const name = `net-${position}`;
    if (spec.form !== "several") return { name, args: vpcOf(spec, index++), keys: [] };
    const keys = Array.from({ length: spec.vpcs }, (_, key) => `v${key}`);
    const vpcs = Object.fromEntries(
      keys.map((key, nth) => [key, vpcOf({ ...spec, region: regionOf(spec, nth) }, index++)]),
    );
    return { name, args: { vpcs }, keys: keys.length > 1 ? keys : [] };
  });
}

function existingCluster(
  spec: ClusterSpec,
  index: number,
  network: Network,
): ExistingClusterDescription {
  return {
    kubeconfig: spec.token
      ? { secret: `kubeconfig-${index}` }
      : { output: { stack: "acme/clusters/prod", name: "kubeconfig" } },
    kubernetesVersion: istioVersions[newestVersion()].kubernetes.newest,
    podCidrs: network.args.existing?.cidrs ?? [],
    eksName: `brought-${index}`,
    endpoint: `https://${index}.example`,
    certificateAuthority: "Q0E=",
    securityGroupId: `sg-${index}`,
    loadBalancers: spec.nodes ? LoadBalancers.Controller : LoadBalancers.AutoMode,
  };
}

function clusterOf(spec: ClusterSpec, index: number, networks: Network[]): ClusterDescription {
  const network = networks[spec.network % networks.length];
  const place = { network: network.name, vpc: network.keys[spec.vpc % network.keys.length] };
  const common = { ...place, gatewayApi: spec.gatewayApi, remoteAccess: spec.token };
  if (spec.isExisting && network.args.existing)
    return { ...common, existing: existingCluster(spec, index, network) };
  const { newest, oldest } = istioVersions[newestVersion()].kubernetes;
  return {
    ...common,
    nodes: spec.nodes && { kind: spec.nodes },
    api: spec.ownApi,
    kubernetesVersion:
      spec.kubernetes === undefined ? undefined : spec.kubernetes === "newest" ? newest : oldest,
  };
}

/** Where istiod runs; nothing is said where there are too few clusters for it. */
function controlPlaneOf(
  { controlPlane: mode }: MeshSpec,
  members: string[],
  all: string[],
): ControlPlaneDescription | undefined {
  const outside = all.filter((name) => !members.includes(name));
  const half = members.slice(0, Math.floor(members.length / 2));
  const runsIn = {
    [ControlPlaneMode.MultiPrimary]: members,
    [ControlPlaneMode.PrimaryRemote]: half,
    [ControlPlaneMode.External]: outside.slice(0, 2),
  };
  if (mode === undefined || runsIn[mode].length === 0) return undefined;
  const configCluster = mode === ControlPlaneMode.External ? members.at(-1) : undefined;
  return { mode, runsIn: runsIn[mode], configCluster };
}

function meshOf(
  spec: MeshSpec,
  index: number,
  members: [string, ClusterSpec][],
  clusters: Record<string, ClusterDescription>,
  revisions: string[],
): MeshDescription {
  const names = members.map(([name]) => name);
  const networks = names.map((name) => clusters[name].network);
  const isShared = new Set(networks).size < networks.length;
  const pick = (number: number) => (number === 0 ? revisions[0] : undefined);
  const controlPlane = controlPlaneOf(spec, names, Object.keys(clusters));
  const { runsIn = names } = controlPlane ?? {};
  const isServed = names.some((name) => !runsIn.includes(name));
  const dataPlane = isServed ? undefined : spec.dataPlane;
  const servedBy = spec.reversed ? [...runsIn].reverse() : undefined;
  return {
    dataPlane,
    trustDomain: spec.trustDomain ? `mesh-${index}.example` : undefined,
    controlPlane,
    clusters: Object.fromEntries(
      members.map(([name, member]) => [
        name,
        {
          revision: pick(member.revision),
          servedBy: runsIn.includes(name) ? undefined : servedBy,
        },
      ]),
    ),
    revision: pick(spec.revision),
    trust: spec.trust,
    experimental: dataPlane === DataPlane.Ambient && isShared ? true : undefined,
    ingress: spec.ingress && {
      public: { clusters: names, exposure: spec.ingress, allowFrom: spec.ingressFrom },
    },
    values: spec.values,
  };
}

function meshesOf(
  spec: TopologySpec,
  clusters: Record<string, ClusterDescription>,
): TopologyDescription["meshes"] {
  const revisions = spec.canary ? ["canary"] : [];
  const named = spec.clusters.map((cluster, index): [string, ClusterSpec] => [
    `c${index}`,
    cluster,
  ]);
  const meshes = spec.meshes.map((mesh, index): [string, MeshDescription, number] => {
    const members = named.filter(([, { mesh: pick }]) => pick % spec.meshes.length === index);
    return [`mesh-${index}`, meshOf(mesh, index, members, clusters, revisions), members.length];
  });
  return Object.fromEntries(meshes.filter(([, , size]) => size > 0));
}

function describe(spec: TopologySpec): TopologyDescription {
  const networks = networksOf(spec.networks);
  const clusters = Object.fromEntries(
    spec.clusters.map((cluster, index) => [`c${index}`, clusterOf(cluster, index, networks)]),
  );
  const vpcs = networks.reduce((sum, { keys }) => sum + Math.max(keys.length, 1), 0);
  const canary =
    spec.canary === undefined ? undefined : { canary: { version: spec.canary, tags: ["next"] } };
  return plain({
    tags: spec.tags,
    protect: spec.protect,
    istio: { version: spec.version, revisions: canary, charts: spec.charts },
    api: spec.api,
    trust: spec.trust,
    networks: Object.fromEntries(networks.map(({ name, args }) => [name, args])),
    // Peering stops at four VPCs.
    links: spec.transit || vpcs > 4 ? { via: LinkVia.TransitGateway } : undefined,
    clusters,
    meshes: meshesOf(spec, clusters),
  });
}

/** Descriptions of one to six clusters on one to four networks in one to three meshes. All are valid. */
export const descriptions: fc.Arbitrary<TopologyDescription> = topologySpec.map(describe);
