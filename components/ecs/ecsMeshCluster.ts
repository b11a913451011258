import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../options";
import { createCapacity } from "./capacity";
import type { EcsInstances } from "./capacity";
import { FARGATE } from "./service";

/** What an ECS cluster is made from. */
export interface EcsMeshClusterArgs {
  /** Its name, once in its account and region. */
  clusterName: pulumi.Input<string>;
  /**
   * Instances of its own.
   *
   * @default none: its tasks run on Fargate
   */
  instances?: EcsInstances;
}

/** An ECS cluster whose tasks run on Fargate, or on instances of its own. Free of charge but for these. */
export class EcsMeshCluster extends pulumi.ComponentResource {
  /** ARN of the cluster, known once tasks can run there. */
  public readonly clusterArn: pulumi.Output<string>;
  /** Capacity provider of its instances; absent where it has none. */
  public readonly capacityProvider?: pulumi.Output<string>;

  constructor(name: string, args: EcsMeshClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:EcsMeshCluster", name, {}, opts);
    const children = childOptions(this, opts);
    const cluster = new aws.ecs.Cluster(name, { name: args.clusterName }, children);
    const own = args.instances && createCapacity(name, cluster.name, args.instances, children);
    const providers = new aws.ecs.ClusterCapacityProviders(
      name,
      {
        clusterName: cluster.name,
        capacityProviders: [...Object.values(FARGATE), ...(own ? [own] : [])],
        defaultCapacityProviderStrategies: [
          { capacityProvider: own ?? FARGATE["on-demand"], weight: 1 },
        ],
      },
      children,
    );
    this.clusterArn = pulumi.all([cluster.arn, providers.id]).apply(([arn]) => arn);
    this.capacityProvider = own;
    this.registerOutputs({ clusterArn: this.clusterArn, capacityProvider: this.capacityProvider });
  }
}
