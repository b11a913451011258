/** From a topology whose names all resolve to its relations. */
import { mapValues } from "../../records";
import { ControlPlaneMode } from "../description";
import { eksNameOf, rootKey, rootsInOrder, systemNamespace, trustKey, trustOf } from "../names";
import type { Cluster, IstioSettings, Mesh, Topology, Trust } from "../topology";
import { federate } from "./federation";
import { linksOf } from "./links";
import { meshedOn, vpcsOf } from "./places";
import { letTenantsIn } from "./tenants";
import { ReaderRights } from "./types";
import type {
  ClusterRelation,
  ControlPlane,
  Istiod,
  Machines,
  Member,
  MeshRelation,
  Relations,
  Revision,
  Tasks,
  Workloads,
} from "./types";

type Clusters = Record<string, ClusterRelation>;

/** Relates everything once. The foundation rules must hold: a name that leads nowhere would end it. */
export function relate(topology: Topology): Relations {
  const clusters = mapValues(topology.clusters, (cluster) => relateCluster(topology, cluster));
  const meshes = Object.values(topology.meshes).map((mesh) => relateMesh(topology, mesh, clusters));
  const held = new Set(meshes.flatMap(({ vpcs }) => vpcs));
  const meshed = Object.values(topology.vpcs).filter((vpc) => held.has(vpc));
  for (const mesh of meshes) {
    mesh.reach = meshedOn(meshed, [...mesh.members, ...mesh.controlPlanes], mesh.outside);
    mesh.memberReach = meshedOn(meshed, mesh.members, mesh.outside);
  }
  federate(topology, meshes);
  letTenantsIn(topology, meshes);
  return { topology, meshes, clusters: Object.values(clusters), links: linksOf(meshes, meshed) };
}

function relateCluster(topology: Topology, cluster: Cluster): ClusterRelation {
  return {
    cluster,
    vpc: topology.vpcs[cluster.vpc]!,
    eksName: eksNameOf(topology.name, cluster),
    api: cluster.existing ? undefined : (cluster.api ?? topology.api),
    members: [],
    controlPlanes: [],
  };
}

/** Each revision is one object in its mesh, however many pick it. */
function revisionsOf({ version, revisions }: IstioSettings): Revision[] {
  if (version !== undefined) return [{ version }];
  return Object.entries(revisions).map(([name, revision]) => ({ name, ...revision }));
}

function relateMesh(topology: Topology, mesh: Mesh, clusters: Clusters): MeshRelation {
  const trust = trustKey(mesh.trust && mesh.name);
  const relation: MeshRelation = {
    mesh,
    namespace: systemNamespace(mesh),
    trust,
    roots: rootsOf(trust, trustOf(topology, mesh)),
    revisions: revisionsOf(mesh.istio),
    members: [],
    controlPlanes: [],
    outside: [],
    networks: [],
    vpcs: [],
    reach: [],
    memberReach: [],
    federationGateways: [],
    exports: [],
    imports: [],
    tenants: [],
    isClusterLocal: false,
  };
  relation.controlPlanes = mesh.runsIn.map((name) => controlPlaneOf(relation, name, clusters));
  relation.members = Object.keys(mesh.members).map((name) => memberOf(relation, clusters[name]!));
  relation.outside = [...machinesIn(topology, relation), ...tasksIn(topology, relation)];
  relation.vpcs = vpcsOf(topology, relation);
  relation.networks = networksOf(relation);
  for (const member of relation.members) member.neighbours = neighboursOf(member);
  for (const controlPlane of relation.controlPlanes) {
    controlPlane.watches = relation.members.filter(({ at }) => at !== controlPlane.at);
    controlPlane.istiods = istiodsOf(controlPlane);
  }
  return relation;
}

function networksOf({ members, outside }: MeshRelation): string[] {
  const networks = members.map(({ at }) => at.cluster.network);
  return [...new Set([...networks, ...outside.map(({ vpc }) => vpc.network)])];
}

function machinesIn({ virtualMachines, vpcs }: Topology, relation: MeshRelation): Machines[] {
  return Object.values(virtualMachines)
    .filter((group) => group.mesh === relation.mesh.name)
    .map((group) => {
      const server = serverOf(relation, group.controlledBy);
      const picks = named(relation, group.revision) ?? server.controlledBy.picks;
      return { kind: "machines", group, vpc: vpcs[group.vpc]!, ...server, picks };
    });
}

/** Tasks follow the node agents of the cluster that serves them: their ztunnel is none but theirs. */
function tasksIn({ ecsServices, vpcs }: Topology, relation: MeshRelation): Tasks[] {
  return Object.values(ecsServices)
    .filter((service) => service.mesh === relation.mesh.name)
    .map((service) => {
      const server = serverOf(relation, service.controlledBy);
      const picks = server.controlledBy.agents;
      return { kind: "tasks", service, vpc: vpcs[service.vpc]!, ...server, picks };
    });
}

/** An istiod reads WorkloadGroups where its own configuration is, and no others (istio, pilot/pkg/autoregistration/controller.go). */
function serverOf({ members, controlPlanes }: MeshRelation, cluster: string) {
  // Rules of the foundation hold that both are there.
  const controlledBy = members.find(({ at }) => at.cluster.name === cluster)!;
  const servedBy = controlPlanes.find(({ configuredIn }) => configuredIn === controlledBy.at)!;
  return { controlledBy, servedBy };
}

/** A provided root is the same wherever its secret is named. */
function rootsOf(key: string, trust: Trust): string[] {
  return rootsInOrder(trust).map((root) => {
    const { secret } = trust.roots[root] ?? {};
    return secret === undefined ? rootKey(key, root) : `secret:${secret}`;
  });
}

function controlPlaneOf(of: MeshRelation, name: string, clusters: Clusters): ControlPlane {
  const { mode, configCluster } = of.mesh;
  const at = clusters[name]!;
  const configuredIn = mode === ControlPlaneMode.External ? clusters[configCluster!]! : at;
  const controlPlane = { of, at, configuredIn, istiods: [], watches: [] };
  at.controlPlanes.push(controlPlane);
  return controlPlane;
}

function named({ revisions }: MeshRelation, pick?: string): Revision | undefined {
  return pick === undefined ? undefined : revisions.find(({ name }) => name === pick);
}

function memberOf(relation: MeshRelation, at: ClusterRelation): Member {
  const { mesh, controlPlanes, revisions } = relation;
  const { servedBy, revision, agentRevision } = mesh.members[at.cluster.name]!;
  // A rule holds that one is named where there are several.
  const picks = named(relation, revision) ?? revisions[0]!;
  const member: Member = {
    in: relation,
    at,
    controlPlane: controlPlanes.find((own) => own.at === at),
    servers: servedBy.map((name) => controlPlanes.find((one) => one.at.cluster.name === name)!),
    picks,
    agents: (agentRevision && named(relation, agentRevision)) || picks,
    watchedBy: controlPlanes.filter((other) => other.at !== at),
    neighbours: [],
    rights: rightsIn(at, controlPlanes),
  };
  at.members.push(member);
  return member;
}

function rightsIn(at: ClusterRelation, controlPlanes: ControlPlane[]): ReaderRights {
  if (controlPlanes.some((own) => own.at === at)) return ReaderRights.Read;
  const holds = controlPlanes.some(({ configuredIn }) => configuredIn === at);
  return holds ? ReaderRights.Configure : ReaderRights.Serve;
}

function neighboursOf(member: Member): Member[] {
  const { network } = member.at.cluster;
  return member.in.members.filter(
    (other) => other !== member && other.at.cluster.network === network,
  );
}

/** Every revision of the mesh, whoever picks it: pods move to another one restart at a time. */
function istiodsOf(of: ControlPlane): Istiod[] {
  const served = of.of.members.filter(({ servers }) => servers.includes(of));
  const serves = served.map((member): Workloads => ({ kind: "pods", member }));
  const outside = of.of.outside.filter(({ servedBy }) => servedBy === of);
  return of.of.revisions.map((revision) => ({ of, revision, serves: [...serves, ...outside] }));
}
