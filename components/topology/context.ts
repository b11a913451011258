/** What a description is read with. Apart from `normalise.ts`: the types of the package must not lead to the schema, which is zod's. */
import type { Given } from "./given";

/** What a description does not say by itself. */
export interface ParseContext {
  /** Default of `name`: the stack's name, or the component's. */
  name: string;
  /** `aws:region`: the default of every VPC's region. */
  region?: string;
  /** What is given beside the description; absent where nothing can be. */
  given?: Given;
  /** What was read of peers in other stacks, by name; absent: nothing. */
  peers?: Record<string, unknown>;
  /** Tags of `aws:defaultTags`, which AWS resources have beside those of the description. */
  stackTags?: Record<string, string>;
  /** What follows from the table of Istio versions. */
  defaults: VersionDefaults;
}

/** Defaults that follow from the table of Istio versions. */
export interface VersionDefaults {
  /** The newest Kubernetes version that some Istio versions and EKS all support. */
  kubernetesVersion(istioVersions: string[]): string;
}
