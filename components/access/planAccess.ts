/** Who watches whom, and as what. */
import { partitionOf } from "../cluster/partition";
import { eksName } from "../cluster/planClusters";
import { accountId, istiodName, memberKey, providerKey, RemoteAccess } from "../topology";
import type { Topology } from "../topology";
import { readerName, readerRoleName, roleKey, systemNamespace } from "./names";
import type { AccessPlan, ReaderPlan, ReaderRolePlan, WatcherPlan, WatchPlan } from "./plan";
import { revisionsIn, revisionsOf, watchRelation } from "./relation";
import type { Watch } from "./relation";
import { rightsIn } from "./rights";

/** Readers on every watched side, watchers on every watching side, and the roles that the two agree on. */
export function planAccess(topology: Topology): AccessPlan {
  const relation = watchRelation(topology);
  return {
    roles: planRoles(topology, relation),
    readers: planReaders(topology, relation),
    watchers: planWatchers(topology, relation),
  };
}

function planRoles(topology: Topology, relation: Watch[]): Record<string, ReaderRolePlan> {
  const roles: Record<string, ReaderRolePlan> = {};
  for (const watch of relation.filter((one) => byIdentity(topology, one))) {
    const watching = (roles[roleOf(topology, watch.mesh, watch.watcher)] ??= planRole(
      topology,
      watch.mesh,
      watch.watcher,
    ));
    const watched = (roles[roleOf(topology, watch.mesh, watch.watched)] ??= planRole(
      topology,
      watch.mesh,
      watch.watched,
    ));
    if (watching !== watched)
      addOnce(watched.assumedBy, roleOf(topology, watch.mesh, watch.watcher));
  }
  return roles;
}

function planRole(topology: Topology, mesh: string, cluster: string): ReaderRolePlan {
  const { account, region } = vpcOf(topology, cluster);
  return {
    roleName: readerRoleName(topology, mesh),
    provider: providerKey(account, region),
    partition: partitionOf(region),
    account: accountId(account),
    mesh,
    namespace: systemNamespace(topology.meshes[mesh]),
    assumedBy: [],
  };
}

function planReaders(topology: Topology, relation: Watch[]): Record<string, ReaderPlan> {
  const readers: Record<string, ReaderPlan> = {};
  for (const { mesh: name, watched } of relation) {
    const mesh = topology.meshes[name];
    const kind = topology.clusters[watched].remoteAccess;
    readers[memberKey(name, watched)] = {
      mesh: name,
      cluster: watched,
      namespace: systemNamespace(mesh),
      kind,
      role: kind === RemoteAccess.EksIdentity ? roleOf(topology, name, watched) : undefined,
      groupName: readerName(name),
      rights: rightsIn(mesh, watched),
      revisions: revisionsOf(mesh.members[watched]),
    };
  }
  return readers;
}

function planWatchers(topology: Topology, relation: Watch[]): Record<string, WatcherPlan> {
  const watchers: Record<string, WatcherPlan> = {};
  for (const watch of relation) {
    const { mesh: name, watcher } = watch;
    const mesh = topology.meshes[name];
    const plan = (watchers[memberKey(name, watcher)] ??= {
      mesh: name,
      cluster: watcher,
      namespace: systemNamespace(mesh),
      serviceAccounts: revisionsIn(mesh, watcher).map(istiodName),
      watches: [],
    });
    plan.watches.push(planWatch(topology, watch));
    if (byIdentity(topology, watch)) plan.role = roleOf(topology, name, watcher);
  }
  return watchers;
}

function planWatch(topology: Topology, { mesh, watcher, watched }: Watch): WatchPlan {
  const cluster = topology.clusters[watched];
  const [from, to] = [roleOf(topology, mesh, watcher), roleOf(topology, mesh, watched)];
  const foreign = cluster.remoteAccess === RemoteAccess.EksIdentity && from !== to;
  return {
    cluster: watched,
    kind: cluster.remoteAccess,
    rights: rightsIn(topology.meshes[mesh], watched),
    eksName: eksName(topology, cluster),
    region: vpcOf(topology, watched).region,
    assume: foreign ? to : undefined,
  };
}

function byIdentity(topology: Topology, { watched }: Watch): boolean {
  return topology.clusters[watched].remoteAccess === RemoteAccess.EksIdentity;
}

function roleOf(topology: Topology, mesh: string, cluster: string): string {
  return roleKey(mesh, vpcOf(topology, cluster).account);
}

function vpcOf(topology: Topology, cluster: string) {
  return topology.vpcs[topology.clusters[cluster].vpc];
}

function addOnce(list: string[], item: string): void {
  if (!list.includes(item)) list.push(item);
}
