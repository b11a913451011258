/** Whose nodes run pods: one row per kind. */
import type * as eks from "@pulumi/eks";
import type * as pulumi from "@pulumi/pulumi";
import type { VpcHandle } from "../../handles";
import { logicalName, NodeKind } from "../../topology";
import { AddonName } from "../../versions/addons";
import type { ClusterPlan } from "../facts";
import { addonFor } from "./addons";
import { AutoModeNodes } from "./autoModeNodes";
import { ManagedNodes } from "./managedNodes";

/** Where nodes are put. */
interface Place {
  /** The cluster, made here. */
  cluster: Record<"eksName" | "securityGroupId" | "roleName", pulumi.Output<string>>;
  vpc: VpcHandle;
}

type EksOptions = Pick<
  eks.ClusterOptions,
  "autoMode" | "bootstrapSelfManagedAddons" | "kubeProxyAddonOptions" | "vpcCniOptions"
>;

/** What of a cluster EKS's own parts depend on. */
interface EksFacts {
  kubernetesVersion: pulumi.Input<string>;
  networkPolicies?: boolean;
}

interface Kind {
  /** What EKS is told when the cluster is made. */
  eks(cluster: EksFacts): EksOptions;
  /** The nodes: what Releases and objects of the cluster wait for. */
  create(
    name: string,
    plan: ClusterPlan,
    place: Place,
    options: pulumi.ComponentResourceOptions,
  ): pulumi.Resource[];
}

const autoMode: Kind = {
  eks: () => ({
    autoMode: {
      enabled: true,
      // No built-in pool, and so no role for them: EKS refuses one without the other
      // (https://github.com/aws/aws-cdk/pull/33894). `AutoModeNodes` makes both.
      createNodeRole: false,
      computeConfig: { nodePools: [] },
    },
  }),
  create: (name, { nodes: said, ...plan }, { cluster, vpc }, options) => {
    const {
      region,
      kubernetesVersion,
      encryptionKey: diskKeyArn,
      tags,
      iam,
      networkPolicies,
    } = plan;
    const { instanceTypes, architectures, capacity, diskGiB, limits } = said;
    const nodes = new AutoModeNodes(
      logicalName(name, "nodes"),
      {
        ...{ region, kubernetesVersion, instanceTypes, architectures, capacity, diskGiB },
        ...{ diskKeyArn, tags, iam, clusterRoleName: cluster.roleName, networkPolicies },
        vcpuLimit: limits.cpu,
        memoryLimitGiB: limits.memoryGiB,
        clusterName: cluster.eksName,
        subnetIds: vpc.privateSubnetIds,
        securityGroupId: cluster.securityGroupId,
      },
      options,
    );
    return [nodes];
  },
};

const managed: Kind = {
  eks: ({ kubernetesVersion, networkPolicies }) => ({
    // What EKS installs by itself, nobody moves to a newer version
    // (https://docs.aws.amazon.com/eks/latest/userguide/eks-networking-add-ons.html).
    bootstrapSelfManagedAddons: false,
    kubeProxyAddonOptions: { version: addonFor(kubernetesVersion, AddonName.KubeProxy) },
    vpcCniOptions: {
      addonVersion: addonFor(kubernetesVersion, AddonName.VpcCni),
      // As with Auto Mode's nodes: pods keep their address on the way to other VPCs
      // (https://docs.aws.amazon.com/eks/latest/userguide/external-snat.html).
      cniExternalSnat: true,
      // https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html
      ...(networkPolicies && { enableNetworkPolicy: true }),
    },
  }),
  create: (name, { nodes: said, ...plan }, { cluster, vpc }, options) => {
    const { region, kubernetesVersion, encryptionKey: diskKeyArn, tags, iam } = plan;
    const { instanceTypes, architectures, capacity, diskGiB, count } = said;
    const nodes = new ManagedNodes(
      logicalName(name, "nodes"),
      {
        ...{ region, kubernetesVersion, instanceTypes, capacity, diskGiB, diskKeyArn, tags, iam },
        // A rule sees to it that there is one.
        architecture: architectures[0],
        minSize: count.min,
        maxSize: count.max,
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
