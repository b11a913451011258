/** What an address range must be. */
import { written } from "../../topology";
import { Severity } from "../../topology";
import type { Problem, Rule, Topology } from "../../topology";
import { isCidr, isPrivate, networkOf, prefixLength } from "../../topology/cidr";
import { VPC_PREFIXES } from "../vpc/subnets";
import { cidrsOfVpc, cidrsOfVpcs, legible, podCidrs, reachableCidrs } from "./written";
import type { WrittenCidr } from "./written";

const WIDEST = Math.min(...VPC_PREFIXES);
const NARROWEST = Math.max(...VPC_PREFIXES);

function all(topology: Topology) {
  return [...cidrsOfVpcs(topology), ...podCidrs(topology)];
}

/** With those of places that may have any address. */
function allWritten(topology: Topology) {
  return [...all(topology), ...reachableCidrs(topology)];
}

function checkForm(topology: Topology): Problem[] {
  return allWritten(topology)
    .filter(({ cidr }) => !isCidr(cidr))
    .map(({ path, cidr }) => ({
      path,
      got: written(cidr),
      allowed: "an IPv4 range in CIDR form, such as 10.10.0.0/16",
      fix: "write an address of four numbers up to 255, a slash and the length of the mask",
    }));
}

/** Ranges of VPCs made here that have another length than such a VPC can have. */
function missized({ vpcs }: Topology): WrittenCidr[] {
  const made = Object.values(vpcs).filter(({ existing }) => !existing);
  return legible(made.flatMap(cidrsOfVpc)).filter(
    ({ cidr }) => !VPC_PREFIXES.includes(prefixLength(cidr)),
  );
}

/** One of another size becomes another range anyway. */
function checkHostBits(topology: Topology): Problem[] {
  const others = missized(topology).map(({ path }) => path);
  return legible(allWritten(topology))
    .filter(({ path, cidr }) => networkOf(cidr) !== cidr && !others.includes(path))
    .map(({ path, cidr }) => ({
      path,
      got: written(cidr),
      allowed: "a range that starts at its first address",
      fix: `write ${networkOf(cidr)}`,
    }));
}

function checkPrivate(topology: Topology): Problem[] {
  return legible(all(topology))
    .filter(({ cidr }) => !isPrivate(cidr))
    .map(({ path, cidr }) => ({
      path,
      got: written(cidr),
      allowed: "a range inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10",
      fix: "use private addresses: what public ones belong to can no longer be reached from the VPC",
    }));
}

function checkSize(topology: Topology): Problem[] {
  return missized(topology).map(({ path, cidr }) => ({
    path,
    got: written(cidr),
    allowed: `a mask of /${WIDEST} to /${NARROWEST}`,
    fix:
      prefixLength(cidr) < WIDEST
        ? `AWS makes no VPC wider than /${WIDEST}: take one /${WIDEST} of it, such as ${resized(cidr, WIDEST)}`
        : `its subnets would not fit: take at least a /${NARROWEST}`,
  }));
}

/** The range of another length that an address is in. */
function resized(cidr: string, length: number): string {
  return networkOf(`${cidr.split("/")[0]}/${length}`);
}

const severity = Severity.Problem;

export const addressRules: Rule[] = [
  {
    id: "cidr-form",
    summary: "Ranges of VPCs, subnets, pods and places behind transit gateways are IPv4 CIDRs.",
    why: "Subnets, routes and security-group rules are calculated from them.",
    severity,
    foundation: true,
    check: checkForm,
  },
  {
    id: "cidr-host-bits",
    summary: "A range starts at its first address.",
    why: "AWS changes it to that silently, and every later preview shows a difference (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).",
    severity,
    check: checkHostBits,
  },
  {
    id: "cidr-private",
    summary: "VPCs and pods have private addresses.",
    why: "RFC 1918 and RFC 6598; a public range hides its owner from everything inside (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).",
    severity,
    check: checkPrivate,
  },
  {
    id: "vpc-cidr-size",
    summary: "A VPC made here is neither too wide for AWS nor too narrow for its subnets.",
    why: "AWS allows /16 to /28 (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html); below /22 there is no room for public, private and load-balancer subnets in four zones.",
    severity,
    check: checkSize,
  },
];
