/** Whose nodes run pods: one row per kind. */
import type * as eks from "@pulumi/eks";
import type * as pulumi from "@pulumi/pulumi";
import type { VpcHandle } from "../../handles";
import { logicalName, NodeKind } from "../../topology";
import type { ClusterPlan } from "../facts";
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
  /** The nodes, as far as EKS does not make them: what Releases and objects of the cluster wait for. */
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
    const { region, kubernetesVersion } = plan;
    const nodes = new ManagedNodes(
      logicalName(name, "nodes"),
      {
        ...{ kubernetesVersion, region },
        clusterName: cluster.eksName,
        subnetIds: vpc.privateSubnetIds,
      },
      options,
    );
    return [nodes];
  },
};

export const nodeKinds: Record<NodeKind, Kind> = {
  [NodeKind.AutoMode]: autoMode,
  [NodeKind.Managed]: managed,
};
