import type * as Sdk from "@pulumi/pulumi";
import { Store, storeRoot } from "../base/store";
import { asList, asProps, asText } from "../base/values";
import type { Component } from "../base/provider";
import type { Props } from "../base/values";
import { addons } from "./addons";
import { child, CLUSTER_OUTPUTS, component, serviceRole } from "./children";
import type { Child, Context, Inputs, ServiceRole } from "./children";
import { nodeGroups } from "./securityGroups";
import type { SecurityGroups } from "./securityGroups";

const CLUSTER_POLICIES = ["AmazonEKSClusterPolicy"];
const AUTO_MODE_POLICIES = [
  "AmazonEKSComputePolicy",
  "AmazonEKSBlockStoragePolicy",
  "AmazonEKSLoadBalancingPolicy",
  "AmazonEKSNetworkingPolicy",
];
const AUTO_NODE_POLICIES = [
  "AmazonEKSWorkerNodeMinimalPolicy",
  "AmazonEC2ContainerRegistryPullOnly",
];
const NODE_POLICIES = [
  "AmazonEKSWorkerNodePolicy",
  "AmazonEKS_CNI_Policy",
  "AmazonEC2ContainerRegistryReadOnly",
];

const isAuto = (args: Inputs) => Boolean(asProps(args.autoMode).enabled);

/**
 * `eks:index:Cluster` with the children that the real component registers: `createCore` in nodejs/eks/cluster/cluster.ts
 * of pulumi-eks v4.3.0 (https://github.com/pulumi/pulumi-eks/tree/v4.3.0/nodejs/eks).
 */
export async function constructCluster(
  name: string,
  args: Inputs,
  options: Props,
): Promise<Component> {
  const sdk = await import("@pulumi/pulumi");
  const parent = component(sdk, "eks:index:Cluster", name, options);
  const context: Context = { sdk, name, args, parent };
  refuse(args);
  const groups = nodeGroups(context);
  const roles = clusterRoles(context);
  const cluster = eksCluster(context, roles, groups);
  groups.afterCluster(cluster);
  const entries = accessEntries(context, cluster, roles);
  addons(context, cluster, entries);
  const state = outputsOf(context, { cluster, groups, roles });
  parent.finish(state);
  return { urn: parent.urn, state };
}

/** What the source refuses, and what this stand-in does not make. */
function refuse(args: Inputs): void {
  if (isAuto(args) && !hasAccessEntries(args)) {
    throw new Error(
      "Access entries are required when using EKS Auto Mode. Use the authentication mode 'API' or 'API_AND_CONFIG_MAP'.",
    );
  }
  if (!args.skipDefaultNodeGroup && !args.fargate && !isAuto(args)) {
    throw new Error("eks stand-in: it makes no default node group; set skipDefaultNodeGroup");
  }
}

const hasAccessEntries = ({ authenticationMode }: Inputs) =>
  authenticationMode === "API" || authenticationMode === "API_AND_CONFIG_MAP";

interface Roles {
  readonly service?: ServiceRole;
  readonly autoNode?: ServiceRole;
  readonly instance?: ServiceRole;
}

function clusterRoles(context: Context): Roles {
  const { name, args } = context;
  const auto = isAuto(args);
  const service = args.serviceRole
    ? undefined
    : serviceRole(context, `${name}-eksRole`, {
        service: "eks.amazonaws.com",
        description: "Allows EKS to manage clusters on your behalf.",
        policies: auto ? [...CLUSTER_POLICIES, ...AUTO_MODE_POLICIES] : CLUSTER_POLICIES,
        actions: ["sts:AssumeRole", "sts:TagSession"],
      });
  const ec2 = { service: "ec2.amazonaws.com" };
  const makesNodeRole = auto && asProps(args.autoMode).createNodeRole !== false;
  const autoNode = makesNodeRole
    ? serviceRole(context, `${name}-nodeRole`, { ...ec2, policies: AUTO_NODE_POLICIES })
    : undefined;
  const brings = args.instanceRole ?? args.instanceRoles;
  // As in the source: Auto Mode alone does not keep it away.
  const wanted = args.createInstanceRole ?? !args.skipDefaultNodeGroup;
  const instance =
    wanted && !brings
      ? serviceRole(context, `${name}-instanceRole`, { ...ec2, policies: NODE_POLICIES })
      : undefined;
  return { service, autoNode, instance };
}

function eksCluster(context: Context, roles: Roles, groups: SecurityGroups): Child {
  const { sdk, name, args } = context;
  const given = args.serviceRole as { arn: Sdk.Output<string> } | undefined;
  const { clusterGroup } = groups;
  const inputs = {
    ...autoModeConfig(context, roles),
    name: args.name,
    roleArn: given ? given.arn : roles.service?.role.out.arn,
    bootstrapSelfManagedAddons: isAuto(args) ? false : (args.bootstrapSelfManagedAddons ?? true),
    vpcConfig: {
      securityGroupIds: clusterGroup ? [clusterGroup.id] : undefined,
      subnetIds: args.subnetIds ?? joined(sdk, args.publicSubnetIds, args.privateSubnetIds),
      endpointPrivateAccess: args.endpointPrivateAccess,
      endpointPublicAccess: args.endpointPublicAccess,
      publicAccessCidrs: args.publicAccessCidrs,
    },
    version: args.version,
    enabledClusterLogTypes: args.enabledClusterLogTypes,
    tags: tagged(sdk, `${name}-eksCluster`, args.clusterTags, args.tags),
    encryptionConfig: args.encryptionConfigKeyArn
      ? { provider: { keyArn: args.encryptionConfigKeyArn }, resources: ["secrets"] }
      : undefined,
    accessConfig: args.authenticationMode
      ? {
          authenticationMode: args.authenticationMode,
          bootstrapClusterCreatorAdminPermissions: true,
        }
      : undefined,
    upgradePolicy: args.upgradePolicy,
    deletionProtection: args.deletionProtection,
  };
  const { service, autoNode } = roles;
  return child(context, "aws:eks/cluster:Cluster", `${name}-eksCluster`, inputs, CLUSTER_OUTPUTS, {
    ignoreChanges: [
      "accessConfig.bootstrapClusterCreatorAdminPermissions",
      "bootstrapSelfManagedAddons",
    ],
    dependsOn: [...(service?.attachments ?? []), ...(autoNode?.attachments ?? [])],
  });
}

function joined(sdk: typeof Sdk, ...lists: unknown[]) {
  return sdk.all(lists.map((list) => list ?? [])).apply((all) => all.flatMap(asList));
}

function tagged(sdk: typeof Sdk, Name: string, ...tags: unknown[]) {
  return sdk
    .all(tags.map((tag) => tag ?? {}))
    .apply((all) => Object.assign({ Name }, ...all.map(asProps)) as Record<string, string>);
}

function autoModeConfig({ sdk, args }: Context, { autoNode }: Roles): Inputs {
  const serviceIpv4Cidr = args.kubernetesServiceIpAddressRange;
  const ipFamily = args.ipFamily ?? "ipv4";
  if (!isAuto(args)) {
    const isGiven = serviceIpv4Cidr !== undefined || args.ipFamily !== undefined;
    return { kubernetesNetworkConfig: isGiven ? { ipFamily, serviceIpv4Cidr } : undefined };
  }
  return {
    computeConfig: sdk
      .all([asProps(args.autoMode).computeConfig, autoNode?.role.out.arn])
      .apply(([config, nodeRoleArn]) => ({
        ...{ enabled: true, nodeRoleArn, nodePools: ["general-purpose", "system"] },
        ...asProps(config),
      })),
    storageConfig: { blockStorage: { enabled: true } },
    kubernetesNetworkConfig: {
      ...{ ipFamily, serviceIpv4Cidr },
      elasticLoadBalancing: { enabled: true },
    },
  };
}

/** The default node group's role may join; what is given besides may hold policies. */
function accessEntries(context: Context, cluster: Child, { instance }: Roles): Child[] {
  const { args } = context;
  if (!hasAccessEntries(args)) return [];
  const nodes = instance && { principalArn: instance.role.out.arn, type: "EC2_LINUX" };
  const entries = { ...(nodes && { defaultNodeGroupInstanceRole: nodes }), ...args.accessEntries };
  return Object.entries(entries).map(([key, entry]) =>
    accessEntry(context, cluster, key, asProps(entry)),
  );
}

function accessEntry(context: Context, cluster: Child, key: string, entry: Inputs): Child {
  const name = `${context.name}-${key}`;
  const clusterName = cluster.out.name;
  const { accessPolicies, username, ...rest } = entry;
  const inputs = { ...rest, userName: username, clusterName };
  const dependsOn = [cluster];
  const type = "aws:eks/accessEntry:AccessEntry";
  const made = child(context, type, name, inputs, [], { dependsOn });
  for (const [policy, scope] of Object.entries(asProps(accessPolicies))) {
    child(
      { ...context, parent: made },
      "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
      `${name}-${policy}`,
      { ...asProps(scope), clusterName, principalArn: entry.principalArn },
      [],
      { dependsOn: [made] },
    );
  }
  return made;
}

/** The real one holds an `exec` of the AWS CLI; this one holds a token and is therefore secret. */
function kubeconfigJsonOf({ sdk }: Context, cluster: Child) {
  const { name, endpoint } = cluster.out;
  return sdk.secret(
    sdk.all([name, endpoint]).apply(([clusterName, server]) => {
      const fact = new Store(storeRoot(), "aws").fact("clusters", asText(clusterName)) ?? {};
      const id = "aws";
      return JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [
          {
            name: "kubernetes",
            cluster: { server, "certificate-authority-data": fact.certificateAuthority },
          },
        ],
        contexts: [{ name: id, context: { cluster: "kubernetes", user: id } }],
        "current-context": id,
        users: [{ name: id, user: { token: fact.token } }],
      });
    }),
  );
}

interface Parts {
  readonly cluster: Child;
  readonly groups: SecurityGroups;
  readonly roles: Roles;
}

function outputsOf(context: Context, { cluster, groups, roles }: Parts): Props {
  const { sdk, args } = context;
  const kubeconfigJson = kubeconfigJsonOf(context, cluster);
  const kubeconfig = kubeconfigJson.apply((json) => JSON.parse(json) as Record<string, string>);
  const { clusterGroup, nodeGroup } = groups;
  const issuer = cluster.out.identities.apply((it) =>
    asText(asProps(asList(asProps(asList(it)[0]).oidcs)[0]).issuer),
  );
  const instanceRoles = roles.instance ? [roles.instance.role] : asList(args.instanceRoles);
  return {
    kubeconfig,
    kubeconfigJson,
    eksCluster: cluster,
    clusterSecurityGroup: clusterGroup,
    clusterSecurityGroupId: clusterGroup?.id ?? "",
    nodeSecurityGroup: nodeGroup,
    nodeSecurityGroupId: nodeGroup?.id ?? "",
    clusterIngressRuleId: "",
    defaultNodeGroupAsgName: "",
    fargateProfileId: "",
    fargateProfileStatus: "",
    instanceRoles: args.instanceRole ? [args.instanceRole] : instanceRoles,
    oidcIssuer: issuer.apply((it) => it.replace(/^https:\/\//, "")),
    oidcProviderArn: "",
    oidcProviderUrl: issuer,
    autoModeNodeRoleName: roles.autoNode?.role.out.name ?? "",
    core: {
      cluster,
      endpoint: cluster.out.endpoint,
      vpcId: args.vpcId,
      subnetIds: args.subnetIds ?? joined(sdk, args.publicSubnetIds, args.privateSubnetIds),
      kubeconfig,
      clusterSecurityGroup: clusterGroup,
      instanceRoles,
      tags: args.tags,
    },
  };
}
