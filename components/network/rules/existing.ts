/** What a VPC or cluster that exists must have for its part in a mesh. */
import { below, LinkVia, Severity, SubnetTier, written } from "../../topology";
import type { ExistingVpcArgs, Problem, Rule, Topology, Vpc } from "../../topology";
import { contains, overlap } from "../addresses";
import { linkedPairs, linkedVpcs } from "../links";
import { planGatewayGroups } from "../loadBalancerGroups";
import { clustersOf } from "../membership";
import { podCidrs } from "./written";

export type ExistingVpc = Vpc & { existing: ExistingVpcArgs };

export function existingVpcs({ vpcs }: Topology): ExistingVpc[] {
  return Object.values(vpcs).filter((vpc): vpc is ExistingVpc => vpc.existing !== undefined);
}

function hasTier({ existing }: ExistingVpc, tier: SubnetTier): boolean {
  return Object.values(existing.subnets).some((subnet) => subnet.tier === tier);
}

function checkSubnetRange(topology: Topology): Problem[] {
  return existingVpcs(topology).flatMap(({ path, cidrs, existing }) =>
    Object.entries(existing.subnets)
      .filter(([, { cidr }]) => !contains(cidrs, [cidr]))
      .map(([id, { cidr }]) => ({
        path: below(path, "existing", "subnets", id, "cidr"),
        got: written(cidr),
        allowed: `a range inside ${cidrs.join(", ")}`,
        fix: `correct it, or add the VPC's further range to ${below(path, "existing", "cidrs")}`,
      })),
  );
}

function checkSubnetOverlap(topology: Topology): Problem[] {
  return existingVpcs(topology).flatMap(({ path, existing }) => {
    const subnets = Object.entries(existing.subnets);
    return subnets.flatMap(([id, { cidr }], index) => {
      const first = subnets.slice(0, index).find(([, other]) => overlap([other.cidr], [cidr]));
      if (!first) return [];
      return [
        {
          path: below(path, "existing", "subnets", id, "cidr"),
          got: written(cidr),
          allowed: `addresses that ${first[0]} does not have: ${first[1].cidr}`,
          fix: "correct one of the two: subnets of a VPC share no address",
        },
      ];
    });
  });
}

/** Pods that other clusters of the mesh call or hear from. */
function checkPodRange(topology: Topology): Problem[] {
  const meshes = Object.values(topology.meshes).map(clustersOf);
  const shared = new Set(meshes.filter(({ length }) => length > 1).flat());
  return podCidrs(topology)
    .filter(({ cluster }) => shared.has(cluster))
    .flatMap(({ path, cidr, cluster }) => {
      const { cidrs, path: vpcPath } = topology.vpcs[topology.clusters[cluster].vpc];
      if (contains(cidrs, [cidr])) return [];
      return [
        {
          path,
          got: written(cidr),
          allowed: `a range inside ${cidrs.join(", ")}, the addresses of ${vpcPath}`,
          fix: "give pods addresses of the VPC, as the VPC CNI does: those of an overlay are unknown outside the cluster",
        },
      ];
    });
}

function checkRouteTables(topology: Topology): Problem[] {
  return existingVpcs(topology)
    .filter(({ existing }) => (existing.routeTableIds ?? []).length === 0)
    .flatMap((vpc) => {
      const neighbours = linkedPairs(topology)
        .filter((pair) => pair.includes(vpc.id))
        .flatMap((pair) => pair.filter((id) => id !== vpc.id));
      if (neighbours.length === 0) return [];
      return [
        {
          path: below(vpc.path, "existing", "routeTableIds"),
          got: written(vpc.existing.routeTableIds),
          allowed: "the route tables of the subnets that clusters use",
          fix: `list them: routes to ${neighbours.map((id) => topology.vpcs[id].path).join(", ")} are added there`,
        },
      ];
    });
}

function checkSameVpc(topology: Topology): Problem[] {
  const seen = new Map<string, ExistingVpc>();
  return existingVpcs(topology).flatMap((vpc) => {
    const { vpcId } = vpc.existing;
    const first = seen.get(vpcId);
    if (!first) seen.set(vpcId, vpc);
    return first
      ? [
          {
            path: below(vpc.path, "existing", "vpcId"),
            got: written(vpcId),
            allowed: `a VPC that ${first.path} is not`,
            fix: `put its clusters on network ${first.network}`,
          },
        ]
      : [];
  });
}

function checkAttachment(topology: Topology): Problem[] {
  if (topology.linkVia !== LinkVia.TransitGateway) return [];
  const linked = linkedVpcs(topology);
  return existingVpcs(topology)
    .filter((vpc) => linked.includes(vpc.id) && !hasTier(vpc, SubnetTier.Private))
    .map(({ path }) => ({
      path: below(path, "existing", "subnets"),
      got: "no private subnet",
      allowed: "a private subnet in each zone that clusters use",
      fix: "add them: the transit gateway is attached to one per zone",
    }));
}

function checkGateways(topology: Topology): Problem[] {
  const groups = Object.entries(planGatewayGroups(topology));
  return existingVpcs(topology).flatMap((vpc) => {
    const gateways = groups.filter(([, group]) => group.vpc === vpc.id).map(([key]) => key);
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

function checkTags(topology: Topology): Problem[] {
  const used = new Set(Object.values(planGatewayGroups(topology)).map(({ vpc }) => vpc));
  return existingVpcs(topology)
    .filter(({ id }) => used.has(id))
    .map(({ path }) => ({
      path: below(path, "existing", "subnets"),
      got: "subnets of yours",
      allowed:
        "private ones tagged kubernetes.io/role/internal-elb=1, public ones kubernetes.io/role/elb=1",
      fix: "see that they carry these tags, and load-balancer subnets neither: gateways find their subnets by them",
    }));
}

const severity = Severity.Problem;

export const existingRules: Rule[] = [
  {
    id: "existing-vpc-subnet-range",
    summary: "Subnets of a VPC that exists lie in its ranges.",
    why: "Routes and rules between VPCs name the VPC's ranges; what is outside would not be reached.",
    severity,
    check: checkSubnetRange,
  },
  {
    id: "existing-vpc-subnet-overlap",
    summary: "Subnets of a VPC that exists share no address.",
    why: "AWS has none that do (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html); an address would be chosen in the wrong one.",
    severity,
    check: checkSubnetOverlap,
  },
  {
    id: "existing-cluster-pod-range",
    summary:
      "Pods of a cluster that exists have addresses of its VPC where its mesh has other clusters.",
    why: "Istio sends to pod addresses, and they must be the same on both ends (https://istio.io/latest/docs/ops/deployment/deployment-models/#network-models).",
    severity,
    check: checkPodRange,
  },
  {
    id: "existing-vpc-route-tables",
    summary: "A VPC that exists names its route tables where it is joined to another.",
    why: "Addresses of one network reach each other directly, those of a mesh through its gateways (https://istio.io/latest/docs/ops/deployment/deployment-models/#network-models).",
    severity,
    check: checkRouteTables,
  },
  {
    id: "existing-vpc-twice",
    summary: "A VPC that exists is described once.",
    why: "It has one set of addresses and routes, and so is in one network.",
    severity,
    check: checkSameVpc,
  },
  {
    id: "existing-vpc-attachment",
    summary: "A VPC that exists has private subnets where a transit gateway is attached to it.",
    why: "An attachment stands in one subnet per zone (https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html).",
    severity,
    check: checkAttachment,
  },
  {
    id: "existing-vpc-gateway-subnets",
    summary: "A VPC that exists has private subnets where gateways stand in it.",
    why: "Internal load balancers stand in private subnets (https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html).",
    severity,
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
