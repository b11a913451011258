/** Whose nodes run pods: one row per kind. */
import type * as eks from "@pulumi/eks";
import type * as pulumi from "@pulumi/pulumi";
import type { VpcHandle } from "../../handles";
import { logicalName, NodeKind } from "../../topology";
import { AddonName } from "../../versions/addons";
import type { ClusterPlan } from "../facts";
import { addonFor } from "./addons";
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

type EksOptions = Pick<
  eks.ClusterOptions,
  | "autoMode"
  | "bootstrapSelfManagedAddons"
  | "corednsAddonOptions"
  | "kubeProxyAddonOptions"
  | "vpcCniOptions"
>;

interface Kind {
  /** What EKS is told when the cluster is made. */
  eks(kubernetesVersion: pulumi.Input<string>, keepPodAddresses: boolean): EksOptions;
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
  eks: (_, keepPodAddresses) => ({
    autoMode: { enabled: true, computeConfig: keepPodAddresses ? ownPools : undefined },
    // Its nodes answer DNS themselves; two pods more would only keep nodes from going away
    // (https://github.com/pulumi/pulumi-eks/issues/1726).
    corednsAddonOptions: { enabled: false },
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
  eks: (kubernetesVersion, keepPodAddresses) => ({
    // What EKS installs by itself, nobody moves to a newer version
    // (https://docs.aws.amazon.com/eks/latest/userguide/eks-networking-add-ons.html).
    bootstrapSelfManagedAddons: false,
    kubeProxyAddonOptions: { version: addonFor(kubernetesVersion, AddonName.KubeProxy) },
    vpcCniOptions: {
      addonVersion: addonFor(kubernetesVersion, AddonName.VpcCni),
      cniExternalSnat: keepPodAddresses || undefined,
    },
    // `ManagedNodes` makes it, once there are nodes for its pods.
    corednsAddonOptions: { enabled: false },
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
