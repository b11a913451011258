/** What gateways need of a VPC that exists. */
import { hasTier, existingVpcs } from "../../network/rules/existing";
import { below, Severity, SubnetTier } from "../../topology";
import type { Problem, Relations, Rule, Topology } from "../../topology";
import { gatewayBalancers } from "../openings";

/** Keys of the gateways in a VPC. */
function gatewaysIn(relations: Relations, vpc: string): string[] {
  return gatewayBalancers(relations)
    .filter(({ balancer }) => balancer.in.vpc.id === vpc)
    .map(({ balancer }) => balancer.key);
}

function checkGateways(topology: Topology, relations: Relations): Problem[] {
  return existingVpcs(topology).flatMap((vpc) => {
    const gateways = gatewaysIn(relations, vpc.id);
    if (gateways.length === 0 || hasTier(vpc, SubnetTier.Private)) return [];
    return [
      {
        path: below(vpc.path, "existing", "subnets"),
        got: "no private subnet",
        allowed: "at least one private subnet",
        fix: `add the private subnets for the load balancers of ${gateways.join(", ")}`,
      },
    ];
  });
}

function checkTags(topology: Topology, relations: Relations): Problem[] {
  return existingVpcs(topology)
    .filter(({ id }) => gatewaysIn(relations, id).length > 0)
    .map(({ path }) => ({
      path: below(path, "existing", "subnets"),
      got: "subnets of yours",
      allowed:
        "private ones tagged kubernetes.io/role/internal-elb=1, public ones kubernetes.io/role/elb=1",
      fix: "see that they carry these tags, and load-balancer subnets neither: gateways find their subnets by them",
    }));
}

/** Rules about the load balancers of gateways. */
export const gatewayRules: Rule[] = [
  {
    id: "existing-vpc-gateway-subnets",
    summary: "A VPC that exists has private subnets where gateways stand in it.",
    why: "Internal load balancers stand in private subnets (https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html).",
    severity: Severity.Problem,
    check: checkGateways,
  },
  {
    id: "existing-vpc-subnet-tags",
    summary: "Subnets of a VPC that exists carry the tags that load balancers are placed by.",
    why: "Tags of subnets that exist are not changed here (https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html).",
    severity: Severity.Warning,
    check: checkTags,
  },
];
