import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { ISTIOD_PORTS } from "../../topology";

/** What the load balancer before an istiod that serves other clusters is made from. */
export interface IstiodLoadBalancerArgs {
  /** Physical name, at most 26 characters: those of the target groups are longer by the port. */
  loadBalancerName: pulumi.Input<string>;
  /** VPC of the cluster that istiod runs in. */
  vpcId: pulumi.Input<string>;
  /** Subnets that nothing but load balancers takes addresses of, one per zone. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Private address in each of these subnets, in their order. */
  addresses: string[];
  /** Security group: AWS gives none to a network load balancer that was made without. */
  securityGroupId: pulumi.Input<string>;
  /**
   * Name of the EKS cluster whose Auto Mode registers the targets.
   *
   * @default none: the AWS load-balancer controller registers them
   */
  autoModeCluster?: pulumi.Input<string>;
}

/**
 * Readiness, which is plain HTTP unlike the ports that are served (istio, pilot/pkg/bootstrap/server.go). Seconds: as
 * often as AWS allows twice in a row, so that a lost istiod is left within ten.
 */
const healthCheck = {
  protocol: "HTTP",
  port: "8080",
  path: "/ready",
  matcher: "200",
  interval: 5,
  timeout: 4,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
};

/** An istiod's internal load balancer, at addresses that are chosen before it is there. What stands behind it is bound in its cluster. */
export class IstiodLoadBalancer extends pulumi.ComponentResource {
  /** ARN of the target group of configuration and certificates: istiod's port 15012. */
  public readonly xdsTargetGroupArn: pulumi.Output<string>;
  /** ARN of the target group of injection and validation: istiod's port 15017. */
  public readonly webhookTargetGroupArn: pulumi.Output<string>;

  constructor(name: string, args: IstiodLoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:IstiodLoadBalancer", name, {}, opts);
    // Names and addresses are fixed, so that the old one must be gone before the new one can have them.
    const options = { ...childOptions(this, opts), deleteBeforeReplace: true };
    const { arn } = createLoadBalancer(name, args, options);
    const listen = (port: number) => createListener(`${name}-${port}`, port, arn, args, options);
    this.xdsTargetGroupArn = listen(ISTIOD_PORTS.xds);
    this.webhookTargetGroupArn = listen(ISTIOD_PORTS.webhook);
    this.registerOutputs({
      xdsTargetGroupArn: this.xdsTargetGroupArn,
      webhookTargetGroupArn: this.webhookTargetGroupArn,
    });
  }
}

function createLoadBalancer(
  name: string,
  { loadBalancerName, subnetIds, addresses, securityGroupId }: IstiodLoadBalancerArgs,
  options: pulumi.CustomResourceOptions,
): aws.lb.LoadBalancer {
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
      // An address must lead to istiod although no istiod is in its zone.
      enableCrossZoneLoadBalancing: true,
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
  args: IstiodLoadBalancerArgs,
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
  { loadBalancerName, vpcId, autoModeCluster }: IstiodLoadBalancerArgs,
  options: pulumi.CustomResourceOptions,
): aws.lb.TargetGroup {
  const tags: Record<string, pulumi.Input<string>> = { Name: name };
  // Auto Mode may only register with what bears its cluster's name (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSLoadBalancingPolicy.html).
  if (autoModeCluster) tags["eks:eks-cluster-name"] = autoModeCluster;
  return new aws.lb.TargetGroup(
    name,
    {
      name: pulumi.interpolate`${loadBalancerName}-${port}`,
      port,
      protocol: "TCP",
      targetType: "ip",
      vpcId,
      healthCheck,
      // Clients are in other clusters: istiod's cluster lets in the load balancer alone.
      preserveClientIp: "false",
      // Clients of an istiod that goes are sent to another one at once.
      deregistrationDelay: 5,
      connectionTermination: true,
      tags,
    },
    options,
  );
}
