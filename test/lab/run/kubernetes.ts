import type { Kubernetes } from "../providers/build";

/** Shipped files that were seen whole with Pulumi's own Kubernetes provider. */
const seen: readonly string[] = ["01-single-cluster"];

/** Who makes what a pattern has in Kubernetes: LAB_KUBERNETES says it for all. */
export function kubernetesOf(pattern: string): Kubernetes {
  const named = process.env.LAB_KUBERNETES;
  if (!named) return seen.includes(pattern) ? "provider" : "stand-in";
  if (named === "provider" || named === "stand-in") return named;
  throw new Error(`LAB_KUBERNETES=${named}: it is provider or stand-in`);
}
