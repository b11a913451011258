import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { SYSTEM_NAMESPACE } from "../../topology";
import type { ChartsDescription, ChartValues } from "../../topology";
import { caBundle } from "../../trust/pem";
import type { ReleasePlan } from "../controlPlane/controlPlaneReleases";
import { installRelease } from "../release";
import { remoteReleases } from "./remoteReleases";
import type { RemoteRevision } from "./remoteValues";

/** What a cluster that an istiod elsewhere serves is made from. What decides which objects there are is plain. */
export interface IstioRemoteArgs {
  /** Istio's id of the cluster. */
  cluster: string;
  /** Istio version: of the CRDs, and of the webhooks where `revisions` names none. */
  version: string;
  /** PEM of the mesh's root certificates, the `root-cert.pem` of the istiods that serve it. */
  rootCertificate: pulumi.Input<string>;
  /**
   * Istio network of the cluster's pods.
   *
   * @default none: pods reach each other directly
   */
  network?: string;
  /**
   * Namespace of the relays: the one that istiod has where it runs.
   *
   * @default istio-system
   */
  namespace?: pulumi.Input<string>;
  /**
   * Whether an external istiod reads the mesh's configuration here.
   *
   * @default false
   */
  holdsConfiguration?: boolean;
  /**
   * What serves it: revisions, or one without a name.
   *
   * @default one without a name, of `version`
   */
  revisions?: RemoteRevision[];
  /**
   * Extra chart values.
   *
   * @default none
   */
  values?: ChartValues;
  /**
   * Where the charts come from.
   *
   * @default Istio's repository
   */
  charts?: ChartsDescription;
}

/**
 * A mesh in a cluster that runs no istiod: CRDs, rights, and webhooks that ask the istiods of each revision that serves it.
 *
 * Its namespace must exist (`SystemNamespace`, with the control planes that serve it). The webhooks ask the Service that
 * an `IstiodRelay` is, which can come later: pods are injected once it is there.
 */
export class IstioRemote extends pulumi.ComponentResource {
  constructor(name: string, args: IstioRemoteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:IstioRemote", name, {}, opts);
    const { version, namespace = SYSTEM_NAMESPACE, charts } = args;
    const { holdsConfiguration = false, revisions = [{ version }] } = args;
    const bundle = pulumi.output(args.rootCertificate).apply(caBundle);
    const facts = { ...args, namespace, holdsConfiguration, revisions, caBundle: bundle };
    const plan = remoteReleases(facts);
    const install = (release: ReleasePlan, dependsOn: pulumi.Resource[]) =>
      installRelease(
        `${name}-${release.release.replace(/^istio-/, "")}`,
        { ...release, namespace, charts },
        pulumi.mergeOptions(childOptions(this, opts), { dependsOn }),
      );
    const base = install(plan.base, []);
    for (const webhooks of plan.webhooks) install(webhooks, [base]);
    this.registerOutputs({});
  }
}
