/** From a topology whose names all resolve to its relations. */
import { mapValues } from "../../records";
import { ControlPlaneMode } from "../description";
import { eksNameOf, rootKey, systemNamespace, trustKey } from "../names";
import type { Cluster, Mesh, Topology, Trust } from "../topology";
import { linksOf } from "./links";
import { meshedOn, vpcsOf } from "./places";
import { ReaderRights } from "./types";
import type {
  ClusterRelation,
  ControlPlane,
  Istiod,
  Member,
  MeshRelation,
  Relations,
  Revision,
} from "./types";

type Clusters = Record<string, ClusterRelation>;
type Revisions = (name: string | undefined) => Revision;

/** Relates everything once. The foundation rules must hold: a name that leads nowhere would end it. */
export function relate(topology: Topology): Relations {
  const clusters = mapValues(topology.clusters, (cluster) => relateCluster(topology, cluster));
  const revisions = revisionsOf(topology);
  const meshes = Object.values(topology.meshes).map((mesh) =>
    relateMesh(topology, mesh, clusters, revisions),
  );
  const held = new Set(meshes.flatMap(({ vpcs }) => vpcs));
  const meshed = Object.values(topology.vpcs).filter((vpc) => held.has(vpc));
  for (const mesh of meshes) {
    mesh.reach = meshedOn(meshed, [...mesh.members, ...mesh.controlPlanes], mesh.outside);
    mesh.memberReach = meshedOn(meshed, mesh.members, mesh.outside);
  }
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

/** Each revision is one object, however many pick it. */
function revisionsOf({ istio }: Topology): Revisions {
  const named = mapValues(istio.revisions, (revision, name) => ({ name, ...revision }));
  const standard: Revision = { version: istio.version, tags: [] };
  return (name) => (name === undefined ? standard : named[name]!);
}

function relateMesh(
  topology: Topology,
  mesh: Mesh,
  clusters: Clusters,
  revisions: Revisions,
): MeshRelation {
  const trust = trustKey(mesh.trust && mesh.name);
  const relation: MeshRelation = {
    mesh,
    namespace: systemNamespace(mesh),
    trust,
    root: rootOf(trust, mesh.trust ?? topology.trust),
    members: [],
    controlPlanes: [],
    outside: [],
    networks: [],
    vpcs: [],
    reach: [],
    memberReach: [],
    federatedWith: [],
  };
  relation.controlPlanes = mesh.runsIn.map((name) => controlPlaneOf(relation, name, clusters));
  relation.members = Object.keys(mesh.members).map((name) =>
    memberOf(relation, clusters[name]!, revisions),
  );
  relation.vpcs = vpcsOf(topology, relation);
  relation.networks = [...new Set(relation.members.map(({ at }) => at.cluster.network))];
  for (const member of relation.members) member.neighbours = neighboursOf(member);
  for (const controlPlane of relation.controlPlanes) {
    controlPlane.watches = relation.members.filter(({ at }) => at !== controlPlane.at);
    controlPlane.istiods = istiodsOf(controlPlane, revisions(undefined));
  }
  for (const member of relation.members) member.foreign = foreignOf(member);
  return relation;
}

/** A provided root is the same wherever its secret is named. */
function rootOf(trust: string, { roots, signing }: Trust): string {
  const { secret } = roots[signing] ?? {};
  return secret === undefined ? rootKey(trust, signing) : `secret:${secret}`;
}

function controlPlaneOf(of: MeshRelation, name: string, clusters: Clusters): ControlPlane {
  const { mode, configCluster } = of.mesh;
  const at = clusters[name]!;
  const configuredIn = mode === ControlPlaneMode.External ? clusters[configCluster!]! : at;
  const controlPlane = { of, at, configuredIn, istiods: [], watches: [] };
  at.controlPlanes.push(controlPlane);
  return controlPlane;
}

function memberOf(relation: MeshRelation, at: ClusterRelation, revisions: Revisions): Member {
  const { mesh, controlPlanes } = relation;
  const { servedBy, revision } = mesh.members[at.cluster.name]!;
  const standard = revisions(undefined);
  const picks = revisions(revision);
  const member: Member = {
    in: relation,
    at,
    controlPlane: controlPlanes.find((own) => own.at === at),
    servers: servedBy.map((name) => controlPlanes.find((one) => one.at.cluster.name === name)!),
    picks,
    revisions: picks === standard ? [standard] : [standard, picks],
    watchedBy: controlPlanes.filter((other) => other.at !== at),
    foreign: [],
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

function foreignOf({ controlPlane, watchedBy }: Member): Revision[] {
  const revisionsOf = ({ istiods }: ControlPlane) => istiods.map(({ revision }) => revision);
  const own = controlPlane ? revisionsOf(controlPlane) : [];
  const others = new Set(watchedBy.flatMap(revisionsOf));
  return [...others].filter((revision) => !own.includes(revision));
}

/** The default one always, and what those that it serves, here and elsewhere, have picked. */
function istiodsOf(of: ControlPlane, standard: Revision): Istiod[] {
  const served = of.of.members.filter(({ at, servers }) => at === of.at || servers.includes(of));
  const picked = new Set(served.flatMap(({ revisions }) => revisions));
  picked.delete(standard);
  const byName = (a: Revision, b: Revision) => (a.name! < b.name! ? -1 : 1);
  return [standard, ...[...picked].sort(byName)].map((revision) => ({
    of,
    revision,
    serves: served
      .filter(({ at, revisions }) => at !== of.at && revisions.includes(revision))
      .map((member) => ({ kind: "pods", member })),
  }));
}
