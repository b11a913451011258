import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { mapValues } from "../../records";
import { DataPlane, EAST_WEST_GATEWAY, LoadBalancers, SYSTEM_NAMESPACE } from "../../topology";
import type { ChartsDescription, ChartValues } from "../../topology";
import { ChartName } from "../../versions/charts";
import {
  ambientGateway,
  ambientOverlays,
  crossNetworkGateways,
  PARAMETERS,
} from "./eastWestObjects";
import { eastWestValues } from "./gatewayValues";
import { gatewayAddress, installRelease } from "../release";
import { timeouts } from "../timeouts";

/** What an east-west gateway is made from. What decides which objects there are is plain. */
export interface EastWestGatewayArgs {
  /** Name of the cluster that it stands in, unique in the mesh: an ambient gateway is named after it. */
  cluster: string;
  /** Network that it leads into. */
  network: pulumi.Input<string>;
  /** Istio version of the chart. */
  version: string;
  /**
   * Namespace of the gateway.
   *
   * @default istio-system
   */
  namespace?: pulumi.Input<string>;
  /**
   * Whether Istio's configuration is read here: then the object that opens the mesh's gateways goes in too.
   *
   * @default true
   */
  holdsConfiguration?: boolean;
  /**
   * Decides the protocol: Istio mTLS on 15443, or HBONE on 15008.
   *
   * @default sidecar
   */
  dataPlane?: DataPlane;
  /**
   * Revision of the control plane that serves it.
   *
   * @default the default one
   */
  revision?: string;
  /**
   * Who makes load balancers in the cluster.
   *
   * @default auto-mode
   */
  loadBalancers?: LoadBalancers;
  /**
   * Extra values: `eastWest` in a sidecar mesh, `ambientEastWest` in an ambient one.
   *
   * @default none
   */
  values?: ChartValues;
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
   * Tags of the load balancer of a sidecar mesh; an ambient gateway has no room for them. EKS Auto Mode needs the right to set them:
   * `clusterRoleName` of an `AutoModeNodes`.
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
 * The gateway through which the mesh's other networks reach a cluster, behind an internal network load balancer
 * (about USD 17 a month and traffic).
 *
 * It comes after the control plane that injects and serves it.
 */
export class EastWestGateway extends pulumi.ComponentResource {
  /** Address of the load balancer. */
  public readonly address: pulumi.Output<string>;

  constructor(name: string, args: EastWestGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:EastWestGateway", name, {}, opts);
    const { namespace = SYSTEM_NAMESPACE, dataPlane = DataPlane.Sidecar } = args;
    const { holdsConfiguration = true, loadBalancers = LoadBalancers.AutoMode } = args;
    const facts = { ...args, namespace, dataPlane, holdsConfiguration, loadBalancers };
    const gateway = makers[dataPlane](name, facts, childOptions(this, opts));
    this.address = gatewayAddress(`${name}-service`, gateway, this);
    this.registerOutputs({ address: this.address });
  }
}

/** The arguments with what stands where one is left out. */
type EastWestGatewayFacts = EastWestGatewayArgs &
  Required<
    Pick<EastWestGatewayArgs, "namespace" | "dataPlane" | "holdsConfiguration" | "loadBalancers">
  >;

/** Makes the gateway and returns what the Service is made and named by. */
type Maker = (
  name: string,
  args: EastWestGatewayFacts,
  opts: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

const makers: Record<DataPlane, Maker> = {
  [DataPlane.Sidecar]: makeSidecarGateway,
  [DataPlane.Ambient]: makeAmbientGateway,
};

function makeSidecarGateway(
  name: string,
  args: EastWestGatewayFacts,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResource {
  const release = installRelease(
    name,
    {
      chart: ChartName.Gateway,
      release: EAST_WEST_GATEWAY,
      namespace: args.namespace,
      charts: args.charts,
      istioVersion: args.version,
      values: eastWestValues(args, args.securityGroupId),
      timeout: timeouts.gateway,
    },
    opts,
  );
  for (const gateway of crossNetworkGateways(args)) {
    new k8s.apiextensions.CustomResource(`${name}-cross-network`, gateway, opts);
  }
  return release;
}

function makeAmbientGateway(
  name: string,
  args: EastWestGatewayFacts,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResource {
  const parameters = new k8s.core.v1.ConfigMap(
    `${name}-parameters`,
    {
      metadata: { name: PARAMETERS, namespace: args.namespace },
      // JSON is YAML.
      data: mapValues({ ...ambientOverlays(args) }, (overlay) => pulumi.jsonStringify(overlay)),
    },
    opts,
  );
  return new k8s.apiextensions.CustomResource(
    name,
    ambientGateway(args, args.securityGroupId),
    pulumi.mergeOptions(opts, {
      dependsOn: [parameters],
      customTimeouts: { create: `${timeouts.gateway}s`, update: `${timeouts.gateway}s` },
    }),
  );
}
