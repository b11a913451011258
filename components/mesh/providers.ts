/** AWS providers, one per account and region: the caller's, or made here on top of the stack's `aws:` config. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { KubeconfigCredentials } from "../cluster";
import type { AwsOptions } from "../options";
import { find, mapValues } from "../records";
import { formatProblem, logicalName, oneOf, STACK_TAGS, tagsOf } from "../topology";
import type { AwsProviderPlan, Topology } from "../topology";
import { stackTagsOf } from "./stackTags";

/** Region that the stack's config names. */
export function configuredRegion(): string | undefined {
  return new pulumi.Config("aws").get("region");
}

/** Tags that the stack's config gives to every AWS resource; a secret is not looked at, since a message would show it. */
export function configuredTags(): Record<string, string> {
  return isSecret(STACK_TAGS) ? {} : stackTagsOf(new pulumi.Config("aws").get("defaultTags"));
}

/**
 * Options of what stands in each account and region; tags and region then need no mention anywhere else.
 *
 * @param given the caller's providers; none is made then
 */
export function awsOptions(
  parent: pulumi.Resource,
  topology: Topology,
  plans: Record<string, AwsProviderPlan>,
  given?: Record<string, aws.Provider>,
): AwsOptions {
  if (given) demandProviders(Object.keys(plans), given);
  const providers = given ?? createProviders(parent, topology, plans);
  return (key) => ({ parent, providers: [providers[key]!] });
}

/** Refuses providers of which some are missing, or are for nothing, all at once. */
function demandProviders(needed: string[], given: Record<string, aws.Provider>): void {
  const missing = needed.filter((key) => find(given, key) === undefined);
  const idle = Object.keys(given).filter((key) => !needed.includes(key));
  const fixes = [
    ...(missing.length > 0 ? [`add ${missing.join(", ")}`] : []),
    ...(idle.length > 0 ? [`remove ${idle.join(", ")}, where nothing is made`] : []),
  ];
  if (fixes.length === 0) return;
  const problem = {
    path: "awsProviders",
    got: oneOf(Object.keys(given)),
    allowed: `a provider for each of ${needed.join(", ")}`,
    fix: fixes.join("; "),
  };
  throw new pulumi.RunError(formatProblem(problem));
}

/**
 * An explicit provider knows nothing of the stack's `aws:` config, which the engine hands to the default one alone
 * (https://www.pulumi.com/docs/iac/concepts/resources/providers/#default-and-explicit-providers).
 */
function createProviders(
  parent: pulumi.Resource,
  topology: Topology,
  plans: Record<string, AwsProviderPlan>,
): Record<string, aws.Provider> {
  const { name } = topology;
  const base = configured();
  const defaultTags = pulumi.output(base.defaultTags).apply((said) => ({
    ...said,
    tags: { ...said?.tags, ...tagsOf(topology) },
  }));
  return mapValues(plans, ({ key, region, account }) => {
    const assumeRoles = account === undefined ? base.assumeRoles : withRole(base, account);
    const args = { ...base, region: region as aws.Region, defaultTags, assumeRoles };
    return new aws.Provider(logicalName(name, key), args, { parent });
  });
}

/** Roles are taken one after the other, the later with the credentials of the one before. */
function withRole({ assumeRoles }: aws.ProviderArgs, roleArn: string) {
  return pulumi.output(assumeRoles).apply((before = []) => [...before, { roleArn }]);
}

/**
 * What the AWS CLI asks clusters for tokens with, where the providers are made here: as the same one that made the cluster,
 * who administers it. It takes one role, so the last of several must be one that the profile or environment may take itself.
 */
export function kubeconfigCredentials(): KubeconfigCredentials {
  const { profile, assumeRoles } = configured();
  const roleArn = pulumi.output(assumeRoles).apply((roles) => roles?.at(-1)?.roleArn ?? "");
  return { profile: profile as pulumi.Input<string>, roleArn: assumeRoles && roleArn };
}

/** Everything that the stack's config says under `aws:`, as `@pulumi/aws` reads it; what is a secret there stays one. */
function configured(): aws.ProviderArgs {
  const said = Object.entries(aws.config).filter(
    ([, value]) => value !== undefined && typeof value !== "function",
  );
  return Object.fromEntries(
    said.map(([key, value]) => [key, isSecret(`aws:${key}`) ? pulumi.secret(value) : value]),
  );
}

/**
 * Whether the value of a config key is a secret. The SDK has no public function for it, and the environment that a program
 * could ask says nothing where a plugin builds the component (pulumi/pulumi, sdk/nodejs/runtime/config.ts).
 */
function isSecret(key: string): boolean {
  const { isConfigSecret } = pulumi.runtime as unknown as {
    isConfigSecret(key: string): boolean;
  };
  return isConfigSecret(key);
}
