import * as pulumi from "@pulumi/pulumi";
import type { ClusterHandle } from "../cluster/handle";
import { waitingFor } from "../options";
import type { AwsOptions, ClusterOptions } from "../options";
import { mapValues } from "../records";
import { logicalName, memberKey, RemoteAccess } from "../topology";
import { ConfigClusterAccess } from "./configClusterAccess";
import type { AccessPlan, ReaderPlan, ReaderRolePlan, WatcherPlan, WatchPlan } from "./plan";
import { ReaderRole } from "./readerRole";
import { RemoteClusters } from "./remoteClusters";
import type { RemoteClusterArgs } from "./remoteClusters";
import { ReaderRights } from "./rights";
import { RemoteReader } from "./remoteReader";
import { TokenRefresher } from "./tokenRefresher";

/** What access needs of other rooms. */
export interface AccessInputs {
  /** Clusters by name. */
  clusters: Record<string, ClusterHandle>;
  /** Istio's namespace, by member key. */
  namespaces: Record<string, pulumi.Resource>;
}

/** Options of what stands in an AWS account, and of what stands in a cluster. */
export interface AccessOptions {
  aws: AwsOptions;
  cluster: ClusterOptions;
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
  options: AccessOptions,
): AccessOutputs {
  const roles = createRoles(name, plan, options.aws);
  const readers = createReaders(name, plan, roles, inputs, options.cluster);
  const refreshers = createRefreshers(name, plan, roles, inputs, options.cluster);
  const configured = createConfigClusterAccess(name, plan, readers, inputs, options.cluster);
  return {
    before: mapValues(plan.watchers, (_, key) => [...refreshers[key], ...configured[key]]),
    secrets: createRemoteClusters(name, plan, readers, inputs, options.cluster),
  };
}

/** The program's own account first: its id is looked up, and the others' policies name it. */
function createRoles(
  name: string,
  { roles }: AccessPlan,
  options: AwsOptions,
): Record<string, ReaderRole> {
  const made: Record<string, ReaderRole> = {};
  const arnOf = (key: string): pulumi.Input<string> => {
    const { partition, account, roleName } = roles[key];
    return roleArn(partition, account || made[key].accountId, roleName);
  };
  const ownFirst = Object.entries(roles).sort(([, a], [, b]) => rank(a) - rank(b));
  for (const [key, { roleName, provider, account, namespace, assumedBy }] of ownFirst) {
    const assumes = Object.keys(roles).filter((other) => roles[other].assumedBy.includes(key));
    made[key] = new ReaderRole(
      logicalName(name, key, "reader"),
      {
        roleName,
        namespace,
        accountId: account || undefined,
        assumedBy: assumedBy.map(arnOf),
        assumes: assumes.map(arnOf),
      },
      options(provider),
    );
  }
  return made;
}

function rank({ account }: ReaderRolePlan): number {
  return account === "" ? 0 : 1;
}

function roleArn(
  partition: string,
  account: pulumi.Input<string>,
  roleName: string,
): pulumi.Output<string> {
  return pulumi.interpolate`arn:${partition}:iam::${account}:role/${roleName}`;
}

function createReaders(
  name: string,
  plan: AccessPlan,
  roles: Record<string, ReaderRole>,
  { clusters, namespaces }: AccessInputs,
  options: ClusterOptions,
): Record<string, RemoteReader> {
  return mapValues(plan.readers, (reader, key) => {
    const { cluster, groupName, kind, role, namespace, rights, revisions } = reader;
    const first = standsInNamespace(reader) ? [namespaces[key]] : [];
    return new RemoteReader(
      logicalName(name, key, "reader"),
      {
        readerName: groupName,
        kind,
        namespace,
        rights,
        revisions,
        clusterName: clusters[cluster].eksName,
        roleArn: role && roles[role].arn,
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
    const refresher = new TokenRefresher(
      logicalName(name, key, "token-refresher"),
      {
        clusterName: clusters[cluster].eksName,
        namespace,
        serviceAccounts,
        roleArn: roles[role].arn,
        clusters: refreshedClusters(watcher, roles),
      },
      waitingFor(options(cluster), [namespaces[key]]),
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
      eksName,
      region,
      roleArn: assume && roles[assume].arn,
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
      const reader = readers[memberKey(mesh, watch.cluster)];
      const access = new ConfigClusterAccess(
        logicalName(name, key, "config-cluster"),
        { namespace, cluster: watch.cluster, ...connection(watch, reader, inputs) },
        waitingFor(options(cluster), [inputs.namespaces[key]]),
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
  const secrets: Record<string, pulumi.Resource> = {};
  for (const [key, { mesh, cluster, namespace, watches }] of Object.entries(plan.watchers)) {
    const remotes = watches.filter((watch) => !isConfigCluster(watch));
    if (remotes.length === 0) continue;
    const args = remotes.map((watch) => [
      watch.cluster,
      connection(watch, readers[memberKey(mesh, watch.cluster)], inputs),
    ]);
    const served = remotes.filter(({ rights }) => rights === ReaderRights.Serve);
    const first = served.map((watch) => namespaces[memberKey(mesh, watch.cluster)]);
    secrets[key] = new RemoteClusters(
      logicalName(name, key, "remote-clusters"),
      { namespace, clusters: Object.fromEntries(args) },
      waitingFor(options(cluster), [namespaces[key], ...first]),
    );
  }
  return secrets;
}

function isConfigCluster({ rights }: WatchPlan): boolean {
  return rights === ReaderRights.Configure;
}

function connection(
  { cluster, kind }: WatchPlan,
  { token }: RemoteReader,
  { clusters }: AccessInputs,
): RemoteClusterArgs {
  const { endpoint, certificateAuthority } = clusters[cluster];
  const byToken = kind === RemoteAccess.ServiceAccountToken ? { token } : {};
  return { endpoint, certificateAuthority, ...byToken };
}
