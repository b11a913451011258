import { find } from "../records";

/**
 * EKS add-ons without which pods on managed nodes have no addresses, names or AWS roles, where Auto Mode brings its own; and the
 * one that autoscalers ask for what pods use, which EKS installs with neither kind of nodes
 * (https://docs.aws.amazon.com/eks/latest/userguide/metrics-server.html).
 */
export const AddonName = {
  CoreDns: "coredns",
  KubeProxy: "kube-proxy",
  MetricsServer: "metrics-server",
  PodIdentityAgent: "eks-pod-identity-agent",
  VpcCni: "vpc-cni",
} as const;
export type AddonName = (typeof AddonName)[keyof typeof AddonName];

/** Builds that serve every Kubernetes version below. */
const everywhere = {
  [AddonName.MetricsServer]: "v0.8.1-eksbuild.11",
  [AddonName.PodIdentityAgent]: "v1.3.10-eksbuild.3",
  [AddonName.VpcCni]: "v1.22.3-eksbuild.1",
};

/**
 * Versions of add-ons by Kubernetes minor version, as EKS lists them
 * (https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html, `managing-kube-proxy.html` and `managing-vpc-cni.html`;
 * `aws eks describe-addon-versions` lists all).
 *
 * Pinned: an add-on that asks for the newest gets another one whenever EKS publishes one, and any `up` could then replace DNS
 * or pods' networking under running pods. These move with a cluster's Kubernetes version, or with this table.
 */
export const eksAddons: Readonly<Record<string, Record<AddonName, string>>> = {
  "1.36": { coredns: "v1.14.3-eksbuild.3", "kube-proxy": "v1.36.0-eksbuild.14", ...everywhere },
  "1.35": { coredns: "v1.14.3-eksbuild.3", "kube-proxy": "v1.35.3-eksbuild.13", ...everywhere },
  "1.34": { coredns: "v1.13.2-eksbuild.11", "kube-proxy": "v1.34.6-eksbuild.13", ...everywhere },
  "1.33": { coredns: "v1.12.4-eksbuild.18", "kube-proxy": "v1.33.10-eksbuild.13", ...everywhere },
  "1.32": { coredns: "v1.11.4-eksbuild.40", "kube-proxy": "v1.32.13-eksbuild.16", ...everywhere },
};

/** The version of an add-on; fails for a Kubernetes version that is in no row. */
export function addonVersion(kubernetesVersion: string, addon: AddonName): string {
  const row = find(eksAddons, kubernetesVersion);
  if (row) return row[addon];
  throw new Error(
    `kubernetesVersion: got ${JSON.stringify(kubernetesVersion)}, for which no version of add-on ${addon} is known; ` +
      `allowed: ${Object.keys(eksAddons).join(", ")}; fix: say one of these`,
  );
}
