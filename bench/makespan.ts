/**
 * How long `pulumi up` would take if AWS were the only thing to wait for: the longest chain through the resource
 * graph. It shows dependencies that make clusters wait for each other, which no count of resources does.
 */
import type { Graph, Registration } from "../engine";

/** Seconds by type. Rounded from what AWS and Helm usually take; everything else answers in two. */
const SECONDS: Record<string, number> = {
  "eks:index:Cluster": 540,
  "aws:eks/cluster:Cluster": 540,
  "eks:index:ManagedNodeGroup": 120,
  "eks:index:NodeGroupV2": 120,
  "aws:eks/nodeGroup:NodeGroup": 120,
  // Its first node: the pool itself is an object.
  "kubernetes:karpenter.sh/v1:NodePool": 120,
  "aws:ec2/natGateway:NatGateway": 90,
  "aws:lb/loadBalancer:LoadBalancer": 150,
  // Pods of the relay, from the first image on a node to ready.
  "kubernetes:apps/v1:Deployment": 30,
  "aws:ec2transitgateway/vpcAttachment:VpcAttachment": 60,
  "aws:ec2transitgateway/peeringAttachment:PeeringAttachment": 60,
  "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": 10,
};

/** Seconds of Helm releases, by chart. */
const RELEASE_SECONDS: Record<string, number> = {
  base: 10,
  istiod: 45,
  cni: 40,
  ztunnel: 40,
  gateway: 40,
};

const OTHER = 2;

export interface Makespan {
  seconds: number;
  /** Names of the resources on the longest chain, first to last. */
  path: string[];
}

/** The longest chain through what each resource waits for. */
export function makespan(graph: Graph): Makespan {
  const ends = new Map<string, Makespan>();
  // A resource registers only after what it waits for, so that the order of registration is one to walk in.
  for (const resource of graph.resources) {
    const before = longest(graph.waitsFor(resource).map((urn) => ends.get(urn)!));
    ends.set(resource.urn, {
      seconds: before.seconds + secondsOf(resource),
      path: [...before.path, `${shortType(resource.type)} ${resource.name}`],
    });
  }
  return longest([...ends.values()]);
}

function longest(chains: Makespan[]): Makespan {
  return chains.reduce((a, b) => (b.seconds > a.seconds ? b : a), { seconds: 0, path: [] });
}

export function secondsOf(resource: Registration): number {
  const { type, inputs, custom, remote } = resource;
  // A component of this package is only a name; what it holds takes the time.
  if (!custom && !remote) return 0;
  if (type === "kubernetes:helm.sh/v3:Release") {
    return RELEASE_SECONDS[String(inputs.chart).split("/").pop()!] ?? OTHER;
  }
  return SECONDS[type] ?? OTHER;
}

function shortType(type: string): string {
  return type.split(":").pop()!;
}
