import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { mapValues } from "../../records";
import { TARGETS_TAG } from "../../topology";

/** What an internal load balancer asks its targets. */
export interface HealthCheck {
  /** Port of the target, which answers plain HTTP there. */
  port: number;
  /** Path that answers 200 where the target is healthy. */
  path: string;
}

/** What an internal network load balancer at chosen addresses is made from. */
export interface InternalBalancerArgs {
  /** Physical name, at most 26 characters: those of the target groups are longer by the port. */
  loadBalancerName: pulumi.Input<string>;
  /** VPC of the load balancer and its targets. */
  vpcId: pulumi.Input<string>;
  /** Subnets that nothing but load balancers takes addresses of, one per zone. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Private address in each of these subnets, in their order. */
  addresses: string[];
  /** Security group: AWS gives none to a network load balancer that was made without. */
  securityGroupId: pulumi.Input<string>;
  /** TCP ports by a name for each: targets listen on the same. */
  ports: Record<string, number>;
  /** How targets are asked for their health. */
  health: HealthCheck;
  /**
   * Seconds until the connections of a target that was taken out are ended, 0 to 3600: what it takes to end them itself.
   */
  deregistrationDelay: number;
  /**
   * Name in EKS of the cluster whose pods are the targets: Auto Mode, and the controller of a `LoadBalancerController`,
   * register them with no target group that does not bear it.
   *
   * @default none: whoever registers them may do so with any target group
   */
  targetCluster?: pulumi.Input<string>;
  /**
   * AWS refuses to delete the load balancer, and with it whatever replaces it.
   *
   * @default false
   */
  deletionProtection?: boolean;
}

/** Seconds: as often as AWS allows twice in a row, so that a lost target is left within ten. */
const pace = { interval: 5, timeout: 4, healthyThreshold: 2, unhealthyThreshold: 2 };

/** An internal load balancer at addresses that are chosen before it is there. What stands behind it is bound in its cluster. */
export class InternalBalancer extends pulumi.ComponentResource {
  /** ARNs of the target groups, by the names of the ports; each is known once the load balancer sends to it. */
  public readonly targetGroupArns: Record<string, pulumi.Output<string>>;

  constructor(name: string, args: InternalBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:InternalBalancer", name, {}, opts);
    // Names and addresses are fixed, so that the old one must be gone before the new one can have them.
    const options = { ...childOptions(this, opts), deleteBeforeReplace: true };
    const { arn } = createLoadBalancer(name, args, options);
    const listen = (port: number) => createListener(`${name}-${port}`, port, arn, args, options);
    this.targetGroupArns = mapValues(args.ports, listen);
    this.registerOutputs({ targetGroupArns: this.targetGroupArns });
  }
}

function createLoadBalancer(
  name: string,
  args: InternalBalancerArgs,
  options: pulumi.CustomResourceOptions,
): aws.lb.LoadBalancer {
  const { loadBalancerName, subnetIds, addresses, securityGroupId } = args;
  const ids = pulumi.output(subnetIds);
  return new aws.lb.LoadBalancer(
    name,
    {
      name: loadBalancerName,
      loadBalancerType: "network",
      internal: true,
      securityGroups: [securityGroupId],
      subnetMappings: addresses.map((privateIpv4Address, zone) => ({
        subnetId: ids.apply((all) => all[zone]!),
        privateIpv4Address,
      })),
      // An address must lead to a target although none is in its zone.
      enableCrossZoneLoadBalancing: true,
      enableDeletionProtection: args.deletionProtection ?? false,
      tags: { Name: name },
    },
    options,
  );
}

/** ARN of the target group, known once the load balancer sends to it. */
function createListener(
  name: string,
  port: number,
  loadBalancerArn: pulumi.Output<string>,
  args: InternalBalancerArgs,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { arn: targetGroupArn } = createTargetGroup(name, port, args, options);
  const listener = new aws.lb.Listener(
    name,
    {
      loadBalancerArn,
      port,
      protocol: "TCP",
      defaultActions: [{ type: "forward", targetGroupArn }],
      tags: { Name: name },
    },
    options,
  );
  return pulumi.all([targetGroupArn, listener.arn]).apply(([arn]) => arn);
}

function createTargetGroup(
  name: string,
  port: number,
  { loadBalancerName, vpcId, targetCluster, health, deregistrationDelay }: InternalBalancerArgs,
  options: pulumi.CustomResourceOptions,
): aws.lb.TargetGroup {
  const tags: Record<string, pulumi.Input<string>> = { Name: name };
  if (targetCluster) tags[TARGETS_TAG] = targetCluster;
  return new aws.lb.TargetGroup(
    name,
    {
      name: pulumi.interpolate`${loadBalancerName}-${port}`,
      port,
      protocol: "TCP",
      targetType: "ip",
      vpcId,
      healthCheck: {
        ...{ protocol: "HTTP", port: String(health.port), path: health.path, matcher: "200" },
        ...pace,
      },
      // Clients are in other clusters: the targets' cluster lets in the load balancer alone.
      preserveClientIp: "false",
      deregistrationDelay,
      // Clients of a target that went without a word would hang.
      connectionTermination: true,
      tags,
    },
    options,
  );
}
