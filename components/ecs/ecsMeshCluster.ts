import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../options";
import { FARGATE } from "./service";

/** What an ECS cluster is made from. */
export interface EcsMeshClusterArgs {
  /** Its name, once in its account and region. */
  clusterName: pulumi.Input<string>;
}

/** An ECS cluster whose tasks run on Fargate. Free of charge. */
export class EcsMeshCluster extends pulumi.ComponentResource {
  /** ARN of the cluster, known once tasks can run there. */
  public readonly clusterArn: pulumi.Output<string>;

  constructor(name: string, args: EcsMeshClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:EcsMeshCluster", name, {}, opts);
    const children = childOptions(this, opts);
    const cluster = new aws.ecs.Cluster(name, { name: args.clusterName }, children);
    const providers = new aws.ecs.ClusterCapacityProviders(
      name,
      {
        clusterName: cluster.name,
        capacityProviders: Object.values(FARGATE),
        defaultCapacityProviderStrategies: [{ capacityProvider: FARGATE["on-demand"], weight: 1 }],
      },
      children,
    );
    this.clusterArn = pulumi.all([cluster.arn, providers.id]).apply(([arn]) => arn);
    this.registerOutputs({ clusterArn: this.clusterArn });
  }
}
