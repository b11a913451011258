/** Ranges as the description says them, with their paths. */
import { below, pathOf } from "../../topology";
import type { Topology, Vpc } from "../../topology";
import { isCidr } from "../../topology/cidr";

export interface WrittenCidr {
  path: string;
  cidr: string;
}

/** Those that are ranges: of others their own rule says so. */
export function legible<T extends { cidr: string }>(list: T[]): T[] {
  return list.filter(({ cidr }) => isCidr(cidr));
}

/** Ranges of one VPC. */
export function cidrsOfVpc({ path, cidrs, existing }: Vpc): WrittenCidr[] {
  return existing
    ? cidrs.map((cidr, index) => ({ path: below(path, "existing", "cidrs", index), cidr }))
    : cidrs.map((cidr) => ({ path: below(path, "cidr"), cidr }));
}

/** Ranges of VPCs and of their subnets. */
export function cidrsOfVpcs(topology: Topology): WrittenCidr[] {
  return Object.values(topology.vpcs).flatMap((vpc) => [
    ...cidrsOfVpc(vpc),
    ...Object.entries(vpc.existing?.subnets ?? {}).map(([id, { cidr }]) => ({
      path: below(vpc.path, "existing", "subnets", id, "cidr"),
      cidr,
    })),
  ]);
}

/** Ranges of places behind transit gateways. */
export function reachableCidrs({ links }: Topology): WrittenCidr[] {
  return Object.entries(links.reachable).flatMap(([name, cidrs]) =>
    cidrs.map((cidr, index) => ({
      path: pathOf("links", "reachable", name, "cidrs", index),
      cidr,
    })),
  );
}

/** Ranges of pods in clusters that exist. */
export function podCidrs(topology: Topology): (WrittenCidr & { cluster: string })[] {
  return Object.values(topology.clusters).flatMap(({ name, existing }) =>
    (existing?.podCidrs ?? []).map((cidr, index) => ({
      path: pathOf("clusters", name, "existing", "podCidrs", index),
      cidr,
      cluster: name,
    })),
  );
}

/** Indexes of the items that stand in a list before already. */
export function repeated(items: string[]): number[] {
  return items.flatMap((item, index) => (items.indexOf(item) < index ? [index] : []));
}
