import * as pulumi from "@pulumi/pulumi";

/**
 * Options for a component's children: its parent, and what the component itself was told to wait for.
 *
 * Children inherit provider and protect from their parent but not `dependsOn`
 * (https://www.pulumi.com/docs/iac/concepts/options/dependson/), so each component passes it on.
 */
export function childOptions(
  parent: pulumi.Resource,
  opts?: pulumi.ComponentResourceOptions,
): pulumi.CustomResourceOptions {
  return { parent, dependsOn: opts?.dependsOn };
}

/** Options of what stands in one cluster: parent, the AWS and Kubernetes providers, what must be ready first. */
export type ClusterOptions = (cluster: string) => pulumi.ComponentResourceOptions;

/** Options of what stands in one AWS account and region, by the plan's provider key. */
export type AwsOptions = (provider: string) => pulumi.ComponentResourceOptions;

/** Options with further resources to wait for. */
export function waitingFor(
  opts: pulumi.ComponentResourceOptions,
  resources: pulumi.Resource[],
): pulumi.ComponentResourceOptions {
  return pulumi.mergeOptions(opts, { dependsOn: resources });
}
