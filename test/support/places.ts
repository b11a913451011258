/** Networks and clusters of drawn descriptions. */
import fc from "fast-check";
import { istioVersions, newestVersion } from "../../components/versions/istio";
import {
  type AccountDescription,
  type ApiDescription,
  type ClusterDescription,
  type ExistingClusterDescription,
  type ExistingVpcDescription,
  GatewayApi,
  LoadBalancers,
  NatMode,
  type NetworkDescription,
  NodeKind,
  RemoteAccess,
  SubnetTier,
  type VpcDescription,
} from "../../components/topology";

/** One of some values, typed as what they have in common. */
export function oneFrom<T>(...values: T[]): fc.Arbitrary<T> {
  return fc.constantFrom<T[]>(...values);
}

/** What a network is drawn from; numbers pick from what there is. */
export const networkSpec = fc.record({
  form: oneFrom("short", "short", "several", "existing"),
  vpcs: fc.integer({ min: 1, max: 3 }),
  region: oneFrom(undefined, undefined, "us-west-2", "ap-southeast-2"),
  account: oneFrom(undefined, undefined, undefined, "111122223333", "444455556666"),
  bits: fc.integer({ min: 16, max: 20 }),
  zones: oneFrom(undefined, 2, 3),
  nat: oneFrom(undefined, NatMode.PerZone),
  flowLogs: oneFrom(undefined, true),
  endpoints: oneFrom(undefined, ["s3"], ["s3", "ecr.api", "sts"]),
  hasMoreCidrs: fc.boolean(),
});
type NetworkSpec = typeof networkSpec extends fc.Arbitrary<infer T> ? T : never;

export const clusterSpec = fc.record({
  network: fc.nat(5),
  vpc: fc.nat(2),
  mesh: fc.nat(2),
  isExisting: fc.boolean(),
  saysGroup: fc.boolean(),
  nodes: oneFrom(undefined, NodeKind.Managed),
  kubernetes: oneFrom(undefined, "newest", "oldest"),
  gatewayApi: oneFrom(undefined, GatewayApi.Installed, GatewayApi.Present),
  remoteAccess: oneFrom(undefined, undefined, ...Object.values(RemoteAccess)),
  ownApi: oneFrom<ApiDescription | undefined>(
    undefined,
    undefined,
    { allowFrom: ["198.51.100.0/24"] },
    { private: { cidrs: ["192.168.7.0/24", "10.9.0.0/16"] } },
  ),
  revision: fc.nat(3),
});
export type ClusterSpec = typeof clusterSpec extends fc.Arbitrary<infer T> ? T : never;

/** The one role of an account. */
export function accountOf(id: string): AccountDescription {
  return { roleArn: `arn:aws:iam::${id}:role/deployer` };
}

const REGION = "eu-west-1";

/** The nth /16 of 10.0.0.0/8, or the beginning of it. */
function cidrOf(index: number, bits: number): string {
  return `10.${10 + index}.0.0/${bits}`;
}

/** A VPC with a private and a public subnet and one for load balancers in each of two zones. */
function existingVpc(
  index: number,
  region: string,
  { hasMoreCidrs }: NetworkSpec,
): ExistingVpcDescription {
  const subnet = (third: number, zone: string, tier: SubnetTier) => [
    `s-${third}`,
    {
      id: `subnet-${index}${third}`,
      cidr: `10.${10 + index}.${third}.0/24`,
      zone: `${region}${zone}`,
      tier,
    },
  ];
  return {
    vpcId: `vpc-${index}`,
    // The second is of the range that AWS names for pods that need more room, far from every first one.
    cidrs: [cidrOf(index, 16), ...(hasMoreCidrs ? [`100.${64 + 2 * index}.0.0/16`] : [])],
    subnets: Object.fromEntries([
      subnet(0, "a", SubnetTier.Private),
      subnet(1, "b", SubnetTier.Private),
      subnet(10, "a", SubnetTier.Public),
      subnet(11, "b", SubnetTier.Public),
      subnet(20, "a", SubnetTier.LoadBalancer),
      subnet(21, "b", SubnetTier.LoadBalancer),
    ]),
    routeTables: { a: { id: `rtb-${index}a` }, b: { id: `rtb-${index}b` } },
    natAddresses: [`198.51.100.${index}`],
  };
}

function vpcOf(spec: NetworkSpec, index: number): VpcDescription {
  const { region, account } = spec;
  const place = { region, account: account === undefined ? undefined : accountOf(account) };
  if (spec.form === "existing")
    return { ...place, existing: existingVpc(index, region ?? REGION, spec) };
  const { zones, nat, flowLogs, endpoints, bits } = spec;
  return { ...place, cidr: cidrOf(index, bits), zones, nat, flowLogs, endpoints };
}

/** Every other VPC of a network is in another region. */
function regionOf({ region }: NetworkSpec, nth: number): string | undefined {
  return nth % 2 === 0 ? region : region === "us-west-2" ? REGION : "us-west-2";
}

export interface Network {
  name: string;
  args: NetworkDescription;
  /** Names of its VPCs, where it has several. */
  keys: string[];
}

export function networksOf(specs: NetworkSpec[]): Network[] {
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
    kubeconfig: spec.remoteAccess
      ? { secret: `kubeconfig-${index}` }
      : { output: { stack: "acme/clusters/prod", name: "kubeconfig" } },
    kubernetesVersion: istioVersions[newestVersion()].kubernetes.newest,
    podCidrs: network.args.existing?.cidrs ?? [],
    eksName: `brought-${index}`,
    endpoint: `https://${index}.example`,
    certificateAuthority: "Q0E=",
    ...(spec.saysGroup && { securityGroupId: `sg-${index}` }),
    loadBalancers: spec.nodes ? LoadBalancers.Controller : LoadBalancers.AutoMode,
  };
}

export function clusterOf(
  spec: ClusterSpec,
  index: number,
  networks: Network[],
): ClusterDescription {
  const network = networks[spec.network % networks.length];
  const place = { network: network.name, vpc: network.keys[spec.vpc % network.keys.length] };
  const common = { ...place, gatewayApi: spec.gatewayApi, remoteAccess: spec.remoteAccess };
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
