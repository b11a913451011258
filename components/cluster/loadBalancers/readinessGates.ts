import { LoadBalancers } from "../../topology";

/** Only the label of who registers the pods does anything. */
const LABEL = {
  [LoadBalancers.AutoMode]: "eks.amazonaws.com/pod-readiness-gate-inject",
  // https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate/
  [LoadBalancers.Controller]: "elbv2.k8s.aws/pod-readiness-gate-inject",
} satisfies Record<LoadBalancers, string>;

/**
 * Labels of a namespace whose pods are to be ready only once the load balancer before them finds them healthy: a rollout then
 * never replaces the last pod that it sends to. Pods that nothing is bound to are left as they are.
 */
export function readinessGates(loadBalancers: LoadBalancers): Record<string, string> {
  return { [LABEL[loadBalancers]]: "enabled" };
}
