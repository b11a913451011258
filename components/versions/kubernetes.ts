/** Until when EKS supports a Kubernetes minor version. */
export interface EksVersion {
  /** Last day (UTC) of standard support; then a cluster costs six times as much. Absent: a year away or more. */
  standardSupport?: string;
}

/**
 * Kubernetes minor versions that EKS offers
 * (https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html).
 *
 * Standard support lasts 14 months from a version's release on EKS, extended support 12 months more.
 */
export const eksVersions: Readonly<Record<string, EksVersion>> = {
  "1.36": {},
  "1.35": { standardSupport: "2027-03-27" },
  "1.34": { standardSupport: "2026-12-02" },
  "1.33": { standardSupport: "2026-07-29" },
  "1.32": { standardSupport: "2026-03-23" },
} satisfies Record<string, EksVersion>;

/** Whether a text is a Kubernetes minor version. */
export function isMinorVersion(version: string): boolean {
  return /^1\.\d{1,3}$/.test(version);
}
