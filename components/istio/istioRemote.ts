import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../options";
import { istiodName, logicalName } from "../topology";
import type { ChartsArgs, ChartValuesArgs } from "../topology";
import { caBundle } from "../trust/pem";
import { IstiodRelay } from "./istiodRelay";
import type { ReleasePlan } from "./controlPlaneReleases";
import type { ServedRevisionPlan } from "./plan";
import { installRelease } from "./release";
import { remoteReleases } from "./remoteReleases";

/** What a cluster that an istiod elsewhere serves is made from. What decides which objects there are is plain. */
export interface IstioRemoteArgs {
  /** Istio's id of the cluster. */
  cluster: string;
  /** Istio network of the cluster's pods. */
  network: string;
  /** Namespace of the relays: the one that istiod has where it runs. */
  namespace: pulumi.Input<string>;
  /** PEM of the mesh's root certificates, the `root-cert.pem` of the istiods that serve it. */
  rootCertificate: pulumi.Input<string>;
  /** Whether an external istiod reads the mesh's configuration here. */
  holdsConfiguration: boolean;
  /** Version of the CRDs: the newest that serves it. */
  baseVersion: string;
  /** What serves it; the first is the default revision "". */
  revisions: ServedRevisionPlan[];
  /**
   * Extra chart values.
   *
   * @default none
   */
  values?: ChartValuesArgs;
  /**
   * Where the charts come from.
   *
   * @default Istio's repository
   */
  charts?: ChartsArgs;
  /**
   * Registry of Istio's images.
   *
   * @default the version's own (docker.io/istio)
   */
  hub?: pulumi.Input<string>;
}

/**
 * A mesh in a cluster that runs no istiod: CRDs, a relay to the istiods of each revision that serves it, and webhooks
 * that ask them.
 *
 * Its namespace must exist (`SystemNamespace`, with the control planes that serve it). The relays are up before the
 * istiods behind them are; pods are injected once those answer.
 */
export class IstioRemote extends pulumi.ComponentResource {
  /** Addresses that proxies of this cluster get their configuration from, by revision ("" is the default one). */
  public readonly discoveryAddresses: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: IstioRemoteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:IstioRemote", name, {}, opts);
    const { namespace, charts, hub } = args;
    const bundle = pulumi.output(args.rootCertificate).apply(caBundle);
    const plan = remoteReleases({ ...args, caBundle: bundle });
    const after = (dependsOn: pulumi.Resource[]) =>
      pulumi.mergeOptions(childOptions(this, opts), { dependsOn });
    const install = (release: ReleasePlan, before: pulumi.Resource[]) =>
      installRelease(
        `${name}-${release.release.replace(/^istio-/, "")}`,
        { ...release, namespace, charts },
        after(before),
      );

    const base = install(plan.base, []);
    const addresses = plan.revisions.map(({ served, webhooks }) => {
      const relay = new IstiodRelay(
        logicalName(name, istiodName(served.revision), "relay"),
        { ...served, namespace, hub },
        childOptions(this, opts),
      );
      install(webhooks, [base, relay]);
      return [served.revision, pulumi.interpolate`${relay.host}:15012`] as const;
    });

    this.discoveryAddresses = pulumi.output(Object.fromEntries(addresses));
    this.registerOutputs({ discoveryAddresses: this.discoveryAddresses });
  }
}
