import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/**
 * Address of a gateway's load balancer, for people: nothing in a mesh depends on it, since istiods find each other's
 * gateways themselves.
 *
 * The Service is read once what makes it is there, so a preview that has nothing to read yet shows an unknown; "" is a
 * load balancer without an address.
 */
export function gatewayAddress(
  name: string,
  service: pulumi.Input<pulumi.ID>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { status } = k8s.core.v1.Service.get(name, service, opts);
  return status.apply((found) => {
    const [first] = found?.loadBalancer?.ingress ?? [];
    return first?.hostname ?? first?.ip ?? "";
  });
}
