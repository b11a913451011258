import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ChartsDescription } from "../topology";
import { ChartSource } from "../topology";
import { chartReference } from "../versions/charts";
import type { Charts } from "../versions/charts";
import type { ReleasePlan } from "./releasePlan";

/** One Helm release of this package, and where it goes. */
export interface ReleaseDescription extends ReleasePlan {
  namespace: pulumi.Input<string>;
  charts?: ChartsDescription;
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
export function chartsOf(charts?: ChartsDescription): Charts {
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
