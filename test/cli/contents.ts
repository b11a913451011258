/** What a report shows for each VPC, for each cluster and between them, and what it must show. */
import assert from "node:assert/strict";
import type { Report } from "../../cli/report/report";
import type { TopologyDescription } from "../../components/topology";
import type { Graph, Registration } from "../support/graph";

interface Content {
  /** Number of resources by type, all of them under `total`. */
  made: Record<string, number>;
  /** Helm releases as `namespace/name`. */
  releases: string[];
  /** Components that their provider expands. */
  remote: string[];
}

const RELEASE = "kubernetes:helm.sh/v3:Release";
const BETWEEN = "between them";

/** What is no component and still belongs to a cluster. */
const STANDING = [
  ...["pulumi:providers:kubernetes", "aws:ec2/securityGroup:SecurityGroup"],
  ...["kubernetes:core/v1:Namespace", "kubernetes:core/v1:Service"],
];

/** Parts of a group of machines or of a service that stand in its VPC; what it is registered by stands in a cluster. */
const OUTSIDE = /:(MachineRole|VirtualMachineGroup|TaskRoles|EcsMeshService) |\.(machines|tasks)$/;

/** ECS clusters of the description; a namespace may be called as they end. */
const INSTANCES = /:EcsMeshCluster .*\.ecs$/;

/** Components that join VPCs or clusters, or that all of them share. */
const JOINING = /:(VpcPeering\w+|TransitGateway\w*|PrivateZone\w*|RootCa|ReaderRole)$/;

/** What the report shows; owners without anything, such as VPCs of yours, are left out. */
export function shownContents({ networks, clusters, shared }: Report): Record<string, Content> {
  const vpcs = networks.flatMap((network) => network.vpcs);
  const nothing = { releases: [], remote: [] };
  const all = [
    ...vpcs.map(({ id, made }) => ({ owner: `VPC ${id}`, made, ...nothing })),
    ...clusters.map(({ name, ...cluster }) => ({ owner: `cluster ${name}`, ...cluster })),
    { owner: BETWEEN, made: shared, ...nothing },
  ];
  return Object.fromEntries(
    all
      .filter(({ made }) => made.total > 0)
      .map(({ owner, made: { total, byType }, releases, remote }) => [
        owner,
        {
          made: { total, ...byType },
          releases: releases.map(({ namespace, name }) => `${namespace}/${name}`).sort(),
          remote: remote.map(({ name }) => name).sort(),
        },
      ]),
  );
}

/**
 * What it must show, told from the words of the names that the parts of the whole have.
 *
 * The descriptions of these tests call nothing else by a word that is a cluster's name.
 */
export function expectedContents(
  graph: Graph,
  clusters: string[],
  description: Pick<
    TopologyDescription,
    "clusters" | "virtualMachines" | "ecsClusters" | "ecsServices"
  >,
): Record<string, Content> {
  const owned: Record<string, Registration[]> = {};
  const whole = graph.one("istio-patterns:index:MeshTopology");
  for (const part of graph.childrenOf(whole)) {
    const outside = part.name.slice(`${whole.name}-`.length).replace(/\.(machines|tasks|ecs)$/, "");
    const isOutside = [OUTSIDE, INSTANCES].some((one) => one.test(`${part.type} ${part.name}`));
    const owner = isOutside
      ? `VPC ${networkOf(description, outside)}`
      : ownerOf(part, whole.name, clusters);
    const made = graph
      .subtree(part)
      .filter(({ custom, remote, read }) => (custom || remote) && !read);
    owned[owner] = [...(owned[owner] ?? []), ...made];
  }
  return Object.fromEntries(Object.entries(owned).map(([owner, made]) => [owner, contentOf(made)]));
}

function networkOf(
  {
    clusters,
    virtualMachines = {},
    ecsClusters = {},
    ecsServices = {},
  }: Partial<TopologyDescription>,
  name: string,
): string {
  const service = ecsServices[name] ?? ecsClusters[name];
  return service ? clusters![service.controlledBy]!.network : virtualMachines[name]!.network;
}

function ownerOf({ type, name, custom }: Registration, prefix: string, clusters: string[]): string {
  if (type.endsWith(":EcsMeshCluster")) return `VPC ${name.split("-").pop()}`;
  if (type.endsWith(":Vpc")) return `VPC ${name.replace(`${prefix}-`, "")}`;
  if ((custom && !STANDING.includes(type)) || JOINING.test(type)) return BETWEEN;
  const named = clusters.filter((cluster) => name.split(/[-.]/).includes(cluster));
  assert.equal(named.length, 1, `${type} ${name} names ${named.join(", ") || "no cluster"}`);
  return `cluster ${named[0]}`;
}

function contentOf(resources: Registration[]): Content {
  const made: Record<string, number> = { total: resources.length };
  for (const { type } of resources) made[shown(type)] = (made[shown(type)] ?? 0) + 1;
  return {
    made,
    releases: resources
      .filter(({ type }) => type === RELEASE)
      .map(({ inputs }) => `${inputs.namespace}/${inputs.name}`)
      .sort(),
    remote: resources
      .filter(({ remote }) => remote)
      .map(({ name }) => name)
      .sort(),
  };
}

/** The last word of a type; providers and the eks package's components say more, since AWS has a Cluster too. */
function shown(type: string): string {
  const last = type.split(":").pop()!;
  if (type.startsWith("pulumi:providers:")) return `${last} provider`;
  return type.startsWith("eks:") ? `eks.${last}` : last;
}
