import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import type { RoleSettings } from "../../roles";
import { automaticName, LONGEST } from "../../topology";
import { controllerValues } from "./controllerValues";
import {
  CONTROLLER,
  CONTROLLER_NAMESPACE,
  controllerPolicy,
  controllerTrustPolicy,
} from "./loadBalancerPolicy";

/** What the AWS load-balancer controller of a cluster is made from. */
export interface LoadBalancerControllerArgs {
  /** Name that EKS knows the cluster by. */
  clusterName: pulumi.Input<string>;
  /** AWS region of the cluster. */
  region: pulumi.Input<string>;
  /** VPC of the cluster. The controller's pods alone wait for it. */
  vpcId: pulumi.Input<string>;
  /** Chart's name in its repository, its OCI address, or its directory. */
  chart: pulumi.Input<string>;
  /**
   * Version of the chart.
   *
   * @default what a directory holds
   */
  chartVersion?: pulumi.Input<string>;
  /**
   * Helm repository of the chart.
   *
   * @default none: `chart` says where it is
   */
  repository?: pulumi.Input<string>;
  /**
   * Tags of all load balancers and target groups that it makes.
   *
   * @default none
   */
  tags?: Record<string, string>;
  /**
   * How the role of the controller is made.
   *
   * @default at path /, without a boundary
   */
  iam?: RoleSettings;
}

/**
 * Makes network load balancers for Services of a cluster on managed nodes; Auto Mode brings its own.
 *
 * Until it is ready its webhook refuses every Service, so that all other charts wait for it.
 */
export class LoadBalancerController extends pulumi.ComponentResource {
  /** ARN of the controller's role. */
  public readonly roleArn: pulumi.Output<string>;

  constructor(
    name: string,
    args: LoadBalancerControllerArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("istio-patterns:index:LoadBalancerController", name, {}, opts);
    const children = childOptions(this, opts);
    const { role, ready } = createIdentity(name, args, children);
    createRelease(name, args, { ...children, dependsOn: ready });

    this.roleArn = role.arn;
    this.registerOutputs({ roleArn: this.roleArn });
  }
}

/** The role, and what must be there before the controller's pods, which get their credentials when they are created. */
function createIdentity(
  name: string,
  { clusterName, region, vpcId, iam }: LoadBalancerControllerArgs,
  opts: pulumi.CustomResourceOptions,
) {
  const trust = pulumi.output(clusterName).apply(controllerTrustPolicy);
  const policy = pulumi.output({ clusterName, region, vpcId }).apply(controllerPolicy);
  const role = new aws.iam.Role(
    automaticName(`${name}-role`, LONGEST.role),
    { ...iam, assumeRolePolicy: pulumi.jsonStringify(trust) },
    opts,
  );
  const rights = new aws.iam.RolePolicy(
    automaticName(`${name}-policy`, LONGEST.rolePolicy),
    { role: role.name, policy: pulumi.jsonStringify(policy) },
    opts,
  );
  const association = new aws.eks.PodIdentityAssociation(
    `${name}-identity`,
    {
      clusterName,
      namespace: CONTROLLER_NAMESPACE,
      serviceAccount: CONTROLLER,
      roleArn: role.arn,
    },
    opts,
  );
  return { role, ready: [rights, association] };
}

function createRelease(
  name: string,
  args: LoadBalancerControllerArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.helm.v3.Release {
  const { clusterName, region, vpcId, chart, chartVersion: version, repository: repo } = args;
  return new k8s.helm.v3.Release(
    name,
    {
      name: CONTROLLER,
      namespace: CONTROLLER_NAMESPACE,
      chart,
      version,
      repositoryOpts: repo ? { repo } : undefined,
      values: controllerValues({ clusterName, region, vpcId }, args.tags ?? {}),
      // Seconds: two replicas on nodes that have just joined.
      timeout: 600,
    },
    opts,
  );
}
