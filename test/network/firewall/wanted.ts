/** Who is to reach what by a topology, told without rooms and planners. */
import { DataPlane, Exposure } from "../../../components/topology";
import type { Cluster, Ingress, Mesh, Topology } from "../../../components/topology";

/** Ports of a group that some caller is to reach. */
export interface Wanted {
  /** Key of the group: `cluster/east`, `balancer/prod/east/public`. */
  group: string;
  /** The cluster that has it, or before whose pods it stands. */
  at: Cluster;
  ports: [first: number, last: number];
  from: Caller;
}

export type Caller =
  | { kind: "cluster"; cluster: Cluster }
  | { kind: "balancer"; key: string }
  /** The workloads of a mesh; `istiods` has the networks besides where only these are. */
  | { kind: "mesh"; mesh: string; cidrs: string[]; istiods: string[] }
  | { kind: "addresses"; cidrs: string[] };

export function wantedOf(topology: Topology): Wanted[] {
  return [
    ...Object.values(topology.meshes).flatMap((mesh) => [
      ...neighbours(topology, mesh),
      ...watchers(topology, mesh),
      ...eastWest(topology, mesh),
      ...ingresses(topology, mesh),
      ...remotes(topology, mesh),
      ...scrapers(topology, mesh),
    ]),
    ...Object.values(topology.clusters).flatMap((cluster) => {
      const cidrs = apiOf(topology, cluster)?.private?.cidrs ?? [];
      return cidrs.map((cidr) => onCluster(cluster, 443, { kind: "addresses", cidrs: [cidr] }));
    }),
  ];
}

/** Nothing is said about the API server of a cluster that exists. */
function apiOf({ api }: Topology, { existing, api: own }: Cluster): Topology["api"] {
  return existing ? undefined : (own ?? api);
}

/** Whether one cluster calls the API server of another from the addresses of its NAT gateways, which no group sees. */
export function overNat(topology: Topology, caller: Cluster, called: Cluster): boolean {
  return (
    caller.vpc !== called.vpc && !!apiOf(topology, called) && !apiOf(topology, called)!.private
  );
}

function onCluster(at: Cluster, port: number, from: Caller): Wanted {
  return { group: `cluster/${at.name}`, at, ports: [port, port], from };
}

function membersOf({ clusters }: Topology, { members }: Mesh): Cluster[] {
  return Object.keys(members).map((name) => clusters[name]);
}

function neighbours(topology: Topology, mesh: Mesh): Wanted[] {
  const members = membersOf(topology, mesh);
  return members.flatMap((at) =>
    members
      .filter((other) => other !== at && other.network === at.network)
      .map((cluster): Wanted => {
        const from = { kind: "cluster", cluster } as const;
        return { group: `cluster/${at.name}`, at, ports: [0, 65535], from };
      }),
  );
}

function watchers(topology: Topology, mesh: Mesh): Wanted[] {
  return membersOf(topology, mesh).flatMap((at) =>
    mesh.runsIn
      .map((name) => topology.clusters[name])
      .filter((cluster) => cluster !== at && !overNat(topology, cluster, at))
      .map((cluster) => onCluster(at, 443, { kind: "cluster", cluster })),
  );
}

function eastWest(topology: Topology, mesh: Mesh): Wanted[] {
  const members = membersOf(topology, mesh);
  if (new Set(members.map(({ network }) => network)).size < 2) return [];
  const port = mesh.dataPlane === DataPlane.Ambient ? 15008 : 15443;
  return members.flatMap((at) => {
    const key = `${mesh.name}/${at.name}/east-west`;
    return before(at, key, [[port, port]], [port, 15021], [workloadsOf(topology, mesh)]);
  });
}

function ingresses(topology: Topology, mesh: Mesh): Wanted[] {
  return Object.entries(mesh.ingress).flatMap(([gateway, ingress]) =>
    ingress.clusters.flatMap((name) => {
      const at = topology.clusters[name];
      const numbers = Object.values(ingress.ports);
      const ports: Wanted["ports"][] = numbers.map((port) => [port, port]);
      const clients = clientsOf(topology, mesh, ingress);
      return before(at, `${mesh.name}/${name}/${gateway}`, ports, [...numbers, 15021], [clients]);
    }),
  );
}

function clientsOf(topology: Topology, mesh: Mesh, { allowFrom, exposure }: Ingress): Caller {
  if (allowFrom.length > 0) return { kind: "addresses", cidrs: allowFrom };
  if (exposure === Exposure.Internet) return { kind: "addresses", cidrs: ["0.0.0.0/0"] };
  return workloadsOf(topology, mesh);
}

/** Remotes by the istiods that serve them: those of every revision. */
function remotes(topology: Topology, { name, runsIn, members, istio }: Mesh): Wanted[] {
  const revisions = istio.version === undefined ? Object.keys(istio.revisions) : [undefined];
  return runsIn.flatMap((server) =>
    revisions.flatMap((revision) => {
      const served = Object.entries(members)
        .filter(([, member]) => member.servedBy.includes(server))
        .map(([cluster]): Caller => ({ kind: "cluster", cluster: topology.clusters[cluster] }));
      if (served.length === 0) return [];
      const key = `${name}/${server}/${revision === undefined ? "istiod" : `istiod-${revision}`}`;
      return before(topology.clusters[server], key, [[15012, 15017]], [15012, 15017, 8080], served);
    }),
  );
}

/** Metrics: those of proxies in members, of istiods where they run, and of node agents. */
function scrapers({ clusters }: Topology, mesh: Mesh): Wanted[] {
  const { members, runsIn, dataPlane, injection } = mesh;
  const hasAgents = dataPlane === DataPlane.Ambient || injection === "cni";
  const on = (names: string[], port: number) =>
    names.flatMap((name) =>
      (mesh.observability.metrics?.from ?? []).map((cidr) =>
        onCluster(clusters[name], port, { kind: "addresses", cidrs: [cidr] }),
      ),
    );
  const control = [...runsIn, ...(hasAgents ? Object.keys(members) : [])];
  return [...on(Object.keys(members), 15020), ...on([...new Set(control)], 15014)];
}

/** A load balancer's own ports, and those that it sends to or asks. */
function before(
  at: Cluster,
  key: string,
  ports: Wanted["ports"][],
  targets: number[],
  callers: Caller[],
): Wanted[] {
  return [
    ...ports.flatMap((range) =>
      callers.map((from): Wanted => ({ group: `balancer/${key}`, at, ports: range, from })),
    ),
    ...targets.map((port) => onCluster(at, port, { kind: "balancer", key })),
  ];
}

/** Addresses of a mesh: of every VPC with clusters of meshes in the networks that it is on. */
function workloadsOf({ meshes, clusters, vpcs }: Topology, mesh: Mesh): Caller {
  const inMeshes = Object.values(meshes)
    .flatMap(({ members, runsIn }) => [...Object.keys(members), ...runsIn])
    .map((name) => clusters[name].vpc);
  const on = (names: string[]) => {
    const networks = names.map((name) => clusters[name].network);
    return [...new Set(inMeshes)]
      .filter((vpc) => networks.includes(vpcs[vpc].network))
      .flatMap((vpc) => vpcs[vpc].cidrs);
  };
  const cidrs = on(Object.keys(mesh.members));
  return { kind: "mesh", mesh: mesh.name, cidrs, istiods: on(mesh.runsIn) };
}
