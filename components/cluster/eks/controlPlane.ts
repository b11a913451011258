/** What every control plane made here has in common. */

/** https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html */
export const controlPlaneLogs = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

/** The list of a public endpoint, without repetitions. AWS opens an endpoint without a list to the world. */
export function publicCidrs(cidrs: string[]): string[] {
  if (cidrs.length > 0) return [...new Set(cidrs)].sort();
  throw new Error(
    "publicAccessCidrs: got an empty list, with which AWS lets everyone in; " +
      "allowed: 1 to 40 CIDRs, or nothing for a private endpoint; fix: list who calls the API server",
  );
}
