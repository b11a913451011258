import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../options";
import { readinessGates } from "../cluster/loadBalancers/readinessGates";
import { DEFAULT_REVISION, meshConfigName, SYSTEM_NAMESPACE } from "../topology";
import type { LoadBalancers } from "../topology";
import { caBundle, normalizePem } from "./pem";

/** What istiod's namespace is made from. */
export interface SystemNamespaceArgs {
  /**
   * Name of the namespace.
   *
   * @default istio-system
   */
  namespace?: pulumi.Input<string>;
  /**
   * Istio network of the cluster.
   *
   * @default none: pods reach each other directly
   */
  network?: pulumi.Input<string>;
  /**
   * Whether agents that redirect traffic on every node stand there too, which need privileges that istiod does not.
   *
   * @default false
   */
  nodeAgents?: boolean;
  /**
   * Who makes load balancers in the cluster: pods of the namespace that are behind one are then ready once it sends to them.
   *
   * @default none does
   */
  loadBalancers?: LoadBalancers;
  /**
   * Istio's cluster ids of the control planes elsewhere that serve this cluster.
   *
   * @default none: istiod runs here, or reads its configuration here
   */
  controlPlaneClusters?: string[];
  /**
   * What istiod signs with.
   *
   * @default none: no istiod runs here
   */
  signing?: SigningCertificate;
  /**
   * What istiods elsewhere that watch this cluster are told of its pods.
   *
   * @default none: they know it of the istiods that run here, or there are none
   */
  watched?: WatchedCluster;
}

/** What istiods elsewhere are told of the pods of a cluster that they watch. */
export interface WatchedCluster {
  /** Trust domain of the pods' identities. */
  trustDomain: pulumi.Input<string>;
  /** Revisions of those istiods; `default` is the one without a name. Leave out those that run in this cluster too. */
  revisions: string[];
}

/** What istiod signs with. */
export interface SigningCertificate {
  /** PEM of the certificate that istiod signs with. */
  certificate: pulumi.Input<string>;
  /** PEM of its private key. A secret. */
  privateKey: pulumi.Input<string>;
  /** PEM of the signing certificate and everything above it, leaf first. */
  chain: pulumi.Input<string>;
  /** PEM of the root certificates. */
  root: pulumi.Input<string>;
}

/**
 * istiod's namespace and, where istiod runs, the Secret `cacerts` that it signs identities with.
 *
 * Both must stand before istiod: it reads the network from the namespace's label, and without the Secret it makes a
 * root of its own, which cannot be taken back without restarting the mesh
 * (https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/). Where istiod serves the cluster from
 * elsewhere, the namespace must stand before that istiod is told of the cluster: it looks once at who controls it
 * (https://istio.io/latest/docs/setup/install/multicluster/primary-remote/), and endpoints keep the trust domain that they
 * were made with: it takes `cluster.local` for a cluster that says none (istio, pilot/pkg/serviceregistry/kube/controller).
 */
export class SystemNamespace extends pulumi.ComponentResource {
  /** Name of the namespace. */
  public readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: SystemNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:SystemNamespace", name, {}, opts);
    const namespace = new k8s.core.v1.Namespace(
      name,
      {
        metadata: {
          name: args.namespace ?? SYSTEM_NAMESPACE,
          labels: namespaceLabels(args),
          annotations: namespaceAnnotations(args),
        },
      },
      childOptions(this, opts),
    );
    if (args.signing) {
      new k8s.core.v1.Secret(
        `${name}-cacerts`,
        {
          metadata: { name: "cacerts", namespace: namespace.metadata.name },
          type: "Opaque",
          data: signingFiles(args.signing),
        },
        childOptions(this, opts),
      );
    }
    for (const object of args.watched ? meshConfigs(args.watched) : []) {
      new k8s.core.v1.ConfigMap(
        `${name}-${object.metadata.name}`,
        { ...object, metadata: { ...object.metadata, namespace: namespace.metadata.name } },
        childOptions(this, opts),
      );
    }
    this.namespace = namespace.metadata.name;
    this.registerOutputs({ namespace: this.namespace });
  }
}

/**
 * The network's label stands there from the start, also while there is one network: a mesh that grows then changes
 * nothing in the clusters that it has.
 */
function namespaceLabels({ network, nodeAgents = false, loadBalancers }: SystemNamespaceArgs) {
  return {
    ...(network === undefined ? {} : { "topology.istio.io/network": network }),
    // The least that what runs there can live with (https://kubernetes.io/docs/concepts/security/pod-security-standards/).
    "pod-security.kubernetes.io/enforce": nodeAgents ? "privileged" : "baseline",
    ...(loadBalancers === undefined ? {} : readinessGates(loadBalancers)),
  };
}

/** The control planes named there write the root certificate into every namespace of the cluster. */
function namespaceAnnotations({ controlPlaneClusters = [] }: SystemNamespaceArgs) {
  return controlPlaneClusters.length === 0
    ? undefined
    : { "topology.istio.io/controlPlaneClusters": controlPlaneClusters.join(",") };
}

/** Mesh config of each revision, of which istiods elsewhere read no more than the trust domain. */
function meshConfigs({ revisions, trustDomain }: WatchedCluster) {
  // JSON is YAML: a domain of digits stays text.
  const mesh = pulumi
    .output(trustDomain)
    .apply((domain) => JSON.stringify({ trustDomain: domain }));
  return revisions.map((revision) => ({
    metadata: { name: meshConfigName(revision === DEFAULT_REVISION ? undefined : revision) },
    data: { mesh },
  }));
}

/** istiod's own names for the files. Encoded here, so that what is sent is what the API server answers. */
function signingFiles({ certificate, privateKey, chain, root }: SigningCertificate) {
  return pulumi.output({ certificate, privateKey, chain, root }).apply((pem) => ({
    "ca-cert.pem": base64(pem.certificate),
    "ca-key.pem": base64(pem.privateKey),
    "cert-chain.pem": base64(pem.chain),
    // The webhooks' bundle is made from the same bytes by the same function.
    "root-cert.pem": caBundle(pem.root),
  }));
}

function base64(pem: string): string {
  return Buffer.from(normalizePem(pem)).toString("base64");
}
