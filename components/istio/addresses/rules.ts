/** What istiods that serve other clusters, and gateways for other meshes, need of their VPC: addresses of their own. */
import { loadBalancerRanges, usableAddresses } from "../../network/internal/addresses";
import { existingVpcs } from "../../network/rules/existing";
import type { ExistingVpc } from "../../network/rules/existing";
import {
  below,
  DEFAULT_REVISION,
  FEDERATION_NAME,
  gatewayKey,
  numberOfTags,
  pathOf,
  Severity,
} from "../../topology";
import { SubnetTier, writtenTags } from "../../topology";
import type { Problem, Relations, Rule, Topology } from "../../topology";
import { addressNumber, federationNumber, keyOf, namedIstiods, servingIstiods } from "./addresses";

/** VPCs that exist and hold what has chosen addresses, with the zones of their load-balancer subnets. */
function servingVpcs(topology: Topology, relations: Relations) {
  return existingVpcs(topology).flatMap((vpc) => {
    const there = numbered(relations).filter(({ vpcId }) => vpcId === vpc.id);
    if (there.length === 0) return [];
    const zones = zonesOf(vpc, SubnetTier.LoadBalancer);
    return [{ ...vpc, served: there.map(({ key }) => key), zones }];
  });
}

/** Zone of each subnet of a tier, by the subnet's id. */
function zonesOf({ existing }: ExistingVpc, wanted: SubnetTier): [id: string, zone: string][] {
  return Object.entries(existing.subnets)
    .filter(([, { tier }]) => tier === wanted)
    .map(([id, { zone }]) => [id, zone]);
}

function checkSubnets(topology: Topology, relations: Relations): Problem[] {
  return servingVpcs(topology, relations)
    .map((vpc) => ({ ...vpc, zones: [...new Set(vpc.zones.map(([, zone]) => zone))] }))
    .filter(({ zones }) => zones.length < 2)
    .map(({ path, served, zones }) => ({
      path: below(path, "existing", "subnets"),
      got:
        zones.length === 0
          ? "no load-balancer subnet"
          : `load-balancer subnets in ${zones.join()} alone`,
      allowed:
        "a subnet of tier load-balancer in at least two zones, which nothing else takes addresses of",
      fix: `add them, a /27 each: ${served.join(", ")} is reached by chosen addresses`,
    }));
}

function checkZones(topology: Topology, relations: Relations): Problem[] {
  return servingVpcs(topology, relations).flatMap(({ path, zones }) =>
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

/** A VPC without the two zones that it takes in any case is told so alone. */
function checkCoverage(topology: Topology, relations: Relations): Problem[] {
  return servingVpcs(topology, relations).flatMap((vpc) => {
    const { path, served, zones } = vpc;
    const enabled = new Set(zones.map(([, zone]) => zone));
    if (enabled.size < 2) return [];
    return zonesOf(vpc, SubnetTier.Private)
      .filter(([, zone]) => !enabled.has(zone))
      .map(([id, zone]) => ({
        path: below(path, "existing", "subnets", id, "zone"),
        got: `a private subnet in ${zone}, which has no load-balancer subnet`,
        allowed: `zones that have one: ${[...enabled].sort().join(", ")}`,
        fix: `add a load-balancer subnet in ${zone}, a /27, or leave this one out: a pod of ${served.join(", ")} there would never be Ready`,
      }));
  });
}

/** What has a chosen address, with its number, and how many there are in its VPC. */
interface Numbered {
  key: string;
  kind: "istiod" | "gateway";
  name: string;
  /** Where the description may say its number. */
  path: string;
  vpc: string;
  vpcId: string;
  number: number;
  usable: number;
}

function numbered(relations: Relations): Numbered[] {
  return [...numberedIstiods(relations), ...numberedGateways(relations)];
}

function numberedGateways({ topology, meshes }: Relations): Numbered[] {
  const members = meshes.flatMap(({ federationGateways }) => federationGateways);
  return members.map((member) => {
    const [mesh, cluster] = [member.in.mesh.name, member.at.cluster.name];
    const key = gatewayKey(mesh, cluster, FEDERATION_NAME);
    return {
      ...{ key, kind: "gateway", name: `gateway ${key}` },
      path: pathOf("federation", "gateways", mesh, "addressNumbers", cluster),
      ...{ vpc: member.at.vpc.path, vpcId: member.at.vpc.id },
      number: federationNumber(topology, member),
      usable: usableAddresses(loadBalancerRanges(member.at.vpc)),
    };
  });
}

function numberedIstiods(relations: Relations): Numbered[] {
  return servingIstiods(relations).map((istiod) => {
    const { of, revision } = istiod;
    const [mesh, cluster] = [of.of.mesh.name, of.at.cluster.name];
    const names = [cluster, revision.name ?? DEFAULT_REVISION];
    const ranges = loadBalancerRanges(of.at.vpc);
    return {
      ...{ key: keyOf(istiod), kind: "istiod" },
      name: `istiod ${[mesh, ...names].join("/")}`,
      path: pathOf("meshes", mesh, "controlPlane", "addressNumbers", ...names),
      ...{ vpc: of.at.vpc.path, vpcId: of.at.vpc.id },
      number: addressNumber(istiod, ranges),
      usable: usableAddresses(ranges),
    };
  });
}

function checkNumbers(_: Topology, relations: Relations): Problem[] {
  return numbered(relations)
    .filter(({ number, usable }) => usable > 0 && number >= usable)
    .map(({ path, number, usable, vpc }) => ({
      path,
      got: String(number),
      allowed: `0 to ${usable - 1}, the usable addresses of the load-balancer subnets of ${vpc}`,
      fix: "choose one of these, or remove it for the number that follows from the names",
    }));
}

/** Numbers of istiods that a mesh does not have: they would change nothing. */
function checkUnused(_: Topology, { meshes }: Relations): Problem[] {
  return meshes.flatMap(({ mesh, controlPlanes }) => {
    const known = controlPlanes.flatMap(({ at, istiods }) =>
      istiods.map(({ revision }) => [at.cluster.name, revision.name ?? DEFAULT_REVISION].join("/")),
    );
    return Object.entries(mesh.addressNumbers).flatMap(([cluster, numbers]) =>
      Object.entries(numbers)
        .filter(([revision]) => !known.includes(`${cluster}/${revision}`))
        .map(([revision, number]) => ({
          path: pathOf("meshes", mesh.name, "controlPlane", "addressNumbers", cluster, revision),
          got: String(number),
          allowed: `numbers of the mesh's istiods, by cluster and revision: ${known.join(", ")}`,
          fix: "remove it: no such istiod runs",
        })),
    );
  });
}

function checkCollisions(_: Topology, relations: Relations): Problem[] {
  const all = numbered(relations).filter(({ usable }) => usable > 0);
  const addressOf = ({ vpc, number }: Pick<Numbered, "vpc" | "number">) => `${vpc} ${number}`;
  const taken = new Set(all.map(addressOf));
  return all.flatMap((istiod, index) => {
    const { vpc, usable } = istiod;
    const other = all.slice(0, index).find((one) => addressOf(one) === addressOf(istiod));
    if (!other) return [];
    const numbers = [...Array(usable).keys()];
    const free = numbers.find((number) => !taken.has(addressOf({ vpc, number })));
    // A number is offered once, so that all offers can be taken together.
    if (free !== undefined) taken.add(addressOf({ vpc, number: free }));
    return [
      {
        path: istiod.path,
        got: `address ${istiod.number} in the load-balancer subnets of ${vpc}, which ${other.name} has too`,
        allowed: "an address of its own",
        fix:
          free === undefined
            ? `all ${usable} are taken: run one of the two in another VPC`
            : `write ${free} here, or at ${other.path} where that ${other.kind} is the newer one: whichever gets another number gets another load balancer`,
      },
    ];
  });
}

const severity = Severity.Problem;

/** Of a zone: yours, `istio-patterns` and its own name. */
const MOST_TAGS = 10 - 2;

function checkZoneTags(topology: Topology, relations: Relations): Problem[] {
  const [first] = namedIstiods(relations);
  if (first === undefined || numberOfTags(topology) <= MOST_TAGS) return [];
  return [
    {
      path: "tags",
      got: writtenTags(topology),
      allowed: `at most ${MOST_TAGS} where istiod serves machines or tasks, as ${keyOf(first)} does`,
      fix: "leave some out: the private zone of its name takes 10, two of which are the plan's",
    },
  ];
}

export const addressRules: Rule[] = [
  {
    id: "zone-tag-count",
    summary: "Tags leave room for the plan's own on a private zone.",
    why: "Route 53 takes 10 tags of a hosted zone (https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeTagsForResource.html).",
    severity,
    check: checkZoneTags,
  },
  {
    id: "existing-vpc-load-balancer-subnets",
    summary:
      "A VPC that exists has load-balancer subnets in two zones where istiod serves other clusters, or other meshes come in.",
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
    id: "existing-vpc-load-balancer-coverage",
    summary:
      "A VPC that exists has a load-balancer subnet in every zone of pods where istiod serves others.",
    why: "A load balancer leaves out targets in zones that it has no subnet in (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-troubleshooting.html), and a pod whose target is not healthy is not Ready (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate/).",
    severity,
    check: checkCoverage,
  },
  {
    id: "istiod-address-number",
    summary: "The number of an address is one that its subnets have.",
    why: "AWS keeps five addresses of a subnet (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).",
    severity,
    check: checkNumbers,
  },
  {
    id: "istiod-address-unused",
    summary: "A number of an address is that of an istiod which the mesh has.",
    why: "It would have no effect.",
    severity,
    check: checkUnused,
  },
  {
    id: "istiod-address-collision",
    summary:
      "Every istiod that serves other clusters, and every gateway for other meshes, has an address of its own.",
    why: "Addresses follow from the names of mesh, cluster and revision, so that nothing that is added moves one; two may come to the same.",
    severity,
    check: checkCollisions,
  },
];
