/** IPv4 ranges: the one place where they are parsed and compared. */
import { containsCidr, mergeCidr, overlapCidr, parseCidr } from "cidr-tools";

const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4_CIDR = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}/(?:3[0-2]|[12]?\\d)$`);

/**
 * Ranges that VPCs take their addresses from: RFC 1918, and RFC 6598, which EKS allows for pods
 * (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).
 */
const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** Loopback (RFC 1122) and link-local (RFC 3927). */
const HOST_RANGES = ["127.0.0.0/8", "169.254.0.0/16"];

/** Whether a text is an IPv4 range in CIDR form. */
export function isCidr(text: string): boolean {
  return IPV4_CIDR.test(text);
}

/** The range that a CIDR with host bits stands in: `10.0.0.0/16` for `10.0.1.0/16`. */
export function networkOf(cidr: string): string {
  const { start, prefix } = parseCidr(cidr);
  return formatCidr(start, Number(prefix));
}

/** First and last address of a CIDR, as numbers. */
export function bounds(cidr: string): { start: bigint; end: bigint } {
  return parseCidr(cidr);
}

/** Length of a CIDR's mask. */
export function prefixLength(cidr: string): number {
  return Number(parseCidr(cidr).prefix);
}

/** The fewest ranges that hold the same addresses, in ascending order. */
export function merge(cidrs: string[]): string[] {
  return mergeCidr(cidrs);
}

/** Whether any address is in both. */
export function overlap(a: string[], b: string[]): boolean {
  return a.length > 0 && b.length > 0 && overlapCidr(a, b);
}

/** Whether every address of `inner` is in `outer`. Merged first, since the library looks for one range that holds all. */
export function contains(outer: string[], inner: string[]): boolean {
  return outer.length > 0 && containsCidr(merge(outer), merge(inner));
}

/** Whether a range lies in the private address space. */
export function isPrivate(cidr: string): boolean {
  return containsCidr(PRIVATE_RANGES, cidr);
}

/** Whether a range has addresses that the internet never sees. */
export function hasInside(cidr: string): boolean {
  return overlapCidr([...PRIVATE_RANGES, ...HOST_RANGES], cidr);
}

/** Whether two lists hold the same addresses. */
export function sameAddresses(a: string[], b: string[]): boolean {
  return merge(a).join() === merge(b).join();
}

/** A range from its first address and the length of its mask. */
export function formatCidr(start: bigint, prefix: number): string {
  return `${formatAddress(start)}/${prefix}`;
}

/** An address from its number. */
export function formatAddress(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join(".");
}
