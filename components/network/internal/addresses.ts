/** Addresses for load balancers that have chosen ones. */
import { createHash } from "node:crypto";
import { SubnetTier } from "../../topology";
import type { Vpc } from "../../topology";
import { bounds, formatAddress, prefixLength } from "../../topology/cidr";
import { planSubnets, VPC_PREFIXES } from "../vpc/subnets";

/** AWS keeps the first four addresses of a subnet and the last (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html). */
const KEPT_FIRST = 4n;
const KEPT_LAST = 1n;

/** The load-balancer subnets of a VPC: ranges only, in the order of their ids. */
export function loadBalancerRanges({ cidrs, settings, existing }: Vpc): string[] {
  const [cidr] = cidrs;
  if (!existing && !(cidr && VPC_PREFIXES.includes(prefixLength(cidr)))) return [];
  const subnets = existing ? Object.values(existing.subnets) : planSubnets(cidr!, settings.zones);
  return subnets
    .filter(({ tier }) => tier === SubnetTier.LoadBalancer)
    .map((subnet) => subnet.cidr);
}

/** How many addresses AWS leaves to others in the narrowest of some subnets: numbers below it are an address in each. */
export function usableAddresses(ranges: readonly string[]): number {
  const sizes = ranges.map(bounds).map(({ start, end }) => Number(end - start + 1n));
  const narrowest = sizes.length === 0 ? 0 : Math.min(...sizes);
  return Math.max(0, narrowest - Number(KEPT_FIRST + KEPT_LAST));
}

/**
 * Number of an address among those that may be used, from 0. It follows from names alone, so that nothing that comes or goes beside it
 * moves it; two that meet are told apart by a number that the description says.
 */
export function numberFrom(names: readonly string[], ranges: readonly string[]): number {
  return hashOf(names) % Math.max(1, usableAddresses(ranges));
}

/** A number that follows from names alone. */
export function hashOf(names: readonly string[]): number {
  return createHash("sha256").update(JSON.stringify(names)).digest().readUInt32BE();
}

/** The address of a number, from 0, in each subnet. */
export function addressesOf(ranges: readonly string[], number: number): string[] {
  return ranges.map((range) => formatAddress(bounds(range).start + KEPT_FIRST + BigInt(number)));
}
