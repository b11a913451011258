import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { distinctName } from "../../topology";

/** Longest logical name of somebody: nothing of AWS's is named after it. */
const LONGEST_NAME = 200;

/** What the access of those who administer tenants is made from. */
export interface TenantAdminsArgs {
  /** Name that EKS knows the cluster by. */
  clusterName: pulumi.Input<string>;
  /** Kubernetes groups by the ARN of the IAM role or user that is in them: a tenant's is `istio-patterns-tenant-<tenant>`. */
  admins: Record<string, string[]>;
}

/**
 * Access entries of those who administer tenants of a cluster, each once: EKS gives them no policy of its own, and what their groups may do
 * stands in the tenants' namespaces.
 */
export class TenantAdmins extends pulumi.ComponentResource {
  constructor(name: string, args: TenantAdminsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:TenantAdmins", name, {}, opts);
    for (const [principalArn, kubernetesGroups] of Object.entries(args.admins)) {
      const who = principalArn.split(":").slice(4);
      new aws.eks.AccessEntry(
        distinctName([name, ...who], LONGEST_NAME),
        { clusterName: args.clusterName, principalArn, kubernetesGroups },
        childOptions(this, opts),
      );
    }
    this.registerOutputs({});
  }
}
