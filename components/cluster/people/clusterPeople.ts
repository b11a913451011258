import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { distinctName, partitionOf } from "../../topology";
import { accessPolicies, VIEWERS, viewingRules } from "./viewing";

const RBAC = "rbac.authorization.k8s.io";

/** Longest logical name of somebody: nothing of AWS's is named after it. */
const LONGEST_NAME = 200;

/** What people's rights in a cluster are made from. */
export interface ClusterPeopleArgs {
  /** Name that EKS knows the cluster by. */
  clusterName: pulumi.Input<string>;
  /** AWS region of the cluster. */
  region: pulumi.Input<string>;
  /**
   * ARNs of IAM roles or users that may do everything. Not whoever made the cluster, whose entry EKS makes.
   *
   * @default none
   */
  admins?: string[];
  /**
   * ARNs of IAM roles or users that may read all but Secrets.
   *
   * @default none
   */
  viewers?: string[];
}

/**
 * Who uses a cluster beside whoever made it: an access entry with EKS's policy for each, and for those who only read a ClusterRole
 * for the objects of Istio and the Gateway API, which that policy leaves out.
 */
export class ClusterPeople extends pulumi.ComponentResource {
  constructor(name: string, args: ClusterPeopleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:ClusterPeople", name, {}, opts);
    const { admins = [], viewers = [] } = args;
    const children = childOptions(this, opts);
    for (const principal of admins) admit(name, principal, "admins", args, children);
    for (const principal of viewers) admit(name, principal, "viewers", args, children);
    if (viewers.length > 0) createViewing(name, children);

    this.registerOutputs({});
  }
}

function admit(
  name: string,
  principalArn: string,
  kind: keyof typeof accessPolicies,
  { clusterName, region }: ClusterPeopleArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const partition = pulumi.output(region).apply(partitionOf);
  const [account, ...who] = principalArn.split(":").slice(4);
  const logical = distinctName([name, account!, ...who], LONGEST_NAME);
  const kubernetesGroups = kind === "viewers" ? [VIEWERS] : undefined;
  const entry = new aws.eks.AccessEntry(
    logical,
    { clusterName, principalArn, kubernetesGroups },
    opts,
  );
  new aws.eks.AccessPolicyAssociation(
    logical,
    {
      clusterName,
      principalArn: entry.principalArn,
      policyArn: pulumi.interpolate`arn:${partition}:eks::aws:cluster-access-policy/${accessPolicies[kind]}`,
      accessScope: { type: "cluster" },
    },
    opts,
  );
}

function createViewing(name: string, opts: pulumi.CustomResourceOptions): void {
  const role = new k8s.rbac.v1.ClusterRole(
    `${name}-viewers`,
    { metadata: { name: VIEWERS }, rules: viewingRules },
    opts,
  );
  new k8s.rbac.v1.ClusterRoleBinding(
    `${name}-viewers`,
    {
      metadata: { name: VIEWERS },
      roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: role.metadata.name },
      subjects: [{ apiGroup: RBAC, kind: "Group", name: VIEWERS }],
    },
    opts,
  );
}
