import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { DataPlane } from "../../topology";
import { guardSpecs } from "./admission";

/** What is refused in tenants' namespaces is made from. */
export interface TenantGuardArgs {
  /**
   * How pods of the mesh join it.
   *
   * @default sidecar
   */
  dataPlane?: DataPlane;
  /** Istio network of the cluster's pods. */
  network: string;
  /** Namespaces of gateways, and the mesh's root namespace: Services may be known there. */
  gatewayNamespaces: string[];
  /** CIDRs that no endpoint of a tenant's own is in: those of pods, nodes, machines and Services. */
  closedRanges: string[];
  /**
   * What no namespace of the cluster may begin with: names of tenants that have other clusters of the mesh.
   *
   * @default nothing
   */
  foreign?: string[];
}

/**
 * What nobody may write into namespaces of a `NamespaceTenant`, once for all tenants of a cluster: what reaches beyond its tenant, and what
 * rights cannot tell apart. Admission policies in CEL, which need no pod.
 */
export class TenantGuard extends pulumi.ComponentResource {
  constructor(name: string, args: TenantGuardArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:TenantGuard", name, {}, opts);
    const { dataPlane = DataPlane.Sidecar, foreign = [], ...facts } = args;
    const children = childOptions(this, opts);
    for (const [suffix, spec] of Object.entries(guardSpecs({ ...facts, dataPlane, foreign }))) {
      const metadata = { name: `istio-patterns-tenants-${suffix}` };
      const policy = new k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
        `${name}-${suffix}`,
        { metadata, spec },
        children,
      );
      new k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
        `${name}-${suffix}`,
        { metadata, spec: { policyName: policy.metadata.name, validationActions: ["Deny"] } },
        children,
      );
    }
    this.registerOutputs({});
  }
}
