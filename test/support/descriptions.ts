/** Valid descriptions of every kind that can be built, for property tests. */
import fc from "fast-check";
import { istioVersions, minorsApart, newestVersion } from "../../components/versions/istio";
import { planAddresses } from "../../components/istio/addresses/addresses";
import {
  ChartSource,
  type ClusterDescription,
  type ControlPlaneDescription,
  ControlPlaneMode,
  DataPlane,
  DEFAULT_REVISION,
  Exposure,
  Injection,
  type IstioDescription,
  type LinksDescription,
  LinkVia,
  Locality,
  type MemberDescription,
  type MeshDescription,
  MutualTls,
  type TopologyDescription,
  type TrustDescription,
} from "../../components/topology";
import {
  accountOf,
  clusterOf,
  type ClusterSpec,
  clusterSpec,
  networksOf,
  networkSpec,
  oneFrom,
} from "./places";
import { written } from "./plain";
import { relationsOf } from "./topologies";

const provided: TrustDescription = { roots: { own: { secret: "root" } } };
/** One root on its way in, or another on its way out. */
const several: TrustDescription = {
  roots: { default: {}, next: { secret: "nextRoot" } },
  signing: "next",
};

const meshSpec = fc.record({
  dataPlane: oneFrom(undefined, DataPlane.Sidecar, DataPlane.Ambient),
  trustDomain: fc.boolean(),
  mtls: oneFrom(undefined, undefined, MutualTls.Permissive),
  near: fc.boolean(),
  injection: oneFrom(undefined, Injection.Cni),
  trust: oneFrom<TrustDescription | undefined>(undefined, undefined, {}, provided, several, {
    roots: { own: {} },
    signing: "own",
  }),
  ingress: oneFrom(undefined, Exposure.Internal, Exposure.Internet),
  ingressFrom: oneFrom(undefined, ["203.0.113.0/24"]),
  ingressPorts: oneFrom(undefined, undefined, { https: 443, "tcp-broker": 9093 }),
  ingressValues: oneFrom(undefined, { resources: { requests: { cpu: "2" } } }),
  controlPlane: oneFrom(undefined, ...Object.values(ControlPlaneMode)),
  servers: oneFrom("all", "reversed", "last"),
  revision: fc.nat(1),
  agentRevision: fc.nat(3),
  istio: oneFrom(undefined, undefined, undefined, { version: newestVersion() }),
  values: oneFrom<MeshDescription["values"]>(
    undefined,
    { istiod: { meshConfig: { outboundTrafficPolicy: { mode: "REGISTRY_ONLY" } } } },
    {
      eastWest: { autoscaling: { maxReplicas: 9 } },
      ambientEastWest: { horizontalPodAutoscaler: { spec: { maxReplicas: 9 } } },
    },
  ),
  memberValues: oneFrom<MemberDescription["values"]>(undefined, undefined, {
    istiod: { autoscaleMin: 3 },
  }),
  observability: oneFrom<MeshDescription["observability"]>(
    undefined,
    { accessLogs: true, metrics: { from: ["10.250.0.0/28", "172.16.0.0/24"] } },
    { tracing: { address: "otel.obs.svc:4317" } },
  ),
});
type MeshSpec = typeof meshSpec extends fc.Arbitrary<infer T> ? T : never;

/** Patches of the newest minor version: no end of life comes near while it is the newest. */
const versions = Object.keys(istioVersions).filter(
  (version) => minorsApart(version, newestVersion()) === 0,
);

/** How many there are at most. */
interface Size {
  networks: number;
  clusters: number;
  meshes: number;
}

function topologySpec(most: Size) {
  const upTo = <T>(maxLength: number, one: fc.Arbitrary<T>) =>
    fc.array(one, { minLength: 1, maxLength });
  return fc.record({
    networks: upTo(most.networks, networkSpec),
    clusters: upTo(most.clusters, clusterSpec),
    meshes: upTo(most.meshes, meshSpec),
    transit: fc.boolean(),
    owner: oneFrom(undefined, undefined, "111122223333", "777788889999"),
    numbers: oneFrom(undefined, 0, 7),
    api: oneFrom({ allowFrom: ["192.0.2.1/32"] }, { private: { cidrs: ["172.16.0.0/12"] } }),
    version: oneFrom(...versions),
    canary: oneFrom(undefined, ...versions),
    defaultTag: fc.nat(1),
    tags: oneFrom(undefined, { team: "platform" }),
    protect: oneFrom(undefined, false),
    charts: oneFrom(
      undefined,
      { source: ChartSource.Oci },
      { source: ChartSource.Directory, location: "./charts" },
    ),
    trust: oneFrom(undefined, provided, several),
  });
}
type TopologySpec = ReturnType<typeof topologySpec> extends fc.Arbitrary<infer T> ? T : never;

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

/** Who serves the remotes of a mesh: nothing is said where all do in their order. */
function serversOf({ servers }: MeshSpec, runsIn: string[]): string[] | undefined {
  if (servers === "all") return undefined;
  return servers === "last" ? runsIn.slice(-1) : [...runsIn].reverse();
}

function meshOf(
  spec: MeshSpec,
  index: number,
  members: [string, ClusterSpec][],
  clusters: Record<string, ClusterDescription>,
  stacks: string[],
): MeshDescription {
  const names = members.map(([name]) => name);
  const networks = names.map((name) => clusters[name].network);
  const isShared = new Set(networks).size < networks.length;
  const revisions = spec.istio ? [] : stacks;
  const pick = (number: number): string | undefined => revisions[number];
  const controlPlane = controlPlaneOf(spec, names, Object.keys(clusters));
  const { runsIn = names } = controlPlane ?? {};
  const isServed = names.some((name) => !runsIn.includes(name));
  const dataPlane = isServed ? undefined : spec.dataPlane;
  const servedBy = serversOf(spec, runsIn);
  return {
    dataPlane,
    trustDomain: spec.trustDomain ? `mesh-${index}.example` : undefined,
    mtls: spec.mtls,
    injection: spec.injection,
    observability: spec.observability,
    locality: spec.near && dataPlane !== DataPlane.Ambient ? Locality.Near : undefined,
    controlPlane,
    clusters: Object.fromEntries(
      members.map(([name, member]) => [
        name,
        {
          revision: pick(member.revision),
          servedBy: runsIn.includes(name) ? undefined : servedBy,
          values: spec.memberValues,
        },
      ]),
    ),
    revision: pick(spec.revision),
    agentRevision: pick(spec.agentRevision),
    istio: spec.istio,
    trust: spec.trust,
    experimental: dataPlane === DataPlane.Ambient && isShared ? true : undefined,
    ingress: spec.ingress && {
      public: {
        clusters: names,
        exposure: spec.ingress,
        allowFrom: spec.ingressFrom,
        ports: spec.ingressPorts,
        values: spec.ingressValues,
      },
    },
    values: spec.values,
  };
}

function meshesOf(
  spec: TopologySpec,
  clusters: Record<string, ClusterDescription>,
): TopologyDescription["meshes"] {
  const revisions = spec.canary ? ["canary", "stable"] : [];
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

/** Peering stops at four VPCs. */
function linksOf({ transit, owner }: TopologySpec, vpcs: number): LinksDescription | undefined {
  if (!transit && vpcs <= 4) return undefined;
  return { via: LinkVia.TransitGateway, owner: owner === undefined ? undefined : accountOf(owner) };
}

/** One istiod that is upgraded in place, or two side by side. */
function istioOf({ version, canary, charts, defaultTag }: TopologySpec): IstioDescription {
  if (canary === undefined) return { version, charts };
  const revisions = { canary: { version: canary }, stable: { version } };
  return { revisions, tags: { default: ["canary", "stable"][defaultTag], next: "canary" }, charts };
}

function describe(spec: TopologySpec): TopologyDescription {
  const networks = networksOf(spec.networks);
  const clusters = Object.fromEntries(
    spec.clusters.map((cluster, index) => [`c${index}`, clusterOf(cluster, index, networks)]),
  );
  const vpcs = networks.reduce((sum, { keys }) => sum + Math.max(keys.length, 1), 0);
  const description = written({
    tags: spec.tags,
    protect: spec.protect,
    istio: istioOf(spec),
    api: spec.api,
    trust: spec.trust,
    networks: Object.fromEntries(networks.map(({ name, args }) => [name, args])),
    links: linksOf(spec, vpcs),
    clusters,
    meshes: meshesOf(spec, clusters),
  });
  return numbered(description, spec.numbers);
}

/**
 * The description with a number for every istiod that serves other clusters, counted from one that was drawn.
 * Where none was, as users do: only where two istiods would otherwise have one address.
 */
function numbered(description: TopologyDescription, first?: number): TopologyDescription {
  const istiods = Object.values(planAddresses(relationsOf(description)));
  const addresses = istiods.flatMap((istiod) => istiod.addresses);
  const areApart = new Set(addresses).size === addresses.length;
  if (first === undefined && areApart) return description;
  for (const [index, { mesh, cluster, revision }] of istiods.entries()) {
    const { addressNumbers = {} } = description.meshes[mesh].controlPlane!;
    const name = revision ?? DEFAULT_REVISION;
    addressNumbers[cluster] = { ...addressNumbers[cluster], [name]: (first ?? 0) + index };
    description.meshes[mesh].controlPlane!.addressNumbers = addressNumbers;
  }
  return description;
}

/** Descriptions of so many clusters, networks and meshes at most. All are valid. */
export function descriptionsOf(most: Size): fc.Arbitrary<TopologyDescription> {
  return topologySpec(most).map(describe);
}

/** Descriptions of one to six clusters on one to four networks in one to three meshes. All are valid. */
export const descriptions = descriptionsOf({ networks: 4, clusters: 6, meshes: 3 });
