import { createHash } from "node:crypto";
import type * as Sdk from "@pulumi/pulumi";
import { version as awsVersion } from "@pulumi/aws/package.json";
import { version as eksVersion } from "@pulumi/eks/package.json";

export type Inputs = Sdk.Inputs;
type Outputs = Record<string, Sdk.Output<unknown>>;

/** A child resource and its outputs, without the SDK package that would declare them. */
export type Child = Sdk.CustomResource & { readonly out: Outputs };

export interface Context {
  readonly sdk: typeof Sdk;
  readonly name: string;
  readonly args: Inputs;
  readonly parent: Sdk.Resource;
}

/** A component whose outputs others can read through a reference to it. */
export function component(sdk: typeof Sdk, token: string, name: string, options: Inputs) {
  class Registered extends sdk.ComponentResource {
    finish(outputs: Inputs): void {
      this.registerOutputs(outputs);
    }
  }
  return new Registered(token, name, {}, options);
}

/** Registers `token`; `outputs` names what is read from it. */
export function child(
  context: Context,
  token: string,
  name: string,
  inputs: Inputs,
  outputs: readonly string[],
  options: Sdk.CustomResourceOptions = {},
): Child {
  const props = { ...Object.fromEntries(outputs.map((key) => [key, undefined])), ...inputs };
  class Registered extends context.sdk.CustomResource {}
  const resource = new Registered(token, name, props, {
    parent: context.parent,
    version: awsVersion,
    ...options,
  });
  // Not enumerable: whoever serialises the resource must not walk it twice.
  Object.defineProperty(resource, "out", { value: resource });
  return resource as unknown as Child;
}

export interface RoleArgs {
  readonly service: string;
  readonly actions?: readonly string[];
  readonly description?: string;
  readonly policies: readonly string[];
}

export interface ServiceRole {
  readonly role: Child;
  readonly attachments: readonly Child[];
}

/** `eks:index:ServiceRole` of the real component: a role and its managed policies. */
export function serviceRole(context: Context, name: string, args: RoleArgs): ServiceRole {
  const { sdk } = context;
  const parent = component(sdk, "eks:index:ServiceRole", name, { parent: context.parent });
  const within = { ...context, parent };
  const assumeRolePolicy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Action: args.actions ?? ["sts:AssumeRole"],
        Effect: "Allow",
        Principal: { Service: [args.service] },
      },
    ],
  });
  const inputs = { assumeRolePolicy, description: args.description, tags: context.args.tags };
  const role = child(within, "aws:iam/role:Role", `${name}-role`, inputs, ["arn", "name"]);
  const attachments = args.policies.map((policy) => {
    const policyArn = `arn:aws:iam::aws:policy/${policy}`;
    const suffix = createHash("sha1").update(policyArn).digest("hex").slice(0, 8);
    const type = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
    return child(within, type, `${name}-${suffix}`, { policyArn, role: role.out.name }, []);
  });
  parent.finish({ directRole: role });
  return { role, attachments };
}

/** References among a component's inputs become resources with the outputs that are read from them. */
export async function registerModules(): Promise<void> {
  const sdk = await import("@pulumi/pulumi");
  const rpc = await import("@pulumi/pulumi/runtime/rpc.js");
  class Referred extends sdk.CustomResource {}
  const register = (pkg: string, module: string, outputs: readonly string[], custom: boolean) =>
    rpc.registerResourceModule(pkg, module, {
      version: pkg === "aws" ? awsVersion : eksVersion,
      construct: (name: string, type: string, urn: string) => {
        const props = Object.fromEntries(outputs.map((key) => [key, undefined]));
        return custom
          ? new Referred(type, name, props, { urn })
          : new sdk.ComponentResource(type, name, props, { urn });
      },
    });
  register("aws", "iam/role", ["arn", "name"], true);
  register("aws", "ec2/securityGroup", ["arn", "vpcId"], true);
  register("aws", "eks/cluster", CLUSTER_OUTPUTS, true);
  register("eks", "index", ["core", "eksCluster"], false);
}

export const CLUSTER_OUTPUTS = [
  "arn",
  "certificateAuthority",
  "endpoint",
  "identities",
  "name",
  "roleArn",
  "version",
  "vpcConfig",
] as const;
