import * as pulumi from "@pulumi/pulumi";
import { TargetBinding } from "../cluster/loadBalancers/targetBinding";
import { gatewayDrain } from "../istio/drain";
import { FEDERATION_PORT, GATEWAY_READY } from "../istio/ports";
import { installRelease } from "../istio/release";
import { timeouts } from "../istio/timeouts";
import { InternalBalancer } from "../network/internal/internalBalancer";
import { childOptions } from "../options";
import { FEDERATION_NAMESPACE, LoadBalancers } from "../topology";
import type { ChartsDescription } from "../topology";
import { ChartName } from "../versions/charts";
import { federationValues, RELEASE } from "./gatewayValues";

/** What a gateway for other meshes is made from. */
export interface FederationGatewayArgs {
  /** Istio version of the chart. */
  version: string;
  /** Istio network that it leads into. */
  network: pulumi.Input<string>;
  /** Physical name of the load balancer, at most 26 characters. */
  loadBalancerName: pulumi.Input<string>;
  /** VPC of the cluster. */
  vpcId: pulumi.Input<string>;
  /** Subnets that nothing but load balancers takes addresses of, one per zone. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Private address in each of these subnets, in their order: what other meshes are told. */
  addresses: string[];
  /** Security group of the load balancer: it lets in who may come to port 15444. */
  securityGroupId: pulumi.Input<string>;
  /**
   * Namespace of the gateway, which exists. Whoever may write there says what other meshes reach.
   *
   * @default istio-federation
   */
  namespace?: pulumi.Input<string>;
  /**
   * Revision of the control plane that serves it.
   *
   * @default the default one
   */
  revision?: string;
  /**
   * Who registers its pods with the load balancer.
   *
   * @default auto-mode
   */
  loadBalancers?: LoadBalancers;
  /**
   * Name in EKS of the cluster: see `InternalBalancer`.
   *
   * @default none
   */
  targetCluster?: pulumi.Input<string>;
  /**
   * AWS refuses to delete the load balancer, and with it whatever replaces it.
   *
   * @default false
   */
  deletionProtection?: boolean;
  /**
   * Where the chart comes from.
   *
   * @default Istio's repository
   */
  charts?: ChartsDescription;
}

/**
 * A gateway that other meshes come in by, behind an internal network load balancer at chosen addresses (about USD 17 a month and traffic).
 * It passes their mutual TLS on and opens none of it.
 *
 * It leads nowhere until a `FederationConfiguration` says what is offered. It comes after the control plane that injects and serves it.
 */
export class FederationGateway extends pulumi.ComponentResource {
  constructor(name: string, args: FederationGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:FederationGateway", name, {}, opts);
    const { namespace = FEDERATION_NAMESPACE, loadBalancers = LoadBalancers.AutoMode } = args;
    const children = childOptions(this, opts);
    const { targetGroupArns } = createBalancer(name, args, { parent: this });
    const binding = new TargetBinding(
      name,
      {
        ...{ namespace, service: RELEASE, loadBalancers },
        targetGroups: { [FEDERATION_PORT]: targetGroupArns.federation! },
      },
      children,
    );
    // Only pods that come later are gated by the health of their target.
    installRelease(
      name,
      {
        ...{ chart: ChartName.Gateway, release: RELEASE, namespace, charts: args.charts },
        ...{ istioVersion: args.version, values: federationValues(args) },
        timeout: timeouts.gateway,
      },
      pulumi.mergeOptions(children, { dependsOn: [binding] }),
    );
    this.registerOutputs({});
  }
}

function createBalancer(
  name: string,
  args: FederationGatewayArgs,
  opts: pulumi.ComponentResourceOptions,
): InternalBalancer {
  const { loadBalancerName, vpcId, subnetIds, addresses, securityGroupId } = args;
  const { targetCluster, deletionProtection } = args;
  return new InternalBalancer(
    name,
    {
      ...{ loadBalancerName, vpcId, subnetIds, addresses, securityGroupId },
      ...{ targetCluster, deletionProtection, health: GATEWAY_READY },
      ports: { federation: FEDERATION_PORT },
      deregistrationDelay: gatewayDrain.deregistration,
    },
    opts,
  );
}
