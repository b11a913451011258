import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { DataPlane, Injection, SYSTEM_NAMESPACE } from "../../topology";
import type { ChartsDescription, ChartValues } from "../../topology";
import { caBundle } from "../../trust/pem";
import type { ReleasePlan } from "../releasePlan";
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
   * What redirects the traffic of its pods with a sidecar. `cni` needs a privileged namespace (`nodeAgents` of a `SystemNamespace`).
   *
   * @default init-container
   */
  injection?: Injection;
  /**
   * Version of the node agent: that of what serves the cluster's gateways.
   *
   * @default `version`
   */
  agentVersion?: string;
  /**
   * Registry of Istio's images.
   *
   * @default the version's own (docker.io/istio)
   */
  hub?: pulumi.Input<string>;
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
 * A mesh in a cluster that runs no istiod: CRDs, rights, the node agent where sidecars need it, and webhooks that ask the istiods of each revision that serves it.
 *
 * Its namespace must exist (`SystemNamespace`, with the control planes that serve it). The webhooks ask the Service that
 * an `IstiodRelay` is, which can come later: pods are injected once it is there.
 */
export class IstioRemote extends pulumi.ComponentResource {
  constructor(name: string, args: IstioRemoteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:IstioRemote", name, {}, opts);
    const { version, namespace = SYSTEM_NAMESPACE, charts } = args;
    const { holdsConfiguration = false, revisions = [{ version }], agentVersion = version } = args;
    const { injection = Injection.InitContainer } = args;
    const bundle = pulumi.output(args.rootCertificate).apply(caBundle);
    const plan = remoteReleases({
      ...{ ...args, namespace, holdsConfiguration, revisions, agentVersion, injection },
      ...{ dataPlane: DataPlane.Sidecar, caBundle: bundle },
    });
    const install = (release: ReleasePlan, dependsOn: pulumi.Resource[]) =>
      installRelease(
        `${name}-${release.release.replace(/^istio-/, "")}`,
        { ...release, namespace, charts },
        pulumi.mergeOptions(childOptions(this, opts), { dependsOn }),
      );
    const base = install(plan.base, []);
    for (const release of [...plan.webhooks, ...plan.agents]) install(release, [base]);
    this.registerOutputs({});
  }
}
