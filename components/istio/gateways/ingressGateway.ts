import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { Exposure, LoadBalancers } from "../../topology";
import type { ChartsDescription } from "../../topology";
import { ChartName } from "../../versions/charts";
import { ingressValues } from "./gatewayValues";
import { ingressName } from "./plan";
import { INGRESS_PORTS } from "../ports";
import { readinessGates } from "../../cluster/loadBalancers/readinessGates";
import { gatewayAddress, installRelease } from "../release";
import { timeouts } from "../timeouts";

/** What an ingress gateway is made from. What decides which objects there are is plain. */
export interface IngressGatewayArgs {
  /** Istio version of the chart. */
  version: string;
  /**
   * Name of the gateway, a DNS label; its release and its pods' label `istio` are made from it.
   *
   * @default the component's name
   */
  name?: string;
  /**
   * Namespace of the gateway, its own.
   *
   * @default istio-ingress-<name>
   */
  namespace?: pulumi.Input<string>;
  /**
   * Revision of the control plane that serves it.
   *
   * @default the default one
   */
  revision?: string;
  /**
   * Who can reach its load balancer.
   *
   * @default internal
   */
  exposure?: Exposure;
  /**
   * Who makes load balancers in the cluster.
   *
   * @default auto-mode
   */
  loadBalancers?: LoadBalancers;
  /**
   * TCP ports of its Service and load balancer by name. The security group must let them in.
   *
   * @default { http: 80, https: 443 }
   */
  ports?: Record<string, number>;
  /**
   * Extra values of chart `gateway`.
   *
   * @default none
   */
  values?: Record<string, any>;
  /**
   * Id of the security group that the load balancer carries. That of the pods must let it in: the controller then opens
   * nothing there.
   *
   * @default one that the controller makes, open to everyone
   */
  securityGroupId?: pulumi.Input<string>;
  /**
   * AWS refuses to delete the load balancer: what asks for it can then only go after an `up` without.
   *
   * @default false
   */
  deletionProtection?: boolean;
  /**
   * Tags of the load balancer. EKS Auto Mode needs the right to set them: `clusterRoleName` of an `AutoModeNodes`.
   *
   * @default none
   */
  tags?: Record<string, string>;
  /**
   * Where the chart comes from.
   *
   * @default Istio's repository
   */
  charts?: ChartsDescription;
}

/**
 * An ingress gateway in a namespace of its own, behind a network load balancer (about USD 17 a month and
 * traffic). Works in sidecar and in ambient meshes.
 *
 * Its pods carry the label `istio: ingress-<name>`, which your `Gateway` objects select. It comes after the control
 * plane that injects and serves it.
 */
export class IngressGateway extends pulumi.ComponentResource {
  /** Address of the load balancer. */
  public readonly address: pulumi.Output<string>;

  constructor(name: string, args: IngressGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:IngressGateway", name, {}, opts);
    const { name: gateway = name, namespace: space = ingressName(gateway) } = args;
    const { exposure = Exposure.Internal, loadBalancers = LoadBalancers.AutoMode } = args;
    const { ports = INGRESS_PORTS } = args;
    const facts = { ...args, name: gateway, exposure, loadBalancers, ports };
    const namespace = makeNamespace(
      `${name}-namespace`,
      { namespace: space, loadBalancers },
      childOptions(this, opts),
    );
    const release = installRelease(
      name,
      {
        chart: ChartName.Gateway,
        release: ingressName(gateway),
        namespace: namespace.metadata.name,
        charts: args.charts,
        istioVersion: args.version,
        values: ingressValues(facts, args.securityGroupId),
        timeout: timeouts.gateway,
      },
      childOptions(this, opts),
    );
    this.address = gatewayAddress(`${name}-service`, release, this);
    this.registerOutputs({ address: this.address });
  }
}

/** Apart from istiod: who may change an ingress gateway should not thereby be able to change the control plane. */
function makeNamespace(
  name: string,
  { namespace, loadBalancers }: { namespace: pulumi.Input<string>; loadBalancers: LoadBalancers },
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Namespace {
  const labels = {
    "pod-security.kubernetes.io/enforce": "baseline",
    ...readinessGates(loadBalancers),
  };
  return new k8s.core.v1.Namespace(name, { metadata: { name: namespace, labels } }, opts);
}
