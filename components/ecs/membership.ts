/** What is said of the mesh that tasks join, and what their containers are told of it. */
import type * as pulumi from "@pulumi/pulumi";
import { FORWARDER_IMAGE } from "../versions/istio";

/** What tasks are told of their mesh. */
export interface TaskMembership {
  /** Istio's id of the cluster that registers them. */
  clusterId: string;
  /** Istio network of the tasks. */
  network: string;
  /** Private name of the istiod that serves them, which is in its certificate. */
  istiodHost: string;
  /** Image of ztunnel with its tag or digest: of the version of that istiod, and with a shell. */
  ztunnelImage: string;
  /** Image that holds the AWS CLI 2, curl and a shell. */
  helperImage: string;
  /**
   * Image that holds socat 1.8 or newer and a shell, where the application has `forward`.
   *
   * @default docker.io/alpine/socat at a tag
   */
  forwarderImage?: string;
  /** Name that EKS knows the cluster by. */
  clusterName: string;
  /** URL of the cluster's API server. */
  endpoint: pulumi.Input<string>;
  /** Its CA bundle, base64. */
  certificateAuthority: pulumi.Input<string>;
  /** PEM of the mesh's root certificates. */
  rootCertificate: pulumi.Input<string>;
  /** Namespace of the tasks' identity. */
  namespace: string;
  /** Service account of their identity. */
  serviceAccount: string;
}

/** A Service that a port of the task leads to. */
export interface TaskForward {
  /** Name that the mesh knows the Service by. */
  host: string;
  /** Its port. */
  port: number;
  /** Port of 127.0.0.1 that leads there. */
  local: number;
}

/** What of it is known before deployment. */
export function factsOf(
  membership: Omit<TaskMembership, "endpoint" | "certificateAuthority" | "rootCertificate">,
) {
  const { clusterId, network, istiodHost, namespace, serviceAccount } = membership;
  const { ztunnelImage, helperImage, forwarderImage = FORWARDER_IMAGE } = membership;
  return {
    ...{ clusterId, network, istiodHost, namespace, serviceAccount },
    ...{ ztunnelImage, helperImage, forwarderImage, eksName: membership.clusterName },
  };
}
