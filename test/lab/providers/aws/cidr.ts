/** IPv4 ranges as the stand-ins compare them. */
export interface Range {
  readonly start: number;
  readonly size: number;
  readonly bits: number;
}

const SHAPE = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** Undefined for what is no IPv4 CIDR, and for one with host bits set: AWS refuses or rewrites those. */
export function parseCidr(cidr: unknown): Range | undefined {
  const match = SHAPE.exec(String(cidr));
  if (!match) return undefined;
  const [a, b, c, d, bits] = match.slice(1).map(Number);
  if ([a, b, c, d].some((octet) => octet > 255) || bits > 32) return undefined;
  const start = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - bits);
  return start % size === 0 ? { start, size, bits } : undefined;
}

export function overlap(a: unknown, b: unknown): boolean {
  const [left, right] = [parseCidr(a), parseCidr(b)];
  if (!left || !right) return false;
  return left.start < right.start + right.size && right.start < left.start + left.size;
}

export function isInside(inner: unknown, outer: unknown): boolean {
  const [small, large] = [parseCidr(inner), parseCidr(outer)];
  if (!small || !large) return false;
  return small.start >= large.start && small.start + small.size <= large.start + large.size;
}

/** The n-th address of a range, as AWS would hand it out; the first four and the last are reserved. */
export function addressIn(cidr: unknown, n: number): string {
  const range = parseCidr(cidr);
  const value = (range?.start ?? 0) + n;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}
