/** IPv4 addresses and ranges as packets are matched with them. */

const numberOf = (address: string): number =>
  address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

const bitsOf = (cidr: string): number => Number(cidr.split("/")[1] ?? 32);

/** Whether a range holds an address, or all of another range. */
export function holds(outer: string, inner: string): boolean {
  const size = 2 ** (32 - bitsOf(outer));
  const [large, small] = [outer, inner].map((text) => numberOf(text.split("/")[0]));
  return bitsOf(inner) >= bitsOf(outer) && Math.floor(large / size) === Math.floor(small / size);
}

/** Of what leads to an address, that with the longest prefix: the most specific route wins. */
export function mostSpecific<T extends { readonly cidr: string }>(
  all: readonly T[],
  address: string,
): T | undefined {
  return all
    .filter(({ cidr }) => holds(cidr, address))
    .sort((a, b) => bitsOf(b.cidr) - bitsOf(a.cidr))[0];
}
