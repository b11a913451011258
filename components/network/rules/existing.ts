/** What a VPC or cluster that exists must have for its part in a mesh. */
import {
  below,
  isZoneOf,
  joinedWith,
  LinkVia,
  oneOf,
  pathOf,
  REGIONS,
  Severity,
  SubnetTier,
  written,
} from "../../topology";
import type {
  ClusterRelation,
  ExistingVpcDescription,
  Problem,
  Relations,
  Topology,
  Vpc,
} from "../../topology";
import { contains, isCidr, overlap, prefixLength } from "../../topology/cidr";
import { linkedVpcs } from "../links/links";
import { CONTROL_PLANE_ZONES, privateZones } from "../vpc/controlPlane";
import type { NetworkRule } from "./rule";
import { legible, podCidrs } from "./written";

/** Masks of subnets (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html). */
const WIDEST = 16;
const NARROWEST = 28;

export type ExistingVpc = Vpc & { existing: ExistingVpcDescription };

export function existingVpcs({ vpcs }: Topology): ExistingVpc[] {
  return Object.values(vpcs).filter((vpc): vpc is ExistingVpc => vpc.existing !== undefined);
}

export function hasTier({ existing }: Pick<ExistingVpc, "existing">, tier: SubnetTier): boolean {
  return Object.values(existing.subnets).some((subnet) => subnet.tier === tier);
}

/** Subnets of a VPC whose ranges are some. */
function subnetsOf({ path, existing }: ExistingVpc) {
  const subnets = Object.entries(existing.subnets).map(([id, { cidr }]) => ({
    ...{ id, cidr, path: below(path, "existing", "subnets", id, "cidr") },
  }));
  return legible(subnets);
}

function checkSubnetRange(topology: Topology): Problem[] {
  return existingVpcs(topology)
    .filter(({ cidrs }) => cidrs.length > 0 && cidrs.every(isCidr))
    .flatMap((vpc) =>
      subnetsOf(vpc)
        .filter(({ cidr }) => !contains(vpc.cidrs, [cidr]))
        .map(({ path, cidr }) => ({
          path,
          got: written(cidr),
          allowed: `a range inside ${vpc.cidrs.join(", ")}`,
          fix: `correct it, or add the VPC's further range to ${below(vpc.path, "existing", "cidrs")}`,
        })),
    );
}

function checkSubnetOverlap(topology: Topology): Problem[] {
  return existingVpcs(topology).flatMap((vpc) => {
    const subnets = subnetsOf(vpc);
    return subnets.flatMap(({ path, cidr }, index) => {
      const first = subnets.slice(0, index).find((other) => overlap([other.cidr], [cidr]));
      if (!first) return [];
      return [
        {
          path,
          got: written(cidr),
          allowed: `addresses that ${first.id} does not have: ${first.cidr}`,
          fix: "correct one of the two: subnets of a VPC share no address",
        },
      ];
    });
  });
}

/** A region that is unknown says so itself. */
function checkZones(topology: Topology): Problem[] {
  return existingVpcs(topology)
    .filter(({ region }) => REGIONS.includes(region))
    .flatMap(({ path, region, existing }) =>
      Object.entries(existing.subnets)
        .filter(([, { zone }]) => !isZoneOf(zone, region))
        .map(([id, { zone }]) => ({
          path: below(path, "existing", "subnets", id, "zone"),
          got: written(zone),
          allowed: `a zone of ${region}, such as ${region}a`,
          fix: `correct it, or the region of ${path}`,
        })),
    );
}

function checkSubnetSize(topology: Topology): Problem[] {
  return existingVpcs(topology).flatMap((vpc) =>
    subnetsOf(vpc)
      .filter(({ cidr }) => prefixLength(cidr) < WIDEST || prefixLength(cidr) > NARROWEST)
      .map(({ path, cidr }) => ({
        path,
        got: written(cidr),
        allowed: `a mask of /${WIDEST} to /${NARROWEST}`,
        fix: "correct it: AWS has no other subnets",
      })),
  );
}

/** Pods that other clusters of the mesh call or hear from. */
function checkPodRange(topology: Topology, { clusters }: Relations): Problem[] {
  const shared = clusters.filter(isShared).map(({ cluster }) => cluster.name);
  return podCidrs(topology)
    .filter(({ cluster }) => shared.includes(cluster))
    .flatMap(({ path, cidr, cluster }) => {
      const { cidrs, path: vpcPath } = topology.vpcs[topology.clusters[cluster]!.vpc]!;
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

/** Whether some mesh has this cluster and others. */
function isShared({ cluster, members, controlPlanes }: ClusterRelation): boolean {
  const meshes = [...members.map((member) => member.in), ...controlPlanes.map(({ of }) => of)];
  return meshes.some((mesh) =>
    [...mesh.members, ...mesh.controlPlanes].some(({ at }) => at.cluster !== cluster),
  );
}

function checkRouteTables(topology: Topology, { links }: Relations): Problem[] {
  if (topology.links.via === LinkVia.Existing) return [];
  const places = Object.keys(topology.links.reachable).map((name) =>
    pathOf("links", "reachable", name),
  );
  return existingVpcs(topology)
    .filter(({ existing }) => Object.keys(existing.routeTables ?? {}).length === 0)
    .flatMap((vpc) => {
      const targets = [...joinedWith(vpc, links).map(({ path }) => path), ...places];
      if (targets.length === 0) return [];
      return [
        {
          path: below(vpc.path, "existing", "routeTables"),
          got: written(vpc.existing.routeTables),
          allowed: "the route tables of the subnets that clusters use",
          fix: `name them: routes to ${targets.join(", ")} are added there`,
        },
      ];
    });
}

function checkSameVpc(topology: Topology): Problem[] {
  const seen = new Map<string, ExistingVpc>();
  return existingVpcs(topology).flatMap((vpc) => {
    const { vpcId } = vpc.existing;
    if (vpcId === undefined) return [];
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

function checkAttachment(topology: Topology, relations: Relations): Problem[] {
  if (topology.links.via !== LinkVia.TransitGateway) return [];
  const linked = linkedVpcs(relations).map(({ id }) => id);
  return existingVpcs(topology)
    .filter((vpc) => linked.includes(vpc.id) && !hasTier(vpc, SubnetTier.Private))
    .map(({ path }) => ({
      path: below(path, "existing", "subnets"),
      got: "no private subnet",
      allowed: "a private subnet in each zone that clusters use",
      fix: "add them: the transit gateway is attached to one per zone",
    }));
}

/** EKS's own word on other zones comes in the middle of an `up`. */
function checkControlPlanes(topology: Topology): Problem[] {
  return existingVpcs(topology).flatMap((vpc) => {
    const made = Object.values(topology.clusters)
      .filter((cluster) => cluster.vpc === vpc.id && !cluster.existing)
      .map(({ name }) => name);
    const zones = privateZones(vpc.existing);
    const { controlPlaneZones: said } = vpc.existing;
    const found = { path: below(vpc.path, "existing", "controlPlaneZones"), got: written(said) };
    if (made.length === 0)
      return said === undefined
        ? []
        : [{ ...found, allowed: "nothing where no cluster is made in the VPC", fix: "remove it" }];
    if (said === undefined ? zones.length <= CONTROL_PLANE_ZONES : areTwoOf(zones, said)) return [];
    return [
      {
        ...found,
        allowed: `two zones of private subnets: ${oneOf(zones)}`,
        fix: `write those that ${made.join(", ")} ${made.length > 1 ? "stand" : "stands"} in, or any two before that: EKS lets no cluster change them`,
      },
    ];
  });
}

function areTwoOf(zones: string[], said: string[]): boolean {
  const known = new Set(said.filter((zone) => zones.includes(zone)));
  return said.length === CONTROL_PLANE_ZONES && known.size === CONTROL_PLANE_ZONES;
}

const severity = Severity.Problem;

export const existingRules: NetworkRule[] = [
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
    id: "existing-vpc-subnet-size",
    summary: "Subnets of a VPC that exists have a size that AWS makes.",
    why: "A range without room for a load balancer would be given an address outside it (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).",
    severity,
    check: checkSubnetSize,
  },
  {
    id: "existing-vpc-subnet-zone",
    summary: "Subnets of a VPC that exists lie in zones of its region.",
    why: "A VPC spans the zones of one region (https://docs.aws.amazon.com/vpc/latest/userguide/how-it-works.html); control planes stand in zones by these names.",
    severity,
    check: checkZones,
  },
  {
    id: "existing-vpc-control-plane-zones",
    summary:
      "A VPC that exists says in which two of several zones control planes of clusters stand.",
    why: "EKS lets no cluster change its zones (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html), while subnets of others come and go, and their names say nothing of which were first.",
    severity,
    check: checkControlPlanes,
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
];
