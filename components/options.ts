import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
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

/** Options of a room whose things stand in accounts and in clusters. */
export interface RoomOptions {
  aws: AwsOptions;
  cluster: ClusterOptions;
}

/** Options with further resources to wait for. */
export function waitingFor(
  opts: pulumi.ComponentResourceOptions,
  resources: pulumi.Resource[],
): pulumi.ComponentResourceOptions {
  return pulumi.mergeOptions(opts, { dependsOn: resources });
}

/**
 * A value that is known as soon as it was, though what takes it waits for some resources: the part of a component that must
 * wait longer than the rest takes such a one, since a component that waits holds all its children up.
 */
export function after<T>(
  value: pulumi.Input<T>,
  resources: pulumi.Resource[],
): pulumi.Output<pulumi.Unwrap<T>> {
  const urns = resources.map(({ urn }) => urn);
  return pulumi.output({ value, urns }).apply((known) => known.value as pulumi.Unwrap<T>);
}

/** Options of a resource that stands under no component of its room: unlike a component it takes one provider only. */
export function resourceOptions(
  options: pulumi.ComponentResourceOptions,
): pulumi.CustomResourceOptions {
  const { parent, dependsOn } = options;
  return { parent, dependsOn, provider: awsProvider(options) };
}

/** The same for an object in a cluster. */
export function kubernetesOptions(
  options: pulumi.ComponentResourceOptions,
): pulumi.CustomResourceOptions {
  const { parent, dependsOn, providers = {} } = options;
  const provider = Object.values(providers).find((candidate) => k8s.Provider.isInstance(candidate));
  return { parent, dependsOn, provider };
}

/** The AWS provider that a component would hand down. */
function awsProvider({
  provider,
  providers = {},
}: pulumi.ComponentResourceOptions): pulumi.ProviderResource | undefined {
  return [provider, ...Object.values(providers)].find((candidate) =>
    aws.Provider.isInstance(candidate),
  );
}

/** Id of the account that an AWS provider's credentials belong to. */
export function ownAccountId(options: pulumi.ComponentResourceOptions): pulumi.Output<string> {
  const { parent, provider } = resourceOptions(options);
  return aws.getCallerIdentityOutput({}, { parent, provider }).accountId;
}

/** Values of the config keys that a description names, by key. */
export type Secrets = Record<string, pulumi.Input<string>>;

/** The value of a key that the description names for something, such as `provided root`. */
export function demandSecret(secrets: Secrets, key: string, what: string): pulumi.Input<string> {
  const secret = secrets[key];
  if (secret !== undefined) return secret;
  throw new pulumi.RunError(
    `The ${what} is missing: \`secrets\` has no value under ${JSON.stringify(key)}.`,
  );
}
