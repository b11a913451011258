import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import type { Locality, MutualTls, ObservabilityDescription } from "../../topology";
import { MESH_POLICY, meshObjects } from "./meshObjects";

/** What the first configuration of a mesh with an external istiod is made from. */
export interface MeshConfigurationArgs {
  /** Namespace of the relays, the mesh's root namespace. */
  namespace: pulumi.Input<string>;
  /**
   * What workloads take from others.
   *
   * @default strict
   */
  mtls?: MutualTls;
  /**
   * Which endpoints of a service its clients prefer.
   *
   * @default none
   */
  locality?: Locality;
  /**
   * What the mesh tells of its traffic.
   *
   * @default nothing but metrics
   */
  observability?: ObservabilityDescription;
}

/**
 * The first configuration of a mesh whose istiod is external, in the cluster that it reads it from: strict mutual TLS.
 *
 * What is written there is validated by the istiod behind the relay, and refused while none answers: it comes after the
 * `IstiodRelay`, as does whatever else you configure there.
 */
export class MeshConfiguration extends pulumi.ComponentResource {
  constructor(name: string, args: MeshConfigurationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:MeshConfiguration", name, {}, opts);
    const objects = meshObjects({ ...MESH_POLICY, ...args });
    for (const [suffix, object] of Object.entries(objects)) {
      new k8s.apiextensions.CustomResource(`${name}-${suffix}`, object, childOptions(this, opts));
    }
    this.registerOutputs({});
  }
}
