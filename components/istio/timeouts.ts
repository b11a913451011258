/**
 * How long Helm waits for a release to be ready, in seconds. Each is several times what a healthy cluster needs; when
 * one expires, look at what stands beside it.
 */
export const timeouts = {
  /** CRDs and one webhook, no pods. Expired: the API server is slow or refuses (`kubectl get --raw /readyz`). */
  base: 180,
  /** Two pods, perhaps on nodes that have to start, and healthy behind a load balancer where they serve other clusters, which takes about three minutes. Expired: `kubectl -n istio-system describe pod -l app=istiod`; Pending is capacity, a crash is `cacerts` or the token refresher (`kubectl logs -c token-refresher`). */
  istiod: 900,
  /** Webhooks and rights, no pods. Expired: as for `base`. */
  remote: 180,
  /** Two pods that are ready once an istiod answers behind its load balancer; new targets take about three minutes to become healthy there. Expired: `kubectl exec deploy/istiod-relay -- pilot-agent request GET clusters` in istiod's namespace says which address is healthy; none is the target group's health in AWS, a security group or istiod itself. */
  relay: 900,
  /** A pod on every node. Expired: `kubectl -n istio-system get pods -l k8s-app=istio-cni-node -o wide`; a node without it denies host paths. */
  cni: 600,
  /** A pod on every node. Expired: `kubectl -n istio-system logs -l app=ztunnel`; it starts only with a certificate from istiod. */
  ztunnel: 600,
  /** Two pods and a load balancer. Expired: `kubectl describe service`; no event is no controller, a failed one is subnet tags or a security group. Pods that hang in ContainerCreating were not injected. */
  gateway: 900,
} as const;
