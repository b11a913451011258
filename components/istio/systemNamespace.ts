import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../options";
import { DataPlane } from "../topology";
import { caBundle, normalizePem } from "../trust/pem";

/** What istiod's namespace is made from. */
export interface SystemNamespaceArgs {
  /** Name of the namespace. */
  namespace: pulumi.Input<string>;
  /** Istio network of the cluster. */
  network: pulumi.Input<string>;
  /** How pods join the mesh: node agents of ambient need privileges that a sidecar mesh does not. */
  dataPlane: DataPlane;
  /** PEM of the certificate that istiod signs with. */
  signingCertificate: pulumi.Input<string>;
  /** PEM of its private key. A secret. */
  signingKey: pulumi.Input<string>;
  /** PEM of the signing certificate and everything above it, leaf first. */
  certificateChain: pulumi.Input<string>;
  /** PEM of the root certificates. */
  rootCertificate: pulumi.Input<string>;
}

/**
 * istiod's namespace with the Secret `cacerts` that istiod signs identities with.
 *
 * Both must stand before istiod: it reads the network from the namespace's label, and without the Secret it makes a
 * root of its own, which cannot be taken back without restarting the mesh
 * (https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/).
 */
export class SystemNamespace extends pulumi.ComponentResource {
  /** Name of the namespace. */
  public readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: SystemNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:SystemNamespace", name, {}, opts);
    const namespace = new k8s.core.v1.Namespace(
      name,
      { metadata: { name: args.namespace, labels: namespaceLabels(args) } },
      childOptions(this, opts),
    );
    new k8s.core.v1.Secret(
      `${name}-cacerts`,
      {
        metadata: { name: "cacerts", namespace: namespace.metadata.name },
        type: "Opaque",
        data: signingFiles(args),
      },
      childOptions(this, opts),
    );
    this.namespace = namespace.metadata.name;
    this.registerOutputs({ namespace: this.namespace });
  }
}

/** Pod security: the least that what runs there can live with (https://kubernetes.io/docs/concepts/security/pod-security-standards/). */
const podSecurity = {
  [DataPlane.Sidecar]: "baseline",
  [DataPlane.Ambient]: "privileged",
} satisfies Record<DataPlane, string>;

/**
 * The network's label stands there from the start, also while there is one network: a mesh that grows then changes
 * nothing in the clusters that it has.
 */
function namespaceLabels({ network, dataPlane }: SystemNamespaceArgs) {
  return {
    "topology.istio.io/network": network,
    "pod-security.kubernetes.io/enforce": podSecurity[dataPlane],
  };
}

/** istiod's own names for the files. Encoded here, so that what is sent is what the API server answers. */
function signingFiles(args: SystemNamespaceArgs): Record<string, pulumi.Output<string>> {
  return {
    "ca-cert.pem": base64(args.signingCertificate),
    "ca-key.pem": pulumi.secret(base64(args.signingKey)),
    "cert-chain.pem": base64(args.certificateChain),
    // The webhooks' bundle is made from the same bytes by the same function.
    "root-cert.pem": pulumi.output(args.rootCertificate).apply(caBundle),
  };
}

function base64(pem: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.output(pem).apply((text) => Buffer.from(normalizePem(text)).toString("base64"));
}
