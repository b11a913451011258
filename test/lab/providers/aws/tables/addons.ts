import { asText } from "../../base/values";

/**
 * What EKS's own pages listed as the newest version of an add-on for a Kubernetes version, at different times and oldest
 * first: managing-coredns.html and managing-kube-proxy.html of https://docs.aws.amazon.com/eks/latest/userguide. All are served
 * (https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeAddonVersions.html).
 */
const BY_KUBERNETES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  coredns: {
    "1.32": ["v1.11.4-eksbuild.24", "v1.11.4-eksbuild.33", "v1.11.4-eksbuild.40"],
    "1.33": ["v1.12.4-eksbuild.1", "v1.12.4-eksbuild.18"],
    "1.34": ["v1.12.4-eksbuild.1", "v1.13.2-eksbuild.4", "v1.13.2-eksbuild.11"],
    "1.35": ["v1.13.2-eksbuild.4", "v1.14.2-eksbuild.4", "v1.14.3-eksbuild.3"],
    "1.36": ["v1.14.2-eksbuild.4", "v1.14.3-eksbuild.3"],
  },
  "kube-proxy": {
    "1.32": ["v1.32.9-eksbuild.2", "v1.32.13-eksbuild.5", "v1.32.13-eksbuild.16"],
    "1.33": ["v1.33.5-eksbuild.2", "v1.33.10-eksbuild.2", "v1.33.10-eksbuild.13"],
    "1.34": ["v1.34.1-eksbuild.2", "v1.34.6-eksbuild.2", "v1.34.6-eksbuild.13"],
    "1.35": ["v1.35.3-eksbuild.2", "v1.35.3-eksbuild.13"],
    "1.36": ["v1.36.0-eksbuild.13", "v1.36.0-eksbuild.14"],
  },
};

/**
 * The same for every Kubernetes version (managing-vpc-cni.html). The builds of metrics-server are those that projects on clusters
 * of these versions run, since EKS lists them by DescribeAddonVersions alone.
 */
const EVERYWHERE: Readonly<Record<string, readonly string[]>> = {
  "metrics-server": ["v0.8.1-eksbuild.6", "v0.8.1-eksbuild.10", "v0.8.1-eksbuild.11"],
  "vpc-cni": ["v1.21.1-eksbuild.7", "v1.22.3-eksbuild.1", "v1.22.4-eksbuild.3"],
  "eks-pod-identity-agent": ["v1.3.10-eksbuild.2", "v1.3.10-eksbuild.3"],
};

/** Versions of an add-on that a cluster may have; none where EKS knows no such add-on. */
export function servedAddons(addon: unknown, kubernetesVersion: string): readonly string[] {
  const name = asText(addon);
  return EVERYWHERE[name] ?? BY_KUBERNETES[name]?.[kubernetesVersion] ?? [];
}

export function newestAddon(addon: unknown, kubernetesVersion: string): string {
  const newest = servedAddons(addon, kubernetesVersion).at(-1);
  if (newest) return newest;
  throw new Error(`no versions found for EKS add-on ${asText(addon)} on ${kubernetesVersion}`);
}
