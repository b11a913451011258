/** Whose nodes run pods: one row per kind. */
import type * as eks from "@pulumi/eks";
import type * as pulumi from "@pulumi/pulumi";
import type { VpcHandle } from "../../handles";
import { waitingFor } from "../../options";
import { logicalName, NodeKind } from "../../topology";
import type { ClusterPlan } from "../facts";
import { LoadBalancerController } from "../loadBalancers/loadBalancerController";
import { AddressKeepingPool } from "./addressKeepingPool";
import { ManagedNodes } from "./managedNodes";

/** Where nodes are put. */
interface Place {
  /** The cluster, made here. */
  cluster: {
    eksName: pulumi.Output<string>;
    securityGroupId: pulumi.Output<string>;
    autoModeNodeRoleName: pulumi.Output<string>;
  };
  vpc: VpcHandle;
}

interface Kind {
  /** What EKS is told when the cluster is made. */
  eks(keepPodAddresses: boolean): Pick<eks.ClusterOptions, "autoMode" | "vpcCniOptions">;
  /** What is made in the cluster, in whose place pods wait: nodes, and the load-balancer controller where it runs on them. */
  create(
    name: string,
    plan: ClusterPlan,
    place: Place,
    options: pulumi.ComponentResourceOptions,
  ): pulumi.Resource[];
}

/**
 * Built-in pools where ordinary pods have a pool of their own: only the one for EKS's add-ons, whose taint keeps them off.
 * It stays so that EKS admits the node role, which both share
 * (https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html).
 */
const ownPools = { nodePools: ["system"] };

const autoMode: Kind = {
  // It has no VPC CNI to set: its pods keep their address by NodeClass.
  eks: (keepPodAddresses) => ({
    autoMode: { enabled: true, computeConfig: keepPodAddresses ? ownPools : undefined },
  }),
  create: (name, { keepPodAddresses }, { cluster, vpc }, options) => {
    if (!keepPodAddresses) return [];
    const pool = new AddressKeepingPool(
      logicalName(name, "pool"),
      {
        nodeRoleName: cluster.autoModeNodeRoleName,
        subnetIds: vpc.privateSubnetIds,
        securityGroupId: cluster.securityGroupId,
      },
      options,
    );
    return [pool];
  },
};

const managed: Kind = {
  eks: (keepPodAddresses) => ({
    vpcCniOptions: keepPodAddresses ? { cniExternalSnat: true } : undefined,
  }),
  create: (name, plan, { cluster, vpc }, options) => {
    const { region, kubernetesVersion, loadBalancerController: controller } = plan;
    const { eksName: clusterName } = cluster;
    const nodes = new ManagedNodes(
      logicalName(name, "nodes"),
      { clusterName, kubernetesVersion, region, subnetIds: vpc.privateSubnetIds },
      options,
    );
    if (!controller) return [nodes];
    const { chart, version: chartVersion, repositoryOpts } = controller;
    const balancing = new LoadBalancerController(
      logicalName(name, "load-balancer-controller"),
      {
        ...{ clusterName, region, chart, chartVersion },
        vpcId: vpc.vpcId,
        repository: repositoryOpts?.repo,
      },
      waitingFor(options, [nodes]),
    );
    return [nodes, balancing];
  },
};

export const nodeKinds: Record<NodeKind, Kind> = {
  [NodeKind.AutoMode]: autoMode,
  [NodeKind.Managed]: managed,
};
