import * as pulumi from "@pulumi/pulumi";
import type { ClusterHandle } from "../handles";
import { after, ownAccountId, waitingFor } from "../options";
import type { AwsOptions, ClusterOptions, RoomOptions } from "../options";
import { mapValues } from "../records";
import { logicalName, memberKey, ReaderRights, RemoteAccess } from "../topology";
import { ConfigClusterAccess } from "./secrets/configClusterAccess";
import { readerRoleArn } from "./names";
import type { AccessPlan, ReaderPlan, WatcherPlan, WatchPlan } from "./facts";
import { ReaderRole } from "./reader/readerRole";
import { RemoteClusters } from "./secrets/remoteClusters";
import type { RemoteCluster } from "./secrets/remoteClusters";
import { RemoteReader } from "./reader/remoteReader";
import { TokenRefresher } from "./refresher/tokenRefresher";

/** What access needs of other rooms. */
export interface AccessInputs {
  /** Clusters by name. */
  clusters: Record<string, ClusterHandle>;
  /** Istio's namespace, by member key. */
  namespaces: Record<string, pulumi.Resource>;
}

/** What access gives to other rooms, by member key of the watching control plane. */
export interface AccessOutputs {
  /** What istiod must wait for. */
  before: Record<string, pulumi.Resource[]>;
  /** Secrets of remote clusters, where there are any. */
  secrets: Record<string, pulumi.Resource>;
}

/**
 * Roles, readers and watchers of every mesh.
 *
 * istiod need not wait for its Secret of remote clusters: it takes it up whenever it comes, and a cluster that waited for
 * the others' endpoints would wait for all of them. Only its config cluster must be there first, where that is another.
 */
export function createAccess(
  name: string,
  plan: AccessPlan,
  inputs: AccessInputs,
  options: RoomOptions,
): AccessOutputs {
  const roles = createRoles(name, plan, options.aws);
  const readers = createReaders(name, plan, roles, inputs, options.cluster);
  const refreshers = createRefreshers(name, plan, roles, inputs, options.cluster);
  const configured = createConfigClusterAccess(name, plan, readers, inputs, options.cluster);
  return {
    before: mapValues(plan.watchers, (_, key) => [...refreshers[key]!, ...configured[key]!]),
    secrets: createRemoteClusters(name, plan, readers, inputs, options.cluster),
  };
}

/** Roles name each other before they are made, by account and name; the id of the program's own account is looked up. */
function createRoles(
  name: string,
  { roles }: AccessPlan,
  options: AwsOptions,
): Record<string, ReaderRole> {
  const ownAccount = lookUpAccount(roles, options);
  const arnOf = (key: string): pulumi.Input<string> => {
    const { account = ownAccount, ...role } = roles[key]!;
    return pulumi.output(account!).apply((id) => readerRoleArn(role, id));
  };
  return mapValues(roles, ({ roleName, provider, account, namespace, assumedBy, iam }, key) => {
    const assumes = Object.keys(roles).filter((other) => roles[other]!.assumedBy.includes(key));
    return new ReaderRole(
      logicalName(name, key, "reader"),
      {
        roleName,
        namespace,
        accountId: account ?? ownAccount,
        assumedBy: assumedBy.map(arnOf),
        assumes: assumes.map(arnOf),
        iam,
      },
      options(provider),
    );
  });
}

/** Id of the account of the program's own credentials, where a role is in it and others name that role. */
function lookUpAccount(
  roles: AccessPlan["roles"],
  options: AwsOptions,
): pulumi.Output<string> | undefined {
  const own = Object.values(roles).find(({ account }) => account === undefined);
  return own && ownAccountId(options(own.provider));
}

function createReaders(
  name: string,
  plan: AccessPlan,
  roles: Record<string, ReaderRole>,
  { clusters, namespaces }: AccessInputs,
  options: ClusterOptions,
): Record<string, RemoteReader> {
  return mapValues(plan.readers, (reader, key) => {
    const { cluster, groupName, kind, role, namespace, rights, istiods } = reader;
    const first = standsInNamespace(reader) ? [namespaces[key]!] : [];
    return new RemoteReader(
      logicalName(name, key, "reader"),
      {
        readerName: groupName,
        kind,
        namespace,
        rights,
        istiods,
        clusterName: clusters[cluster]!.eksName,
        roleArn: role && roles[role]!.arn,
      },
      waitingFor(options(cluster), first),
    );
  });
}

/** Service accounts and bindings to istiod's own role do; an access entry and cluster roles can go ahead. */
function standsInNamespace({ kind, rights }: ReaderPlan): boolean {
  return kind === RemoteAccess.ServiceAccountToken || rights === ReaderRights.Configure;
}

function createRefreshers(
  name: string,
  plan: AccessPlan,
  roles: Record<string, ReaderRole>,
  { clusters, namespaces }: AccessInputs,
  options: ClusterOptions,
): Record<string, pulumi.Resource[]> {
  return mapValues(plan.watchers, (watcher, key) => {
    const { cluster, namespace, serviceAccounts, role } = watcher;
    if (!role) return [];
    // Only the list needs what objects need. Pod Identity knows a role some seconds after it is given: the sooner, the shorter istiod waits.
    const { parent, providers } = options(cluster);
    const refresher = new TokenRefresher(
      logicalName(name, key, "token-refresher"),
      {
        clusterName: clusters[cluster]!.eksName!,
        namespace,
        serviceAccounts,
        roleArn: roles[role]!.arn,
        clusters: after(refreshedClusters(watcher, roles), [namespaces[key]!]),
      },
      { parent, providers },
    );
    return [refresher];
  });
}

/** EKS names are known before any cluster is there, so that the list waits for none of them. */
function refreshedClusters({ watches }: WatcherPlan, roles: Record<string, ReaderRole>) {
  return watches
    .filter(({ kind }) => kind === RemoteAccess.EksIdentity)
    .map(({ cluster, eksName, region, assume }) => ({
      cluster,
      eksName: eksName!,
      region,
      roleArn: assume && roles[assume]!.arn,
    }));
}

/** The kubeconfig of an external istiod, and the rights that it has by it. */
function createConfigClusterAccess(
  name: string,
  plan: AccessPlan,
  readers: Record<string, RemoteReader>,
  inputs: AccessInputs,
  options: ClusterOptions,
): Record<string, pulumi.Resource[]> {
  return mapValues(plan.watchers, ({ mesh, cluster, namespace, watches }, key) =>
    watches.filter(isConfigCluster).flatMap((watch) => {
      const reader = readers[memberKey(mesh, watch.cluster)]!;
      const access = new ConfigClusterAccess(
        logicalName(name, key, "config-cluster"),
        { namespace, cluster: watch.cluster, ...connection(watch, reader, inputs) },
        waitingFor(options(cluster), [inputs.namespaces[key]!]),
      );
      return [reader, access];
    }),
  );
}

/** istiod asks once, when it first hears of a remote, whether it is to lead there: the remote's namespace says so. */
function createRemoteClusters(
  name: string,
  plan: AccessPlan,
  readers: Record<string, RemoteReader>,
  inputs: AccessInputs,
  options: ClusterOptions,
): Record<string, pulumi.Resource> {
  const { namespaces } = inputs;
  const connections = connectionsOf(plan, readers, inputs);
  const watching = mapValues(plan.watchers, (watcher) => ({
    ...watcher,
    remotes: watcher.watches.filter((watch) => !isConfigCluster(watch)),
  }));
  const some = Object.entries(watching).filter(([, { remotes }]) => remotes.length > 0);
  return mapValues(Object.fromEntries(some), ({ mesh, cluster, namespace, remotes }, key) => {
    const names = remotes.map((watch) => watch.cluster);
    const served = remotes.filter(({ rights }) => rights === ReaderRights.Serve);
    const first = served.map((watch) => namespaces[memberKey(mesh, watch.cluster)]!);
    return new RemoteClusters(
      logicalName(name, key, "remote-clusters"),
      { namespace, clusters: connections[mesh]!.apply((all) => picked(all, names)) },
      waitingFor(options(cluster), [namespaces[key]!, ...first]),
    );
  });
}

type Connections = Record<string, pulumi.Unwrap<RemoteCluster>>;

/** How the watched clusters of each mesh are reached: put together once, since each of its istiods lists most of them. */
function connectionsOf(
  plan: AccessPlan,
  readers: Record<string, RemoteReader>,
  inputs: AccessInputs,
): Record<string, pulumi.Output<Connections>> {
  const meshes: Record<string, Record<string, RemoteCluster>> = {};
  for (const [key, watched] of Object.entries(plan.readers))
    (meshes[watched.mesh] ??= {})[watched.cluster] = connection(watched, readers[key]!, inputs);
  return mapValues(meshes, (clusters) => pulumi.output(clusters));
}

function picked(all: Connections, clusters: string[]): Connections {
  return Object.fromEntries(clusters.map((cluster) => [cluster, all[cluster]!]));
}

function isConfigCluster({ rights }: WatchPlan): boolean {
  return rights === ReaderRights.Configure;
}

function connection(
  { cluster, kind }: Pick<ReaderPlan, "cluster" | "kind">,
  { token }: RemoteReader,
  { clusters }: AccessInputs,
): RemoteCluster {
  const { endpoint, certificateAuthority } = clusters[cluster]!;
  const byToken = kind === RemoteAccess.ServiceAccountToken ? { token } : {};
  // A rule sees to it that a watched cluster says both.
  return { endpoint: endpoint!, certificateAuthority: certificateAuthority!, ...byToken };
}
