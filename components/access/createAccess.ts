import * as pulumi from "@pulumi/pulumi";
import type { ClusterHandle } from "../cluster/handle";
import { waitingFor } from "../options";
import type { AwsOptions, ClusterOptions } from "../options";
import { mapValues } from "../records";
import { logicalName, memberKey, RemoteAccess } from "../topology";
import type { AccessPlan, ReaderRolePlan, WatcherPlan } from "./plan";
import { ReaderRole } from "./readerRole";
import { RemoteClusters } from "./remoteClusters";
import type { RemoteClusterArgs } from "./remoteClusters";
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

/**
 * Roles, readers and watchers of every mesh.
 *
 * Answers what istiod must wait for, by member key. The Secret of remote clusters is not among it: istiod takes it up
 * whenever it comes, and a cluster that waited for the others' endpoints would wait for all of them.
 */
export function createAccess(
  name: string,
  plan: AccessPlan,
  inputs: AccessInputs,
  options: AccessOptions,
): Record<string, pulumi.Resource[]> {
  const roles = createRoles(name, plan, options.aws);
  const readers = createReaders(name, plan, roles, inputs, options.cluster);
  createRemoteClusters(name, plan, readers, inputs, options.cluster);
  return createRefreshers(name, plan, roles, inputs, options.cluster);
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
  return mapValues(plan.readers, ({ cluster, groupName, kind, role, namespace }, key) => {
    const opts = options(cluster);
    // Only a service account needs the namespace; an access entry can go ahead.
    const first = kind === RemoteAccess.ServiceAccountToken ? [namespaces[key]] : [];
    return new RemoteReader(
      logicalName(name, key, "reader"),
      {
        readerName: groupName,
        kind,
        namespace,
        clusterName: clusters[cluster].eksName,
        roleArn: role && roles[role].arn,
      },
      waitingFor(opts, first),
    );
  });
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

function createRemoteClusters(
  name: string,
  plan: AccessPlan,
  readers: Record<string, RemoteReader>,
  { clusters, namespaces }: AccessInputs,
  options: ClusterOptions,
): void {
  for (const [key, { mesh, cluster, namespace, watches }] of Object.entries(plan.watchers)) {
    const remotes = watches.map(({ cluster: watched, kind }): [string, RemoteClusterArgs] => {
      const { endpoint, certificateAuthority } = clusters[watched];
      const { token } = readers[memberKey(mesh, watched)];
      const byToken = kind === RemoteAccess.ServiceAccountToken ? { token } : {};
      return [watched, { endpoint, certificateAuthority, ...byToken }];
    });
    new RemoteClusters(
      logicalName(name, key, "remote-clusters"),
      { namespace, clusters: Object.fromEntries(remotes) },
      waitingFor(options(cluster), [namespaces[key]]),
    );
  }
}
