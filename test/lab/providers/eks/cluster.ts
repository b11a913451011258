import type * as Sdk from "@pulumi/pulumi";
import { Store, storeRoot } from "../base/store";
import { asList, asProps, asText } from "../base/values";
import type { Component } from "../base/provider";
import type { Props } from "../base/values";
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

/** `eks:index:Cluster` with the children that the real component registers, cluster first. */
export async function constructCluster(
  name: string,
  args: Inputs,
  options: Props,
): Promise<Component> {
  const sdk = await import("@pulumi/pulumi");
  const parent = component(sdk, "eks:index:Cluster", name, options);
  const context: Context = { sdk, name, args, parent };
  const groups = nodeGroups(context);
  const roles = clusterRoles(context);
  const cluster = eksCluster(context, roles, groups);
  groups.afterCluster(cluster);
  addons(context, cluster);
  accessEntries(context, cluster);
  const state = outputsOf(context, { cluster, groups, roles });
  parent.finish(state);
  return { urn: parent.urn, state };
}

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
  const wanted = args.createInstanceRole ?? !(args.skipDefaultNodeGroup ?? auto);
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

function autoModeConfig({ args }: Context, { autoNode }: Roles): Inputs {
  if (!isAuto(args)) {
    const serviceIpv4Cidr = args.kubernetesServiceIpAddressRange;
    return { kubernetesNetworkConfig: serviceIpv4Cidr ? { serviceIpv4Cidr } : undefined };
  }
  return {
    computeConfig: {
      enabled: true,
      nodeRoleArn: autoNode?.role.out.arn,
      nodePools: ["general-purpose", "system"],
      ...asProps(asProps(args.autoMode).computeConfig),
    },
    storageConfig: { blockStorage: { enabled: true } },
    kubernetesNetworkConfig: {
      ipFamily: args.ipFamily ?? "ipv4",
      serviceIpv4Cidr: args.kubernetesServiceIpAddressRange,
      elasticLoadBalancing: { enabled: true },
    },
  };
}

const ADDONS = [
  { addon: "kube-proxy", options: "kubeProxyAddonOptions" },
  { addon: "coredns", options: "corednsAddonOptions" },
  { addon: "vpc-cni", options: "vpcCniOptions" },
] as const;

function addons(context: Context, cluster: Child): void {
  const { name, args } = context;
  for (const { addon, options } of ADDONS) {
    const chosen = asProps(args[options]);
    const unwanted = isAuto(args) || (addon === "vpc-cni" && args.useDefaultVpcCni);
    if (!(chosen.enabled ?? !unwanted)) continue;
    const inputs = {
      clusterName: cluster.out.name,
      addonName: addon,
      addonVersion: chosen.version ?? chosen.addonVersion,
      preserve: true,
      resolveConflictsOnCreate: chosen.resolveConflictsOnCreate ?? "OVERWRITE",
      resolveConflictsOnUpdate: chosen.resolveConflictsOnUpdate ?? "OVERWRITE",
      configurationValues: configuration(context, chosen.configurationValues),
      tags: args.tags,
    };
    child(context, "aws:eks/addon:Addon", `${name}-${addon}`, inputs, []);
  }
}

function configuration({ sdk }: Context, values: unknown) {
  return values === undefined
    ? undefined
    : sdk.output(values).apply((it) => (typeof it === "string" ? it : JSON.stringify(it)));
}

function accessEntries(context: Context, cluster: Child): void {
  const { name, args } = context;
  const options = { dependsOn: [cluster] };
  const clusterName = cluster.out.name;
  for (const [key, value] of Object.entries(asProps(args.accessEntries))) {
    const { accessPolicies, ...entry } = asProps(value);
    const inputs = { ...entry, clusterName };
    const made = child(
      context,
      "aws:eks/accessEntry:AccessEntry",
      `${name}-${key}`,
      inputs,
      [],
      options,
    );
    for (const [policy, scope] of Object.entries(asProps(accessPolicies))) {
      child(
        context,
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        `${name}-${key}-${policy}`,
        { ...asProps(scope), clusterName, principalArn: entry.principalArn },
        [],
        { dependsOn: [made] },
      );
    }
  }
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
