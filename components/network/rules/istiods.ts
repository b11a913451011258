/** What istiods that serve other clusters need of their VPC: addresses of their own. */
import { below, istiodName, pathOf, Severity, SubnetTier } from "../../topology";
import type { Problem, Rule, Topology } from "../../topology";
import { isUsable, loadBalancerRanges, planIstiods } from "../istiods";
import { planGatewayGroups } from "../loadBalancerGroups";
import type { IstiodAddressPlan } from "../plan";
import { existingVpcs } from "./existing";
import type { ExistingVpc } from "./existing";

function istiodsOf(topology: Topology): [key: string, istiod: IstiodAddressPlan][] {
  return Object.entries(planIstiods(topology));
}

/** VPCs that exist and hold such istiods, with the zones of their load-balancer subnets. */
function servingVpcs(topology: Topology) {
  return existingVpcs(topology).flatMap((vpc) => {
    const istiods = istiodsOf(topology).filter(([, istiod]) => istiod.vpc === vpc.id);
    return istiods.length > 0
      ? [{ ...vpc, istiods: istiods.map(([key]) => key), zones: zonesOf(vpc) }]
      : [];
  });
}

/** Zone of each load-balancer subnet, by the subnet's id. */
function zonesOf({ existing }: ExistingVpc): [id: string, zone: string][] {
  return Object.entries(existing.subnets)
    .filter(([, { tier }]) => tier === SubnetTier.LoadBalancer)
    .map(([id, { zone }]) => [id, zone]);
}

function checkSubnets(topology: Topology): Problem[] {
  return servingVpcs(topology)
    .map((vpc) => ({ ...vpc, zones: [...new Set(vpc.zones.map(([, zone]) => zone))] }))
    .filter(({ zones }) => zones.length < 2)
    .map(({ path, istiods, zones }) => ({
      path: below(path, "existing", "subnets"),
      got:
        zones.length === 0
          ? "no load-balancer subnet"
          : `load-balancer subnets in ${zones.join()} alone`,
      allowed:
        "a subnet of tier load-balancer in at least two zones, which nothing else takes addresses of",
      fix: `add them, a /27 each: ${istiods.join(", ")} is reached by chosen addresses`,
    }));
}

function checkZones(topology: Topology): Problem[] {
  return servingVpcs(topology).flatMap(({ path, zones }) =>
    zones.flatMap(([id, zone], index) => {
      const first = zones.slice(0, index).find(([, other]) => other === zone);
      if (!first) return [];
      return [
        {
          path: below(path, "existing", "subnets", id, "zone"),
          got: `a second load-balancer subnet in ${zone}`,
          allowed: `one per zone; ${first[0]} is there already`,
          fix: "leave out one of the two, or give it the tier that it has",
        },
      ];
    }),
  );
}

function checkAddresses(topology: Topology): Problem[] {
  const taken = new Set<string>();
  return istiodsOf(topology).flatMap(([key, { mesh, cluster, vpc, addresses }]) => {
    const { path } = topology.vpcs[vpc];
    const ranges = loadBalancerRanges(topology.vpcs[vpc]);
    const crowded = ranges.filter((range, zone) => {
      const place = `${vpc}/${addresses[zone]}`;
      const isFree = !taken.has(place) && isUsable(range, addresses[zone]);
      taken.add(place);
      return !isFree;
    });
    if (crowded.length === 0) return [];
    return [
      {
        path: pathOf("meshes", mesh, "controlPlane", "runsIn"),
        got: `${key}, for which no address is left in ${crowded.join(", ")} of ${path}`,
        allowed:
          "as many istiods and revisions of them as its load-balancer subnets have addresses for",
        fix: `run the istiod of cluster ${cluster} in another VPC, or let fewer meshes, istiods and revisions share this one`,
      },
    ];
  });
}

/** Both are known by mesh, cluster and name. */
function checkNames(topology: Topology): Problem[] {
  const gateways = planGatewayGroups(topology);
  return istiodsOf(topology)
    .filter(([key]) => Object.hasOwn(gateways, key))
    .map(([key, { mesh, revision }]) => ({
      path: pathOf("meshes", mesh, "ingress", istiodName(revision)),
      got: `a gateway that is called as the istiod ${key}`,
      allowed: "any name but that of an istiod of the mesh",
      fix: "rename the gateway",
    }));
}

const severity = Severity.Problem;

export const istiodRules: Rule[] = [
  {
    id: "existing-vpc-load-balancer-subnets",
    summary:
      "A VPC that exists has load-balancer subnets in two zones where istiod serves other clusters.",
    why: "Pods take any free address of their subnet, also one that was chosen for a load balancer; and what others depend on outlives a zone.",
    severity,
    check: checkSubnets,
  },
  {
    id: "existing-vpc-load-balancer-zones",
    summary: "A VPC that exists has one load-balancer subnet per zone where istiod serves others.",
    why: "A load balancer takes one subnet of a zone (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/availability-zones.html).",
    severity,
    check: checkZones,
  },
  {
    id: "istiod-addresses",
    summary: "There is an address for every istiod that serves other clusters.",
    why: "AWS keeps five addresses of a subnet (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html); the rest are numbered so that what is added moves none.",
    severity,
    check: checkAddresses,
  },
  {
    id: "istiod-gateway-name",
    summary: "No ingress gateway has the name of an istiod that serves other clusters.",
    why: "Their load balancers and security groups are named by mesh, cluster and this name.",
    severity,
    check: checkNames,
  },
];
