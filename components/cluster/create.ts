import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { VpcHandle } from "../handles";
import type { ExistingClusterValues } from "../existing";
import { waitingFor } from "../options";
import { lookUp } from "../records";
import type { AwsOptions } from "../options";
import { logicalName } from "../topology";
import { EksCluster } from "./eks/eksCluster";
import type { ClusterHandle } from "../handles";
import { LoadBalancerController } from "./loadBalancers/loadBalancerController";
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

/** Clusters by name. */
export interface Clusters {
  handles: Record<string, ClusterHandle>;
  /** Each cluster's one Kubernetes provider. */
  providers: Record<string, k8s.Provider>;
  /** What Releases and objects in the cluster must wait for: its nodes, and its load-balancer controller. */
  ready: Record<string, pulumi.Resource[]>;
}

interface Made {
  handle: ClusterHandle;
  provider: k8s.Provider;
  ready: pulumi.Resource[];
}

/** Every cluster of a plan, made here or brought along, as the other rooms see it. */
export function createClusters(
  name: string,
  plan: Record<string, ClusterPlan>,
  inputs: ClusterInputs,
  options: AwsOptions,
): Clusters {
  const made = Object.values(plan).map((cluster): [string, Made] => {
    const create = cluster.existing ? bringCluster : createCluster;
    const logical = logicalName(name, cluster.name);
    return [cluster.name, create(logical, cluster, inputs, options(cluster.provider))];
  });
  const pick = <Key extends keyof Made>(key: Key): Record<string, Made[Key]> =>
    Object.fromEntries(made.map(([cluster, parts]) => [cluster, parts[key]]));
  return { handles: pick("handle"), providers: pick("provider"), ready: pick("ready") };
}

function bringCluster(
  name: string,
  { name: cluster, vpc, existing, eksName }: ClusterPlan,
  { vpcs, existing: given }: ClusterInputs,
  { parent }: pulumi.ComponentResourceOptions,
): Made {
  const values = lookUp(given, cluster);
  const handle = {
    eksName,
    kubeconfig: pulumi.secret(values.kubeconfig!),
    endpoint: existing?.endpoint ?? values.endpoint,
    certificateAuthority: existing?.certificateAuthority ?? values.certificateAuthority,
    vpcId: vpcs[vpc]!.vpcId,
    securityGroupId: existing?.securityGroupId ?? values.securityGroupId,
  };
  return { handle, provider: clusterProvider(name, handle, { parent }), ready: [] };
}

function createCluster(
  name: string,
  plan: ClusterPlan,
  { vpcs, credentials = {} }: ClusterInputs,
  options: pulumi.ComponentResourceOptions,
): Made {
  const vpc = vpcs[plan.vpc]!;
  const cluster = new EksCluster(
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
    },
    options,
  );
  const provider = clusterProvider(name, cluster, { parent: cluster });
  const inside = pulumi.mergeOptions(options, { providers: [provider], dependsOn: [cluster] });
  const nodes = nodeKinds[plan.nodes.kind].create(name, plan, { cluster, vpc }, inside);
  const controllers = createController(name, plan, vpc, waitingFor(inside, nodes));
  return { handle: cluster, provider, ready: [cluster, ...nodes, ...controllers] };
}

/** What makes load balancers, where EKS does not. */
function createController(
  name: string,
  { eksName, region, tags, loadBalancerController: controller }: ClusterPlan,
  { vpcId }: VpcHandle,
  options: pulumi.ComponentResourceOptions,
): pulumi.Resource[] {
  if (!controller) return [];
  const { chart, version: chartVersion, repositoryOpts } = controller;
  const args = { clusterName: eksName!, region, vpcId, tags, chart, chartVersion };
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
