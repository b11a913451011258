/** Who watches whom, and as what. */
import { keyed } from "../records";
import {
  accountId,
  iamRegion,
  istiodName,
  memberKey,
  partitionOf,
  planProvider,
  planRoles,
  providerKey,
  RemoteAccess,
} from "../topology";
import type {
  ClusterRelation,
  ControlPlane,
  Member,
  MeshRelation,
  Relations,
  Topology,
} from "../topology";
import { readerName, readerRoleName, roleKey } from "./names";
import type { AccessPlan, ReaderPlan, ReaderRolePlan, WatcherPlan, WatchPlan } from "./facts";

/** Readers on every watched side, watchers on every watching side, and the roles that the two agree on. */
export function planAccess({ topology, meshes }: Relations): AccessPlan {
  const watched = meshes.flatMap(({ members }) => members).filter(isWatched);
  const watching = meshes
    .flatMap(({ controlPlanes }) => controlPlanes)
    .filter(({ watches }) => watches.length > 0);
  const roles = meshes.flatMap((mesh) => planReaderRoles(topology, mesh));
  return {
    providers: keyed(
      roles.map(({ home }) => planProvider(home)),
      ({ key }) => key,
    ),
    roles: Object.fromEntries(roles.map(({ key, plan }) => [key, plan])),
    readers: keyed(watched.map(planReader), ({ mesh, cluster }) => memberKey(mesh, cluster)),
    watchers: keyed(watching.map(planWatcher), ({ mesh, cluster }) => memberKey(mesh, cluster)),
  };
}

/** Whether istiods elsewhere read the API server of its cluster. */
export function isWatched({ watchedBy }: Member): boolean {
  return watchedBy.length > 0;
}

/** Whether they read it with tokens of an IAM role. */
export function byIdentity({ at }: Member): boolean {
  return at.cluster.remoteAccess === RemoteAccess.EksIdentity;
}

interface AccountRole {
  key: string;
  /** Where the role is made. */
  home: { account?: string; region: string };
  plan: ReaderRolePlan;
}

/** One role in each account where the mesh watches by identity or is watched so; watchers elsewhere may take it. */
function planReaderRoles(topology: Topology, mesh: MeshRelation): AccountRole[] {
  const watched = mesh.members.filter((member) => isWatched(member) && byIdentity(member));
  const places = watched.flatMap(({ at, watchedBy }) => [at, ...watchedBy.map((by) => by.at)]);
  const accounts = new Map(places.map((at) => [roleOf(mesh, at), at]));
  return [...accounts].map(([key, { vpc }]) => {
    const here = watched.filter((member) => roleOf(mesh, member.at) === key);
    const watchers = here.flatMap(({ watchedBy }) => watchedBy.map((by) => roleOf(mesh, by.at)));
    const assumedBy = [...new Set(watchers)].filter((other) => other !== key);
    const home = { account: vpc.account, region: iamRegion(vpc.region) };
    return { key, home, plan: planRole(topology, mesh, home, assumedBy) };
  });
}

/** IAM is one for all regions: a role that named a cluster's own would be replaced when another cluster comes first. */
function planRole(
  topology: Topology,
  { mesh, namespace }: MeshRelation,
  home: AccountRole["home"],
  assumedBy: string[],
): ReaderRolePlan {
  return {
    roleName: readerRoleName(topology.name, mesh.name),
    provider: providerKey(home),
    partition: partitionOf(home.region),
    account: accountId(home.account),
    iam: planRoles(topology.iam, home.account),
    mesh: mesh.name,
    namespace,
    assumedBy,
  };
}

function planReader(member: Member): ReaderPlan {
  const { in: mesh, at, rights } = member;
  return {
    mesh: mesh.mesh.name,
    cluster: at.cluster.name,
    namespace: mesh.namespace,
    kind: at.cluster.remoteAccess,
    role: byIdentity(member) ? roleOf(mesh, at) : undefined,
    groupName: readerName(mesh.mesh.name),
    rights,
    istiods: mesh.revisions.map(({ name }) => istiodName(name)),
  };
}

function planWatcher({ of: mesh, at, istiods, watches }: ControlPlane): WatcherPlan {
  return {
    mesh: mesh.mesh.name,
    cluster: at.cluster.name,
    namespace: mesh.namespace,
    serviceAccounts: istiods.map(({ revision }) => istiodName(revision.name)),
    role: watches.some(byIdentity) ? roleOf(mesh, at) : undefined,
    watches: watches.map((watched) => planWatch(mesh, at, watched)),
  };
}

function planWatch(mesh: MeshRelation, watcher: ClusterRelation, watched: Member): WatchPlan {
  const { cluster, vpc } = watched.at;
  const [from, to] = [roleOf(mesh, watcher), roleOf(mesh, watched.at)];
  return {
    cluster: cluster.name,
    kind: cluster.remoteAccess,
    rights: watched.rights,
    eksName: watched.at.eksName,
    region: vpc.region,
    assume: byIdentity(watched) && from !== to ? to : undefined,
  };
}

function roleOf({ mesh }: MeshRelation, { vpc }: ClusterRelation): string {
  return roleKey(mesh.name, vpc.account);
}
