import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { DEFAULT_REVISION, SYSTEM_NAMESPACE } from "../../topology";
import { caBundle } from "../../trust/pem";
import { defaultValidator, tagService, tagWebhook } from "./tagObjects";

/** What a tag in one cluster is made from. */
export interface RevisionTagArgs {
  /** Name of the tag: a label's value. */
  tag: string;
  /** Revision that it points to. */
  revision: string;
  /** PEM of the mesh's root certificates, the `root-cert.pem` of the revision's istiod. */
  rootCertificate: pulumi.Input<string>;
  /**
   * Namespace of istiod, or of the relays.
   *
   * @default istio-system
   */
  namespace?: string;
  /**
   * Path that istiod knows a cluster by that it serves from elsewhere: `/inject/cluster/<cluster>/net/<network>`.
   *
   * @default /inject: istiod runs here
   */
  injectionPath?: string;
  /**
   * Whether istiod runs here: it then learns of the tag by a Service, too.
   *
   * @default true
   */
  runsIstiod?: boolean;
  /**
   * Whether Istio's configuration is read here: what bears no revision is then validated by that of tag `default`.
   *
   * @default true
   */
  holdsConfiguration?: boolean;
  /**
   * Extra values of chart `istiod`, of which those of webhooks and Services apply.
   *
   * @default none
   */
  values?: Record<string, any>;
}

/**
 * A stable label `istio.io/rev=<tag>` in one cluster, and the revision that it points to: namespaces that bear it move to another
 * revision with the tag, as soon as their pods restart. Tag `default` is for what bears no label of a revision
 * (https://istio.io/latest/docs/setup/upgrade/canary/#stable-revision-labels).
 *
 * The charts make a tag within the release of its revision, so that Helm would refuse to move it to that of another one. Its objects are
 * therefore made here. The istiod of the revision, or its relay, comes first.
 */
export class RevisionTag extends pulumi.ComponentResource {
  constructor(name: string, args: RevisionTagArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:RevisionTag", name, {}, opts);
    const { namespace = SYSTEM_NAMESPACE, runsIstiod = true, holdsConfiguration = true } = args;
    const bundle = pulumi.output(args.rootCertificate).apply(caBundle);
    const facts = { ...args, namespace, caBundle: bundle };
    const children = childOptions(this, opts);
    const { v1 } = k8s.admissionregistration;

    new v1.MutatingWebhookConfiguration(name, tagWebhook(facts), children);
    if (runsIstiod) new k8s.core.v1.Service(name, tagService(facts), children);
    if (holdsConfiguration && args.tag === DEFAULT_REVISION) {
      new v1.ValidatingWebhookConfiguration(name, defaultValidator(facts), children);
    }
    this.registerOutputs({});
  }
}
