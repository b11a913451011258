import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ChartsArgs } from "../topology";
import { ChartSource } from "../topology";
import { chartReference } from "./charts";
import type { ChartName, Charts } from "./charts";
import type { HelmValues } from "./values";

/**
 * How long Helm waits for a release to be ready, in seconds. Each is several times what a healthy cluster needs; when
 * one expires, look at what stands beside it.
 */
export const timeouts = {
  /** CRDs and one webhook, no pods. Expired: the API server is slow or refuses (`kubectl get --raw /readyz`). */
  base: 180,
  /** Two pods, perhaps on nodes that have to start. Expired: `kubectl -n istio-system describe pod -l app=istiod`; Pending is capacity, a crash is `cacerts` or the token refresher (`kubectl logs -c token-refresher`). */
  istiod: 600,
  /** A pod on every node. Expired: `kubectl -n istio-system get pods -l k8s-app=istio-cni-node -o wide`; a node without it denies host paths. */
  cni: 600,
  /** A pod on every node. Expired: `kubectl -n istio-system logs -l app=ztunnel`; it starts only with a certificate from istiod. */
  ztunnel: 600,
  /** Two pods and a load balancer. Expired: `kubectl describe service`; no event is no controller, a failed one is subnet tags or a security group. Pods that hang in ContainerCreating were not injected. */
  gateway: 900,
} as const;

/** One Helm release of this package. */
export interface ReleaseDescription {
  chart: ChartName;
  /** Name of the release, fixed: charts derive names and labels from it. */
  release: string;
  namespace: pulumi.Input<string>;
  charts?: ChartsArgs;
  istioVersion: string;
  values: HelmValues;
  timeout: number;
}

/** Installs one chart and waits for it. */
export function installRelease(
  name: string,
  description: ReleaseDescription,
  opts: pulumi.CustomResourceOptions,
): k8s.helm.v3.Release {
  const { chart, release, namespace, charts, istioVersion, values, timeout } = description;
  return new k8s.helm.v3.Release(
    name,
    {
      name: release,
      namespace,
      ...chartReference(chartsOf(charts), chart, istioVersion),
      values,
      timeout,
    },
    opts,
  );
}

/** The charts setting with its default. */
export function chartsOf(charts?: ChartsArgs): Charts {
  return { source: charts?.source ?? ChartSource.Repository, location: charts?.location };
}

/**
 * Address of a gateway's load balancer, for people: nothing in a mesh depends on it, since istiods find each other's
 * gateways themselves.
 *
 * The Service has the namespace and name of what makes it, a release or a Gateway, which are that resource's id. It is
 * read once its maker is there, so a preview that has nothing to read yet shows an unknown; "" is a load balancer
 * without an address.
 */
export function gatewayAddress(
  name: string,
  maker: pulumi.CustomResource,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const opts = { parent, dependsOn: [maker] };
  const { status } = k8s.core.v1.Service.get(name, maker.id, opts);
  return status.apply((found) => {
    const [first] = found?.loadBalancer?.ingress ?? [];
    return first?.hostname ?? first?.ip ?? "";
  });
}
