/** Which VPC or cluster a resource belongs to. */
import type { Facts } from "../../components/mesh";
import { logicalName } from "../../components/topology";
import type { Graph, Registration } from "../../engine";
import type { Made } from "./report";

export const OwnerKind = { Vpc: "vpc", Cluster: "cluster", Shared: "shared" } as const;
export type OwnerKind = (typeof OwnerKind)[keyof typeof OwnerKind];

export interface Owner {
  kind: OwnerKind;
  /** Id of the VPC or name of the cluster; "" for what is shared. */
  key: string;
}

const SHARED: Owner = { kind: OwnerKind.Shared, key: "" };

/** Package and module of this package's own components. */
export const OURS = "istio-patterns:index:";

/**
 * Owner of every resource, by URN: that of its Kubernetes provider, of the component that it is in, or of its own name.
 *
 * What none of them leads to stands between VPCs or clusters.
 */
export function ownersOf(graph: Graph, prefix: string, facts: Facts): Map<string, Owner> {
  const named = ownersByName(prefix, facts);
  const owners = new Map<string, Owner>();
  // Providers and parents register before what refers to them, so an owner can be handed down.
  for (const { urn, type, name, provider, providers, parent } of graph.resources) {
    const handedDown = [provider, providers.kubernetes, parent]
      .map((above) => owners.get(above ?? ""))
      .find((owner) => owner && owner.kind !== OwnerKind.Shared);
    owners.set(urn, handedDown ?? named.get(nameKey(type, name)) ?? SHARED);
  }
  return owners;
}

/** Owners of what the rooms name after a VPC or cluster and hand no Kubernetes provider. */
function ownersByName(
  prefix: string,
  { network, clusters, trust, istio, machines, tasks }: Facts,
): Map<string, Owner> {
  const named = (type: string, parts: string[], kind: OwnerKind, key: string): [string, Owner] => [
    nameKey(type, logicalName(prefix, ...parts)),
    { kind, key },
  ];
  const { Vpc, Cluster } = OwnerKind;
  return new Map([
    ...Object.keys(network.vpcs).map((id) => named(`${OURS}Vpc`, [id], Vpc, id)),
    ...Object.keys(clusters).flatMap((cluster) => [
      named("pulumi:providers:kubernetes", [cluster], Cluster, cluster),
      named(`${OURS}EksCluster`, [cluster], Cluster, cluster),
    ]),
    ...Object.values(trust.intermediates).map(({ name, cluster }) =>
      named(`${OURS}IntermediateCa`, [name], Cluster, cluster),
    ),
    ...Object.entries(istio.addresses).map(([key, { cluster }]) =>
      named(`${OURS}InternalBalancer`, [key], Cluster, cluster),
    ),
    ...Object.values(machines.groups).flatMap(({ name, vpc }) =>
      ["MachineRole", "VirtualMachineGroup"].map((type) => named(OURS + type, [name], Vpc, vpc)),
    ),
    ...Object.values(tasks.services).flatMap(({ name, vpc }) =>
      ["TaskRoles", "EcsMeshService"].map((type) => named(OURS + type, [name], Vpc, vpc)),
    ),
    ...Object.values(tasks.ecsClusters).map(({ key, vpc }) =>
      named(`${OURS}EcsMeshCluster`, [key], Vpc, vpc),
    ),
    ...Object.values(network.firewall.groups).flatMap(({ name, of, cluster, vpc }) => {
      const isOutside = of.kind === "machines" || of.kind === "tasks";
      const [kind, key] = isOutside ? [Vpc, vpc] : [Cluster, cluster];
      return ["aws:ec2/securityGroup:SecurityGroup", `${OURS}SecurityRules`].map((type) =>
        named(type, [name], kind!, key!),
      );
    }),
  ]);
}

/** The engine refuses two of one type and name under one parent, so the pair leads to one owner. */
function nameKey(type: string, name: string): string {
  return `${type} ${name}`;
}

/** Resources by owner, sorted out once: each VPC and cluster asks for its own. */
export class Belongings {
  private readonly byOwner = new Map<string, Registration[]>();

  constructor(graph: Graph, prefix: string, facts: Facts) {
    const owners = ownersOf(graph, prefix, facts);
    for (const resource of graph.resources) {
      const { kind, key } = owners.get(resource.urn)!;
      const all = this.of(kind, key);
      all.push(resource);
      this.byOwner.set(`${kind} ${key}`, all);
    }
  }

  /** Resources of one owner, in the order of registration. */
  of(kind: OwnerKind, key: string): Registration[] {
    return this.byOwner.get(`${kind} ${key}`) ?? [];
  }

  /** Number of resources of one owner, components left out, the most frequent types first. */
  made(kind: OwnerKind, key: string): Made {
    return countTypes(this.of(kind, key).filter(isMade));
  }
}

/** Whether it belongs to a gateway for other meshes, whose load balancer the program makes itself. */
export function isFederations(urn: string): boolean {
  return urn.includes(`${OURS}FederationGateway$`);
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
