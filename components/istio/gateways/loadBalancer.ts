/** How a gateway's Service asks for its network load balancer. */
import { Exposure, LoadBalancers } from "../../topology";
import { GATEWAY_READY } from "../ports";

/** What a gateway's load balancer depends on. */
export interface LoadBalancerFacts {
  /** Who makes load balancers in the cluster. */
  loadBalancers: LoadBalancers;
  /** Who can reach it. */
  exposure: Exposure;
  /** Id of the security group that it carries; known only after deployment. */
  securityGroup?: unknown;
}

const PREFIX = "service.beta.kubernetes.io/aws-load-balancer-";

interface Controller {
  loadBalancerClass: string;
  annotations: Record<string, string>;
}

/** One per controller. The in-tree controller, which makes classic load balancers, is never asked. */
const controllers = {
  // https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-nlb.html
  [LoadBalancers.AutoMode]: { loadBalancerClass: "eks.amazonaws.com/nlb", annotations: {} },
  // With a security group of ours the controller leaves the nodes' group alone unless told to open it
  // (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/).
  [LoadBalancers.Controller]: {
    loadBalancerClass: "service.k8s.aws/nlb",
    annotations: { "manage-backend-security-group-rules": "true" },
  },
} satisfies Record<LoadBalancers, Controller>;

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
  return controllers[loadBalancers].loadBalancerClass;
}

/** Annotations of the Service. */
export function loadBalancerAnnotations(facts: LoadBalancerFacts): Record<string, unknown> {
  const { scheme, preserveClientAddress } = reaches[facts.exposure];
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
      attributes: "load_balancing.cross_zone.enabled=true",
      // Pooled mTLS connections outlive a gateway that is going away; after a minute they are ended, not left to hang.
      "target-group-attributes": [
        `preserve_client_ip.enabled=${preserveClientAddress}`,
        "deregistration_delay.timeout_seconds=60",
        "deregistration_delay.connection_termination.enabled=true",
      ].join(","),
      // Without one the controller makes its own and opens it to the world.
      ...(facts.securityGroup === undefined ? {} : { "security-groups": facts.securityGroup }),
      ...controllers[facts.loadBalancers].annotations,
    }).map(([name, value]) => [`${PREFIX}${name}`, value]),
  );
}
