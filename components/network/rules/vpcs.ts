/** What a VPC made here is asked for. */
import { below, oneOf, Severity, suggest, written } from "../../topology";
import type { Problem, Rule, Topology, Vpc } from "../../topology";
import { ENDPOINT_SERVICES } from "../vpc/endpointServices";
import { MOST_ZONES } from "../vpc/subnets";
import { repeated } from "./written";

const FEWEST_ZONES = 2;

/** Regions where an account sees fewer zones than the default asks for (https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html). */
const ZONES_OF_SMALL_REGIONS: Record<string, number> = { "us-west-1": 2 };

function made({ vpcs }: Topology): Vpc[] {
  return Object.values(vpcs).filter(({ existing }) => !existing);
}

function checkZones(topology: Topology): Problem[] {
  return made(topology)
    .filter(({ settings: { zones } }) => zones < FEWEST_ZONES || zones > MOST_ZONES)
    .map(({ path, settings: { zones } }) => ({
      path: below(path, "zones"),
      got: written(zones),
      allowed: `${FEWEST_ZONES} to ${MOST_ZONES}`,
      fix: zones < FEWEST_ZONES ? `set ${FEWEST_ZONES}` : `set ${MOST_ZONES}`,
    }));
}

function checkSmallRegions(topology: Topology): Problem[] {
  return made(topology).flatMap(({ path, settings: { zones }, region }) => {
    const most = ZONES_OF_SMALL_REGIONS[region] ?? MOST_ZONES;
    if (zones <= most || zones > MOST_ZONES) return [];
    return [
      {
        path: below(path, "zones"),
        got: written(zones),
        allowed: `${most}: ${region} gives an account no more`,
        fix: `set zones: ${most}, or take another region`,
      },
    ];
  });
}

function checkEndpoints(topology: Topology): Problem[] {
  return made(topology).flatMap(({ path, settings: { endpoints } }) =>
    endpoints.flatMap((service, index) =>
      ENDPOINT_SERVICES.includes(service)
        ? []
        : [
            {
              path: below(path, "endpoints", index),
              got: written(service),
              allowed: oneOf(ENDPOINT_SERVICES),
              fix: suggest(
                service,
                ENDPOINT_SERVICES,
                "remove it, and make this endpoint yourself",
              ),
            },
          ],
    ),
  );
}

interface Item {
  path: string;
  value: string;
}

/** Lists of which each item becomes a resource, a route or an entry, and ids by name. */
function listsOf({ path, settings: { endpoints }, existing }: Vpc): Item[][] {
  const { subnets = {}, routeTables = {}, natAddresses = [] } = existing ?? {};
  const { endpoints: standing = [] } = existing ?? {};
  const list = (at: string, values: string[]) =>
    values.map((value, index) => ({ path: below(at, index), value }));
  const ids = (at: string, things: Record<string, { id?: string }>) =>
    Object.entries(things).flatMap(([name, { id }]) =>
      id === undefined ? [] : [{ path: below(at, name, "id"), value: id }],
    );
  return [
    list(below(path, "endpoints"), endpoints),
    ids(below(path, "existing", "subnets"), subnets),
    ids(below(path, "existing", "routeTables"), routeTables),
    list(below(path, "existing", "natAddresses"), natAddresses),
    list(below(path, "existing", "endpoints"), standing),
  ];
}

function checkRepeated({ vpcs }: Topology): Problem[] {
  return Object.values(vpcs)
    .flatMap(listsOf)
    .flatMap((items) =>
      repeated(items.map(({ value }) => value)).map((index) => ({
        path: items[index]!.path,
        got: written(items[index]!.value),
        allowed: "each once",
        fix: "remove it",
      })),
    );
}

const severity = Severity.Problem;

export const vpcRules: Rule[] = [
  {
    id: "vpc-zones",
    summary: "A VPC made here has two to four zones.",
    why: "EKS asks for two (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html); addresses are reserved for four, so that another zone moves no subnet.",
    severity,
    check: checkZones,
  },
  {
    id: "vpc-zones-region",
    summary: "A VPC asks for no more zones than its region has.",
    why: "Two subnets of one tier would stand in one zone.",
    severity,
    check: checkSmallRegions,
  },
  {
    id: "vpc-endpoint-unknown",
    summary: "VPC endpoints are of services that a cluster uses.",
    why: "Whether an endpoint is a route or an address depends on the service (https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html).",
    severity,
    check: checkEndpoints,
  },
  {
    id: "vpc-listed-twice",
    summary: "Endpoints, subnets, route tables and NAT addresses of a VPC are listed once.",
    why: "Each becomes a resource, a route or an entry of an allow list, and AWS refuses the second.",
    severity,
    check: checkRepeated,
  },
];
