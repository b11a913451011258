/** What every control plane made here has in common. */

/** The group that EKS writes to, and that it makes without an end to its lines where there is none. */
export function logGroupName(clusterName: string): string {
  return `/aws/eks/${clusterName}/cluster`;
}

/** The list of a public endpoint, without repetitions. AWS opens an endpoint without a list to the world. */
export function publicCidrs(cidrs: string[]): string[] {
  if (cidrs.length > 0) return [...new Set(cidrs)].sort();
  throw new Error(
    "publicAccessCidrs: got an empty list, with which AWS lets everyone in; " +
      "allowed: 1 to 40 CIDRs, or nothing for a private endpoint; fix: list who calls the API server",
  );
}
