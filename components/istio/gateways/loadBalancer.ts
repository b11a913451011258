/** How a gateway's Service asks for its network load balancer. */
import { Exposure, LoadBalancers } from "../../topology";
import { gatewayDrain } from "../drain";
import { GATEWAY_READY } from "../ports";

/** What a gateway's load balancer depends on. */
export interface LoadBalancerFacts {
  /** Who makes load balancers in the cluster. */
  loadBalancers: LoadBalancers;
  /** Who can reach it. */
  exposure: Exposure;
  /** Id of the security group that it carries; known only after deployment. */
  securityGroup?: unknown;
  /** Nobody can delete it: the controller too waits then, and what it was made for stays. */
  deletionProtection?: boolean;
  /** Tags beside those of the controller. */
  tags?: Record<string, string>;
}

const PREFIX = "service.beta.kubernetes.io/aws-load-balancer-";

/** One per controller. The in-tree controller, which makes classic load balancers, is never asked. */
const classes = {
  // https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-nlb.html
  [LoadBalancers.AutoMode]: "eks.amazonaws.com/nlb",
  // https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/nlb/
  [LoadBalancers.Controller]: "service.k8s.aws/nlb",
} satisfies Record<LoadBalancers, string>;

interface Reach {
  scheme: string;
  /** Whether gateways see the client's address instead of the load balancer's. */
  preserveClientAddress: boolean;
}

const reaches = {
  // A client that is itself behind the load balancer never gets an answer when its address is kept ("hairpinning",
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-troubleshooting.html).
  [Exposure.Internal]: { scheme: "internal", preserveClientAddress: false },
  // Clients from outside cannot be targets, and policies on `remoteIpBlocks` need their address.
  [Exposure.Internet]: { scheme: "internet-facing", preserveClientAddress: true },
} satisfies Record<Exposure, Reach>;

/** Class of the Service, which says which controller makes the load balancer. It cannot be changed later. */
export function loadBalancerClass({ loadBalancers }: LoadBalancerFacts): string {
  return classes[loadBalancers];
}

/**
 * Annotations of the Service: at most eight, since an ambient gateway has them by `spec.infrastructure.annotations`, where
 * Gateway API 1.5 takes no more (kubernetes-sigs/gateway-api v1.5.1, apis/v1/gateway_types.go; 16 from 1.6 on).
 */
export function loadBalancerAnnotations(
  facts: Omit<LoadBalancerFacts, "loadBalancers">,
): Record<string, unknown> {
  const { scheme, preserveClientAddress } = reaches[facts.exposure];
  const tags = Object.entries(facts.tags ?? {}).map(([key, value]) => `${key}=${value}`);
  return Object.fromEntries(
    Object.entries({
      scheme,
      // Straight to pods: no hop over a node, and no node port to open.
      "nlb-target-type": "ip",
      // The gateway's own readiness, on a port that has a listener before any configuration arrives.
      "healthcheck-protocol": "HTTP",
      "healthcheck-port": String(GATEWAY_READY.port),
      "healthcheck-path": GATEWAY_READY.path,
      // Off by default: a zone without a ready gateway would refuse its clients.
      attributes: [
        "load_balancing.cross_zone.enabled=true",
        ...(facts.deletionProtection ? ["deletion_protection.enabled=true"] : []),
      ].join(","),
      // Pooled mTLS connections outlive a gateway that went without a word; they are ended then, not left to hang.
      "target-group-attributes": [
        `preserve_client_ip.enabled=${preserveClientAddress}`,
        `deregistration_delay.timeout_seconds=${gatewayDrain.deregistration}`,
        "deregistration_delay.connection_termination.enabled=true",
      ].join(","),
      // Without one the controller makes its own and opens it to the world. With one it opens nothing on the pods' group, unless
      // by `manage-backend-security-group-rules`, which also puts a group of its own on the load balancer
      // (kubernetes-sigs/aws-load-balancer-controller, pkg/service/model_build_load_balancer.go): the firewall's rules do it.
      ...(facts.securityGroup === undefined ? {} : { "security-groups": facts.securityGroup }),
      // https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-nlb.html
      ...(tags.length === 0 ? {} : { "additional-resource-tags": tags.join(",") }),
    }).map(([name, value]) => [`${PREFIX}${name}`, value]),
  );
}
