import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../options";
import { entryPolicy, POLICY } from "./registration";

/** What keeps tasks to their own entries is made from. */
export interface TaskPolicyArgs {
  /**
   * Name of the admission policy and of its binding.
   *
   * @default istio-patterns-tasks
   */
  policyName?: pulumi.Input<string>;
}

/** Keeps the tasks of every ECS service to their own entries. Once in a cluster that registers tasks, before `TaskRegistration`. */
export class TaskPolicy extends pulumi.ComponentResource {
  constructor(name: string, args: TaskPolicyArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:TaskPolicy", name, {}, opts);
    const children = childOptions(this, opts);
    const metadata = { name: args.policyName ?? POLICY };
    const policy = new k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
      name,
      { metadata, spec: entryPolicy },
      children,
    );
    new k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
      name,
      {
        metadata,
        spec: { policyName: policy.metadata.name, validationActions: ["Deny"] },
      },
      children,
    );
    this.registerOutputs({});
  }
}
