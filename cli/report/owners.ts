/** Which VPC or cluster a resource belongs to. */
import { logicalName } from "../../components/topology";
import type { Topology } from "../../components/topology";
import type { Graph, Registration } from "../graph";
import type { Made } from "./report";

export const OwnerKind = { Vpc: "vpc", Cluster: "cluster", Shared: "shared" } as const;
export type OwnerKind = (typeof OwnerKind)[keyof typeof OwnerKind];

export interface Owner {
  kind: OwnerKind;
  /** Id of the VPC or name of the cluster; "" for what is shared. */
  key: string;
}

const SHARED: Owner = { kind: OwnerKind.Shared, key: "" };

/** Components that stand between VPCs or clusters, whatever their names begin with. */
const BETWEEN = /:(?:VpcPeering.*|TransitGateway.*|PrivateZone.*|RootCa|ReaderRole|MeshTopology)$/;

/** Components that make a VPC's own resources. */
const OF_VPC = /:(?:Vpc|ExistingVpc)$/;

/** Owner of every resource, by URN: that of the component of a room that it is in. */
export function ownersOf(graph: Graph, topology: Topology): Map<string, Owner> {
  const names = namesOf(topology);
  const owners = new Map<string, Owner>();
  // Parents register before their children, so an owner can be handed down.
  for (const resource of graph.resources) {
    const above = resource.parent ? owners.get(resource.parent) : undefined;
    const inherited = above && above.kind !== OwnerKind.Shared ? above : undefined;
    owners.set(resource.urn, inherited ?? ownOwner(graph, resource, names));
  }
  return owners;
}

/** Number of resources of one owner, components left out, the most frequent types first. */
export function madeBy(graph: Graph, owners: Map<string, Owner>, owner: Owner): Made {
  const own = graph.resources.filter((resource) => {
    const { kind, key } = owners.get(resource.urn)!;
    return isMade(resource) && kind === owner.kind && key === owner.key;
  });
  return countTypes(own);
}

/** Whether a provider makes it; components only give names, and what is read exists. */
export function isMade({ custom, remote, read }: Registration): boolean {
  return (custom || remote) && !read;
}

export function countTypes(resources: Registration[]): Made {
  const byType = new Map<string, number>();
  for (const { type } of resources)
    byType.set(shortType(type), (byType.get(shortType(type)) ?? 0) + 1);
  const sorted = [...byType].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  return { total: resources.length, byType: Object.fromEntries(sorted) };
}

/** `Vpc` for aws:ec2/vpc:Vpc, `eks.Cluster` for what a component provider makes, `AWS provider` for providers. */
export function shortType(type: string): string {
  const [pack, module, name = type] = type.split(":");
  if (pack === "pulumi" && module === "providers") return `${name} provider`;
  return pack === "eks" ? `eks.${name}` : name;
}

interface Names {
  vpcs: Map<string, Owner>;
  clusters: Map<string, Owner>;
}

function namesOf(topology: Topology): Names {
  const { name: prefix, vpcs, clusters, meshes } = topology;
  const own = (kind: OwnerKind, key: string) => ({ kind, key });
  const inMeshes = Object.keys(meshes).flatMap((mesh) =>
    Object.keys(clusters).map((key): [string, Owner] => [
      logicalName(prefix, mesh, key),
      own(OwnerKind.Cluster, key),
    ]),
  );
  const alone = Object.keys(clusters).map((key): [string, Owner] => [
    logicalName(prefix, key),
    own(OwnerKind.Cluster, key),
  ]);
  return {
    vpcs: new Map(
      Object.keys(vpcs).map((key) => [logicalName(prefix, key), own(OwnerKind.Vpc, key)]),
    ),
    clusters: new Map([...inMeshes, ...alone]),
  };
}

function ownOwner(graph: Graph, resource: Registration, names: Names): Owner {
  const { type, name, custom } = resource;
  if (type.startsWith("kubernetes:")) {
    return longestMatch(names.clusters, graph.providerOf(resource)?.name ?? name);
  }
  if (type === "pulumi:providers:kubernetes") return longestMatch(names.clusters, name);
  // What a room registers outside a component of its own joins VPCs or accounts.
  if (custom || BETWEEN.test(type)) return SHARED;
  return longestMatch(OF_VPC.test(type) ? names.vpcs : names.clusters, name);
}

/** The owner whose name is this one, or begins it: names of what it has are made from its own. */
function longestMatch(owners: Map<string, Owner>, name: string): Owner {
  const matches = [...owners.keys()].filter((key) => name === key || name.startsWith(`${key}-`));
  const longest = matches.sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? SHARED : owners.get(longest)!;
}
