import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Options of a resource that stands under no component of this room: unlike a component it takes one provider only. */
export function resourceOptions(
  options: pulumi.ComponentResourceOptions,
): pulumi.CustomResourceOptions {
  const { parent, dependsOn } = options;
  return { parent, dependsOn, provider: awsProvider(options) };
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
