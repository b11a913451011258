import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { LoadBalancers } from "../../topology";

/** What binds a Service to target groups. */
export interface TargetBindingArgs {
  /** Namespace of the Service. */
  namespace: pulumi.Input<string>;
  /** Name of the Service; starts the names of the objects. */
  service: pulumi.Input<string>;
  /** Who makes load balancers in the cluster, and registers targets. */
  loadBalancers: LoadBalancers;
  /** ARN of the target group by number of the Service's port (`"15012"`); the groups are of type ip and in the VPC of the cluster. */
  targetGroups: Record<string, pulumi.Input<string>>;
}

/**
 * The type that each registrar reads. Auto Mode has its own, with fewer fields
 * (https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-nlb.html).
 */
const API_VERSION = {
  [LoadBalancers.AutoMode]: "eks.amazonaws.com/v1",
  [LoadBalancers.Controller]: "elbv2.k8s.aws/v1beta1",
} satisfies Record<LoadBalancers, string>;

/**
 * Registers the pods behind a Service with target groups that exist, as they come and go.
 *
 * The registrar must still run when it goes, and so must the target groups: it takes its pods out of them first.
 */
export class TargetBinding extends pulumi.ComponentResource {
  /** Names of the objects, one per port. */
  public readonly bindingNames: pulumi.Output<string[]>;

  constructor(name: string, args: TargetBindingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:TargetBinding", name, {}, opts);
    const bindings = Object.entries(args.targetGroups).map(([port, targetGroupARN]) =>
      createBinding(name, args, { port: portOf(port), targetGroupARN }, childOptions(this, opts)),
    );
    this.bindingNames = pulumi.all(bindings.map(({ metadata }) => metadata.name));
    this.registerOutputs({ bindingNames: this.bindingNames });
  }
}

/** An object of the cluster would take what is no number without a word. */
function portOf(key: string): number {
  if (/^[1-9][0-9]*$/.test(key)) return Number(key);
  throw new pulumi.RunError(
    `targetGroups: got ${JSON.stringify(key)}; allowed: numbers of the Service's ports; fix: name each target group by its port`,
  );
}

function createBinding(
  name: string,
  { namespace, service, loadBalancers }: TargetBindingArgs,
  { port, targetGroupARN }: { port: number; targetGroupARN: pulumi.Input<string> },
  options: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  return new k8s.apiextensions.CustomResource(
    `${name}-${port}`,
    {
      apiVersion: API_VERSION[loadBalancers],
      kind: "TargetGroupBinding",
      metadata: { name: pulumi.interpolate`${service}-${port}`, namespace },
      spec: { serviceRef: { name: service, port }, targetGroupARN, targetType: "ip" },
    },
    {
      ...options,
      // The controller's webhook refuses another target group (webhooks/elbv2/targetgroupbinding_validator.go).
      replaceOnChanges: ["spec.targetGroupARN"],
      deleteBeforeReplace: true,
    },
  );
}
