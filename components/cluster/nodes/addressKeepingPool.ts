import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { nodeClassSpec, nodePoolSpec, POOL } from "./nodePool";

/** What a pool whose pods keep their address is made from. */
export interface AddressKeepingPoolArgs {
  /** IAM role of the nodes, by name. */
  nodeRoleName: pulumi.Input<string>;
  /** Subnets of the nodes: private. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Security group of nodes and pods. */
  securityGroupId: pulumi.Input<string>;
}

/**
 * Auto Mode's nodes for ordinary pods where peers in other VPCs must see the pod's own address: a NodeClass with SNAT
 * off, and a NodePool like EKS's general-purpose one. Nodes come and go with the pods.
 */
export class AddressKeepingPool extends pulumi.ComponentResource {
  /** Name of the NodePool. */
  public readonly poolName: pulumi.Output<string>;

  constructor(name: string, args: AddressKeepingPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:AddressKeepingPool", name, {}, opts);
    const { nodeRoleName: role, subnetIds, securityGroupId } = args;
    const children = childOptions(this, opts);
    const nodeClass = new k8s.apiextensions.CustomResource(
      `${name}-class`,
      {
        apiVersion: "eks.amazonaws.com/v1",
        kind: "NodeClass",
        metadata: { name: POOL },
        spec: pulumi.output({ role, subnetIds, securityGroupId }).apply(nodeClassSpec<string>),
      },
      children,
    );
    const pool = new k8s.apiextensions.CustomResource(
      name,
      {
        apiVersion: "karpenter.sh/v1",
        kind: "NodePool",
        metadata: { name: POOL },
        spec: nodePoolSpec,
      },
      { ...children, dependsOn: [nodeClass] },
    );

    this.poolName = pool.metadata.name;
    this.registerOutputs({ poolName: this.poolName });
  }
}
