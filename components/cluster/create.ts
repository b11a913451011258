import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { VpcHandle } from "../handles";
import type { ExistingClusterValues } from "../existing";
import { after } from "../options";
import { find, lookUp, mapValues } from "../records";
import type { AwsOptions } from "../options";
import { logicalName } from "../topology";
import { EksCluster } from "./eks/eksCluster";
import type { ClusterHandle } from "../handles";
import { LoadBalancerController } from "./loadBalancers/loadBalancerController";
import { ClusterPeople } from "./people/clusterPeople";
import { nodeKinds } from "./nodes/kinds";
import type { ClusterPlan } from "./facts";
import { clusterProvider } from "./eks/provider";

/** What clusters need from outside. */
export interface ClusterInputs {
  /** VPCs by id of the plan. */
  vpcs: Record<string, VpcHandle>;
  /** Values of the clusters that exist, by name, each with its kubeconfig. */
  existing: Record<string, ExistingClusterValues>;
  /** What kubeconfigs of clusters made here ask for tokens with. */
  credentials?: KubeconfigCredentials;
}

/** What the AWS CLI asks for tokens with; absent: what its environment says. */
export interface KubeconfigCredentials {
  profile?: pulumi.Input<string>;
  /** Role of clusters in the program's own account. */
  roleArn?: pulumi.Input<string>;
}

/** Clusters by name. Nothing stands in those made here yet. */
export interface Clusters {
  handles: Record<string, ClusterHandle>;
  /** Those made here. */
  made: Record<string, EksCluster>;
}

/** Every cluster of a plan, made here or brought along, as the other rooms see it. */
export function createClusters(
  name: string,
  plan: Record<string, ClusterPlan>,
  inputs: ClusterInputs,
  options: AwsOptions,
): Clusters {
  const handles = mapValues(plan, (cluster): ClusterHandle =>
    cluster.existing
      ? bringCluster(cluster, inputs)
      : createCluster(logicalName(name, cluster.name), cluster, inputs, options(cluster.provider)),
  );
  const made = Object.entries(handles).flatMap(([cluster, handle]) =>
    handle instanceof EksCluster ? [[cluster, handle] as const] : [],
  );
  return { handles, made: Object.fromEntries(made) };
}

/** What needs a way in to API servers. */
export interface WayInputs {
  clusters: Clusters;
  /** What Pulumi reaches a private API server by, by cluster: rules of its group, and routes of its VPC. */
  ways: Record<string, pulumi.Resource[]>;
}

/**
 * Each cluster's one Kubernetes provider. It asks the API server once, when it is made, and takes one that is silent for
 * unreachable until the program ends (pulumi-kubernetes, provider/pkg/provider/provider.go, Configure): the way in is there before it.
 */
export function createClusterProviders(
  name: string,
  plan: Record<string, ClusterPlan>,
  { clusters, ways }: WayInputs,
  options: AwsOptions,
): Record<string, k8s.Provider> {
  return mapValues(plan, (cluster) => {
    const { parent } = options(cluster.provider);
    return clusterProvider(
      logicalName(name, cluster.name),
      lookUp(clusters.handles, cluster.name),
      { parent: find(clusters.made, cluster.name) ?? parent, dependsOn: wayTo(cluster, ways) },
    );
  });
}

function wayTo(
  { name, privateApi }: ClusterPlan,
  ways: Record<string, pulumi.Resource[]>,
): pulumi.Resource[] {
  return privateApi ? (find(ways, name) ?? []) : [];
}

/** What nodes need from outside. */
export interface NodesInputs extends WayInputs {
  /** VPCs by id of the plan. */
  vpcs: Record<string, VpcHandle>;
  /** Kubernetes providers of the clusters, by name. */
  providers: Record<string, k8s.Provider>;
}

/**
 * Nodes of the clusters made here, and what makes load balancers there.
 *
 * @returns what Releases and objects in each cluster must wait for. Pulumi's way in is among it: while something is there to
 * be made or deleted in a cluster, Pulumi must be let in
 */
export function createNodes(
  name: string,
  plan: Record<string, ClusterPlan>,
  inputs: NodesInputs,
  options: AwsOptions,
): Record<string, pulumi.Resource[]> {
  return mapValues(plan, (cluster) => {
    const made = find(inputs.clusters.made, cluster.name);
    const logical = logicalName(name, cluster.name);
    return made ? createNodesOf(logical, cluster, made, inputs, options(cluster.provider)) : [];
  });
}

function createNodesOf(
  name: string,
  plan: ClusterPlan,
  cluster: EksCluster,
  { vpcs, providers, ways }: NodesInputs,
  options: pulumi.ComponentResourceOptions,
): pulumi.Resource[] {
  const vpc = lookUp(vpcs, plan.vpc);
  const way = wayTo(plan, ways);
  const inside = pulumi.mergeOptions(options, {
    providers: [lookUp(providers, plan.name)],
    dependsOn: [cluster, ...way],
  });
  createPeople(name, plan, cluster, inside);
  const nodes = nodeKinds[plan.nodes.kind].create(name, plan, { cluster, vpc }, inside);
  // Only its pods need nodes. Pod Identity knows their role some seconds after it is given, and they take it once for life.
  const vpcId = after(vpc.vpcId, nodes);
  const controllers = createController(name, plan, { cluster, vpcId }, inside);
  return [cluster, ...way, ...nodes, ...controllers];
}

function createPeople(
  name: string,
  { region, access: { admins, viewers } }: ClusterPlan,
  { eksName: clusterName }: EksCluster,
  options: pulumi.ComponentResourceOptions,
): void {
  if (admins.length + viewers.length === 0) return;
  const args = { clusterName, region, admins, viewers };
  new ClusterPeople(logicalName(name, "people"), args, options);
}

function bringCluster(
  { name: cluster, vpc, existing, eksName }: ClusterPlan,
  { vpcs, existing: given }: ClusterInputs,
): ClusterHandle {
  const values = lookUp(given, cluster);
  return {
    eksName,
    kubeconfig: pulumi.secret(values.kubeconfig!),
    endpoint: existing?.endpoint ?? values.endpoint,
    certificateAuthority: existing?.certificateAuthority ?? values.certificateAuthority,
    vpcId: vpcs[vpc]!.vpcId,
    securityGroupId: existing?.securityGroupId ?? values.securityGroupId,
  };
}

function createCluster(
  name: string,
  plan: ClusterPlan,
  { vpcs, credentials = {} }: ClusterInputs,
  options: pulumi.ComponentResourceOptions,
): EksCluster {
  const vpc = vpcs[plan.vpc]!;
  return new EksCluster(
    name,
    {
      clusterName: plan.eksName!,
      kubernetesVersion: plan.kubernetesVersion,
      vpcId: vpc.vpcId,
      controlPlaneSubnetIds: vpc.controlPlaneSubnetIds,
      nodes: plan.nodes.kind,
      publicAccessCidrs: plan.privateApi ? undefined : publicAccessCidrs(plan, vpcs),
      kubeconfigRoleArn: plan.account ?? credentials.roleArn,
      kubeconfigProfile: credentials.profile,
      encryptionKeyArn: plan.encryptionKey,
      logTypes: plan.logs.types,
      logRetentionDays: plan.logs.retentionDays,
      deletionProtection: plan.deletionProtection,
      upgradePolicy: plan.upgradePolicy,
      zonalShift: plan.zonalShift,
      networkPolicies: plan.networkPolicies,
      iam: plan.iam,
    },
    options,
  );
}

/** What makes load balancers, where EKS does not. */
function createController(
  name: string,
  { region, tags, iam, loadBalancerController: controller }: ClusterPlan,
  {
    cluster: { eksName: clusterName },
    vpcId,
  }: { cluster: EksCluster; vpcId: pulumi.Output<string> },
  options: pulumi.ComponentResourceOptions,
): pulumi.Resource[] {
  if (!controller) return [];
  const { chart, version: chartVersion, repositoryOpts } = controller;
  const args = { clusterName, region, vpcId, tags, iam, chart, chartVersion };
  return [
    new LoadBalancerController(
      logicalName(name, "load-balancer-controller"),
      { ...args, repository: repositoryOpts?.repo },
      options,
    ),
  ];
}

/** The plan's CIDRs, and the NAT addresses of the istiods that watch from other VPCs. */
function publicAccessCidrs(
  { allowFrom, allowNatOf }: ClusterPlan,
  vpcs: Record<string, VpcHandle>,
): pulumi.Output<string[]> {
  const addresses = allowNatOf.map((vpc) => vpcs[vpc]!.natAddresses);
  return pulumi
    .all(addresses)
    .apply((peers) => [...allowFrom, ...peers.flat().map((address) => `${address}/32`)]);
}
