import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../options";
import { ANY_GROUP, ENTRY_POLICY, registeredPolicy } from "./admission";

/** What keeps machines and tasks to the labels of their groups is made from. */
export interface EntryPolicyArgs {
  /**
   * Name of the admission policy and of its binding.
   *
   * @default istio-patterns-entries
   */
  policyName?: pulumi.Input<string>;
}

/**
 * Keeps every machine and task that registers itself to the labels and the network of its WorkloadGroup, so that it answers for no other Service
 * of its namespace. Once in a cluster that registers them, with Istio's CRDs there, before `MachineRegistration` and `TaskRegistration`. It holds for WorkloadGroups of
 * yours too.
 */
export class EntryPolicy extends pulumi.ComponentResource {
  constructor(name: string, args: EntryPolicyArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:EntryPolicy", name, {}, opts);
    const children = childOptions(this, opts);
    const metadata = { name: args.policyName ?? ENTRY_POLICY };
    const policy = new k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
      name,
      { metadata, spec: registeredPolicy },
      children,
    );
    new k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
      name,
      {
        metadata,
        spec: {
          policyName: policy.metadata.name,
          paramRef: ANY_GROUP,
          validationActions: ["Deny"],
        },
      },
      children,
    );
    this.registerOutputs({});
  }
}
