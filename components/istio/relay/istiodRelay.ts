import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { istiodName, SYSTEM_NAMESPACE } from "../../topology";
import { relayObjects } from "./relayObjects";
import { timeouts } from "../timeouts";
import { imagesOf } from "../../versions/istio";

/** What a relay of istiod is made from. */
export interface IstiodRelayArgs {
  /**
   * Namespace of the relay: the one that istiod has where it runs.
   *
   * @default istio-system
   */
  namespace?: pulumi.Input<string>;
  /**
   * Revision of the istiods behind it.
   *
   * @default the default one
   */
  revision?: string;
  /** Istio version, whose proxy image has the Envoy. */
  version: string;
  /** Addresses of the istiods' load balancers, one list per istiod in the order of failover. */
  backends: string[][];
  /**
   * Registry of Istio's images.
   *
   * @default the version's own (docker.io/istio)
   */
  hub?: pulumi.Input<string>;
  /**
   * Names of Secrets of the namespace by which the image is pulled.
   *
   * @default none
   */
  imagePullSecrets?: string[];
  /**
   * Priority class of its pods: that of the istiods behind it.
   *
   * @default the cluster's default
   */
  priorityClassName?: string;
}

/**
 * Service `istiod`, or `istiod-<revision>`, in a cluster that runs none: two pods pass its connections on to the load
 * balancer of an istiod elsewhere, and to the next one's while that does not answer. It is ready while an istiod answers:
 * depend on it to come after a control plane that serves this cluster.
 *
 * Both ways around it fail on EKS: API servers refuse a webhook whose Service is an ExternalName
 * (https://github.com/istio/istio/issues/45014), and endpoints outside the cluster's VPC
 * (https://github.com/istio/istio/issues/46551).
 */
export class IstiodRelay extends pulumi.ComponentResource {
  /** Name that proxies and API servers find the relay by. */
  public readonly host: pulumi.Output<string>;

  constructor(name: string, args: IstiodRelayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:IstiodRelay", name, {}, opts);
    const { namespace = SYSTEM_NAMESPACE, revision, version, backends } = args;
    const { hub, tag } = imagesOf(version, args.hub);
    const image = pulumi.interpolate`${hub}/proxyv2:${tag}`;
    const { imagePullSecrets, priorityClassName } = args;
    const pods = { image, imagePullSecrets, priorityClassName };
    const objects = relayObjects<pulumi.Input<string>>({ namespace, revision, backends, ...pods });
    const children = childOptions(this, opts);

    const config = new k8s.core.v1.ConfigMap(name, objects.config, children);
    const deployment = new k8s.apps.v1.Deployment(
      name,
      objects.deployment,
      pulumi.mergeOptions(children, {
        dependsOn: [config],
        customTimeouts: { create: `${timeouts.relay}s`, update: `${timeouts.relay}s` },
      }),
    );
    new k8s.policy.v1.PodDisruptionBudget(name, objects.disruptionBudget, children);
    // A Service is ready once it has pods to send to.
    new k8s.core.v1.Service(
      name,
      objects.service,
      pulumi.mergeOptions(children, { dependsOn: [deployment] }),
    );

    this.host = pulumi.interpolate`${istiodName(revision)}.${namespace}.svc`;
    this.registerOutputs({ host: this.host });
  }
}
